//! A board that changes what was cast after the fact. Its operator has the log's key and the witness's, and no other:
//! the headers are written anew, and what people signed stays as it is.

use tabella_board::entry::Entry;
use tabella_election::{Code, Kind};

use super::case::Case;
use crate::scene::Scene;
use crate::scene::log::MemoryLog;
use crate::scene::record::Failure;
use crate::scene::samples::{GUESTS, MEMBERS, guest_vote, manifest, member_vote};

/// Kinds and payloads of the entries, in their order.
type Payloads = Vec<(Kind, Vec<u8>)>;

pub fn cases() -> Vec<Case> {
    let payloads = payloads(&played());
    let places =
        |kind: Kind| -> Vec<usize> { (0..payloads.len()).filter(|place| payloads[*place].0 == kind).collect() };
    let (ballots, challenge, shares) = (places(Kind::Ballot), places(Kind::Challenge)[0], places(Kind::Share));
    let (close, end) = (places(Kind::Close)[0], payloads.len());
    let cases = [
        // Ballots: of the first member, of the second, of the guest, and of the first again.
        stuck("a ballot left out", &[(Code::CloseCount, close - 1)], &payloads, |all| _ = all.remove(ballots[1])),
        stuck("a ballot left out that replaced another", &[(Code::CloseCount, close - 1)], &payloads, |all| {
            all.remove(ballots[3]);
        }),
        stuck("all ballots left out", &[(Code::CloseCount, close - 4)], &payloads, |all| {
            ballots.iter().rev().for_each(|place| _ = all.remove(*place));
        }),
        stuck("a challenge left out", &[(Code::CloseLast, close - 1)], &payloads, |all| _ = all.remove(challenge)),
        stuck("two ballots exchanged", &[(Code::CloseLast, close)], &payloads, |all| all.swap(ballots[1], ballots[2])),
        stuck(
            "the ballots of one voter exchanged",
            &[(Code::LinkStale, ballots[0]), (Code::CloseCount, close)],
            &payloads,
            |all| {
                all.swap(ballots[0], ballots[3]);
            },
        ),
        stuck("a ballot twice", &[(Code::LinkStale, ballots[1] + 1), (Code::CloseLast, close + 1)], &payloads, |all| {
            all.insert(ballots[1] + 1, all[ballots[1]].clone());
        }),
        stuck(
            "an old ballot after the one that replaced it",
            &[(Code::LinkStale, close), (Code::CloseLast, close + 1)],
            &payloads,
            |all| {
                all.insert(close, all[ballots[0]].clone());
            },
        ),
        stuck(
            "a ballot after the close",
            &[(Code::ElectionClosed, close + 1), (Code::AnchorMismatch, end - 1)],
            &payloads,
            |all| {
                all.insert(close + 1, all[ballots[3]].clone());
            },
        ),
        stuck("a challenge cast", &[(Code::PayloadMalformed, challenge), (Code::CloseLast, close)], &payloads, |all| {
            all[challenge].0 = Kind::Ballot;
        }),
        stuck("shares exchanged with each other", &[(Code::AnchorMismatch, end - 2)], &payloads, |all| {
            all.swap(shares[0], shares[1]);
        }),
        stuck("a share left out", &[(Code::AnchorMismatch, end - 3)], &payloads, |all| _ = all.remove(shares[2])),
        stuck("the result twice", &[(Code::OutOfPhase, end - 1), (Code::AnchorMismatch, end)], &payloads, |all| {
            all.insert(end - 1, all[end - 2].clone());
        }),
        forged("the end twice", &[(Code::AfterFinal, end)], &payloads, |all| all.push(all[end - 1].clone())),
    ];
    let cut = Case {
        expected: vec![failure(Code::RecordUnfinished, None)],
        unfinished: false,
        ..Case::new("cut off before the result", &chained(&payloads[..end - 2].to_vec()))
    };
    cases.into_iter().chain([cut]).collect()
}

/// Four ballots of three voters, a challenge, three shares.
fn played() -> Scene {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (3, MEMBERS), (1, GUESTS)]);
    scene.vote(0, &member_vote(Some(0), &[0, 1]));
    scene.challenge(1, &member_vote(Some(2), &[1]));
    scene.vote(1, &member_vote(Some(1), &[1]));
    scene.vote(2, &guest_vote(&[3]));
    scene.vote(0, &member_vote(Some(1), &[0]));
    scene.provide(Kind::Close);
    scene.steps(&[1, 2, 3], Kind::Share);
    scene.play_on();
    scene
}

fn payloads(scene: &Scene) -> Payloads {
    let entries = scene.log.entries.iter().map(|bytes| Entry::parse(bytes).unwrap());
    entries.map(|entry| (entry.kind.parse().unwrap(), entry.payload)).collect()
}

/// What is found in a record that cannot go on to its end: these, every entry after the last of them, and that there is no end.
fn stuck(name: &str, found: &[(Code, usize)], payloads: &Payloads, change: impl FnOnce(&mut Payloads)) -> Case {
    let case = forged(name, found, payloads, change);
    let after = found.iter().map(|(_, index)| index + 1).max().unwrap_or_default();
    let follows = (after..case.entries.len()).map(|index| failure(Code::OutOfPhase, Some(index)));
    let expected = case.expected.iter().cloned().chain(follows).chain([failure(Code::RecordUnfinished, None)]);
    Case { expected: expected.collect(), ..case }
}

/// What is found in the record with this change is these, and nothing else.
fn forged(name: &str, found: &[(Code, usize)], payloads: &Payloads, change: impl FnOnce(&mut Payloads)) -> Case {
    let mut changed = payloads.clone();
    change(&mut changed);
    let expected = found.iter().map(|(code, index)| failure(*code, Some(*index))).collect();
    Case { expected, unfinished: false, ..Case::new(name, &chained(&changed)) }
}

fn failure(code: Code, index: Option<usize>) -> Failure {
    Failure { code: code.to_string(), entry: index.map(|index| index as u64), file: None }
}

/// The payloads in this order, numbered and chained.
fn chained(payloads: &Payloads) -> Vec<Vec<u8>> {
    let mut log = MemoryLog::new();
    for (kind, payload) in payloads {
        let entry = log.entry(*kind, payload);
        log.append(&entry);
    }
    log.entries
}
