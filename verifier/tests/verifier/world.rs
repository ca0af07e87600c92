//! A whole election, made step by step from the specification, with one entry tampered with on request.

use crate::board::{self, Board, ORIGIN, verifier_key};
use crate::bytes::*;
use crate::prover::{Device, Part, Voter, decrypt};
use chacha20poly1305::aead::{Aead, KeyInit};
use ciborium::Value;
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use ed25519_dalek::SigningKey;
use std::collections::{BTreeMap, BTreeSet};

/// k: the slots of both contests.
const SLOTS: usize = 6;
/// t.
const THRESHOLD: usize = 2;
/// n.
const TRUSTEES: u64 = 3;

/// What is special about an election.
#[derive(Clone)]
pub struct Plan {
    /// A trustee that sends nothing.
    pub absent: Option<u64>,
    /// Trustee 3 seals wrong shares for trustee 1, who complains.
    pub bad_dealing: bool,
    /// Trustee 1 complains of trustee 3 without reason.
    pub bad_complaint: bool,
    pub minimum: u64,
    /// Nobody votes.
    pub no_ballots: bool,
    /// Rounds of rehearsal without answers, during the voting.
    pub idle_rounds: u64,
    pub simulation: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            absent: None,
            bad_dealing: false,
            bad_complaint: false,
            minimum: 1,
            no_ballots: false,
            idle_rounds: 0,
            simulation: false,
        }
    }
}

/// An entry before it is signed and numbered.
#[derive(Clone)]
pub struct Draft {
    pub kind: String,
    /// The body of a signed payload, or the payload of a ballot or challenge.
    pub value: Value,
    pub signer: Option<SigningKey>,
    /// What is signed is of this kind.
    pub signed_as: String,
    /// Changes the header, or the payload after signing.
    pub header: Option<fn(&mut Vec<Value>)>,
}

impl Draft {
    /// Fields of an array, in place.
    pub fn items(&mut self) -> &mut Vec<Value> {
        self.value.as_array_mut().unwrap()
    }

    /// The value of a key of the body, in place.
    pub fn key(&mut self, key: u64) -> &mut Value {
        let pairs = self.value.as_map_mut().unwrap();
        &mut pairs.iter_mut().find(|(found, _)| *found == uint(key)).unwrap().1
    }
}

/// Which entry is tampered with, and how.
pub struct Tamper {
    pub label: &'static str,
    pub change: fn(&mut Draft),
}

pub struct World {
    pub board: Board,
    plan: Plan,
    tamper: Option<Tamper>,
    /// Index of the entry that was tampered with.
    pub tampered: Option<u64>,
    pub election: Hash,
    pub voters: Vec<Voter>,
}

pub fn signing_key(name: &str) -> SigningKey {
    SigningKey::from_bytes(&sha256(name.as_bytes()))
}

/// The whole record, finished.
pub fn build(plan: Plan, tamper: Option<Tamper>) -> World {
    let board = Board {
        log: signing_key("log"),
        witness: signing_key("witness"),
        entries: Vec::new(),
    };
    let voter = |(number, (weight, style))| Voter {
        kappa: secret(&format!("voter {number}")),
        weight,
        style,
    };
    let mut voters: Vec<Voter> = [(1, 0), (2, 0), (1, 1), (3, 1)]
        .into_iter()
        .enumerate()
        .map(voter)
        .collect();
    voters.sort_by_key(|voter| voter.credential().compress().to_bytes());
    let mut world = World {
        board,
        plan,
        tamper,
        tampered: None,
        election: [0; 32],
        voters,
    };
    world.manifest();
    let keys = world.ceremony();
    world.setup_ends(&keys);
    let devices = world.vote(&keys);
    world.tally(&keys, devices);
    world
}

/// What the ceremony made.
struct Keys {
    hash: Hash,
    qualified: BTreeSet<u64>,
    public: Vec<RistrettoPoint>,
    /// x_{ij}.
    shares: BTreeMap<u64, Vec<Scalar>>,
}

impl World {
    /// Appends the entry; if it is the one to tamper with, first the changed one, which is to be refused.
    fn step(&mut self, label: &str, make: impl Fn(&Self) -> Draft) {
        if let Some(tamper) = self.tamper.as_ref().filter(|tamper| tamper.label == label) {
            let mut draft = make(self);
            (tamper.change)(&mut draft);
            self.tampered = Some(self.board.entries.len() as u64);
            self.append(&draft);
            if label == "manifest" {
                return;
            }
        }
        let draft = make(self);
        self.append(&draft);
    }

