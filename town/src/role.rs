//! A person with a folder, and a passphrase that is typed from a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::programs::{Ended, Programs};

/// One person of the town.
#[derive(Debug, Clone)]
pub struct Role {
    programs: Programs,
    program: &'static str,
    /// The words between the program's name and the command: `authority`, `registrar`; none for a program of one role.
    words: &'static [&'static str],
    folder: PathBuf,
    has_passphrase: bool,
}

impl Role {
    /// Somebody who has secrets, and so a passphrase.
    pub fn with_passphrase(
        programs: &Programs,
        program: &'static str,
        words: &'static [&'static str],
        folder: &Path,
    ) -> Result<Self> {
        let role = Self { has_passphrase: true, ..Self::without_passphrase(programs, program, words, folder)? };
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        fs::write(role.passphrase_file(), format!("the passphrase of {name}\n"))?;
        Ok(role)
    }

    /// Somebody who needs none.
    pub fn without_passphrase(
        programs: &Programs,
        program: &'static str,
        words: &'static [&'static str],
        folder: &Path,
    ) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
        Ok(Self { programs: programs.clone(), program, words, folder: folder.to_owned(), has_passphrase: false })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the passphrase: beside the folder, so that the folder holds only what the program wrote.
    pub fn passphrase_file(&self) -> PathBuf {
        self.folder.with_extension("passphrase")
    }

    /// A command of this role in its folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.programs.command(self.program);
        command.args(self.words).args(arguments).arg("--dir").arg(&self.folder);
        if self.has_passphrase {
            command.arg("--passphrase-file").arg(self.passphrase_file());
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Ended> {
        Ended::run(&mut self.command(arguments))
    }

    /// Runs a command that does everything that it should, and gives what it prints.
    pub fn done(&self, arguments: &[&str]) -> Result<String> {
        self.run(arguments)?.done()
    }

    /// Runs a command that refuses, and gives its error.
    pub fn refused(&self, arguments: &[&str]) -> Result<String> {
        self.run(arguments)?.refused()
    }

    /// Starts a command once for each of these times, kills it when the time is over, and then runs it to its end.
    pub fn killed_and_run(&self, arguments: &[&str], times: &[Duration]) -> Result<Ended> {
        for time in times {
            Ended::run_or_kill(&mut self.command(arguments), *time)?;
        }
        self.run(arguments)
    }
}
