//! The command line of `tabella serve`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tabella_client::passphrase::PassphraseArguments;

use super::database::DatabaseArguments;
use super::{Server, Settings};
use crate::serving::{LogFormat, StopSignals, announce};

/// Serve the boards of elections over HTTP
///
/// One process for a folder of boards. For voters it speaks TLS itself, or stands behind a proxy that does. When it takes requests it prints
/// `listening on …` with its address on standard output; on SIGTERM it finishes what was handed in, and ends.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella serve --data /var/lib/tabella
  tabella serve --data boards --listen 127.0.0.1:0 --passphrase-file passphrase
  tabella serve --data /var/lib/tabella --database postgres://tabella@localhost/tabella
  tabella serve --data /var/lib/tabella --bucket s3://board/2026 --bucket-endpoint https://storage.example.org
  tabella serve --data boards --pages pages-2026-11 --pages pages-2026-05
  tabella serve --data /var/lib/tabella --listen 0.0.0.0:443 --tls-certificate fullchain.pem --tls-key privkey.pem
  tabella serve --data /var/lib/tabella --trust-forwarded-for --log-format json --metrics 127.0.0.1:9464")]
pub struct ServeArguments {
    /// The folder of the boards, as `tabella board new` made them
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    settings: Settings,
    /// How the log on standard error is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

impl ServeArguments {
    /// Serves until the process is told to stop.
    pub async fn run(self) -> Result<()> {
        self.log_format.begin();
        let location = self.database.location(&self.data)?;
        let passphrase = self.passphrase.read("the server")?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).context("the system gives no randomness")?;
        let stop = StopSignals::catch()?;

        let server = Server::start(&self.data, &location, self.settings, &passphrase, seed).await?;
        drop(passphrase);
        let address = server.address().context("the socket has no address")?;
        if let Some(Ok(address)) = server.metrics_address() {
            tracing::info!(%address, "metrics");
        }
        announce(server.scheme(), address);
        Ok(server.run(stop.come()).await?)
    }
}
