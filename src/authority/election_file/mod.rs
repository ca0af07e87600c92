//! The election file: what the authority writes by hand, and the manifest that it makes. Every mistake is told with its line.
//!
//! `contest` reads the questions, `counting` how they are counted, `page` the files of the voting page.

mod contest;
mod counting;
mod page;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use ed25519_dalek::SigningKey;
use serde::Deserialize;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_client::remote::Address;
use tabella_election::log::Log;
use tabella_election::message::{Manifest, Signed, Style, Trustee, verifying_key};
use tabella_election::{Election, Rejection, SignerKey};
use toml::Spanned;

use self::contest::ContestTable;
use crate::signing_key;

/// The file's name in the folder of the authority.
pub const FILE: &str = "election.toml";

/// What the authority begins with.
pub const TEMPLATE: &str = include_str!("election.toml");

/// The largest election file.
const LARGEST: u64 = 1 << 20;

/// Longest text of a manifest (specs/conventions.md#encoding).
const TEXT_LENGTH: usize = 1_000;

/// The election file cannot become a manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ElectionFileFault {
    /// There is none, or it cannot be read.
    #[error("cannot read {}: {source}. `tabella authority new` makes one to be filled in", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of it is wrong.
    #[error("{}, line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// It is right line by line, but breaks a rule of manifests.
    #[error("{}: {rejection} ({})", path.display(), rejection.code)]
    Rule {
        /// The file.
        path: PathBuf,
        /// The rule.
        rejection: Rejection,
    },
}

/// What an election file says.
#[derive(Debug)]
pub struct Draft {
    /// Where voters find the election.
    pub address: Address,
    /// The key of its log.
    pub log: LogVerifier,
    /// The election, with a manifest that keeps every rule.
    pub election: Election,
    /// The payload of entry 0.
    pub payload: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    title: Spanned<String>,
    address: Spanned<String>,
    log: Spanned<String>,
    simulation: bool,
    witnesses: Spanned<String>,
    registrar: Spanned<String>,
    threshold: u64,
    quorum: u64,
    minimum: u64,
    page: Option<Spanned<PathBuf>>,
    trustee: Vec<TrusteeTable>,
    contest: Vec<ContestTable>,
    style: Vec<StyleTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrusteeTable {
    name: Spanned<String>,
    key: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StyleTable {
    name: Spanned<String>,
    contests: Vec<Spanned<String>>,
}

impl Draft {
    /// Reads the election file and signs the manifest that it makes.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn read(path: &Path, key: &SigningKey) -> Result<Self, ElectionFileFault> {
        let unreadable = |source| ElectionFileFault::Unreadable { path: path.to_owned(), source };
        let length = fs::metadata(path).map_err(unreadable)?.len();
        if length > LARGEST {
            return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let file = Text { path, text: &text };
        let settings: Settings = toml::from_str(&text).map_err(|error| {
            file.fault(error.span().map_or(0, |span| span.start), error.message().trim().to_owned())
        })?;
        file.draft(settings, key)
    }
}

/// The file's text, to find lines in.
struct Text<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Text<'_> {
    fn draft(&self, settings: Settings, key: &SigningKey) -> Result<Draft, ElectionFileFault> {
        self.judge_texts(&settings)?;
        let address: Address = self.read(&settings.address, |text| text.parse().map_err(|fault| format!("{fault}")))?;
        let log = self.read(&settings.log, |text| LogVerifier::parse(text).map_err(|_| LOG_WANTED.to_owned()))?;
        let origin = log.origin().as_str();
        let id = origin.rsplit('/').next().unwrap_or_default().to_owned();
        if !address.to_string().ends_with(&format!("/{id}")) {
            let text = format!("the address ends in another id than the log `{origin}`; ask the board's operator");
            return Err(self.fault(settings.address.span().start, text));
        }
        let policy = format!("log {log}\n{}", settings.witnesses.get_ref().trim_start());
        self.judge_policy(&policy, &settings.witnesses)?;
        let manifest = Manifest {
            version: 1,
            id,
            title: settings.title.get_ref().clone(),
            simulation: settings.simulation,
            origin: origin.to_owned(),
            log: log.public_key().into(),
            policy,
            styles: self.styles(&settings)?,
            authority: signing_key::public(key),
            registrar: self.read(&settings.registrar, signer_key)?,
            trustees: self.trustees(&settings.trustee)?,
            threshold: settings.threshold,
            quorum: settings.quorum,
            minimum: settings.minimum,
            assets: self.assets(settings.page.as_ref())?,
            contests: settings.contest.iter().map(|table| self.contest(table)).collect::<Result<_, _>>()?,
        };
        let signed = Signed::sign(manifest, key);
        let election = Election::judge(&signed, origin, &NamedLog(&log));
        let election =
            election.map_err(|rejection| ElectionFileFault::Rule { path: self.path.to_owned(), rejection })?;
        Ok(Draft { payload: signed.payload(), address, log: log.clone(), election })
    }

    /// Every text has characters, and no name of one kind stands twice.
    fn judge_texts(&self, settings: &Settings) -> Result<(), ElectionFileFault> {
        self.judge_text(&settings.title)?;
        self.judge_names("trustee", settings.trustee.iter().map(|trustee| &trustee.name))?;
        self.judge_names("key of a trustee", settings.trustee.iter().map(|trustee| &trustee.key))?;
        self.judge_names("id of a contest", settings.contest.iter().map(|contest| &contest.id))?;
        for contest in &settings.contest {
            self.judge_names("id of an option", contest.options().map(|option| &option.id))?;
            self.judge_names("id of a list", contest.lists().map(|list| &list.id))?;
            contest.titles().try_for_each(|title| self.judge_text(title))?;
        }
        self.judge_names("style", settings.style.iter().map(|style| &style.name))
    }

    fn judge_names<'s>(
        &self,
        what: &str,
        names: impl Iterator<Item = &'s Spanned<String>>,
    ) -> Result<(), ElectionFileFault> {
        let mut seen = BTreeSet::new();
        for name in names {
            self.judge_text(name)?;
            if !seen.insert(name.get_ref()) {
                let text = format!("“{}” stands twice: each {what} needs another", name.get_ref());
                return Err(self.fault(name.span().start, text));
            }
        }
        Ok(())
    }

