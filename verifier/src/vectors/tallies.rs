//! The counted set, groups, shares and results.

use super::*;
use crate::ballot::Ciphertexts;
use crate::entry::Kind;
use crate::keys::Keys;
use crate::message::{Content, Context, Message};
use crate::roll::Voter;
use crate::tally::{Share, State, Tally};
use crate::voting::Voting;
use std::collections::HashMap;
use std::sync::Arc;

/// A tally after `close`.
struct World {
    election: [u8; 32],
    manifest: Manifest,
    keys: Keys,
    tally: Tally,
}

fn world(vector: &Value) -> World {
    let election = fixed(&vector["election"]);
    let threshold = integer(&vector["threshold"]);
    let manifest = manifest(&vector["contests"], &vector["styles"], threshold, integer(&vector["minimum"]));
    let keys = Keys {
        context: Context { attempt: 1, history: [0; 32] },
        qualified: list(&vector["qualified"], integer).into_iter().collect(),
        public: list(&vector["keys"], point),
        shares: map(&vector["shares"], |shares| list(shares, point)).into_iter().collect(),
        hash: fixed(&vector["keys_hash"]),
        failed: false,
    };
    let voting = voting(vector, &manifest, &election, &keys.public);
    let tally = Tally::begin(&manifest, &election, &voting, &fixed(&vector["close"]));
    World { election, manifest, keys, tally }
}

/// The last ballot of each credential.
fn voting(vector: &Value, manifest: &Manifest, election: &[u8; 32], keys: &[Point]) -> Voting {
    let ballots = vector["ballots"].as_array().unwrap();
    let line = |ballot: &Value| {
        let style = usize::try_from(integer(&ballot["style"])).unwrap();
        let weight = integer(&ballot["weight"]);
        (fixed(&ballot["credential"]), Voter { weight, style })
    };
    let roll: HashMap<[u8; 32], Voter> = ballots.iter().map(line).collect();
    let mut voting = Voting::open(manifest, election, keys, Arc::new(roll));
    for (place, ballot) in ballots.iter().enumerate() {
        let is_last = !ballots[place + 1..].iter().any(|later| later["credential"] == ballot["credential"]);
        if is_last {
            let ciphertexts = Ciphertexts { r: point(&ballot["R"]), slots: list(&ballot["C"], point) };
            let (credential, leaf) = (fixed(&ballot["credential"]), fixed(&ballot["leaf_hash"]));
            voting.assume_counted(credential, place as u64, leaf, &ciphertexts);
        }
    }
    voting
}

impl World {
    fn check_share(&self, keys_hash: &Value, counted_hash: &Value, share: &Value) -> Result<Vec<Point>, Code> {
        let decryption = match &share["decryption"] {
            Value::Array(points) => points.iter().flat_map(hex).collect(),
            bytes => hex(bytes),
        };
        let share = Share {
            keys_hash: &fixed(keys_hash),
            counted_hash: &fixed(counted_hash),
            trustee: integer(&share["trustee"]),
            decryption: &decryption,
            proof: &hex(&share["proof"]),
        };
        self.tally.check_share(&self.keys, &self.election, &share)
    }

    /// Accepts those shares of a vector whose trustees are wanted.
    fn accept(&mut self, vector: &Value, wanted: impl Fn(u64) -> bool) {
        for share in vector["decryptions"].as_array().unwrap() {
            let trustee = integer(&share["trustee"]);
            if wanted(trustee) {
                let decryption = self.check_share(&vector["keys_hash"], &vector["counted_hash"], share);
                self.tally.add_share(trustee, decryption.unwrap());
            }
        }
    }

    fn check_result(&self, counted_hash: &Value, contests: &Value) -> Result<(), Code> {
        let body = record(vec![
            Cbor::Bytes(self.election.to_vec()),
            Cbor::Text(String::new()),
            Cbor::Bytes(hex(counted_hash)),
            cbor(contests),
        ]);
        let message = Message::decode(Kind::Result, &unsigned(crate::cbor::encode(&body)))?;
        let Content::Result { counted_hash, contests, .. } = message.content else {
            panic!("no result");
        };
        self.tally.check_result(&self.manifest, &counted_hash, &contests)
    }
}

#[test]
fn tallies_have_the_groups_shares_and_results_of_the_vectors() {
    for vector in vectors("tally", "tally") {
        let name = text(&vector["name"]);
        let mut world = world(&vector);
        for group in vector["groups"].as_array().unwrap() {
            let state = match text(&group["state"]) {
                "open" => State::Open,
                "withheld" => State::Withheld,
                _ => State::Empty,
            };
            for contest in list(&group["contests"], integer) {
                let found = world.tally.group_of(usize::try_from(contest).unwrap()).unwrap();
                let specified = (integer(&group["ballots"]), integer(&group["weight"]), state);
                assert_eq!((found.ballots, found.weight, found.state), specified, "{name}");
            }
        }
        world.accept(&vector, |_| true);
        let right = world.check_result(&vector["counted_hash"], &vector["result"]);
        assert_eq!(right, Ok(()), "{name}");
        let zeros = Value::String("0".repeat(64));
        assert_eq!(world.check_result(&zeros, &vector["result"]), Err(Code::CountedMismatch));
    }
}

#[test]
fn shares() {
    let bases = vectors("tally", "tally");
    for vector in vectors("tally", "bad_share") {
        let base = named(&bases, &vector["base"]);
        let mut world = world(base);
        for trustee in list(&vector["sent"], integer) {
            world.tally.add_share(trustee, Vec::new());
        }
        let found = world.check_share(&vector["keys_hash"], &vector["counted_hash"], &vector);
        assert_code(found.map(|_| ()), &vector);
    }
}

#[test]
fn results() {
    let bases = vectors("tally", "tally");
    for vector in vectors("tally", "bad_result") {
        let base = named(&bases, &vector["base"]);
        let mut world = world(base);
        let accepted = vector.get("accepted").map(|accepted| list(accepted, integer));
        let wanted = |trustee| accepted.as_ref().is_none_or(|accepted| accepted.contains(&trustee));
        world.accept(base, wanted);
        assert_code(world.check_result(&vector["counted_hash"], &vector["contests"]), &vector);
    }
}
