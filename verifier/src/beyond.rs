//! What no record can show, however valid it is. Implements specs/checks.md#beyond.

use crate::policy::Quorum;
use crate::rules::Election;
use crate::warnings::Warning;

/// What a report on this election does not speak of, because it cannot.
pub(crate) fn of(election: &Election) -> Vec<Warning> {
    let challenged = election.voting.as_ref().map_or(0, |voting| voting.challenged);
    let threshold = election.manifest.threshold;
    let trustees = election.manifest.trustees.len();
    [
        (
            "device",
            format!(
                "whether each voter's device encrypted what she chose. Voters who check an encryption before they cast find a \
                 device that cheats: {challenged} did so here"
            ),
        ),
        (
            "roll",
            "whether the credentials on the roll are those of the people who may vote, one each: the registrar knows".to_owned(),
        ),
        (
            "secrecy",
            format!("whether {threshold} of the {trustees} trustees met in secret, and decrypted single ballots"),
        ),
        ("freedom", "whether voters were watched, paid or threatened".to_owned()),
        ("others", others(election.policy.quorum())),
    ]
    .map(|(code, message)| Warning { code: code.to_owned(), message })
    .into()
}

fn others(quorum: Option<Quorum>) -> String {
    match quorum.map_or(0, |quorum| quorum.cheaters) {
        0 => "whether other people have this same record: compare its size and root with others".to_owned(),
        1 => "whether other people have this same record: for two to exist, a witness must have lied".to_owned(),
        more => {
            format!("whether other people have this same record: for two to exist, {more} witnesses must have lied")
        }
    }
}
