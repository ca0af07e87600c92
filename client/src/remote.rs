//! The server, over HTTP. Implements the caller's side of specs/server.md.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tabella_board::receipt::Receipt;
use tabella_election::Kind;
use tabella_election::text::{CredentialFingerprint, Tracker};
use ureq::Agent;
use ureq::http::Response;

use crate::source::{RecordSource, SourceFault};
use crate::view::{BallotView, ClosingView, Status, VoterView};

/// The most bytes of a JSON answer.
const LONGEST_JSON: u64 = 16 << 20;

/// How long one request may take from its beginning to the end of the answer.
const LONGEST_REQUEST: Duration = Duration::from_secs(120);
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// The waits between attempts grow from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// The address of an election on its server: `https://vote.example.org/city-2026`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// Text that is no address of an election.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It does not begin as an address does, or names no election.
    #[error("this is no address of an election; one looks like https://vote.example.org/city-2026")]
    Form,
    /// It holds what follows a `#`: a voter's code belongs on no command line.
    #[error(
        "leave out of the address the part from the # on: it is the voter's secret code, which other programs could read here"
    )]
    Fragment,
}

impl FromStr for Address {
    type Err = AddressFault;

    fn from_str(text: &str) -> Result<Self, AddressFault> {
        if text.contains('#') {
            return Err(AddressFault::Fragment);
        }
        let text = text.trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(AddressFault::Form)?;
        let (host, id) = rest.rsplit_once('/').ok_or(AddressFault::Form)?;
        let is_plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?@\\\"<>".contains(&byte));
        if host.is_empty() || id.is_empty() || !is_plain { Err(AddressFault::Form) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address as it was typed. It is judged when it is used, and not by the parser of the command line, whose errors repeat
/// what was typed: after a `#`, that is a voter's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAddress(Result<Address, AddressFault>);

impl GivenAddress {
    /// The address, if it is one.
    pub fn address(&self) -> Result<Address, AddressFault> {
        self.0.clone()
    }
}

impl FromStr for GivenAddress {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.parse()))
    }
}

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// It refused, and said why.
    #[error("{address} refused: {problem}")]
    Refused {
        /// The server.
        address: Address,
        /// What it said.
        problem: Problem,
    },
    /// No answer came. Whatever was handed in may or may not have been taken: the same may be handed in again.
    #[error(
        "no answer from {address}: {reason}. Is the address right, and the machine on the network? Run the same command again"
    )]
    NoAnswer {
        /// The server.
        address: Address,
        /// What happened.
        reason: String,
    },
    /// What came is no answer of such a server.
    #[error("{address} gave an answer that makes no sense ({reason}); is there another server at this address?")]
    Answer {
        /// The server.
        address: Address,
        /// What is wrong with it.
        reason: String,
    },
}

impl RemoteError {
    /// The stable code with which the server refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { problem, .. } => Some(&problem.code),
            _ => None,
        }
    }
}

/// Why a request was refused. Implements specs/server.md#problems.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// For people.
    #[serde(default)]
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.detail, self.code)
    }
}

/// What the server gives for an entry: to be verified by whoever asked. Implements specs/server.md#receipt.
#[derive(Debug)]
pub struct Submitted {
    /// Whether the same payload stood on the board before.
    pub is_repeated: bool,
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// The proof that it is in the log.
    pub receipt: Receipt,
}

#[derive(Deserialize)]
struct SubmittedView {
    repeated: bool,
    entry: String,
    receipt: String,
}

impl Submitted {
    /// Reads the server's answer. It proves nothing before it was verified.
    ///
    /// Fails, with the reason, on what is no such answer.
    pub fn parse(answer: &[u8]) -> Result<Self, String> {
        let view = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
        let SubmittedView { repeated, entry, receipt } = view;
        let entry = BASE64.decode(entry.as_bytes()).map_err(|error| error.to_string())?;
        let receipt = Receipt::parse(receipt.as_bytes()).map_err(|error| error.to_string())?;
        Ok(Self { is_repeated: repeated, entry, receipt })
    }
}

/// A server's way to one election. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Remote {
    agent: Agent,
    address: Address,
    patience: Duration,
}

impl Remote {
    /// The election at this address. For `patience` a request is repeated when no answer comes or the server is busy.
    pub fn new(address: Address, patience: Duration) -> Self {
        Self::with_longest_request(address, patience, LONGEST_REQUEST)
    }

