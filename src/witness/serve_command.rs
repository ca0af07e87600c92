//! `tabella witness serve`: cosigning over HTTP.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::Args;
use tabella_client::desk::{Desk, DeskArguments};
use tabella_client::passphrase::PassphraseArguments;

use super::WHAT;
use super::cosigner::Cosigner;
use super::folder::Folder;
use super::service::{Limits, Service};
use crate::outcome::Outcome;
use crate::serving::{Entrance, LogFormat, StopSignals, TlsArguments, announce};

/// Cosign the checkpoints of the logs that were added
///
/// When it takes requests it prints `listening on …` with its address on standard output; it ends on SIGTERM. It does not start if anything
/// of what it has signed is lost.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella witness serve --dir witness
  tabella witness serve --dir witness --listen 127.0.0.1:0 --passphrase-file passphrase")]
pub(super) struct Arguments {
    /// Address and port to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7380")]
    listen: SocketAddr,
    /// The folder was moved here from another disk or machine, and nothing has signed with its key since
    #[arg(long)]
    moved: bool,
    /// How the log on standard error is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    #[command(flatten)]
    tls: TlsArguments,
    #[command(flatten)]
    limits: Limits,
}

impl Arguments {
    pub(super) async fn run(self, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        self.log_format.begin();
        let stop = StopSignals::catch()?;
        let _lock = Desk::open(desk)?;
        let folder = Folder::read(&desk.dir)?;
        let key = folder.key(&passphrase.read(WHAT)?)?;
        if self.moved {
            folder.take_place()?;
        }
        let cosigner = Cosigner::open(folder, key)?;
        let entrance = Entrance::listen(self.listen, self.tls.read()?).await;
        let entrance = entrance.with_context(|| format!("cannot listen on {}", self.listen))?;
        announce(entrance.scheme(), entrance.address().context("the socket has no address")?);
        Service::new(cosigner, entrance, self.limits).run(stop.come()).await;
        Ok(Outcome::done(String::new()))
    }
}
