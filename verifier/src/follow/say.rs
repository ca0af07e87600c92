//! What a follower says, to people and to programs. Implements specs/follow.md#lines.

use crate::alarm::Saved;
use crate::follow::look::Follower;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::io::{Write, stderr, stdout};
use tabella_verifier::policy::Policy;
use tabella_verifier::render;
use tabella_verifier::report::Report;
use tabella_verifier::text::printable;
use tabella_verifier::views::View;

/// Where and how it is said.
pub struct Say<'a> {
    json: bool,
    address: &'a str,
    /// It was said which election it is.
    introduced: Cell<bool>,
    /// What was said last of the witnesses.
    views: RefCell<Vec<View>>,
}

/// How many hexadecimal digits of a root people compare.
const SHORT: usize = 16;

impl<'a> Say<'a> {
    /// Nothing was said yet. `address` is the board's.
    pub fn new(json: bool, address: &'a str) -> Self {
        Self { json, address, introduced: Cell::default(), views: RefCell::default() }
    }

    /// All entries up to the last verified head are right.
    pub fn head(&self, follower: &Follower) -> anyhow::Result<()> {
        let (Some(head), Some(judging)) = (&follower.memory.copy.head, &follower.judging) else {
            return Ok(());
        };
        let root = HEXLOWER.encode(&head.checkpoint.root);
        let (title, fingerprint) = judging.identity().unwrap_or(("", String::new()));
        let policy = judging.policy();
        let cosigners: Vec<String> =
            policy.map(|policy| policy.cosigners(&head.checkpoint.note)).into_iter().flatten().collect();
        let witnesses = policy.map_or(0, |policy| policy.witnesses().len());
        let quorum = if policy.is_none_or(Policy::asks_for_none) { "none" } else { "met" };
        if self.json {
            return self.line(json!({
                "event": "head", "size": head.size(), "root": root, "phase": judging.phase(), "title": title,
                "fingerprint": fingerprint, "expected_fingerprint": if follower.expected.is_some() { "match" } else { "not given" },
                "cosignatures": cosigners, "witnesses": witnesses, "quorum": quorum,
            }));
        }
        let cosigned = match quorum {
            "none" => "no witness asked for".to_owned(),
            _ => format!("cosigned by {} of {witnesses} witnesses, quorum met", cosigners.len()),
        };
        if !self.introduced.replace(true) {
            self.text(&format!("Election     {}\nFingerprint  {fingerprint}\n", printable(title)))?;
            if follower.expected.is_none() {
                self.text(
                    "Compare the fingerprint with the one in a voter's letter or link, or run again with --expect.\n",
                )?;
            }
        }
        let short = root.get(..SHORT).unwrap_or(&root);
        self.text(&format!("verified {} entries, root {short}, {}, {cosigned}\n", head.size(), judging.phase()))
    }

    /// What the witnesses have cosigned, if that has changed.
    pub fn witnesses(&self, views: &[View]) -> anyhow::Result<()> {
        if *self.views.borrow() == views {
            return Ok(());
        }
        self.views.replace(views.to_owned());
        if self.json {
            return self.line(json!({"event": "witnesses", "witnesses": views}));
        }
        let line = |view: &View| format!("  witness {} {}\n", printable(&view.name), printable(&view.message));
        self.text(&views.iter().map(line).collect::<String>())
    }

    /// Why nothing goes on.
    pub fn waiting(&self, why: &str) -> anyhow::Result<()> {
        if self.json {
            self.line(json!({"event": "waiting", "message": why}))?;
        }
        Ok(writeln!(stderr(), "Waiting: {}", printable(why))?)
    }

    /// If nobody hears it, the exit status still tells.
    pub fn alarm(&self, saved: &Saved) {
        drop(stderr().write_all(saved.text(self.address).as_bytes()));
        if self.json {
            drop(self.line(json!({
                "event": "alarm", "code": saved.alarm.code, "message": saved.alarm.message, "evidence": saved.evidence.as_ref().ok(),
                "proof": saved.is_proof,
            })));
        }
    }

    /// The election is over.
    pub fn report(&self, report: &Report) -> anyhow::Result<()> {
        if self.json {
            return self.line(json!({"event": "report", "report": report}));
        }
        self.text(&format!("\n{}", render::text(report)))
    }

    /// Why it ends, though nothing is wrong with the board.
    pub fn failed(&self, error: &anyhow::Error) {
        // If nobody hears it, the exit status still tells.
        if self.json {
            drop(self.line(json!({"event": "failed", "message": format!("{error:#}")})));
        }
        drop(writeln!(stderr(), "Cannot go on: {}", printable(&format!("{error:#}"))));
    }

    fn text(&self, text: &str) -> anyhow::Result<()> {
        if self.json {
            return Ok(());
        }
        let mut out = stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    fn line(&self, mut line: Value) -> anyhow::Result<()> {
        line["follow"] = 1.into();
        let mut out = stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }
}
