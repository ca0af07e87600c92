//! Everybody together, in the order of an election. Each step is a command that a person would type.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::plan::Plan;
use crate::programs::{Ended, Programs, WAITING};
use crate::role::Role;
use crate::server::Server;
use crate::witness::Witness;

/// More rounds of looking at the board than a ceremony or a tally has steps.
const ROUNDS: usize = 12;

/// An election and everybody in it.
#[derive(Debug)]
pub struct Election {
    plan: Plan,
    programs: Programs,
    folder: PathBuf,
    /// The board's server.
    pub server: Server,
    /// The authority.
    pub authority: Role,
    /// The registrar.
    pub registrar: Role,
    /// The trustees.
    pub trustees: Vec<Role>,
    /// The witnesses.
    pub witnesses: Vec<Witness>,
    fingerprint: Option<String>,
}

impl Election {
    /// Everybody comes with a key of their own; the board is made, and its server and the witnesses started.
    pub fn gather(programs: &Programs, folder: &Path, plan: Plan) -> Result<Self> {
        let authority = Role::with_passphrase(programs, "tabella", &["authority"], &folder.join("authority"))?;
        let registrar = Role::with_passphrase(programs, "tabella", &["registrar"], &folder.join("registrar"))?;
        let trustee =
            |number| Role::with_passphrase(programs, "tabella-trustee", &[], &folder.join(format!("trustee-{number}")));
        let trustees = (1..=plan.trustees).map(trustee).collect::<Result<_>>()?;
        let witness = |number| Witness::new(programs, &folder.join(format!("witness-{number}")));
        let witnesses = (1..=plan.witnesses).map(witness).collect::<Result<_>>()?;
        let server = Server::new(programs, &folder.join("board"))?.with_database(plan.database.clone());
        let programs = programs.clone();
        let mut election = Self {
            plan,
            programs,
            folder: folder.to_owned(),
            server,
            authority,
            registrar,
            trustees,
            witnesses,
            fingerprint: None,
        };
        election.exchange_keys()?;
        election.witnesses.iter_mut().try_for_each(|witness| witness.start(&[]))?;
        election.server.start()?;
        Ok(election)
    }

    /// An election in which the voting is open, and the voters' codes.
    pub fn voting(programs: &Programs, folder: &Path, plan: Plan) -> Result<(Self, Vec<String>)> {
        let everybody: Vec<usize> = (0..plan.trustees).collect();
        let mut election = Self::gather(programs, folder, plan)?;
        election.publish_manifest()?;
        election.make_keys(&everybody)?;
        let codes = election.enrol()?;
        election.open()?;
        Ok((election, codes))
    }

    /// Everybody makes a key, the operator makes the board, the witnesses are told its key, and the authority writes it all into the
    /// election file.
    fn exchange_keys(&self) -> Result<()> {
        let authority = public_key(&self.authority.done(&["new"])?)?;
        let registrar = public_key(&self.registrar.done(&["new"])?)?;
        let mut trustees = String::new();
        for (number, trustee) in (1..).zip(&self.trustees) {
            let name = format!("Trustee {number}");
            let key = public_key(&trustee.done(&["init", "--name", &name])?)?;
            trustees += &format!("[[trustee]]\nname = \"{name}\"\nkey = \"{key}\"\n\n");
        }
        let board = self.server.new_board(&self.plan.id, &authority)?;
        let lines =
            board.lines().map(str::trim).filter(|line| line.starts_with("address =") || line.starts_with("log ="));
        let board: Vec<&str> = lines.collect();
        ensure!(board.len() == 2, "the operator's lines are missing: {board:?}");
        let log = board.iter().find_map(|line| line.strip_prefix("log = \"")?.strip_suffix('"'));
        let log = log.with_context(|| format!("the board's key is missing: {board:?}"))?;
        for witness in &self.witnesses {
            witness.add(log)?;
        }
        let policy = self.policy();
        let Plan { title, contests, threshold, .. } = &self.plan;
        let page = self
            .plan
            .pages
            .as_ref()
            .map(|pages| format!("page = {:?}\n", pages.display().to_string()))
            .unwrap_or_default();
        let text = format!(
            "title = {title:?}\n{}\nsimulation = true\nwitnesses = \"\"\"\n{policy}\"\"\"\nregistrar = \"{registrar}\"\n\
             threshold = {threshold}\nquorum = {threshold}\nminimum = 1\n{page}\n{trustees}{contests}\n[[style]]\nname = \"all\"\n\
             contests = {:?}\n",
            board.join("\n"),
            self.plan.contest_ids(),
        );
        fs::write(self.authority.folder().join("election.toml"), text).context("could not write the election file")
    }

