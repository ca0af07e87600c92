//! Whole ceremonies, and messages that are refused.

use super::*;
use crate::ceremony::{Ceremony, Rules};
use crate::dealing::{Dealing, Terms, dealing_hash};
use crate::message::{Content, Context};
use crate::rehearsal::{Answer, Rehearsals};
use std::collections::BTreeMap;

const PIECE: usize = 60_000;

fn size(value: &Value) -> usize {
    usize::try_from(integer(value)).unwrap()
}

/// A ceremony as a vector tells it, message by message.
struct Run<'a> {
    vector: &'a Value,
    ceremony: Ceremony,
}

impl<'a> Run<'a> {
    fn begin(vector: &'a Value) -> Self {
        let rules = Rules {
            election: fixed(&vector["election"]),
            trustees: integer(&vector["trustees"]),
            threshold: size(&vector["threshold"]),
            quorum: size(&vector["quorum"]),
            slots: size(&vector["slots"]),
        };
        // Attempts before that of the vector end at once.
        let history = fixed(&vector["histories"]["commit"]);
        let mut ceremony = Ceremony::begin(rules, history);
        for attempt in 2..=integer(&vector["attempt"]) {
            let context = Context { attempt, history };
            ceremony.accept(&Content::Restart { context }, history).unwrap();
        }
        Self { vector, ceremony }
    }

    fn context(&self, step: &str) -> Context {
        Context { attempt: integer(&self.vector["attempt"]), history: fixed(&self.vector["histories"][step]) }
    }

    fn accept(&mut self, content: &Content) {
        self.ceremony.accept(content, [0; 32]).unwrap();
    }

    fn end(&mut self, step: &str, next: &str) {
        let content =
            Content::Round { context: self.context(step), left_out: list(&self.vector["left_out"][step], integer) };
        let leaf = fixed(&self.vector["histories"][next]);
        self.ceremony.accept(&content, leaf).unwrap();
    }

    /// All up to the step *confirm*.
    fn deal(&mut self) {
        let vector = self.vector;
        let dealers = vector["dealers"].as_array().unwrap();
        let silent = list(&vector["left_out"]["commit"], integer);
        for trustee in (1..=integer(&vector["trustees"])).filter(|trustee| !silent.contains(trustee)) {
            // Of those who never deal, the vector does not tell the commitment.
            let dealer = dealers.iter().find(|dealer| dealer["index"] == trustee);
            let own = vector["envelope_keys"].as_array().unwrap().iter();
            let own = own.filter(|key| key["owner"] == trustee);
            let content = Content::Commit {
                context: self.context("commit"),
                trustee,
                commitment: dealer.map_or([0; 32], |dealer| fixed(&dealer["commitment"])),
                envelope_keys: own.map(|key| (integer(&key["dealer"]), fixed(&key["public"]))).collect(),
            };
            self.accept(&content);
        }
        self.end("commit", "deal");
        for dealer in dealers {
            let dealing = hex(&dealer["dealing"]);
            let pieces: Vec<&[u8]> = dealing.chunks(PIECE).collect();
            for (chunk, piece) in (1..).zip(&pieces) {
                let content = Content::Deal {
                    context: self.context("deal"),
                    trustee: integer(&dealer["index"]),
                    chunk,
                    chunks: pieces.len() as u64,
                    piece: piece.to_vec(),
                };
                self.accept(&content);
            }
        }
        self.end("deal", "confirm");
    }

    fn confirm(&mut self) {
        for confirm in self.vector["confirms"].as_array().unwrap() {
            let content = confirmation(self.context("confirm"), confirm);
            self.accept(&content);
        }
        self.end("confirm", "keys");
    }

    /// Every member of Q confirms the keys.
    fn finish(&mut self) {
        for trustee in list(&self.vector["qualified"], integer) {
            let content =
                Content::Keys { context: self.context("keys"), trustee, keys_hash: fixed(&self.vector["keys_hash"]) };
            self.accept(&content);
        }
    }

    /// The rehearsals after the request of this round.
    fn rehearsals(&self, round: u64) -> Rehearsals {
        let mut rehearsals = Rehearsals::default();
        let keys_hash = fixed(&self.vector["keys_hash"]);
        for round in 1..=round {
            rehearsals.request(&self.ceremony, &keys_hash, round).unwrap();
        }
        rehearsals
    }
}

fn confirmation(context: Context, vector: &Value) -> Content {
    Content::Confirm {
        context,
        trustee: integer(&vector["trustee"]),
        confirmed: map(&vector["confirmed"], fixed),
        complaints: map(&vector["complaints"], fixed),
    }
}

