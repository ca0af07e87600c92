//! Asks the witnesses of a policy what they have cosigned. Implements specs/checks.md#witnesses.

use crate::alarm::{Alarm, save};
use crate::server::{Patience, Server, ServerError};
use anyhow::{Context, anyhow};
use std::path::Path;
use std::thread;
use std::time::Duration;
use tabella_verifier::authentic::{Authentic, Fault, Place};
use tabella_verifier::evidence::{Files, lines};
use tabella_verifier::note::{Checkpoint, LONGEST_NOTE, VerifierKey};
use tabella_verifier::policy::{Policy, Witness};
use tabella_verifier::proof;
use tabella_verifier::record::Tile;
use tabella_verifier::report::Report;
use tabella_verifier::source::Source;
use tabella_verifier::views::{self, Answer, Compared, Standing};

/// One witness that is away must not keep a verifier waiting.
const PATIENCE: Patience = Patience {
    silence: Duration::from_secs(10),
    file: Duration::from_secs(20),
    pause: Duration::from_millis(500),
    longest_pause: Duration::from_secs(2),
    attempts: 2,
};

/// Asks all witnesses at once, in the order of their names.
pub fn ask(policy: &Policy) -> Vec<(Witness, Answer)> {
    thread::scope(|scope| {
        let asked: Vec<_> = policy
            .witnesses()
            .into_iter()
            .map(|witness| (witness.clone(), scope.spawn(|| ask_one(witness, &policy.log))))
            .collect();
        let answer = |asked: thread::ScopedJoinHandle<'_, Answer>| {
            asked.join().unwrap_or_else(|_| Answer::Silence("the question broke off".to_owned()))
        };
        asked.into_iter().map(|(witness, asked)| (witness, answer(asked))).collect()
    })
}

fn ask_one(witness: &Witness, log: &VerifierKey) -> Answer {
    let Some(address) = &witness.address else {
        return Answer::Silence("the policy names no address".to_owned());
    };
    let shown =
        Server::new(address, PATIENCE).and_then(|server| server.file(&views::path(&log.name), LONGEST_NOTE as u64));
    match shown {
        Ok(Some(note)) => Answer::Shown(note),
        Ok(None) => Answer::Unseen,
        Err(ServerError::Address(_)) => Answer::Silence(format!("{address} is no address")),
        Err(error) => Answer::Silence(error.to_string()),
    }
}

/// Adds to the report of a record what the witnesses say, and saves the proof of a fork below the folder `evidence`. `address` is
/// where the record came from.
pub fn hear(
    source: &dyn Source,
    address: Option<&str>,
    evidence: Option<&Path>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let policy = report.record.as_ref().and_then(|record| Policy::parse(&record.policy).ok());
    let note = source.read("checkpoint")?;
    let head = Checkpoint::parse(&note).ok();
    // What the log has not signed cannot be held against what it has.
    let of_log = |policy: &Policy, head: &Checkpoint| {
        head.origin == policy.log.name && head.note.is_signed_by(&policy.log) && head.size > 0
    };
    let Some((policy, head)) = policy.zip(head).filter(|(policy, head)| of_log(policy, head)) else {
        return Ok(());
    };
    let mut views = Vec::new();
    for (witness, answer) in ask(&policy) {
        let beginning = |smaller| proof::beginning(source, head.size, head.size, smaller);
        let mut compared = views::compare(&witness, answer, &policy.log, &head, &beginning)?;
        let mut against = note.clone();
        if let (Standing::Ahead, Some(address)) = (compared.view.standing, address) {
            // If the board does not answer, the witness is ahead of what it has shown.
            let asked = ask_board(address, &witness, &policy.log, (&head, &note), compared.clone());
            (compared, against) = asked.unwrap_or((compared, against));
        }
        if let (Standing::Fork, Some(folder)) = (compared.view.standing, evidence) {
            let saved = save(folder, fork(&policy.log, &against, &compared), address.unwrap_or("the record"));
            compared.view.message += &match saved.evidence {
                Ok(folder) => format!("; the evidence is in {}", folder.display()),
                Err(why) => format!("; the evidence could not be saved: {why}"),
            };
        }
        views.push(compared.view);
    }
    report.hear(views);
    Ok(())
}

/// A fork that a witness shows.
pub fn fork(log: &VerifierKey, note: &[u8], compared: &Compared) -> Alarm {
    let mut files = Files::from([
        ("log.vkey".to_owned(), (log.text() + "\n").into_bytes()),
        ("checkpoint".to_owned(), note.to_owned()),
        ("seen.checkpoint".to_owned(), compared.note.clone()),
    ]);
    if !compared.hashes.is_empty() {
        files.insert("consistency-proof".to_owned(), lines(&compared.hashes).into_bytes());
    }
    let message = format!("has signed two histories: the witness {} {}", compared.view.name, compared.view.message);
    Alarm { code: "fork", message, files }
}

/// The board may have grown since the record was fetched. Gives with the view the checkpoint that it was compared with.
fn ask_board(
    address: &str,
    witness: &Witness,
    log: &VerifierKey,
    (head, note): (&Checkpoint, &[u8]),
    compared: Compared,
) -> anyhow::Result<(Compared, Vec<u8>)> {
    let server = Server::new(address, Patience::default())?;
    let later_note = server.file("checkpoint", LONGEST_NOTE as u64)?.unwrap_or_default();
    let later = Checkpoint::parse(&later_note)?;
    let reaches = compared.view.size.is_some_and(|size| later.size >= size);
    if later.origin != log.name || !later.note.is_signed_by(log) || !reaches {
        return Ok((compared, note.to_owned()));
    }
    let board = Board(&server);
    let failed = |fault| match fault {
        Fault::Place(error) => error,
        Fault::Wrong(_) => anyhow!("the board gives other files than those of its checkpoint"),
    };
    let tiles = Authentic::open(&board, later.size, &later.root).map_err(failed)?;
    let beginning = |smaller| tiles.beginning(smaller).map(Some).map_err(failed);
    let again = views::compare(witness, Answer::Shown(compared.note.clone()), log, &later, &beginning)?;
    if again.view.standing == Standing::Fork {
        return Ok((again, later_note));
    }
    let begun = tiles.beginning(head.size).map_err(failed)?;
    let with_later = Compared { note: later_note, hashes: begun.proof, ..compared };
    Ok((with_later.with_later(&later, begun.root == head.root), note.to_owned()))
}

/// The tiles as the board has them.
struct Board<'a>(&'a Server);

impl Place for Board<'_> {
    type Error = anyhow::Error;

    fn tile(&self, tile: &Tile, _: bool) -> anyhow::Result<Vec<u8>> {
        let bytes = self.0.tile(tile)?.filter(|bytes| tile.length_possible(bytes.len() as u64));
        bytes.with_context(|| format!("the board has no file {}, or with a length that it cannot have", tile.name()))
    }
}