    /// Who must have seen what the board shows.
    fn policy(&self) -> String {
        if self.witnesses.is_empty() {
            return "quorum none\n".to_owned();
        }
        let lines: String = self.witnesses.iter().map(Witness::line).collect();
        let names: Vec<&str> = self.witnesses.iter().map(Witness::name).collect();
        format!("{lines}group witnesses {} {}\nquorum witnesses\n", self.plan.cosigning, names.join(" "))
    }

    /// The election's address.
    pub fn address(&self) -> String {
        format!("{}/{}", self.server.base(), self.plan.id)
    }

    /// The election's fingerprint, once the manifest is published.
    pub fn fingerprint(&self) -> Result<&str> {
        self.fingerprint.as_deref().context("there is no manifest yet")
    }

    /// What everybody but the authority types once, so that nobody shows them another election.
    pub fn introduction(&self) -> Result<[String; 4]> {
        Ok(["--board".to_owned(), self.address(), "--expect".to_owned(), self.fingerprint()?.to_owned()])
    }

    /// The authority publishes the manifest.
    pub fn publish_manifest(&mut self) -> Result<String> {
        let told = self.authority.done(&["manifest", "--yes"])?;
        self.fingerprint =
            Some(self.status()?["election"]["fingerprint"].as_str().context("no fingerprint")?.to_owned());
        Ok(told)
    }

    /// Where the election stands, as the server says.
    pub fn status(&self) -> Result<Value> {
        let (status, body) = self.server.get(&format!("/{}/status", self.plan.id))?;
        ensure!(status == 200, "the status is answered with {status}");
        Ok(serde_json::from_slice(&body)?)
    }

    /// The trustees of these numbers, from 0, and the authority take turns until the ceremony has ended.
    pub fn make_keys(&self, present: &[usize]) -> Result<()> {
        self.take_turns(present, "ceremony", true)
    }

    /// The trustees of these numbers, from 0, decrypt.
    pub fn decrypt(&self, present: &[usize]) -> Result<()> {
        self.take_turns(present, "tally", false)
    }

    fn take_turns(&self, present: &[usize], command: &str, with_authority: bool) -> Result<()> {
        let introduction = self.introduction()?;
        let introduction = introduction.each_ref().map(String::as_str);
        for _ in 0..ROUNDS {
            let mut is_done = true;
            for number in present {
                let trustee = self.trustees.get(*number).context("there is no such trustee")?;
                let ended = trustee.run(&[&[command], &introduction[..]].concat())?;
                is_done &= ended.status != Some(WAITING);
                ended.done_or_waiting()?;
            }
            if with_authority {
                let ended = self.authority.run(&["ceremony"])?;
                is_done &= ended.status != Some(WAITING);
                ended.done_or_waiting()?;
            }
            if is_done {
                return Ok(());
            }
        }
        anyhow::bail!("`{command}` does not end: {}", self.status()?)
    }

    /// The registrar makes a code for each voter, and the letters; gives the voters' codes.
    pub fn enrol(&self) -> Result<Vec<String>> {
        let list = self.registrar.folder().join("voters.csv");
        let rows: String = (1..=self.plan.voters).map(|number| format!("voter-{number},1,all\n")).collect();
        fs::write(&list, format!("id,weight,style\n{rows}"))?;
        let introduction = self.introduction()?;
        let introduction = introduction.each_ref().map(String::as_str);
        let list = list.to_string_lossy();
        self.registrar.done(&[&["roll", &list, "--yes"], &introduction[..]].concat())?;
        self.codes()
    }