    fn append(&mut self, draft: &Draft) {
        let encoded = cbor(&draft.value);
        let payload = draft
            .signer
            .as_ref()
            .map_or_else(|| encoded.clone(), |key| sign(&draft.signed_as, &encoded, key));
        let mut fields = self.board.fields(&draft.kind, &payload);
        draft.header.iter().for_each(|change| change(&mut fields));
        self.board.append(fields);
    }

    fn signed(&self, kind: &str, signer: &str, mut values: Vec<Value>) -> Draft {
        values.insert(0, bytes(&self.election));
        let signer = Some(signing_key(signer));
        Draft {
            kind: kind.to_owned(),
            value: body(values),
            signer,
            signed_as: kind.to_owned(),
            header: None,
        }
    }

    fn trustees(&self) -> Vec<u64> {
        (1..=TRUSTEES)
            .filter(|trustee| Some(*trustee) != self.plan.absent)
            .collect()
    }

    fn manifest(&mut self) {
        let public = |name: &str| bytes(&signing_key(name).verifying_key().to_bytes());
        let option = |id: &str| body(vec![text(id), text(&format!("Option {id}"))]);
        let choice = |id: &str, options: &[&str], min, max, blank| {
            let parameters = body(vec![uint(min), uint(max), Value::Bool(blank)]);
            let options = Value::Array(options.iter().map(|id| option(id)).collect());
            body(vec![
                text(id),
                text(&format!("Contest {id}")),
                options,
                Value::Array(vec![text("choice"), parameters]),
            ])
        };
        let style = |name: &str, contests: &[u64]| {
            body(vec![
                text(name),
                Value::Array(contests.iter().map(|contest| uint(*contest)).collect()),
            ])
        };
        let trustee = |index: u64| {
            body(vec![
                text(&format!("Trustee {index}")),
                public(&format!("trustee {index}")),
            ])
        };
        let log = verifier_key(ORIGIN, 1, &self.board.log);
        let witness = verifier_key("witness.example/w", 4, &self.board.witness);
        let value = body(vec![
            uint(1),
            text("council-2026"),
            text("Council \u{e9}lection"),
            Value::Bool(self.plan.simulation),
            text(ORIGIN),
            public("log"),
            text(&format!("log {log}\nwitness w {witness}\nquorum w\n")),
            Value::Array(vec![
                choice("a", &["1", "2", "3"], 1, 2, true),
                choice("b", &["x", "y"], 1, 1, false),
            ]),
            Value::Array(vec![style("all", &[0, 1]), style("first", &[0])]),
            public("authority"),
            public("registrar"),
            Value::Array((1..=TRUSTEES).map(trustee).collect()),
            uint(THRESHOLD as u64),
            uint(2),
            uint(self.plan.minimum),
            Value::Array(vec![body(vec![text("index.html"), bytes(&[5; 32])])]),
        ]);
        self.election = sha256(&cbor(&value));
        let signer = Some(signing_key("authority"));
        let draft = Draft {
            kind: "manifest".to_owned(),
            value,
            signer,
            signed_as: "manifest".to_owned(),
            header: None,
        };
        self.step("manifest", |_| draft.clone());
    }

    fn coefficient(trustee: u64, slot: usize, power: usize) -> Scalar {
        secret(&format!("coefficient {trustee} {slot} {power}"))
    }

    fn polynomial(trustee: u64, slot: usize, x: u64) -> Scalar {
        (0..THRESHOLD).rev().fold(Scalar::ZERO, |sum, power| {
            sum * Scalar::from(x) + Self::coefficient(trustee, slot, power)
        })
    }

    fn commitments(trustee: u64) -> Vec<RistrettoPoint> {
        let places = (0..SLOTS).flat_map(|slot| (0..THRESHOLD).map(move |power| (slot, power)));
        places
            .map(|(slot, power)| base(&Self::coefficient(trustee, slot, power)))
            .collect()
    }

    fn commitment_hash(&self, trustee: u64) -> Hash {
        Transcript::new("commitment")
            .absorb("election", &self.election)
            .number("attempt", 1)
            .number("dealer", trustee)
            .points("points", &Self::commitments(trustee))
            .hash()
    }

