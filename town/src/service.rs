//! A program that takes requests until it is stopped or killed.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// How long a stopped program may take to end what it has begun.
pub const LONGEST_STOP: Duration = Duration::from_secs(30);

/// The process, if it runs, and the file into which it writes its log.
#[derive(Debug)]
pub struct Service {
    log: PathBuf,
    child: Option<Child>,
}

impl Service {
    /// One that does not run yet.
    pub fn new(log: PathBuf) -> Self {
        Self { log, child: None }
    }

    /// Where its log is written.
    pub fn log(&self) -> PathBuf {
        self.log.clone()
    }

    /// Starts it, and returns when it takes requests.
    pub fn start(&mut self, command: &mut Command) -> Result<()> {
        ensure!(self.child.is_none(), "it runs already");
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().context("could not start the program")?;
        let stdout = child.stdout.take().context("the program has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if !line.starts_with("listening on ") {
            let status = child.wait()?;
            bail!("the program ended with {status}:\n{}", fs::read_to_string(&self.log)?);
        }
        self.child = Some(child);
        Ok(())
    }

    /// The number of the process, if it runs.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The most memory that it has had at a time, in bytes, as Linux says.
    pub fn peak_memory(&self) -> Result<u64> {
        let child = self.running()?;
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
        let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix(" kB"));
        let kibibytes: u64 = kibibytes.context("the system does not say how much memory it has")?.trim().parse()?;
        Ok(kibibytes * 1024)
    }

    /// Kills it at once, with whatever it was doing.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.take()?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has; fails if it does not end well.
    pub fn stop(&mut self) -> Result<()> {
        let mut child = self.take()?;
        signal("-TERM", &child)?;
        let (ended, waiting) = std::sync::mpsc::channel();
        let waiter = std::thread::spawn(move || drop(ended.send(child.wait())));
        let status = waiting.recv_timeout(LONGEST_STOP).context("the program does not end")??;
        drop(waiter.join());
        ensure!(status.success(), "the program ended with {status}");
        Ok(())
    }

    /// Lets it do nothing, not even answer, until it is told to go on.
    pub fn pause(&self) -> Result<()> {
        signal("-STOP", self.running()?)
    }

    /// Lets it go on after a pause.
    pub fn resume(&self) -> Result<()> {
        signal("-CONT", self.running()?)
    }

    /// Waits until it ends by itself, as when somebody presses Ctrl-C.
    pub fn wait(&mut self) -> Result<()> {
        self.take()?.wait()?;
        Ok(())
    }

    fn running(&self) -> Result<&Child> {
        self.child.as_ref().context("the program does not run")
    }

    fn take(&mut self) -> Result<Child> {
        self.child.take().context("the program does not run")
    }
}

/// Sends a signal, by its name as `kill` takes it.
fn signal(name: &str, child: &Child) -> Result<()> {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status()?;
    ensure!(status.success(), "the program does not get the signal {name}");
    Ok(())
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
