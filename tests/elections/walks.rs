//! Elections at random: everybody does what comes to mind, whether it is their turn or not, and old messages come again.
//! A board that takes everything publishes it all; both implementations refuse the same entries with the same codes, and
//! come to the same result.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use serde_json::Value;
use tabella_board::entry::Entry;
use tabella_counting::rule::Method;
use tabella_election::Kind;
use tabella_election::message::{Ballot, Contest, Deal, Manifest, decode, encode};

use crate::scene::count::{count, said_by_rules, said_by_verifier};
use crate::scene::record::{Failure, failures};
use crate::scene::samples::{GUESTS, MEMBERS, Vote, manifest, style, trustee_key, trustees};
use crate::scene::{Scene, random, resigned};

/// How many elections, how many that are open from the beginning, and how many things happen in each before it is brought
/// to its end.
const WALKS: u64 = 100;
const VOTES: u64 = 100;
const STEPS: usize = 40;

/// The voters, by weight and style.
const VOTERS: [(u64, u64); 4] = [(1, MEMBERS), (5, MEMBERS), (2, GUESTS), (1, GUESTS)];

/// An election, what the rules refused of its entries, and the last vote of each voter that they took.
struct Walk {
    scene: Scene,
    refused: Vec<Failure>,
    votes: BTreeMap<usize, Vote>,
    rng: ChaCha20Rng,
}

#[test]
fn both_implementations_say_the_same_of_elections_at_random() {
    let mut codes: Vec<String> =
        (0..WALKS).into_par_iter().flat_map_iter(|seed| walk(seed, Scene::new(any(seed, 3)))).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() > 6, "{codes:?}");
}

#[test]
fn both_implementations_say_the_same_of_votes_at_random() {
    let mut codes: Vec<String> = (0..VOTES)
        .into_par_iter()
        .flat_map_iter(|seed| walk(seed, Scene::open(any(1_000 + seed, 1), &VOTERS)))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    for code in ["link_stale", "r_reused", "proof_invalid", "out_of_phase"] {
        assert!(codes.iter().any(|found| found == code), "{codes:?}");
    }
}

#[test]
fn every_kind_and_every_method_are_among_them() {
    let drawn: Vec<Contest> = (0..WALKS)
        .map(|seed| any(seed, 3))
        .chain((0..VOTES).map(|seed| any(1_000 + seed, 1)))
        .flat_map(|manifest| manifest.contests)
        .collect();
    let kinds: BTreeSet<&str> = drawn.iter().map(|contest| contest.kind.name()).collect();
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    let rules = || drawn.iter().filter_map(|contest| contest.counting.0.as_ref());
    let methods: BTreeSet<Method> = rules().map(|rule| rule.method).collect();
    assert_eq!(methods, Method::ALL.iter().copied().collect());
    let with_order: BTreeSet<Method> =
        rules().filter(|rule| rule.tie_break.is_some()).map(|rule| rule.method).collect();
    assert_eq!(with_order.len(), Method::ALL.len() - 1, "{with_order:?}");
}

/// An election of two to four contests at random, of which guests have only the last.
fn any(seed: u64, people: u64) -> Manifest {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let last = 1 + random::below(3, &mut rng);
    Manifest {
        contests: (0..=last).map(|number| random::contest(&format!("c{number}"), &mut rng)).collect(),
        styles: vec![style("Members", &(0..=last).collect::<Vec<u64>>()), style("Guests", &[last])],
        trustees: trustees(people),
        threshold: people.min(2),
        quorum: people.min(2),
        minimum: 1,
        ..manifest()
    }
}

/// The codes of what was refused on the way.
fn walk(seed: u64, scene: Scene) -> Vec<String> {
    let walk = Walk::to_the_end(seed, scene);
    let report = walk.scene.record().verify();
    assert_eq!(failures(&report), sorted(walk.refused.clone(), &failures(&report)), "walk {seed}");
    let said = said_by_rules(&walk.scene);
    assert_eq!(said_by_verifier(&report), said, "walk {seed}");
    assert_eq!(said.into_iter().map(without_outcome).collect::<Vec<_>>(), walk.counted(), "walk {seed}");
    walk.refused.into_iter().map(|failure| failure.code).collect()
}

/// What is counted, without what follows from it.
fn without_outcome(mut said: Value) -> Value {
    said.as_object_mut().unwrap().remove("outcome");
    said
}

/// The refused entries in the order of the report, which goes by checks.
fn sorted(mut refused: Vec<Failure>, found: &[Failure]) -> Vec<Failure> {
    let place = |failure: &Failure| found.iter().position(|other| other == failure);
    refused.sort_by_key(|failure| (place(failure).is_none(), place(failure)));
    refused
}

/// An election of any contests, at its end, in which much was refused on the way.
pub fn election(seed: u64) -> Scene {
    Walk::to_the_end(seed, Scene::new(any(seed, 3))).scene
}

