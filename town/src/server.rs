//! The board's server, as a process that can be stopped, killed and started again.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::programs::{Ended, Programs};
use crate::service::{LONGEST_STOP, Service};

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
    /// The address of the database, with its password.
    database: Option<String>,
    /// Variables of its environment.
    environment: Vec<(String, String)>,
    /// The most files and connections that it may have open at a time, if not what the system gives.
    open_files: Option<u32>,
    service: Service,
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
            database: None,
            environment: Vec::new(),
            open_files: None,
            service: Service::new(folder.with_extension("log")),
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
            database: self.database.clone(),
            environment: self.environment.clone(),
            open_files: self.open_files,
            service: Service::new(folder.with_extension("log")),
        })
    }

    /// Another server for a copy of this one's folder, which runs beside it: what only a crooked operator has.
    pub fn beside(&self, folder: &Path) -> Result<Self> {
        let mut server = self.at_same_address(folder)?;
        server.listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(server)
    }

    /// Another server for the same folder and the same database, which runs beside this one: a front, until this one dies.
    pub fn colleague(&self) -> Result<Self> {
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self {
            programs: self.programs.clone(),
            folder: self.folder.clone(),
            address: self.address,
            listen,
            arguments: self.arguments.clone(),
            database: self.database.clone(),
            environment: self.environment.clone(),
            open_files: self.open_files,
            service: Service::new(self.folder.with_extension(format!("{}.log", listen.port()))),
        })
    }

    /// With further arguments of `tabella serve`.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self
    }

    /// With its store in the database at this address, if there is one.
    pub fn with_database(self, database: Option<String>) -> Self {
        Self { database, ..self }
    }

    /// With these variables in its environment.
    pub fn with_environment(mut self, variables: &[(&str, &str)]) -> Self {
        self.environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }

    /// With so many files and connections at a time at most.
    pub fn with_open_files(mut self, most: u32) -> Self {
        self.open_files = Some(most);
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
        let mut command = match self.open_files {
            Some(most) => self.programs.limited("tabella", &format!("-n {most}")),
            None => self.programs.command("tabella"),
        };
        command.arg("serve").arg("--data").arg(&self.folder).arg("--listen").arg(self.listen.to_string());
        command.args(&self.arguments).arg("--passphrase-file").arg(self.passphrase_file());
        command.envs(self.database.as_ref().map(|address| ("TABELLA_DATABASE", address)));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        self.service.start(&mut command)
    }

    /// The number of its process, if it runs.
    pub fn process(&self) -> Option<u32> {
        self.service.process()
    }

    /// The most memory that it has had at a time, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        self.service.peak_memory()
    }

    /// Kills it at once, with whatever it was doing.
    pub fn kill(&mut self) -> Result<()> {
        self.service.kill()
    }

    /// Asks it to end, and waits until it has; fails if it does not end well.
    pub fn stop(&mut self) -> Result<()> {
        self.service.stop()
    }

    /// Lets it do nothing, not even answer, until it is told to go on.
    pub fn pause(&self) -> Result<()> {
        self.service.pause()
    }

    /// Lets it go on after a pause.
    pub fn resume(&self) -> Result<()> {
        self.service.resume()
    }

    /// Waits until it ends by itself, as when somebody presses Ctrl-C.
    pub fn wait(&mut self) -> Result<()> {
        self.service.wait()
    }

    /// Where its log is written.
    pub fn log(&self) -> PathBuf {
        self.service.log()
    }

    /// What the server answers to a GET of this path: status and body. Speaks HTTP by hand: nothing of it is hidden.
    pub fn get(&self, path: &str) -> Result<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(self.listen)?;
        stream.set_read_timeout(Some(LONGEST_STOP))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.listen)?;
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

    fn passphrase_file(&self) -> PathBuf {
        self.folder.with_extension("passphrase")
    }
}
