//! The board's server, as a process that can be stopped, killed and started again.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::programs::{Ended, Programs};

/// How long a stopped server may take to end what it has begun.
const LONGEST_STOP: Duration = Duration::from_secs(30);

/// A server on loopback, with all boards in one folder.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    folder: PathBuf,
    address: SocketAddr,
    /// Where it listens: at its address, unless it is a crooked operator's second one.
    listen: SocketAddr,
    /// Further arguments of `tabella serve`.
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// A server that does not run yet, on a port that is free now.
    pub fn new(programs: &Programs, folder: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::create_dir_all(folder)?;
        fs::write(folder.with_extension("passphrase"), "the passphrase of the board\n")?;
        Ok(Self {
            programs: programs.clone(),
            folder: folder.to_owned(),
            address,
            listen: address,
            arguments: Vec::new(),
            child: None,
        })
    }

    /// Another server for a folder, at the address of this one. Only one of them can run.
    pub fn at_same_address(&self, folder: &Path) -> Result<Self> {
        fs::write(folder.with_extension("passphrase"), fs::read(self.passphrase_file())?)?;
        Ok(Self {
            programs: self.programs.clone(),
            folder: folder.to_owned(),
            address: self.address,
            listen: self.address,
            arguments: self.arguments.clone(),
            child: None,
        })
    }

    /// Another server for a copy of this one's folder, which runs beside it: what only a crooked operator has.
    pub fn beside(&self, folder: &Path) -> Result<Self> {
        let mut server = self.at_same_address(folder)?;
        server.listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(server)
    }

    /// With further arguments of `tabella serve`.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self
    }

    /// The folder of the boards.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where it listens.
    pub fn base(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Makes the board of an election for this authority, and gives what the operator hands on.
    pub fn new_board(&self, id: &str, authority: &str) -> Result<String> {
        let mut command = self.programs.command("tabella");
        command.args(["board", "new", id, "--address", &self.base(), "--authority", authority]);
        command.arg("--data").arg(&self.folder).arg("--passphrase-file").arg(self.passphrase_file());
        Ended::run(&mut command)?.done()
    }

    /// Starts it, and returns when it takes requests.
    pub fn start(&mut self) -> Result<()> {
        ensure!(self.child.is_none(), "the server runs already");
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = self.programs.command("tabella");
        command.arg("serve").arg("--data").arg(&self.folder).arg("--listen").arg(self.listen.to_string());
        command.args(&self.arguments).arg("--passphrase-file").arg(self.passphrase_file());
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().context("could not start the server")?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if !line.starts_with("listening on ") {
            let status = child.wait()?;
            bail!("the server ended with {status}:\n{}", fs::read_to_string(self.log())?);
        }
        self.child = Some(child);
        Ok(())
    }

    /// Kills it at once, with whatever it was doing.
    pub fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has; fails if it does not end well.
    pub fn stop(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        let status = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
        ensure!(status.success(), "the server cannot be asked to end");
        let (ended, waiting) = std::sync::mpsc::channel();
        let waiter = std::thread::spawn(move || drop(ended.send(child.wait())));
        let status = waiting.recv_timeout(LONGEST_STOP).context("the server does not end")??;
        drop(waiter.join());
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// What the server answers to a GET of this path: status and body. Speaks HTTP by hand: nothing of it is hidden.
    pub fn get(&self, path: &str) -> Result<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(self.listen)?;
        stream.set_read_timeout(Some(LONGEST_STOP))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end =
            answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").context("the answer has no end of headers")?;
        let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).into_owned();
        let status =
            head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("the answer has no status")?;
        ensure!(!head.to_ascii_lowercase().contains("transfer-encoding: chunked"), "a chunked answer to {path}");
        Ok((status, answer.split_off(end + 4)))
    }

    /// Where its log is written.
    pub fn log(&self) -> PathBuf {
        self.folder.with_extension("log")
    }

    fn passphrase_file(&self) -> PathBuf {
        self.folder.with_extension("passphrase")
    }

    /// Waits until it ends by itself, as when somebody presses Ctrl-C.
    pub fn wait(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