    fn envelope_secret(owner: u64, dealer: u64) -> Scalar {
        secret(&format!("envelope {owner} {dealer}"))
    }

    fn ceremony(&mut self) -> Keys {
        let present = self.trustees();
        let begin = self.board.prev();
        for trustee in present.clone() {
            self.step(&format!("commit {trustee}"), |world| {
                let others = (1..=TRUSTEES).filter(|other| *other != trustee);
                let keys = others.map(|other| (other, bytes(&encode(&[base(&Self::envelope_secret(trustee, other))]))));
                let values = vec![
                    uint(1),
                    bytes(&begin),
                    uint(trustee),
                    bytes(&world.commitment_hash(trustee)),
                    map(keys),
                ];
                world.signed("commit", &format!("trustee {trustee}"), values)
            });
        }
        let deal = self.round("round 1", begin, self.plan.absent);
        let dealings: BTreeMap<u64, Vec<u8>> = present
            .iter()
            .map(|dealer| (*dealer, self.dealing(*dealer, &deal, &present)))
            .collect();
        for (dealer, dealing) in &dealings {
            self.step(&format!("deal {dealer}"), |world| {
                let values = vec![uint(1), bytes(&deal), uint(*dealer), uint(1), uint(1), bytes(dealing)];
                world.signed("deal", &format!("trustee {dealer}"), values)
            });
        }
        let confirm = self.round("round 2", deal, None);
        for trustee in present.clone() {
            self.step(&format!("confirm {trustee}"), |world| {
                let complains =
                    |dealer: u64| trustee == 1 && dealer == 3 && (world.plan.bad_dealing || world.plan.bad_complaint);
                let hash = |dealer: u64| {
                    let transcript = Transcript::new("dealing")
                        .absorb("election", &world.election)
                        .number("attempt", 1);
                    transcript
                        .number("dealer", dealer)
                        .absorb("dealing", &dealings[&dealer])
                        .hash()
                };
                let others: Vec<u64> = present.iter().copied().filter(|other| *other != trustee).collect();
                let confirmed = others
                    .iter()
                    .filter(|dealer| !complains(**dealer))
                    .map(|dealer| (*dealer, bytes(&hash(*dealer))));
                let complaints = others.iter().filter(|dealer| complains(**dealer));
                let complaints =
                    complaints.map(|dealer| (*dealer, bytes(Self::envelope_secret(trustee, *dealer).as_bytes())));
                let values = vec![uint(1), bytes(&confirm), uint(trustee), map(confirmed), map(complaints)];
                world.signed("confirm", &format!("trustee {trustee}"), values)
            });
        }
        let ended = self.round("round 3", confirm, None);
        let at_fault = if self.plan.bad_dealing {
            Some(3)
        } else {
            self.plan.bad_complaint.then_some(1)
        };
        let keys = self.keys(
            present
                .into_iter()
                .filter(|trustee| Some(*trustee) != at_fault)
                .collect(),
            &ended,
        );
        for trustee in &keys.qualified {
            self.step(&format!("keys {trustee}"), |world| {
                let values = vec![uint(1), bytes(&ended), uint(*trustee), bytes(&keys.hash)];
                world.signed("keys", &format!("trustee {trustee}"), values)
            });
        }
        keys
    }

    fn round(&mut self, label: &str, history: Hash, left_out: Option<u64>) -> Hash {
        self.step(label, |world| {
            let left_out = left_out.into_iter().map(uint).collect();
            world.signed(
                "round",
                "authority",
                vec![uint(1), bytes(&history), Value::Array(left_out)],
            )
        });
        self.board.prev()
    }

    fn dealing(&self, dealer: u64, history: &Hash, present: &[u64]) -> Vec<u8> {
        let commitments = Self::commitments(dealer);
        let mut transcript = Transcript::new("deal")
            .absorb("election", &self.election)
            .number("attempt", 1)
            .absorb("history", history)
            .number("dealer", dealer)
            .points("points", &commitments);
        let weights: Vec<Scalar> = (0..SLOTS).map(|_| transcript.weight("w")).collect();
        let nonce = secret(&format!("deal {dealer}"));
        let c = transcript.points("W", &[base(&nonce)]).scalar("c");
        let weighted: Scalar = (0..SLOTS)
            .map(|slot| weights[slot] * Self::coefficient(dealer, slot, 0))
            .sum();
        let mut dealing = [
            encode(&commitments),
            encode(&[base(&nonce)]),
            encode_scalars(&[nonce + c * weighted]),
        ]
        .concat();
        for recipient in present.iter().filter(|other| **other != dealer) {
            dealing.extend(self.envelope(dealer, *recipient, history));
        }
        dealing
    }

