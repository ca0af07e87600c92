//! Elections at random: everybody does what comes to mind, whether it is their turn or not, and old messages come again.
//! A board that takes everything publishes it all; both implementations refuse the same entries with the same codes, and
//! come to the same result.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use tabella_board::entry::Entry;
use tabella_election::Kind;
use tabella_election::message::{Ballot, Deal, Manifest, decode, encode};

use crate::scene::record::{Failure, failures};
use crate::scene::samples::{GUESTS, MEMBERS, guest_vote, manifest, member_vote, trustee_key};
use crate::scene::{Scene, resigned, totals};

/// How many elections, and how many things happen in each before it is brought to its end.
const WALKS: u64 = 200;
const STEPS: usize = 40;

/// An election, and what the rules refused of its entries.
struct Walk {
    scene: Scene,
    refused: Vec<Failure>,
    rng: ChaCha20Rng,
}

#[test]
fn both_implementations_say_the_same_of_elections_at_random() {
    let mut codes: Vec<String> =
        (0..WALKS).into_par_iter().flat_map_iter(|seed| walk(seed, Scene::new(minimal()))).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() > 6, "{codes:?}");
}

#[test]
fn both_implementations_say_the_same_of_votes_at_random() {
    let open = Scene::open(minimal(), &[(1, MEMBERS), (5, MEMBERS), (2, GUESTS)]);
    let mut codes: Vec<String> = (0..WALKS).into_par_iter().flat_map_iter(|seed| walk(seed, open.clone())).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in ["link_stale", "r_reused", "proof_invalid", "out_of_phase"] {
        assert!(codes.iter().any(|found| found == code), "{codes:?}");
    }
}

fn minimal() -> Manifest {
    Manifest { minimum: 1, ..manifest() }
}

/// The codes of what was refused on the way.
fn walk(seed: u64, scene: Scene) -> Vec<String> {
    let mut walk = Walk { scene, refused: Vec::new(), rng: ChaCha20Rng::seed_from_u64(seed) };
    (0..STEPS).for_each(|_| walk.step());
    walk.scene.play_on();
    let report = walk.scene.record().verify();
    assert_eq!(failures(&report), sorted(walk.refused.clone(), &failures(&report)), "walk {seed}");
    let contests = &report.result.as_ref().unwrap().contests;
    for (said, contest) in walk.scene.result().iter().zip(contests) {
        let found: Vec<u64> = contest.options.iter().map(|option| option.total.unwrap()).collect();
        assert_eq!(*said, totals(&found, contest.blank), "walk {seed}");
    }
    walk.refused.into_iter().map(|failure| failure.code).collect()
}

/// The refused entries in the order of the report, which goes by checks.
fn sorted(mut refused: Vec<Failure>, found: &[Failure]) -> Vec<Failure> {
    let place = |failure: &Failure| found.iter().position(|other| other == failure);
    refused.sort_by_key(|failure| (place(failure).is_none(), place(failure)));
    refused
}

impl Walk {
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

    /// The board takes it, whatever the rules say.
    fn send(&mut self, kind: Kind, payload: &[u8]) {
        let (index, entry) = (self.scene.log.next.index, self.scene.entry(kind, payload));
        if let Err(code) = self.scene.receive(&entry) {
            self.scene.force(&entry);
            self.refused.push(Failure { code: code.to_string(), entry: Some(index), file: None });
        }
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
        let place = 1 + self.below(8 * 32 + 16);
        resigned::<Deal>(payload, &trustee_key(dealer), |deal| {
            // 8·2 points and the proof; nothing follows if nobody else is still in.
            let length = deal.bytes.len();
            if length > 8 * 2 * 32 + 64 {
                deal.bytes[length - place] ^= 1;
            }
        })
    }

    /// A trustee or the authority does something that nobody waits for, if its own program lets it.
    fn act_out_of_turn(&mut self) {
        let index = 1 + self.below(3) as u64;
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
            self.scene.draw_voters(&[(1, MEMBERS), (5, MEMBERS), (2, GUESTS)]);
        }
        self.control(Kind::Roll);
    }

    /// Something that stands on the board comes again, in a new entry.
    fn send_again(&mut self) {
        let place = self.below(self.scene.log.entries.len());
        let entry = Entry::parse(&self.scene.log.entries[place]).unwrap();
        self.send(entry.kind.parse().unwrap(), &entry.payload);
    }

    /// A vote of some voter; nothing before the voting.
    fn filled_in(&mut self, kind: Kind) -> Option<Vec<u8>> {
        self.scene.board().voting()?;
        let (voter, choice) = (self.below(self.scene.voters.len()), self.below(3));
        let vote = match self.scene.voters[voter].1.style {
            GUESTS => guest_vote(&[choice]),
            _ => member_vote(Some(choice), &[choice]),
        };
        Some(self.scene.fill_in(voter, kind, &vote))
    }

    fn vote(&mut self, kind: Kind) {
        if let Some(payload) = self.filled_in(kind) {
            self.send(kind, &payload);
        }
    }

    /// A ballot with a wrong proof, with the R of another, or that comes when another has taken its place.
    fn spoil_a_vote(&mut self) {
        let Some(payload) = self.filled_in(Kind::Ballot) else { return };
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
        self.send(Kind::Ballot, &encode(&ballot));
    }
}
