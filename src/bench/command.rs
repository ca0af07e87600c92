//! The command line of `tabella bench board`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, ensure};
use clap::Args;
use tabella_client::remote::Address;
use tokio::task::block_in_place;

use super::ballots::prepare;
use super::check::check;
use super::cost::{load, sync_time};
use super::opening::Opened;
use super::report::Report;
use super::stage::Stage;
use super::voting::{Hall, Part};
use crate::simulate::folders::Folders;
use crate::simulate::progress::Progress;

/// Measure how many ballots a board takes in a second
///
/// Opens an election of one question with five answers on a server of its own, a process of this program on this machine, has all voters encrypt
/// their ballots, and hands them in over HTTP. First so many voters vote at a time, each with a connection of her own; then voters come at twice
/// the rate at which that went, and whom the server turns away comes again when it says. At the end every receipt is verified, all of
/// the record is judged, and each accepted ballot must stand there once. What was measured is real only if the program was built with --release.
///
/// With --url it measures servers that run already, on this machine: front ends of one board. The board must be new, and made for the
/// authority of the measurement, whose secret key everybody knows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella bench board --out measured
  tabella bench board --out measured --ballots 10000 --voters 64 --json
  tabella-verify measured/copy/record
With servers that run already:
  tabella board new bench --data boards --address http://127.0.0.1:8080 \\
      --authority d938eaaea1025a07b278ea748dd8eab11f85e5e1983d06dd7522e7868f21ebee
  tabella serve --data boards --listen 127.0.0.1:8080 --posts-per-minute 4294967295 --reads-per-minute 4294967295
  tabella bench board --out measured --url http://127.0.0.1:8080/bench")]
pub struct Arguments {
    /// Where to write: a folder that does not exist yet, or is empty, on the disk that the board would be on
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many ballots are prepared: two of five for the first part, three of five for the second
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(10..=250_000))]
    ballots: u32,
    /// How many voters vote at a time in the first part
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    voters: u16,
    /// The address of a new board on a server that runs already; again for each other front end of the same board
    #[arg(long = "url", value_name = "ADDRESS")]
    urls: Vec<Address>,
    /// An argument for the server that is started: --serve=--in-flight --serve=64
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true, conflicts_with = "urls")]
    serve: Vec<String>,
    /// Print the figures as JSON, and nothing else
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Measures; gives what is to be printed on standard output.
    ///
    /// Fails if anything was lost, or answered otherwise than it may be.
    pub async fn run(self) -> Result<String> {
        let progress = Progress::new(self.json);
        let given = (!self.urls.is_empty()).then(|| Stage::given(&self.urls)).transpose()?;
        drop(Folders::create(&self.out)?);
        let load_before = load();
        let sync = sync_time(&self.out)?;
        let mut stage = match given {
            Some(stage) => stage,
            None => block_in_place(|| Stage::own(&self.out, &self.serve))?,
        };
        let count = self.ballots as usize;
        progress.say(&format!("Board: {}; an election of {count} voters is opened", stage.names()));
        let mut opened = block_in_place(|| Opened::on(stage.first(), &self.out.join("copy"), count, &progress))?;
        progress.say("Ballots: all voters encrypt and prove");
        let ballots = Arc::new(block_in_place(|| prepare(opened.poll()?.as_ref(), count, &progress))?);

        let hall = Hall { targets: stage.targets()?, ballots: Arc::clone(&ballots), server: stage.process() };
        let first = count * 2 / 5;
        progress.say(&format!("First part: {} voters at a time hand in {first} ballots", self.voters));
        let together = hall.together(0..first, self.voters.into(), &progress).await?;
        let rate = 2.0 * together.rate();
        progress.say(&format!("Second part: {} voters come, {rate:.0} in a second", count - first));
        let crowd = hall.crowd(first..count, rate, self.voters.into(), &progress).await?;

        progress.say("Check: all receipts, and the whole record");
        let parts = [together, crowd];
        let checked = block_in_place(|| check(&mut opened, &ballots, &parts))?;
        block_in_place(|| stage.close())?;
        let report = Report { voters: self.voters, rate, sync, load: load_before, parts: &parts, checked };
        let odd: Vec<String> = parts.iter().flat_map(Part::odd_answers).collect();
        ensure!(odd.is_empty(), "{}the server gave answers that it should not give: {}", report.text(), odd.join(", "));
        Ok(if self.json { format!("{:#}\n", report.json()) } else { report.text() })
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command};

    use super::*;
    use crate::bench::stage::authority;
    use crate::server::view::hex;

    #[test]
    fn the_help_names_the_authority_of_the_measurement() {
        let help = Arguments::augment_args(Command::new("board")).render_long_help().to_string();
        assert!(help.contains(&hex(authority().verifying_key().as_bytes())), "{help}");
    }
}
