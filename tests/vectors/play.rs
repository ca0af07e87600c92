//! Plays a key ceremony with trustees of glass before a board of production code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tabella_crypto::dealing::{AtFault, DealRound, pieces};
use tabella_crypto::decryption::test_point;
use tabella_crypto::envelope::EnvelopeKey;
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_crypto::polynomial::Index;
use tabella_election::ceremony::Stage;
use tabella_election::message::{Commit, Confirm, Deal, Keys, Rehearsal, Rehearse, Restart, Round};
use tabella_election::{ElectionId, EncodedPoint, EncodedScalar, Hash};

use crate::file::{hex, hexes, point, points, scalar, scalars, vector};
use crate::glass::dealing::{Dealer, Dealing, Trick};
use crate::glass::decryption::{Decryption, Group, Statement, decrypt};
use crate::manifest::{Plan, authority_key, trustee_key};
use crate::scene::Scene;
use crate::source::Source;

/// What happens in a ceremony.
#[derive(Clone)]
pub struct Script {
    pub name: &'static str,
    pub plan: Plan,
    /// How often the authority begins again before the attempt that is played.
    pub restarts: u64,
    /// Who falls silent in *commit*, *deal*, *confirm*.
    pub silent: [Vec<u64>; 3],
    /// What dealers do to envelopes, by dealer and recipient.
    pub tricks: BTreeMap<(u64, u64), Trick>,
    /// Complaints of good shares: complainer, dealer.
    pub false_complaints: BTreeSet<(u64, u64)>,
    pub sabotage: Option<Sabotage>,
    /// Who answers the last rehearsal, and its number.
    pub answers: Vec<u64>,
    pub rehearsals: u64,
}

/// What all dealers bring about together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// The first key is the identity.
    Identity,
    /// The first two keys are equal.
    Equal,
}

/// A ceremony that was played.
pub struct Ceremony {
    /// After everything.
    pub scene: Scene,
    /// Before the first *commit*, the first *confirm*, the first answer to the last rehearsal.
    pub before_commits: Scene,
    pub before_confirms: Scene,
    pub before_answers: Option<Scene>,
    pub dealers: Vec<Dealer>,
    pub round: DealRound,
    pub dealings: BTreeMap<u64, Dealing>,
    /// x_ij by trustee, of Q.
    pub secret_shares: BTreeMap<u64, Vec<Scalar>>,
    pub json: Value,
}

impl Script {
    /// Everybody does what they should.
    pub fn honest(name: &'static str, plan: Plan) -> Self {
        Self {
            name,
            plan,
            restarts: 0,
            silent: Default::default(),
            tricks: BTreeMap::new(),
            false_complaints: BTreeSet::new(),
            sabotage: None,
            answers: Vec::new(),
            rehearsals: 1,
        }
    }

    pub fn play(&self) -> Ceremony {
        let mut source = Source::new(self.name);
        let mut scene = Scene::found(&self.plan);
        self.restart(&mut scene);
        let slots = scene.board.election().slots();
        let dealers = self.draw(&mut source, slots);

        let before_commits = scene.clone();
        let commit_history = scene.history();
        for dealer in &dealers {
            scene.sign(commit(&scene, dealer), &trustee_key(dealer.index));
        }
        end_round(&mut scene, &self.silent[0]);

        let Stage::Deal(deals) = scene.board.ceremony().stage() else { panic!("dealing") };
        let round = deals.round().clone();
        let mut dealings = BTreeMap::new();
        for dealer in dealers.iter().filter(|dealer| !self.silent[1].contains(&dealer.index)) {
            let dealing = dealer.deal(&round, &keys_for(dealer.index, &dealers), &self.tricks);
            for body in deal(&scene, dealer.index, &dealing) {
                scene.sign(body, &trustee_key(dealer.index));
            }
            dealings.insert(dealer.index, dealing);
        }
        end_round(&mut scene, &self.silent[1]);

        let before_confirms = scene.clone();
        let confirm_history = scene.history();
        let confirms: Vec<Confirm> = self.confirms(&scene, &dealers, &dealings);
        for confirm in &confirms {
            scene.sign(confirm.clone(), &trustee_key(confirm.trustee));
        }
        end_round(&mut scene, &self.silent[2]);

        let mut ceremony = Ceremony {
            json: json!({
                "election": hex(scene.election()), "trustees": self.plan.trustees, "threshold": self.plan.threshold,
                "quorum": self.plan.quorum, "slots": slots, "attempt": round.attempt.number,
                "histories": {
                    "commit": hex(commit_history), "deal": hex(round.history), "confirm": hex(confirm_history),
                    "keys": hex(scene.history()),
                },
                "left_out": { "commit": self.silent[0], "deal": self.silent[1], "confirm": self.silent[2] },
                "dealers": dealings.values().map(|dealing| &dealing.json).collect::<Vec<_>>(),
                "envelope_keys": envelope_keys_json(&dealers),
                "confirms": confirms.iter().map(confirm_json).collect::<Vec<_>>(),
                "judgements": self.judgements(&scene, &dealings),
                "failed": false,
            }),
            scene,
            before_commits,
            before_confirms,
            before_answers: None,
            dealers,
            round,
            dealings,
            secret_shares: BTreeMap::new(),
        };
        self.conclude(&mut ceremony, &mut source);
        ceremony
    }