    /// As [`Remote::new`], with so much time for one request from its beginning to the end of the answer.
    pub fn with_longest_request(address: Address, patience: Duration, longest_request: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(LONGEST_CONNECT))
            .timeout_global(Some(longest_request))
            .user_agent(concat!("tabella/", env!("CARGO_PKG_VERSION")));
        Self { agent: config.build().into(), address, patience }
    }

    /// How long is tried again, and waited for others.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// The election's address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Where the election stands, as the server says. Implements specs/server.md#status.
    pub fn status(&self) -> Result<Status, RemoteError> {
        self.json(|| self.agent.get(self.url("status")).call())
    }

    /// Hands in a payload. Implements specs/server.md#submit.
    pub fn submit(&self, kind: Kind, payload: &[u8]) -> Result<Submitted, RemoteError> {
        let url = self.url(&format!("entries/{kind}"));
        let answer = self.answer(|| self.agent.post(&url).content_type("application/cbor").send(payload))?;
        Submitted::parse(&answer).map_err(|reason| self.nonsense(reason))
    }

    /// The receipt of an entry under the latest checkpoint. Implements specs/server.md#receipt.
    pub fn receipt(&self, index: u64) -> Result<Submitted, RemoteError> {
        let answer = self.answer(|| self.agent.get(self.url(&format!("entries/{index}"))).call())?;
        Submitted::parse(&answer).map_err(|reason| self.nonsense(reason))
    }

    /// What became of a ballot. Implements specs/server.md#ballot.
    pub fn ballot(&self, tracker: &Tracker) -> Result<BallotView, RemoteError> {
        self.json(|| self.agent.get(self.url(&format!("ballots/{tracker}"))).call())
    }

    /// What stands under a credential. Implements specs/server.md#voter.
    pub fn voter(&self, credential: &CredentialFingerprint) -> Result<VoterView, RemoteError> {
        self.json(|| self.agent.get(self.url(&format!("voters/{credential}"))).call())
    }

    /// Asks for the end of voting, or takes that back. Implements specs/server.md#closing.
    pub fn closing(&self, payload: &[u8]) -> Result<ClosingView, RemoteError> {
        let url = self.url("closing");
        self.json(|| self.agent.post(&url).content_type("application/cbor").send(payload))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    fn json<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, RemoteError> {
        serde_json::from_slice(&self.answer(request)?).map_err(|error| self.nonsense(error))
    }

    fn answer(&self, request: impl Fn() -> Result<Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, RemoteError> {
        self.patiently(|| {
            let mut response = request().map_err(|error| self.no_answer(&error))?;
            if !response.status().is_success() {
                return Err(self.refusal(&mut response));
            }
            self.body(&mut response, LONGEST_JSON)
        })
    }

    /// Tries again while no answer comes or the server is busy, as long as there is patience.
    fn patiently<T>(&self, attempt: impl Fn() -> Result<T, RemoteError>) -> Result<T, RemoteError> {
        let begin = Instant::now();
        let mut wait = FIRST_WAIT;
        loop {
            match attempt() {
                Err(error) if is_passing(&error) && begin.elapsed() + wait <= self.patience => {
                    sleep(wait);
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                outcome => return outcome,
            }
        }
    }

    fn body(&self, response: &mut Response<ureq::Body>, limit: u64) -> Result<Vec<u8>, RemoteError> {
        match response.body_mut().with_config().limit(limit).read_to_vec() {
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(self.nonsense(format!("it has more than {limit} bytes"))),
            outcome => outcome.map_err(|error| self.no_answer(&error)),
        }
    }

    fn refusal(&self, response: &mut Response<ureq::Body>) -> RemoteError {
        let status = response.status().as_u16();
        if response.status().is_redirection() {
            return self.nonsense("it points elsewhere; give the final address");
        }
        let problem = self.body(response, LONGEST_JSON).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match problem {
            Some(problem) => RemoteError::Refused { address: self.address.clone(), problem },
            // A proxy in between speaks for a server that is not there.
            None if matches!(status, 502..=504) => self.no_answer(&format!("status {status}")),
            None => self.nonsense(format!("status {status} without a problem document")),
        }
    }

    fn no_answer(&self, reason: &impl ToString) -> RemoteError {
        RemoteError::NoAnswer { address: self.address.clone(), reason: reason.to_string() }
    }

    fn nonsense(&self, reason: impl ToString) -> RemoteError {
        RemoteError::Answer { address: self.address.clone(), reason: reason.to_string() }
    }
}

/// Whether the same request may succeed a little later.
fn is_passing(error: &RemoteError) -> bool {
    match error {
        RemoteError::NoAnswer { .. } => true,
        // Of one credential, one ballot at a time waits to be numbered.
        RemoteError::Refused { problem, .. } => {
            matches!(problem.status, 408 | 429 | 503) || problem.code == "ballot_pending"
        }
        RemoteError::Answer { .. } => false,
    }
}

impl RecordSource for Remote {
    fn place(&self) -> String {
        self.address.to_string()
    }

    fn file(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceFault> {
        let url = self.url(name);
        let fetch = || {
            let mut response = self.agent.get(&url).call().map_err(|error| self.no_answer(&error))?;
            match response.status().as_u16() {
                200 => self.body(&mut response, limit).map(Some),
                404 => Ok(None),
                _ => Err(self.refusal(&mut response)),
            }
        };
        self.patiently(fetch).map_err(|error| SourceFault::Unreachable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_judged_and_not_repeated() {
        let given: GivenAddress = "https://a.example/e#CODE".parse().unwrap();
        let fault = given.address().unwrap_err();
        assert_eq!(fault, AddressFault::Fragment);
        assert!(!format!("{given:?} {fault}").contains("CODE"));
    }

    #[test]
    fn an_address_names_an_election_and_no_secret() {
        let address = |text: &str| text.parse::<Address>().map(|address| address.to_string());
        assert_eq!(address("http://127.0.0.1:80/e/").as_deref(), Ok("http://127.0.0.1:80/e"));
        assert_eq!(address("https://a.example/x/e").as_deref(), Ok("https://a.example/x/e"));
        assert_eq!(address("https://a.example/e#CODE"), Err(AddressFault::Fragment));
        for other in [
            "a.example/e",
            "https://a.example",
            "ftp://a/e",
            "https:///e",
            "https://u@a/e",
            "https://a/e?x",
            "https://a/ü",
        ] {
            assert_eq!(address(other), Err(AddressFault::Form), "{other}");
        }
    }
}
