//! The command line of `tabella board backup`.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use data_encoding::HEXLOWER;
use serde_json::json;

use super::backup::{Copied, back_up};

/// Copy all boards of a folder, while their server runs or not
///
/// The copy holds the store, and for each board its sealed key and its settings: all that a server needs. It is compared with the signed
/// checkpoints before the command says what it holds. A store in PostgreSQL is copied with PostgreSQL's own programs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella board backup --data /var/lib/tabella --out /backup/tabella-2026-11-27
  tabella board backup --data boards --out copy --json")]
pub struct BackupArguments {
    /// The folder of the boards
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder of the copy, which must not be there yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Say what the copy holds in JSON
    #[arg(long)]
    json: bool,
}

impl BackupArguments {
    /// Makes the copy; gives what is to be printed on standard output.
    pub async fn run(self) -> Result<String> {
        let copied = back_up(&self.data, &self.out).await?;
        Ok(if self.json { as_json(&copied) } else { self.as_text(&copied) })
    }

    fn as_text(&self, copied: &[Copied]) -> String {
        let mut text = format!("Copied to {}\n\n", self.out.display());
        for Copied { id, head } in copied {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {id}: {} entries, root {}", head.size, HEXLOWER.encode(head.root.as_bytes()));
        }
        text += "\nStart no server from it while the board has shown more than this: see docs/operations.md.\n";
        text
    }
}

fn as_json(copied: &[Copied]) -> String {
    let board = |Copied { id, head }: &Copied| json!({ "id": id, "size": head.size, "root": HEXLOWER.encode(head.root.as_bytes()) });
    format!("{}\n", json!({ "boards": copied.iter().map(board).collect::<Vec<_>>() }))
}
