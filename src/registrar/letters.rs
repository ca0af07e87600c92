//! `tabella registrar letters`: one page for each voter, in files that print.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_client::private_file;
use tabella_client::progress::Progress;
use tabella_election::text::CredentialFingerprint;
use tabella_election::{Election, ElectionId};

use super::codes::CodedVoter;
use super::command::Office;
use super::letter::{self, Letter, Letterhead};
use crate::folder::Folder;
use crate::outcome::Outcome;

/// Letters in one file: browsers print no more in reasonable time.
const IN_FILE: usize = 500;

/// Make the voters' letters: one page each, with the voter's code, to be printed
///
/// The files hold secrets: only you can read them, and they are deleted once the letters are printed. Open them in a browser and print them, or
/// convert them to PDF.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella registrar letters --dir registrar --out letters --contact \"Election office, 042 1234567\"
  tabella registrar letters --dir registrar --only 1002 --only 1007 --out two.html")]
pub(super) struct Arguments {
    /// A folder, which gets files of 500 letters each; or one file, whose name ends in .html
    #[arg(long, value_name = "FOLDER|FILE.html")]
    out: PathBuf,
    /// Only the letter of this voter; may be given more than once
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Whom voters ask: printed at the foot of each letter
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let office = Office::enter(folder, &self.board)?;
        ensure!(
            office.codes_path().exists(),
            "there are no codes in this folder: `tabella registrar roll` makes them, and `tabella registrar forget` has \
             destroyed them if it was run"
        );
        let codes = office.codes_of_roll()?.context(
            "the roll on the board is not the one of the codes in this folder; run `tabella registrar roll` with the list \
             first: with these letters nobody could vote",
        )?;
        let board = office.visit.board()?;
        let voters = self.select(&codes.voters)?;
        let (address, _) = office.visit.desk().election(&self.board)?;
        let address = address.context("which address is to stand on the letters? Give --board ADDRESS")?;
        let head = self.letterhead(board.election(), address.to_string());
        let files = self.write(&head, board.election(), &codes.election, &voters)?;
        let count = match voters.len() {
            1 => "1 letter is".to_owned(),
            count => format!("{count} letters are"),
        };
        let text = format!(
            "{count} in {}{}.\nThere are secret codes in it: print it on a machine that you trust, put each letter into an \
             envelope, and delete what was written.\nNext, once all letters are printed: `tabella registrar forget`\n",
            self.out.display(),
            if files == 1 { String::new() } else { format!(", in {files} files") }
        );
        Ok(Outcome::done(printable(&text)))
    }

    fn select<'a>(&self, voters: &'a [CodedVoter]) -> Result<Vec<&'a CodedVoter>> {
        if self.only.is_empty() {
            return Ok(voters.iter().collect());
        }
        let only: HashSet<&str> = self.only.iter().map(String::as_str).collect();
        let selected: Vec<_> = voters.iter().filter(|voter| only.contains(voter.listed.id.as_str())).collect();
        let found: HashSet<&str> = selected.iter().map(|voter| voter.listed.id.as_str()).collect();
        let unknown: Vec<&str> = self.only.iter().map(String::as_str).filter(|id| !found.contains(id)).collect();
        ensure!(unknown.is_empty(), "there is no voter {} on the list; nothing was written", unknown.join(", "));
        Ok(selected)
    }

    fn letterhead(&self, election: &Election, address: String) -> Letterhead {
        Letterhead {
            title: election.manifest().title.clone(),
            address,
            fingerprint: election.fingerprint().to_string(),
            contact: self.contact.clone(),
            simulation: election.manifest().simulation,
        }
    }

    /// Gives how many files were written.
    fn write(&self, head: &Letterhead, election: &Election, id: &ElectionId, voters: &[&CodedVoter]) -> Result<usize> {
        if self.out.extension().is_some_and(|extension| extension == "html") {
            ensure!(
                voters.len() <= IN_FILE,
                "{} letters are too many for one file; name a folder with --out, which gets files of {IN_FILE}",
                voters.len()
            );
            write_file(&self.out, head, election, id, voters)?;
            return Ok(1);
        }
        let progress = Progress::of("letters");
        let parts = voters.chunks(IN_FILE);
        let files = parts.len();
        for (number, part) in (1..).zip(parts) {
            let path = self.out.join(format!("letters-{number:04}.html"));
            write_file(&path, head, election, id, part)?;
            progress.set(number, files as u64);
        }
        Ok(files)
    }
}

fn write_file(
    path: &Path,
    head: &Letterhead,
    election: &Election,
    id: &ElectionId,
    voters: &[&CodedVoter],
) -> Result<()> {
    let mut codes = Vec::with_capacity(voters.len());
    for voter in voters {
        let credential = CredentialFingerprint::new(id, &voter.voter(id)?.credential).to_string();
        codes.push((voter.code.to_text(), credential));
    }
    // Where all voters have the same ballot, its name says nothing.
    let has_styles = election.manifest().styles.len() > 1;
    let letters: Vec<Letter<'_>> = voters
        .iter()
        .zip(&codes)
        .map(|(voter, (code, credential))| Letter {
            id: &voter.listed.id,
            code,
            style: election.style(voter.listed.style).filter(|_| has_styles).map(|style| style.name.as_str()),
            weight: voter.listed.weight,
            credential,
        })
        .collect();
    let text = letter::file(head, &letters).context("the address is too long for a QR code")?;
    Ok(private_file::write(path, text.as_bytes())?)
}
