//! Voting and tally.

use crate::board;
use crate::bytes::*;
use crate::ceremony::Keys;
use crate::prover::{Device, Form, Lies, Part, Voter, decrypt};
use crate::world::{Draft, World};
use ciborium::Value;
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::ops::Range;

/// A ballot or challenge as an entry.
pub fn payload(kind: &str, value: Value) -> Draft {
    Draft { kind: kind.to_owned(), value, signer: None, signed_as: String::new(), header: None }
}

impl World {
    /// Voters 0 to 2 vote, 0 again, 1 challenges first, 3 abstains. Gives the entries of the counted ballots.
    pub fn vote<'a>(&mut self, keys: &'a Keys) -> Vec<(u64, Device<'a>)> {
        for round in 0..self.plan.idle_rounds {
            self.step("idle", |world| world.signed("rehearse", "authority", vec![bytes(&keys.hash), uint(round + 2)]));
        }
        if self.plan.no_ballots {
            return Vec::new();
        }
        let voters: &'static [Voter] = self.voters.clone().leak();
        let forms: &'static [Form] = self.plan.paper.forms().leak();
        let device = |world: &Self, voter: usize, link: Option<Vec<u8>>, ballot: usize, name: &'static str| {
            let voter = &voters[voter];
            let coordinates = world.plan.paper.coordinates(voter.style, ballot);
            let form = &forms[voter.style];
            let (election, keys) = (world.election, keys.public.as_slice());
            Device { election, keys, form, voter, link, coordinates, name, lies: Lies::default() }
        };
        let first = device(self, 0, None, 0, "first");
        self.step("ballot 1", |_| payload("ballot", first.ballot()));
        let check = device(self, 1, None, 1, "check");
        self.step("challenge", |_| payload("challenge", check.challenge()));
        let second = device(self, 1, None, 2, "second");
        if let Some(change) = self.plan.dishonest {
            let mut dishonest = second.clone();
            change(&mut dishonest);
            self.tampered = Some(self.board.entries.len() as u64);
            self.append(&payload("ballot", dishonest.ballot()));
        }
        self.step("ballot 2", |_| payload("ballot", second.ballot()));
        let second_at = self.board.entries.len() as u64 - 1;
        let third = device(self, 2, None, 3, "third");
        self.step("ballot 3", |_| payload("ballot", third.ballot()));
        let third_at = self.board.entries.len() as u64 - 1;
        let again = device(self, 0, Some(first.tracker()), 4, "again");
        self.step("ballot 4", |_| payload("ballot", again.ballot()));
        let again_at = self.board.entries.len() as u64 - 1;
        vec![(second_at, second), (third_at, third), (again_at, again)]
    }

    /// Close, shares, result, final.
    pub fn tally(&mut self, keys: &Keys, counted: Vec<(u64, Device<'_>)>) {
        let accepted = if counted.is_empty() { 0 } else { 4 };
        self.step("close", |world| {
            let values = vec![text(&world.board.checkpoint()), uint(accepted), bytes(&world.board.prev())];
            world.signed("close", "authority", values)
        });
        let closed = self.board.checkpoint();
        let leaves: Vec<u8> =
            counted.iter().flat_map(|(index, _)| board::leaf(&self.board.entries[*index as usize])).collect();
        let counted_hash = Transcript::new("counted")
            .absorb("election", &self.election)
            .absorb("close", &self.board.prev())
            .number("count", counted.len() as u64)
            .absorb("ballots", &leaves)
            .hash();
        let devices: Vec<&Device<'_>> = counted.iter().map(|(_, device)| device).collect();
        let ranges = self.plan.paper.ranges();
        let group = |(contests, styles): (Vec<usize>, Vec<usize>)| {
            let slots = contests.iter().flat_map(|contest| ranges[*contest].clone()).collect();
            Group::new(slots, &styles, &devices)
        };
        let groups: Vec<Group> = self.plan.paper.groups().into_iter().map(group).collect();
        let is_open = |group: &&Group| group.ballots >= self.plan.minimum && group.ballots > 0;
        let open: Vec<&Group> = groups.iter().filter(is_open).collect();
        let ciphertexts: Vec<RistrettoPoint> = open.iter().flat_map(|group| group.ciphertexts.clone()).collect();
        let senders: Vec<u64> = match (open.is_empty(), self.plan.needless_share) {
            (true, false) => vec![],
            (true, true) => vec![3],
            (false, _) => keys.qualified.iter().rev().take(2).copied().collect(),
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
                    text(&closed),
                ];
                world.signed("share", &format!("trustee {trustee}"), values)
            });
        }
        self.publish(&groups, counted_hash);
    }

    fn publish(&mut self, groups: &[Group], counted_hash: Hash) {
        self.step("result", |world| {
            let contest = |slots: Range<usize>| {
                let group = groups.iter().find(|group| group.slots.contains(&slots.start)).unwrap();
                if group.ballots > 0 && group.ballots < world.plan.minimum {
                    return Value::Null;
                }
                let total = |slot| group.totals[group.slots.iter().position(|own| *own == slot).unwrap()];
                Value::Array(slots.map(|slot| uint(total(slot))).collect())
            };
            let contests = world.plan.paper.ranges().into_iter().map(contest).collect();
            let values = vec![text(&world.board.checkpoint()), bytes(&counted_hash), Value::Array(contests)];
            world.signed("result", "authority", values)
        });
        let result = self.board.prev();
        self.step("final", |world| {
            world.signed("final", "authority", vec![text(&world.board.checkpoint()), bytes(&result)])
        });
        if self.tamper.as_ref().is_some_and(|tamper| tamper.label == "after final") {
            let mut draft = self.signed("final", "authority", vec![text(&self.board.checkpoint()), bytes(&result)]);
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

/// A counted ballot.
struct Counted {
    whole_weight: u64,
    weight: Scalar,
    slots: Vec<usize>,
    ciphertexts: Vec<RistrettoPoint>,
    votes: Vec<u64>,
}

impl Counted {
    fn new(device: &Device<'_>) -> Self {
        Self {
            whole_weight: device.voter.weight,
            weight: Scalar::from(device.voter.weight),
            slots: device.form.slots(),
            ciphertexts: device.ciphertexts(),
            votes: device.votes(),
        }
    }

    /// Where a slot of the election stands on this ballot.
    fn place(&self, slot: usize) -> usize {
        self.slots.iter().position(|own| *own == slot).unwrap()
    }
}

impl Group {
    fn new(slots: Vec<usize>, styles: &[usize], devices: &[&Device<'_>]) -> Self {
        let devices: Vec<&&Device<'_>> = devices.iter().filter(|device| styles.contains(&device.form.style)).collect();
        let ballots: Vec<Counted> = devices.iter().map(|device| Counted::new(device)).collect();
        let sum = |terms: Vec<RistrettoPoint>| terms.iter().fold(RistrettoPoint::identity(), |sum, term| sum + term);
        let ciphertext = |slot: &usize| {
            let term = |ballot: &Counted| ballot.weight * ballot.ciphertexts[1 + ballot.place(*slot)];
            sum(ballots.iter().map(term).collect())
        };
        let total = |slot: &usize| {
            let term = |ballot: &Counted| ballot.votes[ballot.place(*slot)] * ballot.whole_weight;
            ballots.iter().map(term).sum()
        };
        Self {
            ballots: devices.len() as u64,
            r: sum(ballots.iter().map(|ballot| ballot.weight * ballot.ciphertexts[0]).collect()),
            ciphertexts: slots.iter().map(ciphertext).collect(),
            totals: slots.iter().map(total).collect(),
            slots,
        }
    }
}
