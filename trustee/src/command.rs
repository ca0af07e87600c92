//! The command line.

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use tabella_client::desk::DeskArguments;
use tabella_client::outcome::Outcome;
use tabella_client::passphrase::PassphraseArguments;

use crate::plan::Goal;
use crate::work::WorkArguments;
use crate::{backup, init, status};

/// A trustee's part in an election: the keys before the voting, the decryption of the sums after it
///
/// Every command may be killed and run again: it finishes what was begun, and does nothing twice. The exit status is 0 if the
/// part is done, 3 if others must do theirs first, 1 if it failed.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  tabella-trustee init --name Alice --dir city-2026
  tabella-trustee ceremony --dir city-2026 --board https://vote.example.org/city-2026 --expect FINGERPRINT --watch
  tabella-trustee backup /media/stick/trustee-backup.age --dir city-2026
  tabella-trustee tally --dir city-2026 --watch"
)]
pub struct Program {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Ceremony(CeremonyArguments),
    Rehearse(RehearseArguments),
    Tally(TallyArguments),
    Status(status::Arguments),
    Backup(backup::BackupArguments),
    Restore(backup::RestoreArguments),
}

/// Make the keys together with the other trustees, and answer the first rehearsal
///
/// Before you deal, the whole record is verified; you deal only if it is valid.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella-trustee ceremony --dir city-2026 --board https://vote.example.org/city-2026 --expect FINGERPRINT --watch
  tabella-trustee ceremony --dir city-2026
  tabella-trustee ceremony --dir city-2026 --expect FINGERPRINT --record record.tar --parcel for-the-board.json")]
struct CeremonyArguments {
    #[command(flatten)]
    work: WorkArguments,
}

/// Show that your part of the keys works, when the authority asks
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella-trustee rehearse --dir city-2026
  tabella-trustee rehearse --dir city-2026 --record record.tar --parcel for-the-board.json")]
struct RehearseArguments {
    #[command(flatten)]
    work: WorkArguments,
}

/// Decrypt the sums of the counted ballots, once the voting has ended
///
/// Before you decrypt, the whole record is verified; you decrypt only if it is valid. You answer for one set of counted ballots, ever.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella-trustee tally --dir city-2026
  tabella-trustee tally --dir city-2026 --watch
  tabella-trustee tally --dir city-2026 --record record.tar --parcel for-the-board.json")]
struct TallyArguments {
    #[command(flatten)]
    work: WorkArguments,
}

impl Program {
    /// Runs the command.
    pub fn run(&self) -> Result<Outcome> {
        let (desk, passphrase) = (&self.desk, &self.passphrase);
        match &self.command {
            Command::Init(arguments) => arguments.run(desk, passphrase),
            Command::Ceremony(arguments) => arguments.work.run(Goal::Ceremony, desk, passphrase),
            Command::Rehearse(arguments) => arguments.work.run(Goal::Rehearsal, desk, passphrase),
            Command::Tally(arguments) => arguments.work.run(Goal::Tally, desk, passphrase),
            Command::Status(arguments) => arguments.run(desk, passphrase),
            Command::Backup(arguments) => arguments.run(desk, passphrase),
            Command::Restore(arguments) => arguments.run(desk, passphrase),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Program::command().debug_assert();
    }
}