    fn restart(&self, scene: &mut Scene) {
        for attempt in 2..2 + self.restarts {
            let body = Restart { election: ElectionId(scene.election()), attempt, history: scene.history() };
            scene.sign(body, &authority_key());
        }
    }

    fn draw(&self, source: &mut Source, slots: usize) -> Vec<Dealer> {
        let Plan { trustees, threshold, .. } = self.plan;
        let present = (1..=trustees).filter(|index| !self.silent[0].contains(index));
        let mut dealers: Vec<Dealer> =
            present.map(|index| Dealer::draw(source, index, trustees, slots, threshold as usize)).collect();
        let sum = |dealers: &[Dealer], slot: usize| -> Scalar {
            dealers.iter().map(|dealer| dealer.polynomials[slot][0]).sum()
        };
        let correction = match self.sabotage {
            None => return dealers,
            Some(Sabotage::Identity) => (0, -sum(&dealers, 0)),
            Some(Sabotage::Equal) => (1, sum(&dealers, 0) - sum(&dealers, 1)),
        };
        dealers.last_mut().unwrap().polynomials[correction.0][0] += correction.1;
        dealers
    }

    /// Everybody tells of every other dealing, and complains where the share is bad or where the script says so.
    fn confirms(&self, scene: &Scene, dealers: &[Dealer], dealings: &BTreeMap<u64, Dealing>) -> Vec<Confirm> {
        let Stage::Confirm(stage) = scene.board.ceremony().stage() else { panic!("confirming") };
        let speakers = dealers.iter().filter(|dealer| dealings.contains_key(&dealer.index));
        let speakers = speakers.filter(|speaker| !self.silent[2].contains(&speaker.index));
        let confirm = |speaker: &Dealer| {
            let (mut confirmed, mut complaints) = (BTreeMap::new(), BTreeMap::new());
            for dealing in stage.dealings().filter(|dealing| dealing.dealer().get() != speaker.index) {
                let dealer = dealing.dealer().get();
                let key = speaker.envelope_keys[&dealer].to_bytes();
                let opened = dealing.open(Index::new(speaker.index).unwrap(), &EnvelopeKey::decode(&key).unwrap());
                assert_eq!(opened.is_err(), self.tricks.contains_key(&(dealer, speaker.index)));
                if opened.is_err() || self.false_complaints.contains(&(speaker.index, dealer)) {
                    complaints.insert(dealer, EncodedScalar(key));
                } else {
                    confirmed.insert(dealer, Hash(dealing.hash()));
                }
            }
            Confirm {
                election: ElectionId(scene.election()),
                attempt: scene.board.ceremony().attempt().number,
                history: scene.history(),
                trustee: speaker.index,
                confirmed,
                complaints,
            }
        };
        speakers.map(confirm).collect()
    }

