//! Ballots from `open` to `close`: who may cast what, heads, and the running sums. Implements specs/ballot.md#ballot.
//!
//! Most of a ballot's checks depend on nothing but the roll and the keys, and are made for many ballots at once and in
//! parallel ([`Voting::examine`]); what depends on the order of the log follows one by one ([`Voting::settle`]). Between
//! them they give each entry the code of the first check that fails.

use crate::ballot::{Ballot, Challenge, Ciphertexts, Opened, Prefix, Statement, Tracker};
use crate::batch::{Claim, Fixed, hold};
use crate::checks::Code;
use crate::group::{Point, small_multiple};
use crate::manifest::Manifest;
use crate::roll::Voter;
use crate::shape;
use crate::tree::{Hash, sha256};
use curve25519_dalek::RistrettoPoint;
use curve25519_dalek::traits::Identity;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Points in one multiscalar multiplication: larger sums gain nothing more.
const POINTS_OF_A_BATCH: usize = 8_192;

/// A ballot or challenge that waits to be judged.
#[derive(Debug)]
pub struct Pending {
    pub index: u64,
    pub leaf: Hash,
    pub payload: Vec<u8>,
    pub is_challenge: bool,
    /// Whether a ballot's proof holds, if an earlier run has found it out.
    pub proof: Option<bool>,
}

/// What the checks that do not depend on the order say of an entry.
#[derive(Debug)]
pub struct Examined {
    prefix: Prefix,
    tracker: Tracker,
    voter: Voter,
    is_challenge: bool,
    /// The outcome of the checks that follow those of link and R.
    outcome: Result<Ciphertexts, Code>,
}

impl Examined {
    /// Names the ballot.
    pub fn tracker(&self) -> Tracker {
        self.tracker
    }

    /// In whose name it came.
    pub fn credential(&self) -> [u8; 32] {
        self.prefix.credential
    }

    /// The first check that failed, of those that do not depend on the order.
    pub fn outcome(self) -> Result<(), Code> {
        self.outcome.map(drop)
    }
}

/// The last accepted ballot of a credential.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub index: u64,
    pub leaf: Hash,
    pub tracker: Tracker,
}

/// The weighted sums of the heads: R and counts by style, C_j by slot.
#[derive(Clone, Debug)]
pub struct Sums {
    pub r: Vec<RistrettoPoint>,
    pub ballots: Vec<u64>,
    pub weights: Vec<u64>,
    pub slots: Vec<RistrettoPoint>,
}

/// The state of an election that is or was open.
pub struct Voting {
    contests: u64,
    statements: Vec<Statement>,
    fixed: Fixed,
    voters: Arc<HashMap<[u8; 32], Voter>>,
    heads: HashMap<[u8; 32], Head>,
    used_r: HashSet<[u8; 32]>,
    sums: Sums,
    pub accepted: u64,
    pub challenged: u64,
}

impl Voting {
    /// Opens the voting; `keys` are the PK_j of all slots.
    pub fn open(manifest: &Manifest, election: &Hash, keys: &[Point], voters: Arc<HashMap<[u8; 32], Voter>>) -> Self {
        let styles = manifest.styles.len();
        let shapes = shape::of_contests(manifest);
        // In parallel: digests of many large shapes take their time.
        let statements: Vec<Statement> = (0..styles)
            .into_par_iter()
            .filter_map(|style| Statement::new(manifest, &shapes, election, style, keys))
            .collect();
        let largest = |of: fn(&Statement) -> usize| statements.iter().map(of).max().unwrap_or(0);
        let coordinates = largest(|statement| statement.shape.coordinates);
        let ranged = largest(|statement| statement.shape.ranged.len());
        Self {
            contests: manifest.contests.len() as u64,
            fixed: Fixed::new(coordinates, ranged, keys),
            statements,
            voters,
            heads: HashMap::new(),
            used_r: HashSet::new(),
            sums: Sums {
                r: vec![RistrettoPoint::identity(); styles],
                ballots: vec![0; styles],
                weights: vec![0; styles],
                slots: vec![RistrettoPoint::identity(); keys.len()],
            },
            accepted: 0,
            challenged: 0,
        }
    }

    /// The heads, by credential.
    pub fn heads(&self) -> &HashMap<[u8; 32], Head> {
        &self.heads
    }

