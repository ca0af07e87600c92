mod border;
mod format;
mod mutation;
mod signature;

use std::collections::BTreeMap;

use super::*;
use crate::bytes::{ElectionId, EncodedPoint, EncodedScalar, Hash, Signature};
use crate::samples;
use crate::text::Tracker;

const ELECTION: ElectionId = ElectionId([0xe1; 32]);

fn hash(byte: u8) -> Hash {
    Hash([byte; 32])
}

fn point(byte: u8) -> EncodedPoint {
    EncodedPoint([byte; 32])
}

fn prefix(link: Option<Tracker>) -> Prefix {
    Prefix {
        credential: point(1),
        link,
        r: point(2),
        contests: BTreeMap::from([(0, vec![0xc0; 2].into()), (300, vec![0xc1; 64].into())]),
        b: point(3),
    }
}

fn ballot() -> Ballot {
    Ballot { prefix: prefix(None), proof: vec![0xaa; 3].into() }
}

fn challenge() -> Challenge {
    Challenge {
        prefix: prefix(Some(Tracker([7; 20]))),
        opening: vec![0, 1],
        r_opened: EncodedScalar([4; 32]),
        signature: Signature([5; 64]),
    }
}

fn rehearse() -> Rehearse {
    Rehearse { election: ELECTION, keys: hash(2), round: 5 }
}

fn roll() -> Roll {
    let voter = Voter { credential: point(8), weight: 1, style: 300 };
    Roll { election: ELECTION, revision: 1, chunk: 2, chunks: 1_000, voters: vec![voter], previous: hash(9) }
}

fn result() -> TallyResult {
    let contests =
        vec![ContestResult::Totals(vec![0, 24, u64::MAX]), ContestResult::Totals(vec![]), ContestResult::Withheld];
    TallyResult { election: ELECTION, anchor: "a\n".to_owned(), counted: hash(3), contests }
}

/// One payload of each kind, with every feature of its format.
fn payloads() -> Vec<(Kind, Vec<u8>)> {
    fn signed<T: Body>(body: T) -> (Kind, Vec<u8>) {
        (T::KIND, Signed::sign(body, &samples::authority()).payload())
    }
    let (election, attempt, history) = (ELECTION, 1, hash(1));
    let (trustee, keys, counted) = (2, hash(2), hash(3));
    let (decryption, proof): (ByteVec, ByteVec) = (vec![1; 64].into(), vec![2; 96].into());
    let anchor = || "example.org/e\n1\n".to_owned();
    vec![
        signed(samples::manifest()),
        signed(Commit {
            election,
            attempt,
            history,
            trustee,
            commitment: hash(4),
            envelope_keys: BTreeMap::from([(1, point(1)), (3, point(3))]),
        }),
        signed(Deal { election, attempt, history, trustee, chunk: 1, chunks: 2, bytes: vec![3; 300].into() }),
        signed(Confirm {
            election,
            attempt,
            history,
            trustee,
            confirmed: BTreeMap::from([(1, hash(1))]),
            complaints: BTreeMap::from([(3, EncodedScalar([3; 32]))]),
        }),
        signed(Keys { election, attempt, history, trustee, keys }),
        signed(Round { election, attempt, history, left_out: vec![1, 50] }),
        signed(Restart { election, attempt, history }),
        signed(rehearse()),
        signed(Rehearsal { election, keys, round: 1, trustee, decryption: decryption.clone(), proof: proof.clone() }),
        signed(roll()),
        signed(Open { election, anchor: anchor(), keys, roll: hash(5) }),
        signed(Close { election, anchor: anchor(), ballots: 70_000, last: hash(6) }),
        signed(Share { election, keys, counted, trustee, decryption, proof, anchor: anchor() }),
        signed(result()),
        signed(Final { election, anchor: anchor(), result: hash(7) }),
        (Kind::Ballot, encode(&ballot())),
        (Kind::Challenge, encode(&challenge())),
    ]
}

#[test]
fn every_kind_has_a_payload_that_decodes() {
    let payloads = payloads();
    for (kind, payload) in &payloads {
        assert!(Message::decode(*kind, payload).is_ok(), "{kind}");
    }
    let mut kinds: Vec<Kind> = payloads.into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    let mut all = Kind::ALL.to_vec();
    all.sort();
    assert_eq!(kinds, all);
}

/// Bytes from hexadecimal text; `#` begins a comment, `(n)` after a byte repeats it.
fn hex(text: &str) -> Vec<u8> {
    let words = text.lines().flat_map(|line| line.split('#').next().unwrap().split_whitespace());
    words.flat_map(hex_word).collect()
}

fn hex_word(word: &str) -> Vec<u8> {
    let (digits, times) = match word.trim_end_matches(')').split_once('(') {
        Some((digits, times)) => (digits, times.parse().unwrap()),
        None => (word, 1),
    };
    data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap().repeat(times)
}
