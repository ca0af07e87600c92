//! The command line of `tabella serve`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use tabella_client::passphrase::PassphraseArguments;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::Server;
use super::limits::Limits;

/// Serve the boards of elections over HTTP
///
/// One process for a folder of boards. For voters it stands behind a proxy that speaks TLS. When it takes requests it prints
/// `listening on http://…` on standard output; on SIGTERM it finishes what was handed in, and ends.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella serve --data /var/lib/tabella
  tabella serve --data boards --listen 127.0.0.1:0 --passphrase-file passphrase
  tabella serve --data /var/lib/tabella --trust-forwarded-for --log-format json")]
pub struct ServeArguments {
    /// The folder of the boards, as `tabella board new` made them
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address and port to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How the log on standard error is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    #[command(flatten)]
    limits: Limits,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object per line.
    Json,
}

impl ServeArguments {
    /// Serves until the process is told to stop.
    pub async fn run(self) -> Result<()> {
        self.log_format.begin();
        let passphrase = self.passphrase.read("the server")?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).context("the system gives no randomness")?;
        // Asked for before anything runs, so that no signal is lost.
        let mut terminate = signal(SignalKind::terminate()).context("cannot wait for signals")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for signals")?;

        let server = Server::start(&self.data, self.listen, &passphrase, self.limits, seed).await?;
        drop(passphrase);
        let address = server.address().context("the socket has no address")?;
        tracing::info!(%address, "listening");
        let mut stdout = std::io::stdout();
        // Whoever does not read this line does not need it.
        drop(writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush()));
        let stop = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        Ok(server.run(stop).await?)
    }
}

impl LogFormat {
    /// Begins to log. `RUST_LOG` says how much.
    fn begin(self) {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
        match self {
            Self::Text => log.with_ansi(false).init(),
            Self::Json => log.json().init(),
        }
    }
}