    fn judgements(&self, scene: &Scene, dealings: &BTreeMap<u64, Dealing>) -> Vec<Value> {
        let mut complaints = scene.board.ceremony().complaints().to_vec();
        complaints.sort_by_key(|complaint| (complaint.complainer, complaint.dealer));
        let judgement = |complaint: &tabella_election::ceremony::Complaint| {
            let (complainer, dealer) = (complaint.complainer.get(), complaint.dealer.get());
            let opened = self.tricks.get(&(dealer, complainer)) != Some(&Trick::Damaged);
            json!({
                "complainer": complainer, "dealer": dealer, "good": complaint.at_fault == AtFault::Complainer,
                "at_fault": complaint.culprit().get(),
                "plaintext": opened.then(|| hex(&dealings[&dealer].plaintexts[&complainer])),
            })
        };
        complaints.iter().map(judgement).collect()
    }

    /// Keys, shares and rehearsal, or the failure.
    fn conclude(&self, ceremony: &mut Ceremony, source: &mut Source) {
        let keys = match ceremony.scene.board.ceremony().stage() {
            Stage::Keys(step) => step.keys().clone(),
            Stage::Failed(failure) => {
                let qualified: Vec<u64> = failure.qualified.iter().map(|index| index.get()).collect();
                ceremony.json["qualified"] = json!(qualified);
                ceremony.json["failed"] = json!(true);
                for name in ["keys", "shares", "secret_shares", "keys_hash", "rehearsal"] {
                    ceremony.json[name] = Value::Null;
                }
                return;
            }
            _ => panic!("the ceremony has ended"),
        };
        let qualified: Vec<u64> = keys.qualified().map(Index::get).collect();
        let slots = keys.slot_keys().len();
        for index in &qualified {
            let dealt = ceremony.dealers.iter().filter(|dealer| qualified.contains(&dealer.index));
            let values: Vec<Vec<Scalar>> = dealt.map(|dealer| dealer.evaluate(*index)).collect();
            let shares = (0..slots).map(|slot| values.iter().map(|values| values[slot]).sum()).collect();
            ceremony.secret_shares.insert(*index, shares);
        }
        for (index, shares) in &ceremony.secret_shares {
            let public: Vec<Point> = shares.iter().map(Point::mul_base).collect();
            assert_eq!(keys.public_shares(Index::new(*index).unwrap()), Some(&public[..]));
        }

        let scene = &mut ceremony.scene;
        for trustee in &qualified {
            let body = Keys {
                election: ElectionId(scene.election()),
                attempt: ceremony.round.attempt.number,
                history: scene.history(),
                trustee: *trustee,
                keys: Hash(keys.hash()),
            };
            scene.sign(body, &trustee_key(*trustee));
        }
        for round in 1..=self.rehearsals {
            let body = Rehearse { election: ElectionId(scene.election()), keys: Hash(keys.hash()), round };
            scene.sign(body, &authority_key());
        }
        ceremony.before_answers = Some(scene.clone());
        let statement = rehearsal(scene.election(), ceremony.round.attempt.number, keys.hash(), self.rehearsals, slots);
        assert_eq!(statement.groups[0].aggregate, test_point(&keys, self.rehearsals));
        let mut answers = Vec::new();
        for trustee in &self.answers {
            let answer = decrypt(&statement, *trustee, &ceremony.secret_shares[trustee], &source.scalars(1));
            scene.sign(rehearsal_body(scene, self.rehearsals, keys.hash(), &answer), &trustee_key(*trustee));
            answers.push(answer.json);
        }

        let secret_shares = ceremony.secret_shares.iter();
        let shares =
            qualified.iter().map(|index| (index.to_string(), keys.public_shares(Index::new(*index).unwrap()).unwrap()));
        let shares: BTreeMap<String, Vec<String>> = shares.map(|(index, list)| (index, points(list))).collect();
        let json = &mut ceremony.json;
        json["qualified"] = json!(qualified);
        json["keys"] = json!(points(keys.slot_keys()));
        json["shares"] = json!(shares);
        json["secret_shares"] = secret_shares.map(|(index, list)| (index.to_string(), scalars(list))).collect();
        json["keys_hash"] = json!(hex(keys.hash()));
        json["rehearsal"] = json!({
            "round": self.rehearsals, "R": point(&statement.groups[0].aggregate), "answers": answers,
        });
    }
}

