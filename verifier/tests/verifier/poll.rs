//! Voting and tally.

use crate::board;
use crate::bytes::*;
use crate::ceremony::Keys;
use crate::prover::{Device, Part, Voter, decrypt};
use crate::world::{Draft, World};
use ciborium::Value;
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{RistrettoPoint, Scalar};

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
        let device = |world: &Self, voter: usize, link: Option<Vec<u8>>, choice: [u64; 4], name: &'static str| {
            let voter = &voters[voter];
            let mut bits = choice.to_vec();
            bits.extend((voter.style == 0).then_some(u64::from(voter.weight == 1)));
            Device { election: world.election, keys: &keys.public, voter, link, bits, name }
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
        let groups: Vec<Group> = [(0..4, vec![0, 1]), (4..6, vec![0])]
            .into_iter()
            .map(|(slots, styles): (_, Vec<usize>)| Group::new(slots.collect(), &styles, &devices))
            .collect();
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
            let contest = |(group, options): (&Group, usize)| {
                if group.ballots > 0 && group.ballots < world.plan.minimum {
                    return Value::Array(vec![text("withheld")]);
                }
                let totals = Value::Array(group.totals[..options].iter().map(|total| uint(*total)).collect());
                let blank = group.totals.get(options).map_or(Value::Null, |total| uint(*total));
                Value::Array(vec![text("choice"), totals, blank])
            };
            let contests = groups.iter().zip([3, 2]).map(contest).collect();
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

impl Group {
    fn new(slots: Vec<usize>, styles: &[usize], devices: &[&Device<'_>]) -> Self {
        let devices: Vec<&&Device<'_>> = devices.iter().filter(|device| styles.contains(&device.voter.style)).collect();
        let weighted = |place: usize| {
            let term = |device: &&&Device<'_>| Scalar::from(device.voter.weight) * device.ciphertexts()[place];
            devices.iter().map(term).fold(RistrettoPoint::identity(), |sum, term| sum + term)
        };
        let total = |slot: &usize| devices.iter().map(|device| device.voter.weight * device.votes()[*slot]).sum();
        Self {
            ballots: devices.len() as u64,
            r: weighted(0),
            ciphertexts: slots.iter().map(|slot| weighted(slot + 1)).collect(),
            totals: slots.iter().map(total).collect(),
            slots,
        }
    }
}
