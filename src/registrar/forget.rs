//! `tabella registrar forget`: who holds no codes cannot vote for others, and cannot be made to.

use anyhow::Result;
use clap::Args;
use tabella_client::confirm::Step;
use tabella_client::desk::Desk;

use super::codes::{BEFORE, FILE};
use super::enrolment::remove;
use crate::folder::Folder;
use crate::outcome::Outcome;

/// Destroy the voters' codes, once all letters are printed
///
/// No letter can be printed and no code be replaced singly after this. Copies that you made are for you to destroy.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella registrar forget --dir registrar")]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let desk = Desk::open(&folder.desk)?;
        let path = desk.path(FILE);
        if !path.exists() {
            return Ok(Outcome::done(format!("There is no {}: there is nothing to destroy.\n", path.display())));
        }
        let question = format!(
            "Destroy the voters' codes in {}? No further letter can be printed, and no lost letter be replaced.",
            path.display()
        );
        folder.confirm.confirm(Step::Final, &question)?;
        // A process that was killed while it sealed codes may have left its half. The codes come last: as long as they are there, this
        // command goes on.
        for name in [format!("{FILE}.incoming"), format!("{BEFORE}.incoming"), BEFORE.to_owned(), FILE.to_owned()] {
            remove(&desk.path(&name))?;
        }
        Ok(Outcome::done(
            "The codes are destroyed. Delete the files of the letters too, and every copy of both.\n".to_owned(),
        ))
    }
}
