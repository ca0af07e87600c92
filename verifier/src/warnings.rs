//! What a valid record may still deserve to be said about it. Implements specs/checks.md#warnings.

use crate::findings::Findings;
use crate::message::ContestResult;
use crate::rules::{Election, Phase};
use crate::verify::Options;
use serde::Serialize;

/// Something to know that is no failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub code: String,
    pub message: String,
}

/// The warnings of a record, in the order of the specification.
pub(crate) fn of(findings: &Findings, options: &Options) -> Vec<Warning> {
    let election = findings.election.as_ref();
    let holds = |condition: &dyn Fn(&Election) -> bool| election.is_some_and(condition);
    let warnings = [
        (
            "simulation",
            "the manifest says that no real voters took part",
            findings
                .manifest
                .as_ref()
                .is_some_and(|(manifest, _)| manifest.simulation),
        ),
        (
            "quorum_none",
            "the policy asks for no witness: the board's operator could show different people different records",
            holds(&|election| election.policy.asks_for_none()),
        ),
        (
            "fingerprint_not_given",
            "nothing was compared with what the voters' letters say",
            options.expected.is_none(),
        ),
        (
            "single_trustee",
            "one trustee can decrypt every ballot (threshold 1)",
            holds(&|election| election.manifest.threshold == 1),
        ),
        (
            "trustee_absent",
            "a trustee was left out of the ceremony",
            holds(&|election| election.ceremony.left_somebody_out()),
        ),
        (
            "complaint_upheld",
            "a trustee was found at fault in the ceremony",
            holds(&|election| election.ceremony.upheld_a_complaint()),
        ),
        (
            "small_class",
            "fewer voters than the manifest's minimum share a style and a weight: totals may tell how they voted",
            holds(&|election| {
                election
                    .roll
                    .smallest_class()
                    .is_some_and(|size| size < election.manifest.minimum)
            }),
        ),
        (
            "result_withheld",
            "a group of contests had fewer ballots than the minimum and was not decrypted",
            holds(&|election| election.tally.as_ref().is_some_and(|tally| tally.withholds())),
        ),
        (
            "unanimous",
            "every counted ballot of a contest voted alike: the result shows how each voted",
            holds(&is_unanimous),
        ),
        (
            "registrar_trusted",
            "the registrar could vote in the name of those who did not vote",
            election.is_some(),
        ),
        (
            "unfinished",
            "the record has not ended",
            options.unfinished && holds(&|election| election.phase != Phase::Finished),
        ),
    ];
    warnings
        .into_iter()
        .filter(|(_, _, holds)| *holds)
        .map(|(code, message, _)| Warning {
            code: code.to_owned(),
            message: message.to_owned(),
        })
        .collect()
}

/// Whether in some contest with ballots each slot has either no votes or all of them.
fn is_unanimous(election: &Election) -> bool {
    let (Some((results, _)), Some(tally)) = (&election.result, &election.tally) else {
        return false;
    };
    results.iter().enumerate().any(|(contest, result)| {
        let Some(group) = tally.group_of(contest) else {
            return false;
        };
        let ContestResult::Choice { totals, blank } = result else {
            return false;
        };
        group.ballots > 0
            && totals
                .iter()
                .chain(blank)
                .all(|total| *total == 0 || *total == group.weight)
    })
}