    fn envelope(&self, dealer: u64, recipient: u64, history: &Hash) -> Vec<u8> {
        let ephemeral = secret(&format!("ephemeral {dealer} {recipient}"));
        let public = base(&Self::envelope_secret(recipient, dealer));
        let info = Transcript::new("envelope")
            .absorb("election", &self.election)
            .number("attempt", 1)
            .absorb("history", history)
            .number("dealer", dealer)
            .number("recipient", recipient)
            .points("E", &[base(&ephemeral)])
            .points("P", &[public])
            .absorb("commitment", &self.commitment_hash(dealer))
            .hash();
        let mut okm = [0; 44];
        let shared = encode(&[ephemeral * public]);
        hkdf::Hkdf::<sha2::Sha256>::new(Some(b"tabella/1/envelope"), &shared)
            .expand(&info, &mut okm)
            .unwrap();
        let key: [u8; 32] = okm[..32].try_into().unwrap();
        let nonce: [u8; 12] = okm[32..].try_into().unwrap();
        let wrong = self.plan.bad_dealing && dealer == 3 && recipient == 1;
        let at = if wrong { recipient + 7 } else { recipient };
        let shares: Vec<Scalar> = (0..SLOTS).map(|slot| Self::polynomial(dealer, slot, at)).collect();
        let cipher = chacha20poly1305::ChaCha20Poly1305::new(&key.into());
        let sealed = cipher
            .encrypt(&nonce.into(), encode_scalars(&shares).as_slice())
            .unwrap();
        [encode(&[base(&ephemeral)]), sealed].concat()
    }

    fn keys(&self, qualified: BTreeSet<u64>, ended: &Hash) -> Keys {
        let sum = |slot: usize, x: u64| {
            qualified
                .iter()
                .map(|dealer| Self::polynomial(*dealer, slot, x))
                .sum::<Scalar>()
        };
        let public: Vec<RistrettoPoint> = (0..SLOTS).map(|slot| base(&sum(slot, 0))).collect();
        let shares: BTreeMap<u64, Vec<Scalar>> = qualified
            .iter()
            .map(|member| (*member, (0..SLOTS).map(|slot| sum(slot, *member)).collect()))
            .collect();
        let public_shares: Vec<RistrettoPoint> = shares.values().flatten().map(base).collect();
        let hash = Transcript::new("keys")
            .absorb("election", &self.election)
            .number("attempt", 1)
            .absorb("history", ended)
            .absorb("qualified", &numbers(qualified.iter().copied()))
            .points("keys", &public)
            .points("shares", &public_shares)
            .hash();
        Keys {
            hash,
            qualified,
            public,
            shares,
        }
    }

