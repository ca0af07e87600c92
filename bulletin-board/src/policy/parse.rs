//! Reading the text of a policy, by the rules of C2SP tlog-policy and the narrower ones of specs/board.md#policy.

use thiserror::Error;

use super::{Policy, Signer, Witness};
use crate::key::{KeyFault, LogVerifier, WitnessVerifier};
use crate::text;

/// The quorum of nobody.
const NONE: &str = "none";

/// All of them, and the log, must find room on one note.
const MOST_WITNESSES: usize = 99;

/// Why a text is not a policy. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyFault {
    /// A control character other than newline and tab.
    #[error("the policy has a control character")]
    Text,
    /// Not a line of a policy.
    #[error("line {0} is not a line of a policy")]
    Line(usize),
    /// The key of a log or witness is wrong.
    #[error("line {line}: {fault}")]
    Key {
        /// The line.
        line: usize,
        /// What is wrong with the key.
        fault: KeyFault,
    },
    /// A second log, or a witness whose key another has.
    #[error("line {0} names a second log, or a key for the second time")]
    Repeated(usize),
    /// A witness more than a note has room for.
    #[error("line {0} names a witness too many: at most 99 can cosign")]
    TooManyWitnesses(usize),
    /// A name that is taken: by another witness or group, or as `none`.
    #[error("line {0} defines a name that is taken")]
    NameTaken(usize),
    /// A name that no line before defines.
    #[error("line {0} refers to a name that no line before it defines")]
    NameUnknown(usize),
    /// A member that is a member already.
    #[error("line {0} makes somebody a member for the second time")]
    MemberTwice(usize),
    /// A number that is not from 1 to the number of members.
    #[error("line {0} has a threshold that is not from 1 to the number of members")]
    Threshold(usize),
    /// Something after the quorum.
    #[error("line {0} stands after the quorum")]
    AfterQuorum(usize),
    /// No log.
    #[error("the policy names no log")]
    LogMissing,
    /// No quorum.
    #[error("the policy names no quorum")]
    QuorumMissing,
}

impl PolicyFault {
    /// The code of specs/election.md.
    pub fn code(&self) -> &'static str {
        "manifest_policy"
    }
}

pub(super) fn parse(text: &str) -> Result<Policy, PolicyFault> {
    let mut draft = Draft::default();
    for (position, line) in lines(text)?.enumerate() {
        let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
        if items.first().is_some_and(|first| !first.starts_with('#')) {
            draft.line = position + 1;
            draft.read(&items)?;
        }
    }
    draft.finish()
}

fn lines(text: &str) -> Result<impl Iterator<Item = &str>, PolicyFault> {
    let is_forbidden = |byte: u8| byte.is_ascii_control() && byte != b'\n' && byte != b'\t';
    if text.bytes().any(is_forbidden) {
        return Err(PolicyFault::Text);
    }
    Ok(text.split('\n'))
}

/// What the lines so far have defined.
#[derive(Default)]
struct Draft<'a> {
    line: usize,
    log: Option<(LogVerifier, Option<String>)>,
    names: Vec<&'a str>,
    witnesses: Vec<Witness>,
    signers: Vec<Signer>,
    is_member: Vec<bool>,
    quorum: Option<Option<usize>>,
}

impl<'a> Draft<'a> {
    fn read(&mut self, items: &[&'a str]) -> Result<(), PolicyFault> {
        if self.quorum.is_some() {
            return Err(PolicyFault::AfterQuorum(self.line));
        }
        match items {
            ["log", key] => self.read_log(key, None),
            ["log", key, address] => self.read_log(key, Some(address)),
            ["witness", name, key] => self.read_witness(name, key, None),
            ["witness", name, key, address] => self.read_witness(name, key, Some(address)),
            ["group", name, threshold, members @ ..] => self.read_group(name, threshold, members),
            ["quorum", name] => self.read_quorum(name),
            _ => Err(PolicyFault::Line(self.line)),
        }
    }

    fn read_log(&mut self, key: &str, address: Option<&str>) -> Result<(), PolicyFault> {
        if self.log.is_some() {
            return Err(PolicyFault::Repeated(self.line));
        }
        let verifier = LogVerifier::parse(key).map_err(|fault| self.key_fault(fault))?;
        self.log = Some((verifier, address.map(str::to_owned)));
        Ok(())
    }

    fn read_witness(&mut self, name: &'a str, key: &str, address: Option<&str>) -> Result<(), PolicyFault> {
        if self.witnesses.len() == MOST_WITNESSES {
            return Err(PolicyFault::TooManyWitnesses(self.line));
        }
        let verifier = WitnessVerifier::parse(key).map_err(|fault| self.key_fault(fault))?;
        if self.witnesses.iter().any(|other| other.verifier.public_key() == verifier.public_key()) {
            return Err(PolicyFault::Repeated(self.line));
        }
        self.define(name, Signer::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name: name.to_owned(), verifier, address: address.map(str::to_owned) });
        Ok(())
    }

    fn read_group(&mut self, name: &'a str, threshold: &str, members: &[&str]) -> Result<(), PolicyFault> {
        let count = members.len();
        let threshold = match threshold {
            "any" => 1,
            "all" => count,
            number => text::parse_decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .ok_or(PolicyFault::Threshold(self.line))?,
        };
        if !(1..=count).contains(&threshold) {
            return Err(PolicyFault::Threshold(self.line));
        }
        let members = members.iter().map(|member| self.join(member)).collect::<Result<_, _>>()?;
        self.define(name, Signer::Group { threshold, members })
    }

    fn read_quorum(&mut self, name: &str) -> Result<(), PolicyFault> {
        let quorum = if name == NONE { None } else { Some(self.position(name)?) };
        self.quorum = Some(quorum);
        Ok(())
    }

    fn define(&mut self, name: &'a str, signer: Signer) -> Result<(), PolicyFault> {
        if name == NONE || self.names.contains(&name) {
            return Err(PolicyFault::NameTaken(self.line));
        }
        self.names.push(name);
        self.signers.push(signer);
        self.is_member.push(false);
        Ok(())
    }

    /// Makes a member of who has this name; each can be a member only once, so that nobody's signature counts twice.
    fn join(&mut self, name: &str) -> Result<usize, PolicyFault> {
        let position = self.position(name)?;
        match self.is_member.get_mut(position) {
            Some(is_member) if !*is_member => *is_member = true,
            _ => return Err(PolicyFault::MemberTwice(self.line)),
        }
        Ok(position)
    }

    fn position(&self, name: &str) -> Result<usize, PolicyFault> {
        self.names.iter().position(|known| *known == name).ok_or(PolicyFault::NameUnknown(self.line))
    }

    fn key_fault(&self, fault: KeyFault) -> PolicyFault {
        PolicyFault::Key { line: self.line, fault }
    }

    fn finish(self) -> Result<Policy, PolicyFault> {
        let (log, log_address) = self.log.ok_or(PolicyFault::LogMissing)?;
        let quorum = self.quorum.ok_or(PolicyFault::QuorumMissing)?;
        Ok(Policy { log, log_address, witnesses: self.witnesses, signers: self.signers, quorum })
    }
}
