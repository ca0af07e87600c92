//! `tabella witness status`: what was cosigned, and what was not.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use data_encoding::HEXLOWER;
use serde_json::json;
use tabella_board::key::LogVerifier;
use tabella_board::witness::Cosigned;
use tabella_client::desk::DeskArguments;
use tabella_client::printable::printable;

use super::evidence;
use super::folder::{Folder, FolderFault};
use crate::outcome::Outcome;

/// Say what the witness has cosigned last of each log, and whether it holds evidence
///
/// Needs no passphrase, changes nothing, and may run beside `serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella witness status --dir witness
  tabella witness status --dir witness --json")]
pub(super) struct Arguments {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(&self, desk: &DeskArguments) -> Result<Outcome> {
        let folder = Folder::read(&desk.dir)?;
        let logs =
            folder.logs().iter().map(|log| Ok((log, folder.last(log)?))).collect::<Result<Vec<_>, FolderFault>>()?;
        let trouble = folder.check_retired().and_then(|()| folder.check_place()).err().map(|fault| fault.to_string());
        let evidence = evidence::count_all(folder.path())?;
        let text = if self.json {
            json(&folder, &logs, trouble.as_deref(), evidence)
        } else {
            text(&folder, &logs, trouble.as_deref(), evidence)
        };
        Ok(Outcome::done(text))
    }
}

type Logs<'a> = [(&'a LogVerifier, Option<Cosigned>)];

fn text(folder: &Folder, logs: &Logs<'_>, trouble: Option<&str>, evidence: usize) -> String {
    let mut text = format!("{}\n", folder.verifier());
    for (log, last) in logs {
        let _ = match last {
            Some(last) => {
                let head = last.head();
                writeln!(
                    text,
                    "  {}  {} entries, root {}, cosigned at {}",
                    log.origin(),
                    head.size,
                    head.root,
                    last.time()
                )
            }
            None => writeln!(text, "  {}  nothing cosigned yet", log.origin()),
        };
    }
    let _ = writeln!(text, "{} logs, {evidence} pieces of evidence", logs.len());
    if let Some(trouble) = trouble {
        let _ = writeln!(text, "{trouble}");
    }
    printable(&text)
}

fn json(folder: &Folder, logs: &Logs<'_>, trouble: Option<&str>, evidence: usize) -> String {
    let logs = logs.iter().map(|(log, last)| {
        let last = last.as_ref().map(|last| {
            let head = last.head();
            json!({"size": head.size, "root": HEXLOWER.encode(head.root.as_bytes()), "time": last.time()})
        });
        json!({"origin": log.origin().as_str(), "key": log.to_string(), "last": last})
    });
    let view = json!({
        "key": folder.verifier().to_string(),
        "logs": logs.collect::<Vec<_>>(),
        "evidence": evidence,
        "trouble": trouble,
    });
    format!("{view:#}\n")
}
