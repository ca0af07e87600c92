//! Where the programs are, and running one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// The exit status of a command that waits for others.
pub const WAITING: i32 = 3;

/// The folder into which the programs were built.
#[derive(Debug, Clone)]
pub struct Programs(PathBuf);

impl Programs {
    /// The programs in this folder.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        for name in ["tabella", "tabella-trustee", "tabella-verify"] {
            let path = folder.join(name);
            ensure!(
                path.with_extension(std::env::consts::EXE_EXTENSION).is_file(),
                "{} is not built; run `cargo build --workspace --bins` first",
                path.display()
            );
        }
        Ok(Self(folder.to_owned()))
    }

    /// The folder of the running program, for whoever needs no other than that one.
    pub fn of_running() -> Result<Self> {
        let own = std::env::current_exe().context("this program does not know where it is")?;
        Ok(Self(own.parent().context("this program stands in no folder")?.to_owned()))
    }

    /// The programs that were built beside the running one, or beside the folder in which it stands, as tests do.
    pub fn beside_this_one() -> Result<Self> {
        let own = std::env::current_exe().context("this program does not know where it is")?;
        let folder = own.parent().context("this program stands in no folder")?;
        Self::in_folder(folder).or_else(|error| folder.parent().map_or(Err(error), Self::in_folder))
    }

    /// A command that runs one of them, with nothing on standard input.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.0.join(name));
        command.stdin(Stdio::null());
        command
    }
}

/// How a program ended, and what it printed.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What was run, for messages.
    pub line: String,
    /// The exit status; `None` if it was killed.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// Runs a command to its end.
    pub fn run(command: &mut Command) -> Result<Self> {
        let output = command.output().with_context(|| format!("could not start {:?}", command.get_program()))?;
        Ok(Self::new(command, output))
    }

    /// Runs a command, and kills it if it has not ended by then.
    pub fn run_or_kill(command: &mut Command, after: Duration) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("could not start")?;
        std::thread::sleep(after);
        // It may have ended by itself.
        drop(child.kill());
        let output = child.wait_with_output()?;
        Ok(Self::new(command, output))
    }

    fn new(command: &Command, output: Output) -> Self {
        let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
        let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            line: [program].into_iter().chain(arguments).collect::<Vec<_>>().join(" "),
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What it printed, if it did everything that it should.
    pub fn done(self) -> Result<String> {
        if self.status == Some(0) { Ok(self.stdout) } else { self.unexpected("be done") }
    }

    /// What it printed, if it is done or waits for others.
    pub fn done_or_waiting(self) -> Result<String> {
        if matches!(self.status, Some(0 | WAITING)) { Ok(self.stdout) } else { self.unexpected("be done or wait") }
    }

    /// Its error, if it refused.
    pub fn refused(self) -> Result<String> {
        if self.status == Some(1) { Ok(self.stderr) } else { self.unexpected("refuse") }
    }

    fn unexpected(self, expected: &str) -> Result<String> {
        let Self { line, status, stdout, stderr } = self;
        bail!("`{line}` should {expected}; its status is {status:?}\n{stdout}{stderr}")
    }
}
