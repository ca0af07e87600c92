//! The voter's code: from the terminal, a file or a descriptor; never from the command line, where other programs read it.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use tabella_client::private_file;
use tabella_election::text::VoterCode;
use zeroize::Zeroizing;

/// The most bytes of a file with a code.
const LONGEST: u64 = 1_024;

/// Where the code comes from. By default it is asked for at the terminal.
#[derive(Debug, Args)]
pub(super) struct CodeArguments {
    /// Read the code from the first line of FILE [default: it is asked for, and not shown]
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
    /// Read the code from the first line of an open file descriptor
    #[arg(long, value_name = "NUMBER", conflicts_with = "code_file")]
    code_fd: Option<u32>,
}

impl CodeArguments {
    /// Whether a code was given without anybody being asked.
    pub(super) fn is_given(&self) -> bool {
        self.place().is_some()
    }

    /// Reads the code.
    pub(super) fn read(&self) -> Result<VoterCode> {
        let text = match self.place() {
            Some(place) => {
                let bytes = private_file::read(&place, LONGEST)?;
                let bytes = bytes.with_context(|| format!("there is no {}", place.display()))?;
                let text = std::str::from_utf8(&bytes).with_context(|| format!("{} is no text", place.display()))?;
                Zeroizing::new(text.lines().next().unwrap_or_default().trim().to_owned())
            }
            None if io::stdin().is_terminal() => {
                Zeroizing::new(rpassword::prompt_password("Your code, as the letter says: ")?)
            }
            None => bail!(
                "your code is needed, and there is no terminal to ask at: give --code-file FILE or --code-fd NUMBER"
            ),
        };
        VoterCode::from_text(&text).context("this is not a voter's code")
    }

    fn place(&self) -> Option<PathBuf> {
        let descriptor = self.code_fd.map(|number| PathBuf::from(format!("/dev/fd/{number}")));
        self.code_file.clone().or(descriptor)
    }
}
