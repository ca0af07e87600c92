//! The same election with Debian's `belenios-tool`: another system for elections, with ballots in a 2048-bit field.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tempfile::TempDir;

use crate::clock::Best;

const PROGRAM: &str = "belenios-tool";

/// The one of its own; the other that it knows, RFC-3526-2048, has numbers of as many bits and longer exponents.
const GROUP: &str = "BELENIOS-2048";

/// Verifying takes so long for each ballot that a few are enough.
const BALLOTS: usize = 40;

const TRUSTEES: usize = 3;

/// A finished election of one question, and the times that it took to verify it.
pub struct Bench {
    folder: TempDir,
    verify: Best,
}

impl Bench {
    /// Whether the program is there.
    pub fn is_possible() -> bool {
        Command::new(PROGRAM).arg("--version").output().is_ok_and(|output| output.status.success())
    }

    /// Every voter chooses one of so many answers.
    pub fn new(answers: usize) -> Result<Self> {
        let bench = Self { folder: TempDir::new()?, verify: Best::default() };
        let credentials = bench.set_up(answers)?;
        bench.vote(answers, &credentials)?;
        bench.tally()?;
        Ok(bench)
    }

    /// Takes the time to verify the whole election once more.
    pub fn round(&mut self) -> Result<()> {
        let Self { folder, verify } = self;
        verify.children(|| run(folder.path(), &["election", "verify"], &[]))?;
        Ok(())
    }

    /// How many ballots there are.
    pub fn ballots(&self) -> usize {
        BALLOTS
    }

    /// Microseconds a ballot to verify the election.
    pub fn verify(&self) -> f64 {
        self.verify.micros_each(BALLOTS)
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<String> {
        String::from_utf8(run(self.folder.path(), arguments, input)?).context("belenios-tool prints no text")
    }

    /// Adds an event to the election's archive.
    fn add(&self, kind: &str, event: &str) -> Result<()> {
        self.run(&["archive", "add-event", &format!("--type={kind}")], event.as_bytes()).map(drop)
    }

    /// Credentials, keys of the trustees, and the archive; gives the credentials.
    fn set_up(&self, answers: usize) -> Result<Vec<String>> {
        let folder = self.folder.path();
        let uuid = self.run(&["setup", "generate-token"], &[])?;
        let names = ["--uuid", uuid.trim(), "--group", GROUP];
        let count = BALLOTS.to_string();
        self.run(&[&["setup", "generate-credentials", "--count", &count], &names[..]].concat(), &[])?;
        fs::rename(only(folder, "pubcreds")?, folder.join("public_creds.json"))?;
        let private = fs::read_to_string(only(folder, "privcreds")?)?;

        for _ in 0..TRUSTEES {
            self.run(&["setup", "generate-trustee-key", "--group", GROUP], &[])?;
        }
        let keys: Vec<String> = all(folder, "pubkey")?.iter().map(fs::read_to_string).collect::<Result<_, _>>()?;
        fs::write(folder.join("public_keys.jsons"), keys.concat())?;
        self.run(&["setup", "make-trustees"], &[])?;

        let names_of_answers: Vec<String> = (0..answers).map(|answer| answer.to_string()).collect();
        let question = json!({ "question": "question", "answers": names_of_answers, "min": 1, "max": 1 });
        let template = json!({
            "name": "bench", "description": "bench", "questions": [question],
            "administrator": "nobody", "credential_authority": "nobody",
        });
        fs::write(folder.join("template.json"), template.to_string())?;
        self.run(&[&["setup", "make-election", "--template", "template.json"], &names[..]].concat(), &[])?;
        self.run(&["archive", "init"], &[])?;
        for name in ["election.json", "trustees.json", "public_creds.json"] {
            fs::remove_file(folder.join(name))?;
        }
        // Each line is a voter and a credential.
        Ok(private.lines().filter_map(|line| line.split_whitespace().next_back()).map(str::to_owned).collect())
    }

    fn vote(&self, answers: usize, credentials: &[String]) -> Result<()> {
        let folder = self.folder.path();
        ensure!(credentials.len() == BALLOTS, "belenios-tool made {} credentials", credentials.len());
        for (voter, credential) in credentials.iter().enumerate() {
            let chosen: Vec<u8> = (0..answers).map(|answer| u8::from(answer == voter % answers)).collect();
            fs::write(folder.join("vote"), json!([chosen]).to_string())?;
            fs::write(folder.join("credential"), credential)?;
            let ballot =
                self.run(&["election", "generate-ballot", "--privcred", "credential", "--ballot", "vote"], &[])?;
            self.add("Ballot", &ballot)?;
        }
        Ok(())
    }

    fn tally(&self) -> Result<()> {
        self.add("EndBallots", "")?;
        self.add("EncryptedTally", &self.run(&["election", "compute-encrypted-tally"], &[])?)?;
        for (number, key) in (1..).zip(all(self.folder.path(), "privkey")?) {
            let key = key.to_str().context("a name that is no text")?;
            let share =
                self.run(&["election", "decrypt", "--privkey", key, "--trustee-id", &number.to_string()], &[])?;
            self.add("PartialDecryption", &share)?;
        }
        self.add("Result", &self.run(&["election", "compute-result"], &[])?)
    }
}

/// Runs the program in the election's folder; gives what it prints.
fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).env("BELENIOS_USE_URANDOM", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("could not start {PROGRAM}"))?;
    // It reads all of its input before it prints anything.
    child.stdin.take().context("no standard input")?.write_all(input)?;
    let output = child.wait_with_output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{PROGRAM} {}: {}\n{told}", arguments.join(" "), output.status);
    Ok(output.stdout)
}

/// The files with this ending, by name.
fn all(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.map(|file| file.map(|file| file.path())).collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<_> =
        files.into_iter().filter(|file| file.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    Ok(files)
}

fn only(folder: &Path, ending: &str) -> Result<PathBuf> {
    all(folder, ending)?.pop().with_context(|| format!("belenios-tool made no file .{ending}"))
}
