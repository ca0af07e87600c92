//! What a witness answers. Implements specs/witness.md#answers.

use thiserror::Error;

use crate::text;

/// The media type of the answer that tells the size that was cosigned last.
pub const CONFLICT_TYPE: &str = "text/x.tlog.size";

/// The most bytes of an answer that a log reads.
pub const MAX_ANSWER_LENGTH: usize = 16 * 1024;

/// The answer to a request to cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: signature lines, of which nobody knows yet whether they are valid.
    Lines(String),
    /// 409: the witness cosigned this size last; the request is to be made from there.
    Conflict(u64),
    /// Any other status: it does not cosign.
    Refused {
        /// The status.
        status: u16,
    },
}

/// The answer is none of a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerFault {
    /// A 200 whose body is not text.
    #[error("the witness answered with something other than signature lines")]
    Lines,
    /// A 409 that tells no size.
    #[error("the witness answered with a conflict, but without the size that it cosigned last")]
    Conflict,
}

impl Answer {
    /// Reads an answer from its status, the value of `Content-Type` and the body.
    pub fn parse(status: u16, media_type: Option<&str>, body: &[u8]) -> Result<Self, AnswerFault> {
        match status {
            200 => Ok(Self::Lines(String::from_utf8(body.to_vec()).map_err(|_| AnswerFault::Lines)?)),
            409 if media_type.is_some_and(is_conflict) => {
                let size =
                    std::str::from_utf8(body).ok().and_then(|body| text::parse_decimal(body.strip_suffix('\n')?));
                size.map(Self::Conflict).ok_or(AnswerFault::Conflict)
            }
            status => Ok(Self::Refused { status }),
        }
    }

    /// The body of the answer that tells the size cosigned last.
    pub fn conflict_body(size: u64) -> String {
        format!("{size}\n")
    }
}

/// Whether a media type, whatever its parameters, is that of a conflict.
fn is_conflict(media_type: &str) -> bool {
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(CONFLICT_TYPE)
}