    /// Rehearsal, roll, open.
    fn setup_ends(&mut self, keys: &Keys) {
        self.step("rehearse", |world| {
            world.signed("rehearse", "authority", vec![bytes(&keys.hash), uint(1)])
        });
        for trustee in &keys.qualified {
            self.step(&format!("rehearsal {trustee}"), |world| {
                let data = [
                    &world.election[..],
                    &1u64.to_be_bytes(),
                    &keys.hash,
                    &1u64.to_be_bytes(),
                ]
                .concat();
                let r = hash_to_group("rehearsal", &data);
                let part = Part {
                    slots: (0..SLOTS).collect(),
                    r,
                    shares: keys.shares[trustee].clone(),
                };
                let transcript = Transcript::new("rehearsal")
                    .absorb("election", &world.election)
                    .absorb("keys", &keys.hash)
                    .absorb("counted", &1u64.to_be_bytes())
                    .number("trustee", *trustee);
                let (decryption, proof) = decrypt(transcript, &[part], &[]);
                let values = vec![
                    bytes(&keys.hash),
                    uint(1),
                    uint(*trustee),
                    bytes(&decryption),
                    bytes(&proof),
                ];
                world.signed("rehearsal", &format!("trustee {trustee}"), values)
            });
        }
        let mut hashes = Vec::new();
        for chunk in 1..=2u64 {
            let line = |voter: &Voter| {
                Value::Array(vec![
                    bytes(&encode(&[voter.credential()])),
                    uint(voter.weight),
                    uint(voter.style as u64),
                ])
            };
            let half = if chunk == 1 { 0..2 } else { 2..4 };
            let voters = Value::Array(self.voters[half].iter().map(line).collect());
            let draft = self.signed("roll", "registrar", vec![uint(1), uint(chunk), uint(2), voters]);
            hashes.extend(sha256(&cbor(&draft.value)));
            self.step(&format!("roll {chunk}"), |_| draft.clone());
        }
        let transcript = Transcript::new("roll")
            .absorb("election", &self.election)
            .number("revision", 1);
        let roll_hash = transcript.number("count", 4).absorb("chunks", &hashes).hash();
        self.step("open", |world| {
            let values = vec![text(&world.board.checkpoint()), bytes(&keys.hash), bytes(&roll_hash)];
            world.signed("open", "authority", values)
        });
    }

