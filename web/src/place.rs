//! Where a voter votes: what the page must know of the beginning of the record, held against its signatures on the voter's device,
//! and who votes. Implements specs/server.md#opening.

use std::sync::Arc;

use tabella_board::entry::Entry;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::tree::TreeHead;
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::Point;
use tabella_election::message::{Authored, Keys, Manifest, Open, Roll, Signed, Voter};
use tabella_election::opening::Opening;
use tabella_election::text::{CredentialFingerprint, Fingerprint, VoterCode};
use tabella_election::{Election, ElectionId, Kind};
use tabella_record::manifest::judge_manifest;
use tabella_record::opening::OpeningView;

use crate::fault::Fault;
use crate::files::Files;
use crate::memory::Memory;

/// An election of which the page knows what it needs to vote.
pub struct Place {
    /// The election.
    pub election: Arc<Election>,
    /// Keys and roll; `None` before the opening.
    pub poll: Option<Poll>,
    /// Which cosignatures make a ballot recorded.
    pub policy: Policy,
    /// The latest checkpoint.
    pub memory: Memory,
}

/// What is fixed at the opening.
pub struct Poll {
    /// PK_j for each slot of the election.
    pub slot_keys: Arc<[Point]>,
    /// How many voters are on the roll.
    pub voters: u64,
    opening: Opening,
    view: OpeningView,
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
    /// Reads `log.vkey`, `checkpoint`, the manifest, and what the server says of the opening, and holds all of it against the entries.
    ///
    /// `expected` is the fingerprint of the election that the voter came for, `seen` the checkpoint that was seen before, `received`
    /// one that only the log had signed.
    pub fn enter(
        files: &Files,
        expected: Option<Fingerprint>,
        seen: Option<&str>,
        received: Option<&str>,
    ) -> Result<Self, Fault> {
        files.require(&["log.vkey", "checkpoint", "entries/0", "opening"])?;
        let log_key = LogVerifier::from_file(files.file("log.vkey")?);
        let log_key = log_key.map_err(|fault| Fault::new("log_key_mismatch", fault))?;
        let mut memory = Memory::new(log_key.clone(), seen, received)?;
        let head = memory.accept(files.file("checkpoint")?, files)?;
        if head.size == 0 {
            return Err(Fault::new("manifest_missing", "the board has no manifest yet"));
        }
        let manifest = files.entry(0, head)?;
        judge_fingerprint(&manifest, expected)?;
        let election = Arc::new(judge_manifest(&manifest, &log_key)?);
        let policy = Policy::parse(&election.manifest().policy);
        let policy = policy.map_err(|fault| Fault::new(fault.code(), fault))?;
        memory.judge_by(&policy)?;
        Ok(Self { poll: Poll::read(files, &election, head)?, election, policy, memory })
    }

    /// What is fixed at the opening.
    pub fn poll(&self) -> Result<&Poll, Fault> {
        self.poll.as_ref().ok_or_else(|| Fault::new("election_not_open", "voting has not begun yet"))
    }

    /// Who has this code.
    pub fn identify(&self, code: &str, files: &Files) -> Result<Identity, Fault> {
        let unknown = || Fault::new("code_unknown", "no voter of this election has this code");
        let key = VoterCode::from_text(code)?.voting_key(&self.election.id()).map_err(|_| unknown())?;
        let poll = self.poll()?;
        let credential = key.public().into();
        let chunk = poll.view.chunk_of(&credential).ok_or_else(unknown)?;
        let chunk = signed::<Roll>(&files.entry(chunk, self.memory.head())?, Kind::Roll)?;
        let voter = poll.opening.voter(&self.election, &chunk, &credential)?.ok_or_else(unknown)?;
        let fingerprint = CredentialFingerprint::new(&self.election.id(), &voter.credential);
        Ok(Identity { key, voter, fingerprint })
    }
}

impl Poll {
    /// Holds what the server says of the opening against the entries; `None` if the board was not opened under this head.
    fn read(files: &Files, election: &Election, head: TreeHead) -> Result<Option<Self>, Fault> {
        let Some(view) = files.optional("opening")? else { return Ok(None) };
        let malformed = || Fault::new("opening_malformed", "what the server says of the opening cannot be read");
        let view: OpeningView = serde_json::from_slice(view).map_err(|_| malformed())?;
        let opening = view.claim(election.id()).ok_or_else(malformed)?;
        // Voting may have begun after the checkpoint was fetched.
        if view.open >= head.size {
            return Ok(None);
        }
        let confirmed = view.keys.qualified.iter().map(|qualified| qualified.entry);
        let entries = files.entries(&[view.open].into_iter().chain(confirmed).collect::<Vec<_>>(), head)?;
        let (open, confirmations) = entries.split_first().ok_or_else(malformed)?;
        let confirmations = confirmations.iter().map(|entry| signed::<Keys>(entry, Kind::Keys));
        let confirmations = confirmations.collect::<Result<Vec<_>, _>>()?;
        let slot_keys = opening.judge(election, &signed::<Open>(open, Kind::Open)?, &confirmations)?;
        Ok(Some(Self { slot_keys: slot_keys.into(), voters: view.roll.voters, opening, view }))
    }
}

/// Whether entry 0 is the manifest of the election that the voter came for.
fn judge_fingerprint(entry: &Entry, expected: Option<Fingerprint>) -> Result<(), Fault> {
    let Some(expected) = expected else { return Ok(()) };
    let differs = || Fault::new("fingerprint_differs", "this is another election than the one that was asked for");
    let manifest = Signed::<Manifest>::decode(&entry.payload).map_err(|_| differs())?;
    let found = Fingerprint::new(&ElectionId(manifest.body_hash().0), &manifest.body().log);
    if found == expected { Ok(()) } else { Err(differs()) }
}

/// Reads the payload of an entry that must be of this kind. The author is not judged.
fn signed<T: Authored>(entry: &Entry, kind: Kind) -> Result<Signed<T>, Fault> {
    if entry.kind != kind.as_str() {
        return Err(Fault::new("opening_malformed", "the server names an entry of another kind"));
    }
    Ok(Signed::decode(&entry.payload)?)
}
