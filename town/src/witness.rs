//! A witness, as a process that can be stopped, killed and started again.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::programs::Programs;
use crate::role::Role;
use crate::service::Service;

/// A witness on loopback.
#[derive(Debug)]
pub struct Witness {
    role: Role,
    /// Its name in policies.
    name: String,
    key: String,
    address: SocketAddr,
    service: Service,
}

impl Witness {
    /// A witness that does not run yet, on a port that is free now.
    pub fn new(programs: &Programs, folder: &Path) -> Result<Self> {
        let role = Role::with_passphrase(programs, "tabella", &["witness"], folder)?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let printed = role.done(&["new", &format!("example.org/{name}")])?;
        let key = printed.split_whitespace().find(|word| word.starts_with("example.org/") && word.contains('+'));
        let key = key.with_context(|| format!("no key was printed:\n{printed}"))?.to_owned();
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { role, name, key, address, service: Service::new(folder.with_extension("log")) })
    }

    /// The name in policies.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it takes requests.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its log is written.
    pub fn log(&self) -> PathBuf {
        self.service.log()
    }

    /// Its line in a policy.
    pub fn line(&self) -> String {
        format!("witness {} {} {}\n", self.name, self.key, self.address())
    }

    /// Adds the log of this key. It must not run.
    pub fn add(&self, log: &str) -> Result<String> {
        self.role.done(&["add", log])
    }

    /// The same witness as it is now, in a folder of the same name in `parent`, at the same address: what only a crooked one has. Only
    /// one of them can run.
    pub fn copied(&self, programs: &Programs, parent: &Path) -> Result<Self> {
        std::fs::create_dir_all(parent)?;
        let copied = Command::new("cp").arg("-a").arg(self.role.folder()).arg(parent).status()?;
        ensure!(copied.success(), "the folder of a witness was not copied");
        let folder = parent.join(&self.name);
        let role = Role::with_passphrase(programs, "tabella", &["witness"], &folder)?;
        let service = Service::new(folder.with_extension("log"));
        Ok(Self { role, name: self.name.clone(), key: self.key.clone(), address: self.address, service })
    }

    /// Starts it with these further arguments, and returns when it takes requests.
    pub fn start(&mut self, arguments: &[&str]) -> Result<()> {
        let listen = self.address.to_string();
        self.service.start(&mut self.role.command(&[&["serve", "--listen", &listen], arguments].concat()))
    }

    /// Kills it at once, with whatever it was doing.
    pub fn kill(&mut self) -> Result<()> {
        self.service.kill()
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) -> Result<()> {
        self.service.stop()
    }
}
