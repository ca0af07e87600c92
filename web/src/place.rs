//! Where a voter votes: the beginning of the record up to the opening, judged by the rules on the voter's device, and who votes.

use std::convert::Infallible;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::tile::{FULL_WIDTH, Layer, Tile, decode_bundle};
use tabella_board::tree::{Tree, TreeHead};
use tabella_crypto::credential::VotingKey;
use tabella_election::message::{Manifest, Signed, Voter};
use tabella_election::rules::Poll;
use tabella_election::text::{CredentialFingerprint, Fingerprint, VoterCode};
use tabella_election::{Election, ElectionId, Kind};
use tabella_record::entries::EntryReader;
use tabella_record::examination::Seeds;
use tabella_record::ledger::{Ledger, LedgerError};

use crate::fault::Fault;
use crate::files::Files;
use crate::memory::{Memory, continues};

/// An election of which the record was read up to its opening, or as far as it goes.
pub struct Place {
    /// The election.
    pub election: Arc<Election>,
    /// Roll and keys; `None` before the opening.
    pub poll: Option<Arc<Poll>>,
    /// Which cosignatures make a ballot recorded.
    pub policy: Policy,
    /// The latest checkpoint.
    pub memory: Memory,
}

/// Somebody who may vote.
pub struct Identity {
    /// The credential's secret.
    pub key: VotingKey,
    /// The line of the roll.
    pub voter: Voter,
    /// Names the credential.
    pub fingerprint: CredentialFingerprint,
}

impl Place {
    /// Reads and judges the record from `log.vkey`, `checkpoint` and the bundles of entries among the files.
    ///
    /// `expected` is the fingerprint of the election that the voter came for, `seen` the checkpoint that was seen before, `received`
    /// one that only the log had signed.
    pub fn enter(
        files: &Files,
        expected: Option<Fingerprint>,
        seen: Option<&str>,
        received: Option<&str>,
        seed: [u8; 32],
    ) -> Result<Self, Fault> {
        let log_key = LogVerifier::from_file(files.file("log.vkey")?);
        let log_key = log_key.map_err(|fault| Fault::new("log_key_mismatch", fault))?;
        let mut memory = Memory::new(log_key.clone(), seen, received)?;
        let head = memory.accept(files.file("checkpoint")?, files)?;
        let entries = Entries::read(files, head)?;
        judge_election(&entries, expected)?;
        continues(entries.head(), head, files)?;
        let mut ledger = Ledger::new(log_key, Seeds::new(ChaCha20Rng::from_seed(seed)));
        ledger.catch_up(&entries).map_err(refused)?;
        let board = ledger.board().ok_or_else(|| Fault::new("manifest_missing", "the board has no manifest yet"))?;
        let election = Arc::clone(board.election());
        let policy = Policy::parse(&election.manifest().policy);
        let policy = policy.map_err(|fault| Fault::new(fault.code(), fault))?;
        memory.judge_by(&policy)?;
        Ok(Self { poll: board.poll().cloned(), election, policy, memory })
    }

    /// What is fixed at the opening.
    pub fn poll(&self) -> Result<&Arc<Poll>, Fault> {
        self.poll.as_ref().ok_or_else(|| Fault::new("election_not_open", "voting has not begun yet"))
    }

    /// Who has this code.
    pub fn identify(&self, code: &str) -> Result<Identity, Fault> {
        let unknown = || Fault::new("code_unknown", "no voter of this election has this code");
        let key = VoterCode::from_text(code)?.voting_key(&self.election.id()).map_err(|_| unknown())?;
        let voter = self.poll()?.roll().voter(&key.public().into()).copied().ok_or_else(unknown)?;
        let fingerprint = CredentialFingerprint::new(&self.election.id(), &voter.credential);
        Ok(Identity { key, voter, fingerprint })
    }
}

/// Whether entry 0 is the manifest of the election that the voter came for.
fn judge_election(entries: &Entries, expected: Option<Fingerprint>) -> Result<(), Fault> {
    let Some(expected) = expected else { return Ok(()) };
    let differs = || Fault::new("fingerprint_differs", "this is another election than the one that was asked for");
    let entry = entries.0.first().and_then(|bytes| Entry::parse(bytes).ok()).ok_or_else(differs)?;
    let manifest = Signed::<Manifest>::decode(&entry.payload).map_err(|_| differs())?;
    let found = Fingerprint::new(&ElectionId(manifest.body_hash().0), &manifest.body().log);
    if found == expected { Ok(()) } else { Err(differs()) }
}

fn refused(error: LedgerError<Infallible>) -> Fault {
    match &error {
        LedgerError::EntryRejected { rejection, .. } => Fault::new(rejection.code.as_str(), error),
        LedgerError::EntryDamaged(_) | LedgerError::Reader(_) => Fault::new("entry_prev", error),
    }
}

/// The entries up to `open`, or all if there is none.
struct Entries(Vec<Vec<u8>>);

impl Entries {
    fn read(files: &Files, head: TreeHead) -> Result<Self, Fault> {
        let mut entries: Vec<Vec<u8>> = Vec::new();
        for bundle in Tile::of_log(head.size).filter(|tile| tile.layer() == Layer::Entries) {
            let bytes = files.file(&bundle.path())?;
            // A bundle that superseded the one that was asked for is full.
            let decoded = decode_bundle(bytes, bundle.width()).or_else(|_| decode_bundle(bytes, FULL_WIDTH));
            let decoded = decoded.map_err(|fault| Fault::new(fault.code(), "a bundle has a wrong length"))?;
            for entry in decoded.into_iter().take(bundle.width().into()) {
                entries.push(entry.to_vec());
                if Entry::parse(entry).is_ok_and(|entry| entry.kind == Kind::Open.as_str()) {
                    return Ok(Self(entries));
                }
            }
        }
        Ok(Self(entries))
    }

    fn head(&self) -> TreeHead {
        let mut tree = Tree::new();
        self.0.iter().for_each(|entry| tree.append(Hash::of_entry(entry)));
        tree.head()
    }
}

impl EntryReader for Entries {
    type Error = Infallible;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(usize::try_from(index).ok().and_then(|index| self.0.get(index)).cloned())
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, Infallible> {
        let skipped = usize::try_from(index).unwrap_or(usize::MAX);
        Ok(self.0.iter().skip(skipped).take(limit).cloned().collect())
    }
}
