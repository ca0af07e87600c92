//! `tabella send`: hands in what a machine without network has made. Implements specs/server.md#parcel for whoever carries it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::json;
use tabella_board::policy::Policy;
use tabella_client::desk::{Desk, DeskError, HomeArguments};
use tabella_client::memory::MemoryError;
use tabella_client::parcel::Parcel;
use tabella_client::patience::until;
use tabella_client::printable::printable;
use tabella_client::randomness;
use tabella_client::remote::{GivenAddress, Remote};
use tabella_client::setup::{Extent, Setup};
use tabella_election::message::{Manifest, Signed};
use tabella_election::text::Fingerprint;
use tabella_election::{ElectionId, Kind};
use tabella_record::examination::Seeds;

use crate::outcome::Outcome;

/// Hand in a parcel that was made on a machine without network
///
/// The payloads are handed in in their order, and each receipt is verified. A parcel may be sent again: what is on the board already is not taken
/// twice. The first refusal ends it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella send https://vote.example.org/city-2026 alice.parcel")]
pub struct Arguments {
    /// The election's address
    #[arg(value_name = "ADDRESS")]
    address: GivenAddress,
    /// The parcel
    #[arg(value_name = "PARCEL")]
    parcel: PathBuf,
    #[command(flatten)]
    home: HomeArguments,
    /// How many seconds to try again when no answer comes
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// Print JSON, and nothing else, on standard output
    #[arg(long)]
    json: bool,
}

/// The board for which a parcel was made.
struct Counter {
    _desk: Desk,
    setup: Setup,
    policy: Policy,
    remote: Remote,
}

impl Arguments {
    /// Hands in the parcel.
    pub fn run(self) -> Result<Outcome> {
        let remote = Remote::new(self.address.address()?, Duration::from_secs(self.patience));
        let parcel = Parcel::read(&self.parcel)?;
        let mut counter = self.open(&parcel, remote)?;
        let mut taken: Vec<(Kind, u64, bool)> = Vec::new();
        let mut last = None;
        for ((kind, payload), number) in parcel.payloads.iter().zip(1..) {
            let index = counter.hand_in(*kind, payload);
            let failed = || {
                let before = match taken.len() {
                    0 => "none was taken".to_owned(),
                    1 => "the one before it was taken".to_owned(),
                    count => format!("the {count} before it were taken"),
                };
                format!("payload {number} of {} (`{kind}`) was not handed in; {before}", parcel.payloads.len())
            };
            let (index, is_repeated) = index.with_context(failed)?;
            last = last.max(Some(index));
            taken.push((*kind, index, is_repeated));
        }
        if let Some(last) = last {
            counter.wait_for(last)?;
        }
        Ok(Outcome::done(if self.json { to_json(&taken) } else { to_text(&taken) }))
    }

    /// Reads the manifest, and with it whether the parcel is for this board. The manifest hash says so to the bit.
    fn open(&self, parcel: &Parcel, remote: Remote) -> Result<Counter> {
        let (fingerprint, policy) = board_of(parcel, &remote)?;
        let desk = self.home.desk(Some(fingerprint))?;
        let seeds = Seeds::new(randomness::fresh()?);
        let mut setup = Setup::read(desk.folder(), &remote, Some(fingerprint), Extent::Manifest, seeds, &|_, _| ())?;
        let policy = Policy::parse(&policy).context("the manifest's policy cannot be read")?;
        ensure!(
            setup.memory().log_key() == policy.log(),
            "the key of the log at {} is not that of the manifest",
            remote.address()
        );
        Ok(Counter { _desk: desk, setup, policy, remote })
    }
}

impl Counter {
    /// Hands in a payload and verifies the receipt; gives the index, and whether it was on the board before.
    fn hand_in(&mut self, kind: Kind, payload: &[u8]) -> Result<(u64, bool)> {
        let submitted = self.remote.submit(kind, payload)?;
        self.setup.memory().accept_receipt(payload, &submitted, &self.policy, &self.remote)?;
        // The fingerprint fixed the policy, and the policy the key that signed the receipt.
        self.setup.memory().keep()?;
        Ok((submitted.receipt.index, submitted.is_repeated))
    }

    /// Waits until the board shows the last entry: before, nothing can be built on it.
    fn wait_for(&mut self, index: u64) -> Result<()> {
        let (memory, remote) = (self.setup.memory(), &self.remote);
        let shown = until(remote.patience(), "Waiting for the witnesses to cosign what the board has taken", || {
            memory.look(remote)?;
            memory.keep()?;
            Ok::<_, MemoryError>((memory.head().size > index).then_some(()))
        })?;
        shown.ok_or_else(|| DeskError::NotRecorded(index).into())
    }
}

/// The fingerprint and the policy of the parcel's election, by its manifest: the one on the board, or the parcel's own.
fn board_of(parcel: &Parcel, remote: &Remote) -> Result<(Fingerprint, String)> {
    let own = parcel.payloads.first().filter(|(kind, _)| *kind == Kind::Manifest);
    let manifest = match own {
        Some((_, payload)) => Signed::<Manifest>::decode(payload).context("the parcel's manifest cannot be read")?,
        None => {
            let submitted = remote.receipt(0).context("the board's manifest could not be read")?;
            let entry = tabella_board::entry::Entry::parse(&submitted.entry)?;
            Signed::<Manifest>::decode(&entry.payload).context("the board's first entry is no manifest")?
        }
    };
    let id = ElectionId(manifest.body_hash().0);
    if id != parcel.election {
        bail!(
            "the parcel is for the election {}, and {} holds the election {}",
            parcel.election.to_hex(),
            remote.address(),
            id.to_hex()
        );
    }
    Ok((Fingerprint::new(&id, &manifest.body().log), manifest.body().policy.clone()))
}

fn to_json(taken: &[(Kind, u64, bool)]) -> String {
    let taken = taken
        .iter()
        .map(|(kind, index, repeated)| json!({"kind": kind.as_str(), "index": index, "repeated": repeated}));
    format!("{}\n", json!({"taken": taken.collect::<Vec<_>>()}))
}

fn to_text(taken: &[(Kind, u64, bool)]) -> String {
    let line = |(kind, index, is_repeated): &(Kind, u64, bool)| {
        let repeated = if *is_repeated { ", as before" } else { "" };
        format!("  {kind} is entry {index}{repeated}\n")
    };
    let lines: String = taken.iter().map(line).collect();
    printable(&format!("All of the parcel is on the board:\n{lines}"))
}
