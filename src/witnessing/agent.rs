//! A witness, spoken to over HTTP. Implements the log's side of specs/witness.md.

use std::time::Duration;

use tabella_board::origin::Origin;
use tabella_board::policy::Witness;
use tabella_board::witness::{AddCheckpoint, Answer, AnswerFault, MAX_ANSWER_LENGTH, SUBMISSION_PATH, monitoring_path};
use tabella_client::source::LONGEST_NOTE;
use ureq::Agent;
use ureq::http::Response;

/// Why a witness has not cosigned. Nothing follows from it about the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The policy gives no address for it.
    #[error("the policy gives no address")]
    NoAddress,
    /// No answer came.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// It refused with this HTTP status.
    #[error("it refused with the status {0}")]
    Refused(u16),
    /// What it answered is not what a witness of this key answers.
    #[error("its answer makes no sense: {0}")]
    Answer(String),
    /// The tiles of the log could not be read.
    #[error("the proof for it cannot be made: {0}")]
    Tiles(String),
}

impl Failure {
    /// A stable word, for specs/server.md#status.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::NoAnswer(_) => "no_answer",
            Self::Refused(_) => "refused",
            Self::Answer(_) => "wrong_answer",
            Self::Tiles(_) => "tiles",
        }
    }
}

/// Whoever speaks with witnesses. Cheap to clone; connections are kept.
#[derive(Debug, Clone)]
pub struct WitnessAgent(Agent);

impl WitnessAgent {
    /// An agent that waits so long for each answer.
    pub fn new(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(timeout))
            .user_agent(concat!("tabella/", env!("CARGO_PKG_VERSION")));
        Self(config.build().into())
    }

    /// Hands in a checkpoint.
    pub(super) fn add_checkpoint(&self, witness: &Witness, request: &AddCheckpoint) -> Result<Answer, Failure> {
        let url = format!("{}/{SUBMISSION_PATH}", address(witness)?);
        let sent = self.0.post(&url).content_type("text/plain").send(request.to_bytes());
        let mut response = sent.map_err(no_answer)?;
        let media_type =
            response.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = body(&mut response, MAX_ANSWER_LENGTH as u64)?;
        Ok(Answer::parse(response.status().as_u16(), media_type.as_deref(), &body)?)
    }

    /// The latest checkpoint of a log that the witness has cosigned; `None` if it has not seen the log.
    pub fn latest(&self, witness: &Witness, origin: &Origin) -> Result<Option<Vec<u8>>, Failure> {
        let url = format!("{}/{}", address(witness)?, monitoring_path(origin));
        let mut response = self.0.get(&url).call().map_err(no_answer)?;
        match response.status().as_u16() {
            200 => Ok(Some(body(&mut response, LONGEST_NOTE)?)),
            404 => Ok(None),
            status => Err(Failure::Refused(status)),
        }
    }
}

fn address(witness: &Witness) -> Result<&str, Failure> {
    witness.address.as_deref().map(|address| address.trim_end_matches('/')).ok_or(Failure::NoAddress)
}

fn body(response: &mut Response<ureq::Body>, limit: u64) -> Result<Vec<u8>, Failure> {
    response.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| match error {
        ureq::Error::BodyExceedsLimit(_) => Failure::Answer("it is too long".to_owned()),
        error => no_answer(error),
    })
}

impl From<AnswerFault> for Failure {
    fn from(fault: AnswerFault) -> Self {
        Self::Answer(fault.to_string())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn no_answer(error: ureq::Error) -> Failure {
    Failure::NoAnswer(error.to_string())
}