    fn judge_text(&self, text: &Spanned<String>) -> Result<(), ElectionFileFault> {
        let reason = match text.get_ref() {
            empty if empty.is_empty() => "this is empty: fill it in".to_owned(),
            long if long.len() > TEXT_LENGTH => {
                format!("this has {} bytes; {TEXT_LENGTH} are allowed", long.len())
            }
            odd if odd.contains(char::is_control) => {
                "this holds a control character, such as the end of a line or a tab".to_owned()
            }
            _ => return Ok(()),
        };
        Err(self.fault(text.span().start, reason))
    }

    fn judge_policy(&self, policy: &str, witnesses: &Spanned<String>) -> Result<(), ElectionFileFault> {
        let wrong = |reason: String| self.fault(witnesses.span().start, format!("the policy is wrong: {reason}"));
        if witnesses.get_ref().lines().any(|line| line.trim_start().starts_with("log ")) {
            return Err(wrong("leave out the `log` line, which comes from the field `log`".to_owned()));
        }
        let policy = Policy::parse(policy).map_err(|fault| {
            wrong(format!("{fault} (line 1 is the `log` line, yours follow); without witnesses it is `quorum none`"))
        })?;
        let is_web = |address: &str| address.starts_with("https://") || address.starts_with("http://");
        let mut witnesses = policy.witnesses().iter().filter(|_| !policy.is_quorum_none());
        match witnesses.find(|witness| !witness.address.as_deref().is_some_and(is_web)) {
            Some(witness) => Err(wrong(format!(
                "the line of the witness {} does not end with its address, as https://witness.example.org, at which the board asks it",
                witness.name
            ))),
            None => Ok(()),
        }
    }

    fn trustees(&self, tables: &[TrusteeTable]) -> Result<Vec<Trustee>, ElectionFileFault> {
        let trustee = |table: &TrusteeTable| {
            Ok(Trustee { name: table.name.get_ref().clone(), key: self.read(&table.key, signer_key)? })
        };
        tables.iter().map(trustee).collect()
    }

    fn styles(&self, settings: &Settings) -> Result<Vec<Style>, ElectionFileFault> {
        let index = |id: &Spanned<String>| {
            let found = settings.contest.iter().position(|contest| contest.id.get_ref() == id.get_ref());
            let unknown = || self.fault(id.span().start, format!("there is no contest with the id “{}”", id.get_ref()));
            found.map(|index| index as u64).ok_or_else(unknown)
        };
        let style = |table: &StyleTable| {
            let mut contests = BTreeSet::new();
            for id in &table.contests {
                if !contests.insert(index(id)?) {
                    return Err(self.fault(id.span().start, format!("“{}” stands twice in this style", id.get_ref())));
                }
            }
            Ok(Style { name: table.name.get_ref().clone(), contests: contests.into_iter().collect() })
        };
        settings.style.iter().map(style).collect()
    }

    fn read<T>(
        &self,
        value: &Spanned<String>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ElectionFileFault> {
        parse(value.get_ref().trim()).map_err(|reason| self.fault(value.span().start, reason))
    }

    fn fault(&self, position: usize, reason: String) -> ElectionFileFault {
        let before = self.text.get(..position).unwrap_or_default();
        ElectionFileFault::Line { path: self.path.to_owned(), line: before.matches('\n').count() + 1, reason }
    }
}

const LOG_WANTED: &str =
    "this is no key of a log: copy the whole line that the board's operator gave you, name+number+letters";

fn signer_key(text: &str) -> Result<SignerKey, String> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = bytes.map(SignerKey).filter(|key| verifying_key(key).is_some());
    key.ok_or_else(|| "this is no public key: 64 hexadecimal digits are needed".to_owned())
}

/// A log of which only the key is known: enough to judge a manifest.
struct NamedLog<'a>(&'a LogVerifier);

impl Log for NamedLog<'_> {
    type Error = Infallible;

    fn payload(&self, _: u64) -> Result<Vec<u8>, Infallible> {
        Ok(Vec::new())
    }

    fn judge_anchor(&self, _: &str, _: u64) -> Result<(), Rejection> {
        Rejection::refuse(tabella_election::Code::AnchorMismatch, "The log has no entries yet.")
    }

    /// The policy was made of this key, and parsed.
    fn judge_policy(&self, policy: &str, _: &str, _: &SignerKey) -> Result<(), Rejection> {
        match Policy::parse(policy) {
            Ok(policy) if policy.log() == self.0 => Ok(()),
            _ => Rejection::refuse(tabella_election::Code::ManifestPolicy, "The policy does not name this log."),
        }
    }
}

#[cfg(test)]
mod tests;