    /// The codes of all voters, as their letters say.
    pub fn codes(&self) -> Result<Vec<String>> {
        let letters = self.registrar.folder().join("letters.html");
        self.registrar.done(&["letters", "--out", &letters.to_string_lossy(), "--yes"])?;
        let text = fs::read_to_string(&letters).context("the letters were not written")?;
        let link = format!("href=\"{}/#", self.address());
        let codes: Vec<String> =
            text.split(&link).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        ensure!(codes.len() == self.plan.voters, "{} letters for {} voters", codes.len(), self.plan.voters);
        Ok(codes)
    }

    /// A voter with this code, at a machine of her own.
    pub fn voter(&self, number: usize, code: &str) -> Result<Voter> {
        let folder = self.folder.join(format!("voter-{number}"));
        let role = Role::without_passphrase(&self.programs, "tabella", &["voter"], &folder)?;
        let code_file = folder.with_extension("code");
        fs::write(&code_file, format!("{code}\n"))?;
        Ok(Voter { role, code_file, introduction: self.introduction()? })
    }

    /// The authority opens the voting.
    pub fn open(&self) -> Result<String> {
        self.authority.done(&["open", "--yes"])
    }

    /// The authority closes the voting.
    pub fn close(&self) -> Result<String> {
        self.authority.done(&["close", "--yes"])
    }

    /// The authority publishes the result and ends the record.
    pub fn publish(&self) -> Result<String> {
        self.authority.done(&["publish", "--yes"])
    }

    /// Runs the verifier on the served record.
    pub fn verify(&self) -> Result<Ended> {
        let mut command = self.programs.command("tabella-verify");
        command.args(["--expect", self.fingerprint()?, &self.address()]);
        Ended::run(&mut command)
    }

    /// The verifier's report on the served record.
    pub fn report(&self) -> Result<Value> {
        let mut command = self.programs.command("tabella-verify");
        command.args(["--json", "--expect", self.fingerprint()?, &self.address()]);
        Ok(serde_json::from_str(&Ended::run(&mut command)?.stdout)?)
    }

    /// What the verifier says of a folder of evidence.
    pub fn judge_evidence(&self, folder: &Path) -> Result<Value> {
        let mut command = self.programs.command("tabella-verify");
        command.args(["evidence", "--json"]).arg(folder);
        Ok(serde_json::from_str(&Ended::run(&mut command)?.stdout)?)
    }
}

/// A voter who trusts no page.
#[derive(Debug)]
pub struct Voter {
    /// Her program and folder.
    pub role: Role,
    code_file: PathBuf,
    introduction: [String; 4],
}

impl Voter {
    /// The same voter, who reaches the election at another address.
    pub fn at(mut self, address: &str) -> Self {
        self.introduction[1] = address.to_owned();
        self
    }

    /// What she types to vote for an option.
    pub fn vote_arguments(&self, option: &str) -> Vec<String> {
        self.arguments(&["vote", "--choose", &format!("question={option}"), "--yes"])
    }

    /// Votes.
    pub fn vote(&self, option: &str) -> Result<String> {
        self.done(&self.vote_arguments(option))
    }

    /// Encrypts a vote and has it opened.
    pub fn challenge(&self, option: &str) -> Result<String> {
        self.done(&self.arguments(&["challenge", "--choose", &format!("question={option}"), "--yes"]))
    }

    /// Looks at what became of her ballot.
    pub fn track(&self) -> Result<String> {
        self.done(&self.arguments(&["track"]))
    }

    /// A command with the election and the file of her code.
    pub fn arguments(&self, command: &[&str]) -> Vec<String> {
        let code = ["--code-file".to_owned(), self.code_file.to_string_lossy().into_owned()];
        let command = command.iter().map(|word| (*word).to_owned());
        command.chain(self.introduction.clone()).chain(code).collect()
    }

    fn done(&self, arguments: &[String]) -> Result<String> {
        self.role.done(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// The key of 64 hexadecimal digits in what a program printed.
fn public_key(printed: &str) -> Result<String> {
    let words = printed.split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut keys = words.filter(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
    Ok(keys.next().with_context(|| format!("no key was printed:\n{printed}"))?.to_owned())
}
