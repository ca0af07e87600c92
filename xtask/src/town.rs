//! `cargo xtask town`: an election in which the voting is open, for a program that drives pages.
//!
//! The plan is `village`, `purse`, or `options-10` with any number. It prints a line of JSON when voters can vote,
//! `{"address", "fingerprint", "codes"}`, then takes one command a line from its standard input and prints `{"done": command}` for
//! each. It ends when its input does.

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::Programs;
use tabella_town::witness::Witness;

use crate::run::target_directory;
use crate::web;

/// Those who decrypt: one of the trustees is away.
const PRESENT: [usize; 2] = [0, 2];

/// Pages ask more often than people do, and all from one address.
const UNLIMITED: [&str; 4] = ["--posts-per-minute", "1000000", "--reads-per-minute", "1000000"];

/// Holds the election in this folder, which is emptied first.
pub fn town(folder: &Path, voters: usize, plan: &str) -> Result<()> {
    let plan = match (plan, plan.strip_prefix("options-")) {
        ("village", _) => Plan::village(voters, 3, 2).witnessed(2, 2),
        ("purse", _) => Plan::purse(voters, 3, 2),
        (_, Some(options)) => Plan::options(options.parse()?, voters, 3, 2),
        _ => bail!("no plan `{plan}`: village, purse, or options-10 with any number"),
    };
    let plan = plan.fixing(web::folder());
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("could not empty {}", folder.display()))?;
    }
    let programs = Programs::in_folder(&target_directory().join("debug"))?;
    let (election, codes) = Election::voting(&programs, folder, plan)?;
    let mut held = Held { programs, folder, election, crooked: Vec::new() };
    held.election.server.stop()?;
    held.serve("board")?;
    let address = held.election.address();
    tell(&json!({ "address": address, "fingerprint": held.election.fingerprint()?, "codes": codes }))?;
    for line in std::io::stdin().lock().lines() {
        let command = line?;
        held.does(&command)?;
        tell(&json!({ "done": command }))?;
    }
    held.election.server.stop()
}

/// The election, and what a crooked operator has beside it.
struct Held<'a> {
    programs: Programs,
    folder: &'a Path,
    election: Election,
    /// Copies of the witnesses, as crooked ones keep them.
    crooked: Vec<Witness>,
}

impl Held<'_> {
    fn does(&mut self, command: &str) -> Result<()> {
        let Election { server, witnesses, .. } = &mut self.election;
        match command {
            "kill" => server.kill(),
            "start" => server.start(),
            "witnesses leave" => witnesses.iter_mut().try_for_each(Witness::kill),
            "witnesses return" => witnesses.iter_mut().try_for_each(|witness| witness.start(&[])),
            "copy" => self.copy(),
            "show copy" => self.show("copy"),
            "show board" => self.show("board"),
            "close" => self.election.close().map(drop),
            "decrypt" => self.election.decrypt(&PRESENT),
            "publish" => self.election.publish().map(drop),
            _ => bail!("no command `{command}`"),
        }
    }

    /// Copies the board, and all witnesses with their memory, as backups do.
    fn copy(&mut self) -> Result<()> {
        let Election { server, witnesses, .. } = &mut self.election;
        server.stop()?;
        let status = Command::new("cp").arg("-a").arg(server.folder()).arg(self.folder.join("copy")).status()?;
        ensure!(status.success(), "the board cannot be copied");
        let parent = self.folder.join("crooked");
        let copies = witnesses.iter().map(|witness| witness.copied(&self.programs, &parent));
        self.crooked = copies.collect::<Result<_>>()?;
        server.start()
    }

    /// From now on board and witnesses are the others: those that were copied, or the true ones again.
    fn show(&mut self, board: &str) -> Result<()> {
        self.election.server.stop()?;
        self.election.witnesses.iter_mut().try_for_each(Witness::stop)?;
        std::mem::swap(&mut self.election.witnesses, &mut self.crooked);
        // Honest ones would refuse to sign from a copy.
        let arguments: &[&str] = if board == "copy" { &["--moved"] } else { &[] };
        self.election.witnesses.iter_mut().try_for_each(|witness| witness.start(arguments))?;
        self.serve(board)
    }

    /// Serves the board in this folder, at the address of the one before.
    fn serve(&mut self, board: &str) -> Result<()> {
        let server = &mut self.election.server;
        *server = server.at_same_address(&self.folder.join(board))?.with(&UNLIMITED);
        server.start()
    }
}

fn tell(what: &Value) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{what}")?;
    Ok(out.flush()?)
}
