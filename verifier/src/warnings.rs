//! What a valid record may still deserve to be said about it. Implements specs/checks.md#warnings.

use crate::contest::{Contest, Kind};
use crate::findings::Findings;
use crate::roll::smallest_class;
use crate::rules::{Election, Phase};
use crate::tally::Tally;
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

/// The warning about witnesses that are ahead of an election that goes on: code and sentence. Given last.
pub(crate) const WITNESS_AHEAD: (&str, &str) = (
    "witness_ahead",
    "a witness has cosigned more than the board shows: it may be about to show it, or may wait for the quorum, or may hide it",
);

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

/// Whether the totals of the slots leave no other votes than the same of all ballots, of this weight together.
/// Implements specs/checks.md#unanimous.
fn voted_alike(contest: &Contest, slots: &[u64], weight: u64) -> bool {
    let all_give = |total: u64, value: u64| u128::from(total) == u128::from(value) * u128::from(weight);
    // Slots that neither none nor all have given the most.
    let between = |largest: &dyn Fn(usize) -> u64| {
        let is_between = |(place, total): &(usize, &u64)| **total != 0 && !all_give(**total, largest(*place));
        slots.iter().enumerate().filter(is_between).count()
    };
    let largest = contest.largest_of_a_slot();
    if between(&|_| largest) == 0 {
        return true;
    }
    match &contest.kind {
        Kind::Score { min, max, .. } => {
            let all: u64 = slots.iter().copied().fold(0, u64::saturating_add);
            between(&|_| largest) <= 1 && (all_give(all, *min) || all_give(all, *max))
        }
        Kind::Positional { weights, .. } => {
            let mut descending = slots.to_vec();
            descending.sort_unstable_by(|a, b| b.cmp(a));
            let given = |ranks: usize| {
                let points = weights.iter().take(ranks).copied().chain(std::iter::repeat(0));
                descending.iter().zip(points).all(|(total, points)| all_give(*total, points))
            };
            (0..=weights.len()).any(given)
        }
        Kind::Quadratic { credits } => {
            let divisible = slots.iter().all(|total| total.checked_rem(weight) == Some(0));
            let square = |total: &u64| u128::from(total.checked_div(weight).unwrap_or(0)).pow(2);
            let spent = slots.iter().map(square).fold(0, u128::saturating_add);
            divisible && (spent == u128::from(*credits) || spent + 1 == u128::from(*credits))
        }
        Kind::Allocation { amount, .. } => {
            let limbs = contest.slots_of_an_option();
            // Of two the second is the high one.
            between(&|place| if place % limbs == 1 { amount >> 16 } else { largest }) <= 1
        }
        Kind::Choice { .. } | Kind::Ranking { .. } | Kind::Lists { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::Choosable;

    fn alike(options: usize, kind: Kind, slots: &[u64], weight: u64) -> bool {
        let option = Choosable { id: "o".to_owned(), title: "o".to_owned() };
        let options = vec![option; options];
        let contest = Contest { id: "c".to_owned(), title: "c".to_owned(), options, kind, counting: None };
        assert_eq!(contest.slots(), slots.len());
        voted_alike(&contest, slots, weight)
    }

    #[test]
    fn totals_that_leave_no_other_votes() {
        let score = || Kind::Score { most: 5, min: 2, max: 7 };
        assert!(alike(2, score(), &[15, 0], 3));
        assert!(alike(3, score(), &[15, 6, 0], 3), "all that may be given");
        assert!(alike(3, score(), &[0, 6, 0], 3), "as little as may be given");
        assert!(!alike(3, score(), &[15, 3, 0], 3), "5 and 1, or 5 and 0, 5 and 2");
        assert!(!alike(3, score(), &[12, 9, 0], 3), "two between");
        let positional = || Kind::Positional { min: 0, weights: vec![5, 3, 1] };
        assert!(alike(4, positional(), &[0, 15, 3, 9], 3));
        assert!(alike(4, positional(), &[0, 15, 0, 9], 3));
        assert!(!alike(4, positional(), &[0, 15, 3, 8], 3));
        let quadratic = || Kind::Quadratic { credits: 14 };
        assert!(alike(3, quadratic(), &[9, 3, 6], 3), "9 + 1 + 4 credits");
        assert!(alike(3, quadratic(), &[9, 6, 0], 3), "one credit left");
        assert!(!alike(3, quadratic(), &[9, 3, 3], 3), "three credits left");
        assert!(!alike(3, quadratic(), &[9, 4, 5], 3), "no votes of all");
        let allocation = |amount| Kind::Allocation { amount, range: true };
        assert!(alike(2, allocation(9), &[0, 27], 3));
        assert!(!alike(2, allocation(9), &[3, 24], 3));
        // 70,000 = 4,464 + 65,536; the second option has 4,000 of it in the next.
        assert!(alike(2, allocation(70_000), &[0, 0, 3 * 4_464, 3], 3));
        assert!(!alike(2, allocation(70_000), &[3 * 4_000, 0, 3 * 464, 3], 3));
        let ranking = || Kind::Ranking { ties: false };
        assert!(alike(3, ranking(), &[3, 0, 3], 3));
        assert!(!alike(3, ranking(), &[3, 1, 3], 3));
    }

    #[test]
    fn the_table_of_warnings_is_the_specs() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/checks.md")).unwrap();
        let (_, section) = page.split_once("## Warnings").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let specified: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(code, _)| code)
            .collect();
        let known: Vec<&str> = WARNINGS.iter().map(|(code, ..)| *code).chain([WITNESS_AHEAD.0]).collect();
        assert_eq!(known, specified);
    }
}