impl Walk {
    fn to_the_end(seed: u64, scene: Scene) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let mut walk = Self { scene, refused: Vec::new(), votes: BTreeMap::new(), rng };
        (0..STEPS).for_each(|_| walk.step());
        walk.scene.play_to(Kind::Close);
        if walk.votes.is_empty() {
            walk.vote(Kind::Ballot);
        }
        walk.scene.play_on();
        walk
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.rng.next_u64()).unwrap() % limit
    }

    /// Something happens.
    fn step(&mut self) {
        match self.below(16) {
            0..5 => self.do_what_is_awaited(),
            5 | 6 => self.act_out_of_turn(),
            7 | 8 => self.send_again(),
            9 => self.control(Kind::Round),
            10 => self.control(Kind::Rehearse),
            11 | 12 => self.vote(Kind::Ballot),
            13 => self.vote(Kind::Challenge),
            14 => self.spoil_a_vote(),
            _ if self.below(8) == 0 => self.control(Kind::Restart),
            _ => self.enrol(),
        }
    }

    /// The votes that count, in clear.
    fn counted(&self) -> Vec<Value> {
        let contests = (0..).zip(&self.scene.board().election().manifest().contests);
        let count_one = |(index, contest): (u64, &Contest)| {
            let votes = self.votes.iter();
            let votes = votes.filter_map(|(voter, vote)| Some((self.scene.voters[*voter].1.weight, vote.get(&index)?)));
            count(contest, &votes.collect::<Vec<_>>())
        };
        contests.map(count_one).collect()
    }

    /// The board takes it, whatever the rules say. Whether they accept it.
    fn send(&mut self, kind: Kind, payload: &[u8]) -> bool {
        let (index, entry) = (self.scene.log.next.index, self.scene.entry(kind, payload));
        let judged = self.scene.receive(&entry);
        if let Err(code) = judged {
            self.scene.force(&entry);
            self.refused.push(Failure { code: code.to_string(), entry: Some(index), file: None });
        }
        judged.is_ok()
    }

    /// One of those for whom the board waits does its part. The voting does not end yet.
    fn do_what_is_awaited(&mut self) {
        let Some(awaited) = self.scene.board().awaited().into_iter().next() else { return };
        match awaited.kind {
            Kind::Roll => self.enrol(),
            Kind::Close => self.vote(Kind::Ballot),
            kind if awaited.trustees.is_empty() => self.control(kind),
            kind => {
                let name = &awaited.trustees[self.below(awaited.trustees.len())];
                let index = name.trim_start_matches("Trustee ").parse().unwrap();
                self.trustee(index, kind);
            }
        }
    }

    fn trustee(&mut self, index: u64, kind: Kind) {
        for mut payload in self.scene.try_step(index, kind).unwrap_or_default() {
            if kind == Kind::Deal && self.below(6) == 0 {
                payload = self.with_a_bad_share(index, &payload);
            }
            self.send(kind, &payload);
        }
    }

    /// A dealing whose envelopes do not all open: those for whom they are will complain.
    fn with_a_bad_share(&mut self, dealer: u64, payload: &[u8]) -> Vec<u8> {
        // The ciphertext of the last envelope, without E: else the dealing would be refused.
        let slots = self.scene.board().election().slots();
        let place = 1 + self.below(slots * 32 + 16);
        resigned::<Deal>(payload, &trustee_key(dealer), |deal| {
            // Nothing follows the commitments and the proof if nobody else is still in.
            let length = deal.bytes.len();
            if length > slots * 2 * 32 + 64 {
                deal.bytes[length - place] ^= 1;
            }
        })
    }

    /// A trustee or the authority does something that nobody waits for, if its own program lets it.
    fn act_out_of_turn(&mut self) {
        let trustees = self.scene.board().election().manifest().trustees.len();
        let index = 1 + self.below(trustees) as u64;
        match self.below(4) {
            0 => self.trustee(index, Kind::Commit),
            1 => self.trustee(index, Kind::Keys),
            2 => self.trustee(index, Kind::Rehearsal),
            _ => self.control(Kind::Open),
        }
    }

    fn control(&mut self, kind: Kind) {
        if let Ok(payload) = self.scene.try_control(kind) {
            self.send(kind, &payload);
        }
    }

    fn enrol(&mut self) {
        if self.scene.voters.is_empty() {
            self.scene.draw_voters(&VOTERS);
        }
        self.control(Kind::Roll);
    }

    /// Something that stands on the board comes again, in a new entry.
    fn send_again(&mut self) {
        let place = self.below(self.scene.log.entries.len());
        let entry = Entry::parse(&self.scene.log.entries[place]).unwrap();
        self.send(entry.kind.parse().unwrap(), &entry.payload);
    }

    /// A vote of some voter, filled in; nothing before the voting.
    fn filled_in(&mut self, kind: Kind) -> Option<(usize, Vote, Vec<u8>)> {
        self.scene.board().voting()?;
        let voter = self.below(self.scene.voters.len());
        let election = Arc::clone(self.scene.board().election());
        let style = election.style(self.scene.voters[voter].1.style).unwrap();
        let vote: Vote = election
            .style_contests(style)
            .map(|(index, contest)| (index, random::vote(contest, &mut self.rng)))
            .collect();
        let payload = self.scene.fill_in(voter, kind, &vote);
        Some((voter, vote, payload))
    }

    fn vote(&mut self, kind: Kind) {
        let Some((voter, vote, payload)) = self.filled_in(kind) else { return };
        if self.send(kind, &payload) && kind == Kind::Ballot {
            self.votes.insert(voter, vote);
        }
    }

    /// A ballot with a wrong proof, with the R of another, or that comes when another has taken its place.
    fn spoil_a_vote(&mut self) {
        let Some((voter, vote, payload)) = self.filled_in(Kind::Ballot) else { return };
        let mut ballot: Ballot = decode(&payload).unwrap();
        match self.below(3) {
            0 => ballot.proof.copy_within(0..32, 32),
            1 => self.vote(Kind::Ballot),
            _ => {
                let mut entries = self.scene.log.entries.iter().rev().map(|entry| Entry::parse(entry).unwrap());
                let other = entries.find(|entry| entry.kind == "ballot");
                if let Some(other) = other {
                    ballot.prefix.r = decode::<Ballot>(&other.payload).unwrap().prefix.r;
                }
            }
        }
        // The other ballot may be another voter's, and then this one is as good.
        if self.send(Kind::Ballot, &encode(&ballot)) {
            self.votes.insert(voter, vote);
        }
    }
}