    /// Those whose ballots are counted.
    pub fn counted(&self) -> impl Iterator<Item = &Voter> {
        self.heads.keys().filter_map(|credential| self.voters.get(credential))
    }

    /// The weighted sums of the heads.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// What an accepted challenge held: the values of the slots of each contest.
    pub fn held(&self, payload: &[u8]) -> Result<Vec<(u64, Vec<u64>)>, Code> {
        let challenge = Challenge::decode(payload)?;
        let (_, statement) = self.eligible(&challenge.prefix)?;
        Ok(challenge.held(statement))
    }

    /// Makes the checks that do not depend on the order, in parallel.
    pub fn examine(&self, pending: &[Pending], seed: &[u8; 32]) -> Vec<Result<Examined, Code>> {
        let points = self.statements.iter().map(Statement::points).max().unwrap_or(1);
        let size = (POINTS_OF_A_BATCH / points).max(1);
        pending.par_chunks(size).flat_map_iter(|batch| self.examine_batch(batch, seed)).collect()
    }

    fn examine_batch(&self, batch: &[Pending], seed: &[u8; 32]) -> Vec<Result<Examined, Code>> {
        let read: Vec<Result<Read<'_>, Code>> = batch.iter().map(|entry| self.read(entry)).collect();
        let claims: Vec<Claim<'_>> = read.iter().zip(batch).filter_map(|(read, entry)| claim(read, entry)).collect();
        let mut verdicts = hold(&claims, &self.fixed, seed).into_iter();
        drop(claims);
        let mut finish = |read: Read<'_>, entry: &Pending| {
            let outcome = match read.outcome {
                Ok(Checked::Ballot(opened)) => {
                    let holds = entry.proof.or_else(|| verdicts.next()).unwrap_or(false);
                    if holds { Ok(opened.ciphertexts) } else { Err(Code::ProofInvalid) }
                }
                Ok(Checked::Challenge) => Ok(Ciphertexts { r: RistrettoPoint::identity().into(), slots: Vec::new() }),
                Err(code) => Err(code),
            };
            let tracker = read.prefix.tracker(read.statement);
            Examined { prefix: read.prefix, tracker, voter: read.voter, is_challenge: read.is_challenge, outcome }
        };
        read.into_iter().zip(batch).map(|(read, entry)| read.map(|read| finish(read, entry))).collect()
    }

    /// Decoding, and the checks before those of link and R; what follows them, but for the proof, is kept as outcome.
    fn read(&self, entry: &Pending) -> Result<Read<'_>, Code> {
        if entry.is_challenge {
            let challenge = Challenge::decode(&entry.payload)?;
            let (voter, statement) = self.eligible(&challenge.prefix)?;
            challenge.check_form(statement, self.contests)?;
            let outcome = challenge.check(statement, &self.fixed.keys).map(|()| Checked::Challenge);
            return Ok(Read { prefix: challenge.prefix, voter, statement, is_challenge: true, outcome });
        }
        let ballot = Ballot::decode(&entry.payload)?;
        let (voter, statement) = self.eligible(&ballot.prefix)?;
        ballot.check_form(statement, self.contests)?;
        let outcome = ballot.open(statement).map(|opened| Checked::Ballot(Box::new(opened)));
        Ok(Read { prefix: ballot.prefix, voter, statement, is_challenge: false, outcome })
    }

    fn eligible(&self, prefix: &Prefix) -> Result<(Voter, &Statement), Code> {
        let voter = self.voters.get(&prefix.credential).ok_or(Code::CredentialUnknown)?;
        let statement = self.statements.get(voter.style).ok_or(Code::CredentialUnknown)?;
        Ok((*voter, statement))
    }

    /// Makes the checks that depend on the order, and accepts the entry. Gives the head that it replaces: the caller
    /// reads that ballot again and hands it to [`Voting::withdraw`].
    pub fn settle(&mut self, examined: Examined, index: u64, leaf: Hash) -> Result<Option<Head>, Code> {
        let Examined { prefix, tracker, voter, is_challenge, outcome } = examined;
        let head = self.heads.get(&prefix.credential).copied();
        if !is_challenge && prefix.link != head.map(|head| head.tracker) {
            return Err(Code::LinkStale);
        }
        if self.used_r.contains(&prefix.r) {
            return Err(Code::RReused);
        }
        let ciphertexts = outcome?;
        self.used_r.insert(prefix.r);
        if is_challenge {
            self.challenged += 1;
            return Ok(None);
        }
        self.accepted += 1;
        self.heads.insert(prefix.credential, Head { index, leaf, tracker });
        if let Some(statement) = self.statements.get(voter.style) {
            self.sums.add(voter, &statement.slots, &ciphertexts);
        }
        Ok(head)
    }

    /// Takes a replaced ballot out of the sums; `payload` is that of the entry that was its credential's head.
    pub fn withdraw(&mut self, payload: &[u8]) -> Result<(), Code> {
        let ballot = Ballot::decode(payload)?;
        let ciphertexts = ballot.ciphertexts()?;
        let (voter, statement) = self.eligible(&ballot.prefix)?;
        let slots = statement.slots.clone();
        self.sums.subtract(voter, &slots, &ciphertexts);
        Ok(())
    }
}

