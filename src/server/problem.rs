//! What is answered to a request that is refused. Implements specs/server.md#problems.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tabella_election::{Code, Rejection};

/// Makes the enum of the server's own codes from one table.
macro_rules! problems {
    ($($variant:ident = $name:literal, $status:literal, $title:literal;)*) => {
        /// A code of the server: what is wrong with a request rather than with a payload.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemCode { $(#[doc = concat!("`", $name, "`")] $variant,)* }

        impl ProblemCode {
            /// Every code, in the order of the specification.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The status of the answer.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

problems! {
    RequestMalformed = "request_malformed", 400, "The request cannot be read";
    NotFound = "not_found", 404, "There is no such place";
    ElectionUnknown = "election_unknown", 404, "There is no such election here";
    EntryUnknown = "entry_unknown", 404, "There is no such entry";
    TrackerUnknown = "tracker_unknown", 404, "There is no such ballot";
    VoterUnknown = "voter_unknown", 404, "There is no such voter";
    MethodNotAllowed = "method_not_allowed", 405, "This cannot be done here";
    RequestTimeout = "request_timeout", 408, "The request took too long";
    MediaType = "media_type", 415, "The body is of another type";
    AuthorityUnknown = "authority_unknown", 403, "The board was made for another authority";
    RateLimited = "rate_limited", 429, "Too many requests";
    Busy = "busy", 503, "The server is busy";
    QuorumMissing = "quorum_missing", 503, "The witnesses have not cosigned yet";
    PageUnavailable = "page_unavailable", 503, "There is no page for this election here";
    Unavailable = "unavailable", 503, "The board does not take entries now";
    Internal = "internal", 500, "The server failed";
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: u16,
    code: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<Duration>,
}

impl Problem {
    /// A problem of the request. `detail` says what is wrong with this one, and what to do.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        let (status, title) = (code.status(), code.title());
        Self { status, code: code.as_str(), title, detail: detail.into(), retry_after: None }
    }

    /// The same request may succeed after this time.
    pub fn retry_after(self, time: Duration) -> Self {
        Self { retry_after: Some(time), ..self }
    }

    /// The board cannot number entries.
    pub fn unavailable() -> Self {
        let text =
            "The board cannot number entries or look them up now; its operator knows why. Ask the same again later.";
        Self::new(ProblemCode::Unavailable, text)
    }

    /// A fault of the server, of which nothing is told to whoever asked.
    pub fn internal() -> Self {
        Self::new(ProblemCode::Internal, "The server failed; its operator can look up the request by its id.")
    }

    /// The code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }
}

/// The status for a payload that breaks a rule.
pub fn status_of(code: Code) -> u16 {
    match code {
        Code::PayloadMalformed => 400,
        Code::PayloadTooLarge => 413,
        // The same payload may have been right, or may become right, at another moment.
        Code::OutOfPhase
        | Code::ElectionNotOpen
        | Code::ElectionClosed
        | Code::AfterFinal
        | Code::CeremonyHistory
        | Code::CeremonyFailed
        | Code::CeremonyIncomplete
        | Code::RehearsalIncomplete
        | Code::RollIncomplete
        | Code::TrusteeLeftOut
        | Code::Duplicate
        | Code::RehearsalRound
        | Code::RollChunk
        | Code::DealChunk
        | Code::AnchorMismatch
        | Code::LinkStale
        | Code::RReused
        | Code::CloseCount
        | Code::CloseLast
        | Code::SharesMissing
        | Code::BallotPending
        | Code::ElectionClosing
        | Code::ClosingStale => 409,
        _ => 422,
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let status = status_of(rejection.code);
        let title = match status {
            409 => "The payload does not fit the board as it stands",
            _ => "The payload breaks a rule",
        };
        Self { status, code: rejection.code.as_str(), title, detail: rejection.message, retry_after: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, title, detail, retry_after } = self;
        let body = json!({ "type": "about:blank", "title": title, "status": status, "detail": detail, "code": code });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == 413 {
            // The rest of the body is not read, so that nothing can follow it (RFC 9110, section 15.5.14).
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(time) = retry_after {
            // Whole seconds, and never 0.
            headers.insert(header::RETRY_AFTER, HeaderValue::from((time.as_secs_f64().ceil() as u64).max(1)));
        }
        // For the log's line about the request.
        response.extensions_mut().insert(Reported(code));
        response
    }
}

/// The code of a problem, as the log of requests names it.
#[derive(Debug, Clone, Copy)]
pub struct Reported(pub &'static str);

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> String {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/specs/server.md");
        let specification = std::fs::read_to_string(path).unwrap();
        let (_, section) = specification.split_once("{#problems}").unwrap();
        section.split("\n## ").next().unwrap().to_owned()
    }

    #[test]
    fn the_table_and_the_specification_agree() {
        let row = |line: &str| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            Some((cells.first()?.trim_matches('`').to_owned(), cells.get(1)?.parse::<u16>().ok()?))
        };
        let specified: Vec<_> = section().lines().filter(|line| line.starts_with("| `")).filter_map(row).collect();
        let table: Vec<_> = ProblemCode::ALL.iter().map(|code| (code.as_str().to_owned(), code.status())).collect();
        assert_eq!(table, specified);
    }

    #[test]
    fn statuses_of_rules_are_those_of_the_specification() {
        let section = section();
        let (_, list) = section.split_once("409 if").unwrap();
        let named: Vec<&str> = list.split("\n\n").next().unwrap().split('`').skip(1).step_by(2).collect();
        for code in Code::ALL {
            assert_eq!(status_of(*code) == 409, named.contains(&code.as_str()), "{code}");
        }
        assert_eq!(named.iter().filter(|name| name.parse::<Code>().is_err()).count(), 0);
    }
}
