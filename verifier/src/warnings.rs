//! What a valid record may still deserve to be said about it. Implements specs/checks.md#warnings.

use crate::contest::{Contest, Kind};
use crate::findings::Findings;
use crate::roll::smallest_class;
use crate::rules::{Election, Phase};
use crate::tally::Tally;
use crate::totals::Totals;
use crate::verify::Options;
use serde::Serialize;

/// Something to know that is no failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub code: String,
    pub message: String,
}

/// When a warning is given.
type Condition = fn(&Findings, &Options) -> bool;

/// All warnings in the order of the specification: code, sentence, and when it is given.
const WARNINGS: [(&str, &str, Condition); 11] = [
    ("simulation", "the manifest says that no real voters took part", |findings, _| {
        findings.manifest.as_ref().is_some_and(|(manifest, _)| manifest.simulation)
    }),
    (
        "quorum_none",
        "the policy asks for no witness: the board's operator could show different people different records",
        |findings, _| holds(findings, |election| election.policy.asks_for_none()),
    ),
    ("fingerprint_not_given", "nothing was compared with what the voters' letters say", |_, options| {
        options.expected.is_none()
    }),
    ("single_trustee", "one trustee can decrypt every ballot (threshold 1)", |findings, _| {
        holds(findings, |election| election.manifest.threshold == 1)
    }),
    ("trustee_absent", "a trustee was left out of a round of the last attempt", |findings, _| {
        holds(findings, |election| election.ceremony.left_somebody_out())
    }),
    ("complaint_upheld", "a trustee was found at fault in an attempt of the ceremony", |findings, _| {
        holds(findings, |election| election.ceremony.upheld_a_complaint())
    }),
    (
        "small_class",
        "few voters share a style and a weight, on the roll or among the counted ballots: totals may tell how they voted",
        |findings, _| holds(findings, has_small_class),
    ),
    (
        "result_withheld",
        "a group of contests had fewer ballots than the minimum and was not decrypted",
        |findings, _| holds(findings, |election| election.tally.as_ref().is_some_and(Tally::withholds)),
    ),
    (
        "unanimous",
        "by the totals, every counted ballot of a contest voted alike: the result shows how each voted",
        |findings, _| holds(findings, is_unanimous),
    ),
    ("registrar_trusted", "the registrar could vote in the name of those who did not vote", |_, _| true),
    ("unfinished", "the record has not ended", |findings, options| {
        options.unfinished && holds(findings, |election| election.phase != Phase::Finished)
    }),
];

/// The warnings of a record, in the order of the specification.
pub(crate) fn of(findings: &Findings, options: &Options) -> Vec<Warning> {
    let given = WARNINGS.iter().filter(|(_, _, condition)| condition(findings, options));
    given.map(|(code, message, _)| Warning { code: (*code).to_owned(), message: (*message).to_owned() }).collect()
}

fn holds(findings: &Findings, condition: impl Fn(&Election) -> bool) -> bool {
    findings.election.as_ref().is_some_and(condition)
}

/// Classes of fewer voters are small, whatever the manifest's minimum.
const LEAST_CLASS: u64 = 5;

/// Whether on the roll or among the counted ballots too few share a style and a weight.
fn has_small_class(election: &Election) -> bool {
    let least = election.manifest.minimum.max(LEAST_CLASS);
    let on_roll = smallest_class(election.roll.voters().values());
    let counted = election.voting.as_ref().and_then(|voting| smallest_class(voting.counted()));
    on_roll.into_iter().chain(counted).any(|size| size < least)
}

/// Whether the totals of some contest with ballots show how each of them voted.
fn is_unanimous(election: &Election) -> bool {
    let (Some((results, _)), Some(tally)) = (&election.result, &election.tally) else {
        return false;
    };
    let contests = election.manifest.contests.iter().zip(results).enumerate();
    contests.into_iter().any(|(index, (contest, totals))| match (tally.group_of(index), totals) {
        (Some(group), Some(totals)) => {
            group.ballots == 1 || group.ballots > 1 && voted_alike(contest, totals, group.weight)
        }
        _ => false,
    })
}

/// Whether by the totals of its slots all ballots, of this weight together, voted alike.
fn voted_alike(contest: &Contest, slots: &[u64], weight: u64) -> bool {
    let times_weight = |value: u64| u128::from(value) * u128::from(weight);
    let none_or_all = |totals: &[u64], largest: u64| {
        totals.iter().all(|total| *total == 0 || u128::from(*total) == times_weight(largest))
    };
    match &contest.kind {
        Kind::Allocation { .. } => {
            let options = Totals::new(contest, slots, weight).options.unwrap_or_default();
            none_or_all(&options, contest.largest_of_an_option())
        }
        Kind::Positional { weights, .. } => {
            let mut descending = slots.to_vec();
            descending.sort_unstable_by(|a, b| b.cmp(a));
            let given = |ranks: &usize| {
                let points = weights.iter().take(*ranks).copied().chain(std::iter::repeat(0));
                descending.iter().zip(points).all(|(total, points)| u128::from(*total) == times_weight(points))
            };
            none_or_all(slots, contest.largest_of_a_slot()) || (0..=weights.len()).any(|ranks| given(&ranks))
        }
        _ => none_or_all(slots, contest.largest_of_a_slot()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_warnings_is_the_specs() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/checks.md")).unwrap();
        let (_, section) = page.split_once("## Warnings").unwrap();
        let (section, _) = section.split_once("## Report").unwrap();
        let specified: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(code, _)| code)
            .collect();
        let known: Vec<&str> = WARNINGS.iter().map(|(code, ..)| *code).collect();
        assert_eq!(known, specified);
    }
}
