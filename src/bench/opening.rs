//! An election that is opened for the measurement: one question with five answers, one trustee.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tabella_client::copy::Copy;
use tabella_client::remote::{Address, Remote};
use tabella_client::source::RecordSource;
use tabella_election::message::{Choice, Contest, ContestKind, ContestOption, Counting};
use tabella_election::rules::{Board, Poll};
use tabella_election::trustee::Trustee;
use tabella_election::{Kind, authority, registrar};
use tabella_record::examination::Seeds;

use super::ballots;
use super::stage::{key, seed};
use crate::simulate::manifest::{PublicKeys, manifest};
use crate::simulate::progress::Progress;

/// The answers of the question.
pub(super) const OPTIONS: usize = 5;

/// How long the server may be busy while the election is opened.
const PATIENCE: Duration = Duration::from_secs(60);

/// The way to the board, and a judged copy of its record.
pub(super) struct Opened {
    remote: Remote,
    copy: Copy,
}

impl Opened {
    /// Opens an election in which `voters` may vote, on a board without entries. The copy is kept in the folder.
    pub(super) fn on(address: Option<&Address>, folder: &Path, voters: usize, progress: &Progress) -> Result<Self> {
        let address = address.context("there is no address")?;
        let remote = Remote::new(address.clone(), PATIENCE);
        let copy = Copy::open(folder, &remote, None, Seeds::new(seed().of("reader", 0)), &|_, _| {})?;
        let mut opened = Self { remote, copy };
        opened
            .publish_manifest()
            .context("the board takes no manifest: it must be new, and made for the authority that --help names")?;
        opened.make_keys()?;
        opened.enrol(voters, progress)?;
        let (authority, anchor) = (key("authority"), opened.anchor()?);
        opened.hand_in(Kind::Open, [authority::open(opened.board()?, anchor, &authority)?])?;
        Ok(opened)
    }

    /// Reads and judges what is new.
    pub(super) fn catch_up(&mut self) -> Result<()> {
        Ok(self.copy.catch_up(&self.remote, &|_, _| {})?)
    }

    /// The judged copy.
    pub(super) fn copy(&self) -> &Copy {
        &self.copy
    }

    /// What is fixed since the voting is open.
    pub(super) fn poll(&self) -> Result<Arc<Poll>> {
        Ok(Arc::clone(self.board()?.poll().context("the voting is not open")?))
    }

    /// The state of the election.
    pub(super) fn board(&self) -> Result<&Board> {
        self.copy.board().ok_or_else(|| anyhow!("the board has no manifest yet"))
    }

    fn hand_in(&mut self, kind: Kind, payloads: impl IntoIterator<Item = Vec<u8>>) -> Result<()> {
        for payload in payloads {
            self.remote.submit(kind, &payload)?;
        }
        self.catch_up()
    }

    fn anchor(&self) -> Result<String> {
        self.copy.checkpoint()?.context("the board has no checkpoint yet")
    }

    fn publish_manifest(&mut self) -> Result<()> {
        let log = self.remote.log_key()?;
        let public = |role| key(role).verifying_key().to_bytes().into();
        let keys = PublicKeys {
            log: log.public_key().into(),
            authority: public("authority"),
            registrar: public("registrar"),
            trustees: vec![public("trustee")],
        };
        let origin = log.origin().as_str();
        let id = origin.rsplit('/').next().unwrap_or_default().to_owned();
        let mut manifest = manifest(question(), id, format!("log {log}\nquorum none\n"), keys, 1, 1);
        manifest.origin = origin.to_owned();
        self.hand_in(Kind::Manifest, [authority::manifest(manifest, &key("authority"))])
    }

    fn end_round(&mut self) -> Result<()> {
        self.hand_in(Kind::Round, [authority::round(self.board()?, &key("authority"))?])
    }

    fn make_keys(&mut self) -> Result<()> {
        let random = |step| seed().of(step, 0);
        let trustee = Trustee::new(self.board()?.election(), key("trustee"))?;
        let (trustee, payload) = trustee.commit(self.board()?, &mut random("commit"))?;
        self.hand_in(Kind::Commit, [payload])?;
        self.end_round()?;
        let (trustee, payloads) = trustee.deal(self.board()?, &mut random("deal"))?;
        self.hand_in(Kind::Deal, payloads)?;
        self.end_round()?;
        let (trustee, payload) = trustee.confirm(self.board()?)?;
        self.hand_in(Kind::Confirm, [payload])?;
        self.end_round()?;
        let (trustee, payload) = trustee.keys(self.board()?)?;
        self.hand_in(Kind::Keys, [payload])?;
        self.hand_in(Kind::Rehearse, [authority::rehearse(self.board()?, &key("authority"))?])?;
        let payload = trustee.rehearse(self.board()?, &mut random("rehearsal"))?;
        self.hand_in(Kind::Rehearsal, [payload])
    }

    fn enrol(&mut self, voters: usize, progress: &Progress) -> Result<()> {
        let voters = ballots::enrol(self.board()?.election(), voters)?;
        let chunks = registrar::roll(self.board()?, voters, &key("registrar"));
        let bar = progress.bar(chunks.len() as u64, "chunks of the roll");
        self.hand_in(Kind::Roll, chunks.into_iter().inspect(|_| bar.inc(1)))?;
        bar.finish_and_clear();
        Ok(())
    }
}

fn question() -> Contest {
    let option = |number: usize| ContestOption { id: number.to_string(), title: format!("Answer {number}") };
    Contest {
        id: "question".to_owned(),
        title: "One of five".to_owned(),
        options: (1..=OPTIONS).map(option).collect(),
        kind: ContestKind::Choice(Choice { min: 1, max: 1, blank: false }),
        counting: Counting(None),
    }
}
