//! What others may know of the state of the sequencer without asking it: made anew after each batch, and never changed.

use std::sync::Arc;

use rayon::prelude::*;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash as LeafHash;
use tabella_board::policy::Policy;
use tabella_board::tree::TreeHead;
use tabella_crypto::polynomial::Index;
use tabella_election::ceremony::{Ceremony, Stage, Step};
use tabella_election::kind::Phase;
use tabella_election::message::Voter;
use tabella_election::rules::{Awaited, Board, Counts, Poll, Warning};
use tabella_election::text::CredentialFingerprint;
use tabella_election::{Election, Hash};
use tabella_record::ledger::Ledger;

use crate::witnessing::WitnessingState;

/// What the sequencer has signed last: durable, with all its tiles, but perhaps not published yet.
#[derive(Debug)]
pub(crate) struct SignedHead {
    /// The checkpoint, with the log's signature alone.
    pub(crate) checkpoint: Arc<SignedCheckpoint>,
    /// What it must meet to be published.
    pub(crate) policy: Arc<Policy>,
    /// The state under it.
    pub(crate) snapshot: Snapshot,
}

impl SignedHead {
    /// The tree of the checkpoint.
    pub(crate) fn head(&self) -> TreeHead {
        self.checkpoint.unverified().head
    }

    /// Whether the election has ended: nothing is signed after this.
    pub(crate) fn is_finished(&self) -> bool {
        self.snapshot.state.as_ref().is_some_and(|state| state.phase == Phase::Finished)
    }
}

/// The state of a log and of its election, under a checkpoint.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The tree of the checkpoint.
    pub head: TreeHead,
    /// The leaf hash of the last entry; of none, the hash that the first entry names.
    pub last: LeafHash,
    /// Whether the authority is closing the voting.
    pub closing: ClosingState,
    /// Where the witnessing stands.
    pub witnessing: WitnessingState,
    /// `None` before the manifest.
    pub state: Option<ElectionState>,
}

/// What the authority last said about closing the voting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClosingState {
    /// The number of its last request; 0 before the first.
    pub number: u64,
    /// Whether nothing but `close` is taken.
    pub is_closing: bool,
}

/// Where an election stands.
#[derive(Debug, Clone)]
pub struct ElectionState {
    /// The election.
    pub election: Arc<Election>,
    /// Its phase.
    pub phase: Phase,
    /// Its key ceremony.
    pub ceremony: CeremonyState,
    /// How many there are of what.
    pub counts: Counts,
    /// What must come before the next phase.
    pub awaited: Vec<Awaited>,
    /// What people should know.
    pub warnings: Arc<[Warning]>,
    /// Who may vote; nobody until the roll is complete.
    pub voters: Arc<Voters>,
    /// What is fixed at the opening; `None` before.
    pub poll: Option<Arc<Poll>>,
}

/// Where the key ceremony stands. Trustees go by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CeremonyState {
    /// The attempt, from 1.
    pub attempt: u64,
    /// The current step; `None` if the attempt has failed.
    pub step: Option<Step>,
    /// The qualified trustees, once they are known.
    pub qualified: Option<Vec<String>>,
    /// The last rehearsal: its number, and who answered.
    pub rehearsal: Option<(u64, Vec<String>)>,
}

/// The voters of a complete roll, by the fingerprint of their credentials.
#[derive(Debug, Default)]
pub struct Voters(Vec<(CredentialFingerprint, Voter)>);

impl Voters {
    fn of_roll(board: &Board) -> Self {
        let election = board.election().id();
        let named = |voter: &Voter| (CredentialFingerprint::new(&election, &voter.credential), *voter);
        let mut voters: Vec<_> = board.roll().voters().par_iter().map(named).collect();
        voters.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        Self(voters)
    }

    /// The voter whose credential has this fingerprint.
    pub fn find(&self, fingerprint: &CredentialFingerprint) -> Option<&Voter> {
        let position = self.0.binary_search_by_key(fingerprint, |(found, _)| *found).ok()?;
        self.0.get(position).map(|(_, voter)| voter)
    }
}

/// Makes snapshots. What takes time for each voter of the roll is kept until it can have changed.
#[derive(Default)]
pub(super) struct Observer {
    seen: Option<Seen>,
    warnings: Arc<[Warning]>,
    voters: Arc<Voters>,
}

/// What warnings and voters depend on, as far as entries that are no votes can change it.
#[derive(PartialEq, Eq)]
struct Seen {
    phase: Phase,
    roll: (u64, bool),
    history: Hash,
    complaints: usize,
}

impl Observer {
    /// The state after the last entry of the ledger.
    pub(super) fn observe(&mut self, ledger: &Ledger, closing: ClosingState) -> Snapshot {
        let state = ledger.board().map(|board| self.state(board));
        let (head, last) = (ledger.chain().head(), ledger.chain().last_leaf());
        Snapshot { head, last, closing, witnessing: WitnessingState::default(), state }
    }

    fn state(&mut self, board: &Board) -> ElectionState {
        self.look_again(board);
        ElectionState {
            election: Arc::clone(board.election()),
            phase: board.phase(),
            ceremony: ceremony(board),
            counts: board.counts(),
            awaited: board.awaited(),
            warnings: Arc::clone(&self.warnings),
            voters: Arc::clone(&self.voters),
            poll: board.poll().cloned(),
        }
    }

    fn look_again(&mut self, board: &Board) {
        let (roll, ceremony) = (board.roll(), board.ceremony());
        let seen = Seen {
            phase: board.phase(),
            roll: (roll.revision(), roll.is_complete()),
            history: ceremony.history(),
            complaints: ceremony.all_complaints().count(),
        };
        if self.seen.as_ref() == Some(&seen) {
            return;
        }
        self.warnings = board.warnings().into();
        if self.seen.as_ref().is_none_or(|before| before.roll != seen.roll) {
            self.voters = Arc::new(if roll.is_complete() { Voters::of_roll(board) } else { Voters::default() });
        }
        self.seen = Some(seen);
    }
}

fn ceremony(board: &Board) -> CeremonyState {
    let ceremony: &Ceremony = board.ceremony();
    let names = |indexes: &[Index]| {
        board.election().trustee_names(indexes).into_iter().map(str::to_owned).collect::<Vec<String>>()
    };
    let qualified: Option<Vec<Index>> = match ceremony.stage() {
        Stage::Keys(step) => Some(step.keys().qualified().collect()),
        Stage::Failed(failure) => Some(failure.qualified.iter().copied().collect()),
        _ => None,
    };
    let answered = |indexes: &std::collections::BTreeSet<Index>| names(&indexes.iter().copied().collect::<Vec<_>>());
    CeremonyState {
        attempt: ceremony.attempt().number,
        step: ceremony.stage().step(),
        qualified: qualified.map(|indexes| names(&indexes)),
        rehearsal: ceremony.rehearsal().map(|rehearsal| (rehearsal.round(), answered(rehearsal.answered()))),
    }
}