    /// Voters 0 to 2 vote, 0 again, 1 challenges first, 3 abstains. Gives the entries of the counted ballots.
    fn vote<'a>(&mut self, keys: &'a Keys) -> Vec<(u64, Device<'a>)> {
        for round in 0..self.plan.idle_rounds {
            self.step("idle", |world| {
                world.signed("rehearse", "authority", vec![bytes(&keys.hash), uint(round + 2)])
            });
        }
        if self.plan.no_ballots {
            return Vec::new();
        }
        let voters: &'static [Voter] = self.voters.clone().leak();
        let device = |world: &Self, voter: usize, link: Option<Vec<u8>>, choice: [u64; 4], name: &'static str| {
            let voter = &voters[voter];
            let mut bits = choice.to_vec();
            bits.extend((voter.style == 0).then_some(u64::from(voter.weight == 1)));
            Device {
                election: world.election,
                keys: &keys.public,
                voter,
                link,
                bits,
                name,
            }
        };
        let payload = |kind: &str, value: Value| Draft {
            kind: kind.to_owned(),
            value,
            signer: None,
            signed_as: String::new(),
            header: None,
        };
        // Bits: option 1, option 2, blank, slack; option 3 is what is left of two votes.
        let first = device(self, 0, None, [1, 0, 0, 0], "first");
        self.step("ballot 1", |_| payload("ballot", first.ballot()));
        let check = device(self, 1, None, [0, 0, 1, 0], "check");
        self.step("challenge", |_| payload("challenge", check.challenge()));
        let second = device(self, 1, None, [0, 1, 0, 1], "second");
        self.step("ballot 2", |_| payload("ballot", second.ballot()));
        let second_at = self.board.entries.len() as u64 - 1;
        let third = device(self, 2, None, [0, 0, 1, 0], "third");
        self.step("ballot 3", |_| payload("ballot", third.ballot()));
        let third_at = self.board.entries.len() as u64 - 1;
        let again = device(self, 0, Some(first.tracker()), [1, 1, 0, 0], "again");
        self.step("ballot 4", |_| payload("ballot", again.ballot()));
        let again_at = self.board.entries.len() as u64 - 1;
        vec![(second_at, second), (third_at, third), (again_at, again)]
    }

    /// Close, shares, result, final.
    fn tally(&mut self, keys: &Keys, counted: Vec<(u64, Device<'_>)>) {
        let accepted = if counted.is_empty() { 0 } else { 4 };
        self.step("close", |world| {
            let values = vec![
                text(&world.board.checkpoint()),
                uint(accepted),
                bytes(&world.board.prev()),
            ];
            world.signed("close", "authority", values)
        });
        let leaves: Vec<u8> = counted
            .iter()
            .flat_map(|(index, _)| board::leaf(&self.board.entries[*index as usize]))
            .collect();
        let counted_hash = Transcript::new("counted")
            .absorb("election", &self.election)
            .absorb("close", &self.board.prev())
            .number("count", counted.len() as u64)
            .absorb("ballots", &leaves)
            .hash();
        let devices: Vec<&Device<'_>> = counted.iter().map(|(_, device)| device).collect();
        let groups: Vec<Group> = [(0..4, vec![0, 1]), (4..6, vec![0])]
            .into_iter()
            .map(|(slots, styles): (_, Vec<usize>)| Group::new(slots.collect(), &styles, &devices))
            .collect();
        let is_open = |group: &&Group| group.ballots >= self.plan.minimum && group.ballots > 0;
        let open: Vec<&Group> = groups.iter().filter(is_open).collect();
        let ciphertexts: Vec<RistrettoPoint> = open.iter().flat_map(|group| group.ciphertexts.clone()).collect();
        let senders: Vec<u64> = if open.is_empty() {
            vec![]
        } else {
            keys.qualified.iter().rev().take(2).copied().collect()
        };
        for trustee in senders {
            self.step(&format!("share {trustee}"), |world| {
                let part = |group: &&Group| Part {
                    slots: group.slots.clone(),
                    r: group.r,
                    shares: group.slots.iter().map(|slot| keys.shares[&trustee][*slot]).collect(),
                };
                let transcript = Transcript::new("share")
                    .absorb("election", &world.election)
                    .absorb("keys", &keys.hash)
                    .absorb("counted", &counted_hash)
                    .number("trustee", trustee);
                let parts: Vec<Part> = open.iter().map(part).collect();
                let (decryption, proof) = decrypt(transcript, &parts, &ciphertexts);
                let values = vec![
                    bytes(&keys.hash),
                    bytes(&counted_hash),
                    uint(trustee),
                    bytes(&decryption),
                    bytes(&proof),
                ];
                world.signed("share", &format!("trustee {trustee}"), values)
            });
        }
        self.publish(&groups, counted_hash);
    }

    fn publish(&mut self, groups: &[Group], counted_hash: Hash) {
        self.step("result", |world| {
            let contest = |(group, options): (&Group, usize)| {
                if group.ballots > 0 && group.ballots < world.plan.minimum {
                    return Value::Array(vec![text("withheld")]);
                }
                let totals = Value::Array(group.totals[..options].iter().map(|total| uint(*total)).collect());
                let blank = group.totals.get(options).map_or(Value::Null, |total| uint(*total));
                Value::Array(vec![text("choice"), totals, blank])
            };
            let contests = groups.iter().zip([3, 2]).map(contest).collect();
            let values = vec![
                text(&world.board.checkpoint()),
                bytes(&counted_hash),
                Value::Array(contests),
            ];
            world.signed("result", "authority", values)
        });
        let result = self.board.prev();
        self.step("final", |world| {
            world.signed(
                "final",
                "authority",
                vec![text(&world.board.checkpoint()), bytes(&result)],
            )
        });
        if self.tamper.as_ref().is_some_and(|tamper| tamper.label == "after final") {
            let mut draft = self.signed(
                "final",
                "authority",
                vec![text(&self.board.checkpoint()), bytes(&result)],
            );
            self.tamper.iter().for_each(|tamper| (tamper.change)(&mut draft));
            self.tampered = Some(self.board.entries.len() as u64);
            self.append(&draft);
        }
    }
}

/// The sums over a group's ballots, and its true totals.
struct Group {
    slots: Vec<usize>,
    ballots: u64,
    r: RistrettoPoint,
    ciphertexts: Vec<RistrettoPoint>,
    totals: Vec<u64>,
}

impl Group {
    fn new(slots: Vec<usize>, styles: &[usize], devices: &[&Device<'_>]) -> Self {
        let devices: Vec<&&Device<'_>> = devices
            .iter()
            .filter(|device| styles.contains(&device.voter.style))
            .collect();
        let weighted = |place: usize| {
            let term = |device: &&&Device<'_>| Scalar::from(device.voter.weight) * device.ciphertexts()[place];
            devices
                .iter()
                .map(term)
                .fold(RistrettoPoint::identity(), |sum, term| sum + term)
        };
        let total = |slot: &usize| {
            devices
                .iter()
                .map(|device| device.voter.weight * device.votes()[*slot])
                .sum()
        };
        Self {
            ballots: devices.len() as u64,
            r: weighted(0),
            ciphertexts: slots.iter().map(|slot| weighted(slot + 1)).collect(),
            totals: slots.iter().map(total).collect(),
            slots,
        }
    }
}
