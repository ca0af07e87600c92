//! An encryption with its tracker, which is then either cast or opened, never both.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_crypto::group::Point;
use tabella_election::contest::Selection;
use tabella_election::text::Tracker;
use tabella_election::voter::{Booth, Draft, VoteFault};
use tabella_election::{Election, Kind};

use crate::fault::Fault;
use crate::place::Identity;
use crate::selection::Choices;

/// Where one voter encrypts.
pub struct Desk {
    identity: Identity,
    booth: &'static Booth<'static>,
    draft: Option<Draft<'static>>,
    chosen: BTreeMap<u64, Selection>,
}

impl Desk {
    /// The desk of a voter.
    ///
    /// A draft borrows its booth. A page has one voter and ends with her, so the booth and its election are left to stand for good.
    pub fn new(election: &Arc<Election>, slot_keys: &[Point], identity: Identity) -> Result<Self, Fault> {
        let election: &'static Election = Box::leak(Box::new(Arc::clone(election)));
        let booth = Booth::new(election, identity.voter.style, slot_keys);
        let booth = booth.map_err(|fault| Fault::new("ballot_impossible", fault))?;
        Ok(Self { identity, booth: Box::leak(Box::new(booth)), draft: None, chosen: BTreeMap::new() })
    }

    /// Who votes.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Encrypts; gives the tracker. What was encrypted before and neither cast nor opened is gone.
    pub fn draft(
        &mut self,
        choices: Choices,
        link: Option<Tracker>,
        attempt: u64,
        seed: [u8; 32],
    ) -> Result<Tracker, Fault> {
        self.draft = None;
        self.chosen = choices.into_iter().map(|(contest, chosen)| (contest, chosen.into())).collect();
        let mut rng = ChaCha20Rng::from_seed(seed);
        let draft = self.booth.draft(&self.identity.key, link, &self.chosen, attempt, &mut rng).map_err(refused)?;
        let tracker = draft.tracker();
        self.draft = Some(draft);
        Ok(tracker)
    }

    /// Casts or opens what was encrypted: the payload to hand in.
    pub fn finish(&mut self, kind: Kind, seed: [u8; 32]) -> Result<Vec<u8>, Fault> {
        let draft = self.draft.take().ok_or_else(|| Fault::call("nothing is encrypted"))?;
        let mut rng = ChaCha20Rng::from_seed(seed);
        let payload = if kind == Kind::Ballot { draft.cast(&mut rng) } else { draft.challenge(&mut rng) };
        payload.map_err(refused)
    }

    /// What was chosen for the last encryption.
    pub fn chosen(&self) -> &BTreeMap<u64, Selection> {
        &self.chosen
    }
}

fn refused(fault: VoteFault) -> Fault {
    match fault {
        VoteFault::Layout(tabella_election::ballot::LayoutFault::Selection { fault, .. }) => fault.into(),
        other => Fault::new("ballot_impossible", other),
    }
}
