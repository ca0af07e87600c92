//! A PostgreSQL cluster of its own, which can be stopped, killed and started again.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::programs::Ended;

/// Where Debian's packages put the programs, in a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Whose processes the cluster's are when a test runs as root, which PostgreSQL refuses: the user that its package makes.
const ACCOUNT: &str = "postgres";

/// The user of all databases, who owns them, and the password.
const USER: &str = "tabella";
const PASSWORD: &str = "swordfish";

/// How long a cluster may take to start, or to recover.
const LONGEST_START: Duration = Duration::from_secs(60);

/// Reads until nobody holds the other end any more, however whoever did has ended; then stops what still runs, and removes all.
const KEEPER: &str =
    r#"while read -r _; do :; done; "$1/pg_ctl" stop --silent --pgdata "$2/data" --mode immediate; rm -rf -- "$2""#;

/// A cluster in a temporary folder, reached by a socket in it alone. It ends with the process that made it, even one that is killed.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    account: Option<Account>,
    folder: PathBuf,
    postmaster: Option<Child>,
    keeper: Child,
    databases: AtomicU32,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub fn start() -> Result<Self> {
        let programs = programs()?;
        let account = account()?;
        let folder = tempfile::Builder::new().prefix("tabella-postgres-").tempdir()?.keep();
        let user = account.map(|account| account.user);
        chown(&folder, user, account.map(|account| account.group)).context("the folder cannot be handed on")?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&programs).arg(&folder);
        keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = of(&mut keeper, account).spawn().context("could not start the cluster's keeper")?;
        let mut cluster = Self { programs, account, folder, postmaster: None, keeper, databases: AtomicU32::new(0) };
        cluster.initialise()?;
        cluster.start_again()?;
        Ok(cluster)
    }

    fn initialise(&self) -> Result<()> {
        let password_file = self.folder.join("password");
        fs::write(&password_file, PASSWORD)?;
        let mut command = self.command("initdb");
        command.arg("--pgdata").arg(self.data()).arg("--pwfile").arg(password_file).args(["--username", USER]);
        command.args([
            "--auth",
            "scram-sha-256",
            "--encoding",
            "UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions",
        ]);
        Ended::run(&mut command)?.done().map(drop)
    }

    /// Starts it after it was stopped or killed, and returns when it takes connections.
    pub fn start_again(&mut self) -> Result<()> {
        ensure!(self.postmaster.is_none(), "the cluster runs already");
        let deadline = Instant::now() + LONGEST_START;
        let mut postmaster = self.spawn()?;
        while !self.is_ready()? {
            ensure!(Instant::now() < deadline, "PostgreSQL does not start:\n{}", fs::read_to_string(self.log())?);
            if postmaster.try_wait()?.is_some() {
                // Processes of a postmaster that was killed still hold its memory.
                postmaster = self.spawn()?;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.postmaster = Some(postmaster);
        Ok(())
    }

    fn spawn(&self) -> Result<Child> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-k").arg(&self.folder).args(["-N", "200", "-B", "32MB"]);
        command.args(["-c", "listen_addresses="]);
        command.stdout(log.try_clone()?).stderr(log).spawn().context("could not start PostgreSQL")
    }

    fn is_ready(&self) -> Result<bool> {
        let mut command = self.command("pg_isready");
        Ok(Ended::run(command.arg("--quiet").arg("--host").arg(&self.folder))?.status == Some(0))
    }

    /// Kills all its processes at once, with whatever they were doing.
    pub fn kill(&mut self) -> Result<()> {
        let mut postmaster = self.postmaster.take().context("the cluster does not run")?;
        let number = postmaster.id().to_string();
        // One that stands still makes no more of them.
        signal("-STOP", [number.as_str()])?;
        let others = fs::read_to_string(format!("/proc/{number}/task/{number}/children"))?;
        signal("-KILL", others.split_whitespace().chain([number.as_str()]))?;
        postmaster.wait()?;
        Ok(())
    }

    /// Asks it to end, which breaks every connection, and waits until it has.
    pub fn stop(&mut self) -> Result<()> {
        let mut postmaster = self.postmaster.take().context("the cluster does not run")?;
        let mut command = self.command("pg_ctl");
        command.arg("stop").arg("--silent").arg("--pgdata").arg(self.data()).args(["--mode", "fast"]);
        Ended::run(&mut command)?.done()?;
        postmaster.wait()?;
        Ok(())
    }

    /// Makes an empty database; gives its name.
    pub fn new_database(&self) -> Result<String> {
        self.create(&[])
    }

    /// Makes a copy of a database to which nobody is connected; gives its name.
    pub fn copy_of(&self, database: &str) -> Result<String> {
        self.create(&["--template", database])
    }

    fn create(&self, arguments: &[&str]) -> Result<String> {
        let name = format!("board_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut command = self.command("createdb");
        command.arg("--host").arg(&self.folder).args(["--username", USER]).env("PGPASSWORD", PASSWORD);
        Ended::run(command.args(arguments).arg(&name))?.done()?;
        Ok(name)
    }

    /// The address of a database, without the password.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://{USER}@localhost/{database}?host={}", self.folder.display())
    }

    /// The same with it.
    pub fn address_with_password(&self, database: &str) -> String {
        self.address(database).replacen('@', &format!(":{PASSWORD}@"), 1)
    }

    /// The password.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Where its log is written.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        of(&mut command, self.account).current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
        if let Some(postmaster) = &mut self.postmaster {
            drop(postmaster.wait());
        }
    }
}

/// Sends a signal to processes. One that has ended by itself meanwhile needs none.
fn signal<'a>(name: &str, processes: impl IntoIterator<Item = &'a str>) -> Result<()> {
    Ended::run(Command::new("kill").arg(name).args(processes))?;
    Ok(())
}

/// Runs a command as this account, where Ctrl-C does not reach it.
fn of(command: &mut Command, account: Option<Account>) -> &mut Command {
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    command.process_group(0)
}

/// The folder of the newest version that is installed.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().filter_map(Result::ok);
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .map(|found| found.path())
        .filter(|path| path.join("bin/initdb").is_file())
        .max_by_key(|path| version(path));
    match newest {
        Some(newest) => Ok(newest.join("bin")),
        None => bail!(
            "PostgreSQL's programs are not below {DEBIAN}: install the package postgresql (apt-get install postgresql)"
        ),
    }
}

/// The account to run as, for whoever is root.
fn account() -> Result<Option<Account>> {
    let id = |arguments: &[&str]| -> Result<u32> {
        let printed = Ended::run(Command::new("id").args(arguments))?.done()?;
        printed.trim().parse().context("`id` printed no number")
    };
    match id(&["-u"])? {
        0 => Ok(Some(Account { user: id(&["-u", ACCOUNT])?, group: id(&["-g", ACCOUNT])? })),
        _ => Ok(None),
    }
}