#[test]
fn ceremonies_make_the_keys_of_the_vectors() {
    for vector in vectors("ceremony", "ceremony") {
        let name = text(&vector["name"]);
        for dealer in vector["dealers"].as_array().unwrap() {
            let (election, index) = (fixed(&vector["election"]), integer(&dealer["index"]));
            let hash = dealing_hash(&election, integer(&vector["attempt"]), index, &hex(&dealer["dealing"]));
            assert_eq!(hash, fixed::<32>(&dealer["dealing_hash"]), "{name}");
        }
        let mut run = Run::begin(&vector);
        run.deal();
        run.confirm();
        let keys = run.ceremony.keys().unwrap();
        let qualified: Vec<u64> = keys.qualified.iter().copied().collect();
        assert_eq!(qualified, list(&vector["qualified"], integer), "{name}");
        assert_eq!(keys.failed, vector["failed"] == true, "{name}");
        if keys.failed {
            continue;
        }
        let bytes = |points: &[Point]| points.iter().map(|point| point.bytes).collect::<Vec<[u8; 32]>>();
        assert_eq!(bytes(&keys.public), list(&vector["keys"], fixed), "{name}");
        let shares: BTreeMap<u64, Vec<[u8; 32]>> =
            keys.shares.iter().map(|(member, shares)| (*member, bytes(shares))).collect();
        let specified = map(&vector["shares"], |shares| list(shares, fixed));
        assert_eq!(shares, specified.into_iter().collect(), "{name}");
        assert_eq!(keys.hash, fixed::<32>(&vector["keys_hash"]), "{name}");
        run.finish();
        answers_are_accepted(&run);
    }
}

fn answers_are_accepted(run: &Run<'_>) {
    let rehearsal = &run.vector["rehearsal"];
    let round = integer(&rehearsal["round"]);
    let mut rehearsals = run.rehearsals(round);
    let answers = rehearsal["answers"].as_array().unwrap();
    for answer in answers {
        let decryption: Vec<u8> = list(&answer["decryption"], hex).concat();
        let answer = Answer {
            keys_hash: &fixed(&run.vector["keys_hash"]),
            round,
            trustee: integer(&answer["trustee"]),
            decryption: &decryption,
            proof: &hex(&answer["proof"]),
        };
        let verdict = rehearsals.answer(&run.ceremony, &fixed(&run.vector["election"]), &answer);
        assert_eq!(verdict, Ok(()), "{}", run.vector["name"]);
    }
    assert_eq!(rehearsals.answers(), answers.len() as u64);
}

#[test]
fn commits() {
    for vector in vectors("ceremony", "bad_commit") {
        let rules = Rules {
            election: fixed(&vector["election"]),
            trustees: integer(&vector["trustees"]),
            threshold: 1,
            quorum: 1,
            slots: size(&vector["slots"]),
        };
        let mut ceremony = Ceremony::begin(rules, [0; 32]).with_used(list(&vector["used"], fixed));
        let content = Content::Commit {
            context: Context { attempt: 1, history: [0; 32] },
            trustee: integer(&vector["trustee"]),
            commitment: [0; 32],
            envelope_keys: map(&vector["envelope_keys"], fixed),
        };
        assert_code(ceremony.accept(&content, [1; 32]), &vector);
    }
}

#[test]
fn dealings() {
    for vector in vectors("ceremony", "bad_dealing") {
        let dealer = integer(&vector["dealer"]);
        let left_out = list(&vector["left_out"], integer);
        let terms = Terms {
            election: fixed(&vector["election"]),
            context: Context { attempt: integer(&vector["attempt"]), history: fixed(&vector["history"]) },
            dealer,
            slots: size(&vector["slots"]),
            threshold: size(&vector["threshold"]),
            recipients: (1..=integer(&vector["trustees"]))
                .filter(|trustee| *trustee != dealer && !left_out.contains(trustee))
                .collect(),
        };
        let dealing = hex(&vector["dealing"]);
        assert_eq!(dealing.len(), terms.length(), "{}", vector["name"]);
        let commitment = fixed(&vector["commitment"]);
        let found = Dealing::decode(&dealing, &terms).and_then(|dealing| dealing.check(&terms, &commitment));
        assert_code(found, &vector);
    }
}

#[test]
fn confirmations() {
    let bases = vectors("ceremony", "ceremony");
    for vector in vectors("ceremony", "bad_confirm") {
        let mut run = Run::begin(named(&bases, &vector["base"]));
        run.deal();
        let content = confirmation(run.context("confirm"), &vector);
        assert_code(run.ceremony.accept(&content, [1; 32]), &vector);
    }
}

#[test]
fn rehearsals() {
    let bases = vectors("ceremony", "ceremony");
    for vector in vectors("ceremony", "bad_rehearsal") {
        let base = named(&bases, &vector["base"]);
        let mut run = Run::begin(base);
        run.deal();
        run.confirm();
        run.finish();
        let answer = Answer {
            keys_hash: &fixed(&vector["keys_hash"]),
            round: integer(&vector["round"]),
            trustee: integer(&vector["trustee"]),
            decryption: &hex(&vector["decryption"]),
            proof: &hex(&vector["proof"]),
        };
        let mut rehearsals = run.rehearsals(integer(&base["rehearsal"]["round"]));
        let found = rehearsals.answer(&run.ceremony, &fixed(&base["election"]), &answer);
        assert_code(found, &vector);
    }
}
