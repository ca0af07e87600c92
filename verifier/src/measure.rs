//! Ballots apart from any record, for whoever measures what they cost.

use crate::cbor;
use crate::checks::Code;
use crate::group::Point;
use crate::manifest::Manifest;
use crate::roll::Voter;
use crate::tree::Hash;
use crate::voting::{Pending, Voting};
use std::sync::Arc;

/// Ballots of an election that is open. Neither manifest nor keys are judged.
pub struct Ballots {
    voting: Voting,
    pending: Vec<Pending>,
}

impl Ballots {
    /// Payloads of ballots (specs/ballot.md#ballot). `manifest` is the body of a manifest, `keys` the PK_j of all slots;
    /// each of the credentials is on the roll, with style 0.
    pub fn new(
        manifest: &[u8],
        election: &Hash,
        keys: &[[u8; 32]],
        credentials: &[[u8; 32]],
        payloads: Vec<Vec<u8>>,
    ) -> Result<Self, Code> {
        let body = cbor::decode(manifest).and_then(|body| Manifest::decode(&body));
        let manifest = body.map_err(|_| Code::PayloadMalformed)?;
        let keys: Vec<Point> = keys.iter().map(|key| Point::decode(key)).collect::<Result<_, _>>()?;
        let voters = credentials.iter().map(|credential| (*credential, Voter { weight: 1, style: 0 })).collect();
        let pending = |payload| Pending { index: 0, leaf: [0; 32], payload, is_challenge: false, proof: None };
        Ok(Self {
            voting: Voting::open(&manifest, election, &keys, Arc::new(voters)),
            pending: payloads.into_iter().map(pending).collect(),
        })
    }

    /// Makes all checks that do not depend on the order of the ballots, from decoding to the proof and the tracker, as in
    /// a record: by the threads of rayon's pool that calls. Right and wrong ballots are told apart only if `seed` is fresh and unknown
    /// to whoever made them.
    pub fn judge(&self, seed: &[u8; 32]) -> Vec<Result<(), Code>> {
        let judged = self.voting.examine(&self.pending, seed);
        judged.into_iter().map(|examined| examined.and_then(|examined| examined.outcome())).collect()
    }
}
