//! What the page can ask, and the answers.

use std::cell::RefCell;

use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use tabella_verifier::help::Help;

pub use crate::desk::Desk;

/// A question of the page: `{"read": {"bundle": 3}}`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Call {
    /// Here is a file of the record: the bytes beside the question. A full tile in the place of a partial one, which a log that
    /// grew has no more, is cut.
    Give { path: String, is_full: bool },
    /// Begins, when `checkpoint` and `log.vkey` were given. `expected` is the fingerprint as somebody typed it.
    Begin { expected: Option<String>, unfinished: bool, seed: String },
    /// Which files are those of this bundle? Without a number: which are left?
    Names { bundle: Option<u64> },
    /// Judges the record to the end of this bundle.
    Read { bundle: u64 },
    /// Examines the proofs of this bundle, for the worker that judges the record.
    Help { bundle: u64 },
    /// Takes what another worker found out.
    Take { help: Help },
    /// Everything was read, or is missing: what is the verdict?
    Report {},
}

/// Why there is no answer.
#[derive(Debug)]
pub struct Fault {
    /// The page has words for it.
    pub code: &'static str,
    pub detail: String,
}

impl Fault {
    pub fn new(code: &'static str, detail: impl ToString) -> Self {
        Self { code, detail: detail.to_string() }
    }

    /// The page asked something that cannot be asked, or not now.
    pub fn call(detail: impl ToString) -> Self {
        Self::new("call_malformed", detail)
    }
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Answers a call to this worker's module.
pub fn answer(input: &[u8]) -> Vec<u8> {
    DESK.with_borrow_mut(|desk| desk.answer(input))
}

impl Desk {
    /// Answers a call.
    pub fn answer(&mut self, input: &[u8]) -> Vec<u8> {
        let answer = match self.done(input) {
            Ok(done) => json!({ "done": done }),
            Err(Fault { code, detail }) => json!({ "fault": { "code": code, "detail": detail, "numbers": [] } }),
        };
        answer.to_string().into_bytes()
    }

    fn done(&mut self, input: &[u8]) -> Result<Value, Fault> {
        let (call, bytes) = tabella_border::parts(input).ok_or_else(|| Fault::call("not a call"))?;
        match serde_json::from_slice(call).map_err(Fault::call)? {
            Call::Give { path, is_full } => self.give(path, is_full, bytes).map(|()| Value::Null),
            Call::Begin { expected, unfinished, seed } => {
                let begun = self.begin(expected.as_deref(), unfinished, fresh(&seed)?)?;
                Ok(json!({ "size": begun.size, "bundles": begun.bundles }))
            }
            Call::Names { bundle } => Ok(json!(self.names(bundle)?)),
            Call::Read { bundle } => {
                let (entries, can_help) = self.read(bundle)?;
                Ok(json!({ "entries": entries, "can_help": can_help }))
            }
            Call::Help { bundle } => Ok(json!(self.help(bundle)?)),
            Call::Take { help } => self.take(help).map(|()| Value::Null),
            Call::Report {} => {
                let (verdict, json, text) = self.report()?;
                Ok(json!({ "verdict": verdict, "json": json, "text": text }))
            }
        }
    }
}

/// 32 bytes of randomness.
fn fresh(base64: &str) -> Result<[u8; 32], Fault> {
    let bytes = BASE64.decode(base64.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Fault::call("no 32 bytes of base64"))
}
