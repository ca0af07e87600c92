//! How a serving process logs, begins and ends.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object per line.
    Json,
}

impl LogFormat {
    /// Begins to log. `RUST_LOG` says how much.
    pub(crate) fn begin(self) {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
        match self {
            Self::Text => log.with_ansi(false).init(),
            Self::Json => log.json().init(),
        }
    }
}

/// The signals by which a process is told to end.
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// To be asked for before anything runs, so that no signal is lost.
    pub(crate) fn catch() -> Result<Self> {
        let catch = |kind| signal(kind).context("cannot wait for signals");
        Ok(Self { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    /// Ends when one of them comes.
    pub(crate) async fn come(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Tells whoever started the process where it listens.
pub(crate) fn announce(scheme: &str, address: SocketAddr) {
    tracing::info!(%address, "listening");
    let mut stdout = std::io::stdout();
    // Whoever does not read this line does not need it.
    drop(writeln!(stdout, "listening on {scheme}://{address}").and_then(|()| stdout.flush()));
}

/// Reads a time limit of the command line.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u64 = text.parse().map_err(|_| "a number of seconds is needed".to_owned())?;
    if seconds == 0 { Err("0 seconds are too few".to_owned()) } else { Ok(Duration::from_secs(seconds)) }
}
