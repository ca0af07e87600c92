//! Where a voter votes: the judged beginning of the record, the server, and the folder for what is kept.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tabella_board::entry::Entry;
use tabella_board::policy::Policy;
use tabella_board::receipt::Standing;
use tabella_client::desk::{Desk, DeskError};
use tabella_client::patience::until;
use tabella_client::progress::Progress;
use tabella_client::randomness;
use tabella_client::remote::{Address, Remote, Submitted};
use tabella_client::setup::{Extent, Setup};
use tabella_crypto::credential::VotingKey;
use tabella_election::Election;
use tabella_election::message::{Style, Voter};
use tabella_election::rules::Poll;
use tabella_election::text::{CredentialFingerprint, VoterCode};
use tabella_record::board_entry::BoardEntry;
use tabella_record::examination::Seeds;

use super::command::Place;
use super::kept::KeptReceipt;

/// An election that is, or was, open for voting.
pub(super) struct PollingPlace {
    pub(super) desk: Desk,
    pub(super) setup: Setup,
    pub(super) remote: Remote,
    /// Roll and keys, as the record fixes them.
    pub(super) poll: Arc<Poll>,
    pub(super) policy: Policy,
}

/// Somebody who may vote.
pub(super) struct Identity {
    pub(super) key: VotingKey,
    pub(super) voter: Voter,
    pub(super) fingerprint: CredentialFingerprint,
}

impl PollingPlace {
    /// Reads and judges the record up to the opening of the voting.
    pub(super) fn enter(place: &Place) -> Result<Self> {
        let desk = place.home.desk(place.expect)?;
        let (address, fingerprint) = desk.election(&place.board())?;
        let address: Address = address.context("where is the board? Give --board ADDRESS, as the letter says")?;
        let remote = Remote::new(address.clone(), Duration::from_secs(place.patience));
        let progress = Progress::of("reading the election");
        let seeds = Seeds::new(randomness::fresh()?);
        let report = |done, total| progress.set(done, total);
        let setup = Setup::read(desk.folder(), &remote, Some(fingerprint), Extent::Open, seeds, &report)?;
        drop(progress);
        let board = setup.board().ok_or(DeskError::NoManifest)?;
        desk.pin(Some(&address), fingerprint)?;
        let poll = board.poll().context("voting has not begun yet; try again when it has")?.clone();
        let policy = Policy::parse(&poll.election().manifest().policy)?;
        Ok(Self { desk, setup, remote, poll, policy })
    }

    /// The election.
    pub(super) fn election(&self) -> &Election {
        self.poll.election()
    }

    /// Who has this code.
    pub(super) fn identify(&self, code: &VoterCode) -> Result<Identity> {
        let key = code.voting_key(&self.election().id())?;
        let voter = self.poll.roll().voter(&key.public().into()).copied().context(
            "this code is not on the roll of this election. Is it of another election, or was it replaced by a new letter? Ask \
             the election authority",
        )?;
        let fingerprint = CredentialFingerprint::new(&self.election().id(), &voter.credential);
        Ok(Identity { key, voter, fingerprint })
    }

    /// The style of a voter's ballot.
    pub(super) fn style(&self, voter: &Voter) -> Result<&Style> {
        self.election().style(voter.style).context("the roll names a style that there is not")
    }

    /// Verifies what the server gave for the entry of this index, and reads the ballot or challenge in it.
    pub(super) fn verified(&mut self, index: u64, submitted: &Submitted) -> Result<BoardEntry> {
        let (standing, entry) = self.setup.memory().accept_entry(submitted, &self.policy, &self.remote)?;
        ensure!(entry.place.index == index, "the board gave entry {} for entry {index}", entry.place.index);
        self.read(&entry, standing)
    }

    /// Reads the ballot or challenge in an entry.
    pub(super) fn read(&self, entry: &Entry, standing: Standing) -> Result<BoardEntry> {
        let read = BoardEntry::read(self.election(), self.poll.keys().slot_keys(), entry, standing)?;
        let voter = self.poll.roll().voter(&read.credential);
        ensure!(
            voter.is_some_and(|voter| voter.style == read.style),
            "the board has numbered a ballot of somebody who is not on the roll, or for contests that are not hers"
        );
        Ok(read)
    }

    /// Fetches and verifies the ballot or challenge that stands at this index.
    pub(super) fn fetch(&mut self, index: u64) -> Result<BoardEntry> {
        let submitted = self.remote.receipt(index)?;
        self.verified(index, &submitted)
    }

    /// Waits until the board shows to everybody what stands at this index, for as long as there is patience. Its receipt then is under a
    /// checkpoint that the quorum of witnesses has cosigned; `None` if there is none yet.
    pub(super) fn recorded(&mut self, index: u64) -> Result<Option<(BoardEntry, KeptReceipt)>> {
        let patience = self.remote.patience();
        let shown = until(patience, "Waiting for the witnesses to cosign what the board has taken", || {
            // Whatever hinders it: what was received stays received.
            Ok::<_, Infallible>(self.remote.receipt(index).ok())
        });
        let Ok(Some(submitted)) = shown else { return Ok(None) };
        let entry = self.verified(index, &submitted)?;
        Ok(Some((entry, KeptReceipt { entry: submitted.entry, receipt: submitted.receipt })))
    }
}