/// What vectors tell of ballots that they do not hold.
#[cfg(test)]
impl Voting {
    /// The head of a credential, and points R, as if of accepted entries.
    pub fn assume(&mut self, credential: [u8; 32], head: Option<Tracker>, used_r: impl IntoIterator<Item = [u8; 32]>) {
        let head = head.map(|tracker| Head { index: 0, leaf: [0; 32], tracker });
        self.heads.extend(head.map(|head| (credential, head)));
        self.used_r.extend(used_r);
    }

    /// A counted ballot.
    pub fn assume_counted(&mut self, credential: [u8; 32], index: u64, leaf: Hash, ciphertexts: &Ciphertexts) {
        let tracker = Tracker::default();
        self.heads.insert(credential, Head { index, leaf, tracker });
        let voter = self.voters[&credential];
        self.sums.add(voter, &self.statements[voter.style].slots, ciphertexts);
    }
}

impl Sums {
    fn add(&mut self, voter: Voter, slots: &[usize], ciphertexts: &Ciphertexts) {
        self.change(voter, slots, ciphertexts, |sum, term| *sum += term);
        self.ballots.get_mut(voter.style).into_iter().for_each(|count| *count += 1);
        self.weights.get_mut(voter.style).into_iter().for_each(|total| *total += voter.weight);
    }

    fn subtract(&mut self, voter: Voter, slots: &[usize], ciphertexts: &Ciphertexts) {
        self.change(voter, slots, ciphertexts, |sum, term| *sum -= term);
        self.ballots.get_mut(voter.style).into_iter().for_each(|count| *count -= 1);
        self.weights.get_mut(voter.style).into_iter().for_each(|total| *total -= voter.weight);
    }

    fn change(
        &mut self,
        voter: Voter,
        slots: &[usize],
        ciphertexts: &Ciphertexts,
        change: impl Fn(&mut RistrettoPoint, RistrettoPoint),
    ) {
        if let Some(sum) = self.r.get_mut(voter.style) {
            change(sum, small_multiple(voter.weight, &ciphertexts.r.point));
        }
        for (slot, ciphertext) in slots.iter().zip(&ciphertexts.slots) {
            if let Some(sum) = self.slots.get_mut(*slot) {
                change(sum, small_multiple(voter.weight, &ciphertext.point));
            }
        }
    }
}

/// An entry between the two halves of [`Voting::examine`].
struct Read<'a> {
    prefix: Prefix,
    voter: Voter,
    statement: &'a Statement,
    is_challenge: bool,
    outcome: Result<Checked, Code>,
}

/// What became of points, scalars and openings.
enum Checked {
    /// The proof remains to be checked.
    Ballot(Box<Opened>),
    Challenge,
}

/// The proof to check of an entry, if it is a ballot that got so far.
fn claim<'a>(read: &'a Result<Read<'_>, Code>, entry: &Pending) -> Option<Claim<'a>> {
    match read {
        Ok(Read { statement, outcome: Ok(Checked::Ballot(opened)), .. }) if entry.proof.is_none() => {
            Some(Claim { statement, opened, payload_hash: sha256(&entry.payload) })
        }
        _ => None,
    }
}