impl Ceremony {
    pub fn vector(&self, script: &Script) -> Value {
        vector(script.name, "ceremony", self.json.clone())
    }
}

/// What a trustee decrypts in a rehearsal. Follows specs/ceremony.md#rehearsal.
fn rehearsal(election: [u8; 32], attempt: u64, keys_hash: [u8; 32], round: u64, slots: usize) -> Statement {
    let data = [&election[..], &attempt.to_be_bytes(), &keys_hash, &round.to_be_bytes()].concat();
    let aggregate = tabella_crypto::group::hash_to_group("rehearsal", &data);
    Statement {
        label: "tabella/1/rehearsal",
        election,
        keys_hash,
        counted: round.to_be_bytes().to_vec(),
        groups: vec![Group { slots: (1..=slots).collect(), aggregate, ciphertexts: Vec::new() }],
    }
}

pub fn rehearsal_body(scene: &Scene, round: u64, keys_hash: [u8; 32], answer: &Decryption) -> Rehearsal {
    Rehearsal {
        election: ElectionId(scene.election()),
        keys: Hash(keys_hash),
        round,
        trustee: answer.trustee,
        decryption: answer.points.clone().into(),
        proof: answer.proof.clone().into(),
    }
}

pub fn commit(scene: &Scene, dealer: &Dealer) -> Commit {
    let attempt = scene.board.ceremony().attempt();
    let public = |(index, secret): (&u64, &Scalar)| (*index, EncodedPoint(encode_point(&Point::mul_base(secret))));
    Commit {
        election: ElectionId(scene.election()),
        attempt: attempt.number,
        history: scene.history(),
        trustee: dealer.index,
        commitment: Hash(dealer.commitment(&attempt)),
        envelope_keys: dealer.envelope_keys.iter().map(public).collect(),
    }
}

fn deal(scene: &Scene, dealer: u64, dealing: &Dealing) -> Vec<Deal> {
    let pieces = pieces(&dealing.bytes);
    let chunks = pieces.len() as u64;
    let piece = |(chunk, bytes): (u64, &[u8])| Deal {
        election: ElectionId(scene.election()),
        attempt: scene.board.ceremony().attempt().number,
        history: scene.history(),
        trustee: dealer,
        chunk,
        chunks,
        bytes: bytes.to_vec().into(),
    };
    (1..).zip(pieces).map(piece).collect()
}

/// The envelope keys that those who are still in made for a dealer.
fn keys_for(dealer: u64, dealers: &[Dealer]) -> BTreeMap<u64, Point> {
    let others = dealers.iter().filter(|recipient| recipient.index != dealer);
    others.map(|recipient| (recipient.index, Point::mul_base(&recipient.envelope_keys[&dealer]))).collect()
}

fn end_round(scene: &mut Scene, left_out: &[u64]) {
    let body = Round {
        election: ElectionId(scene.election()),
        attempt: scene.board.ceremony().attempt().number,
        history: scene.history(),
        left_out: left_out.to_vec(),
    };
    scene.sign(body, &authority_key());
}

fn envelope_keys_json(dealers: &[Dealer]) -> Vec<Value> {
    let of_owner = |owner: &Dealer| {
        let key = |(dealer, secret): (&u64, &Scalar)| json!({ "owner": owner.index, "dealer": dealer, "secret": scalar(secret), "public": point(&Point::mul_base(secret)) });
        owner.envelope_keys.iter().map(key).collect::<Vec<_>>()
    };
    dealers.iter().flat_map(of_owner).collect()
}

fn confirm_json(confirm: &Confirm) -> Value {
    json!({
        "trustee": confirm.trustee, "confirmed": map_json(&confirm.confirmed), "complaints": map_json(&confirm.complaints),
    })
}

/// {int: hex}
pub fn map_json<B: AsRef<[u8]>>(map: &BTreeMap<u64, B>) -> Value {
    map.iter().map(|(index, bytes)| (index.to_string(), json!(hex(bytes)))).collect()
}

pub fn hexes_of_keys(keys: &BTreeMap<u64, EncodedPoint>) -> Vec<String> {
    hexes(keys.values())
}
