//! `tabella voter track`: where a ballot stands now, and whether the board keeps what it signed.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use tabella_board::entry::Entry;
use tabella_board::receipt::Standing;
use tabella_client::memory::Held;
use tabella_client::printable::printable;
use tabella_client::remote::RemoteError;
use tabella_election::Kind;
use tabella_election::text::Tracker;
use tabella_record::board_entry::BoardEntry;

use super::choices;
use super::code::CodeArguments;
use super::command::Place;
use super::kept::{Kept, KeptReceipt, is_of_page, without_ending};
use super::polling_place::PollingPlace;
use crate::outcome::Outcome;

/// See where your ballots stand, and hold the receipts against what the board shows now
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella voter track                    the last ballot with your code
  tabella voter track 4K7Q-…             the ballot with this tracker: anybody can
  tabella voter track 4K7Q-….tlog-proof  a receipt that was kept elsewhere; its .entry lies beside it
  tabella voter track tabella-4K7Q.json  a receipt that a page saved")]
pub(super) struct TrackArguments {
    /// A tracker, or a file of a receipt
    #[arg(value_name = "TRACKER|FILE")]
    ballot: Option<String>,
    #[command(flatten)]
    code: CodeArguments,
    #[command(flatten)]
    place: Place,
}

/// What was found out of a ballot or challenge.
struct Found {
    entry: BoardEntry,
    /// Whether a receipt was there, and holds.
    has_receipt: bool,
    /// Whether the board shows it to everybody.
    is_shown: bool,
    /// Whether the server says what became of it.
    is_looked_up: bool,
    /// Its number and how many there are; as the server says.
    numbers: Option<(u64, u64)>,
    /// The ballot that replaced it, which was verified.
    replaced_by: Option<Tracker>,
    /// Where the election stands, as the server says.
    phase: String,
}

impl TrackArguments {
    pub(super) fn run(&self) -> Result<Outcome> {
        ensure!(
            self.ballot.is_none() || !self.code.is_given(),
            "give a tracker or receipt, or the code, and not both: a tracker needs no code"
        );
        self.place.board().address()?;
        let mut place = PollingPlace::enter(&self.place)?;
        let found = match &self.ballot {
            None => {
                let tracker = self.own(&place)?;
                find(&mut place, &tracker)?
            }
            Some(named) => match named.parse() {
                Ok(tracker) => find(&mut place, &tracker)?,
                Err(_) => {
                    let receipt = KeptReceipt::read(Path::new(named))?;
                    let receipt = receipt.with_context(|| {
                        format!("“{named}” is no tracker, and there are no such files of a receipt")
                    })?;
                    hold(&mut place, &receipt, Path::new(named))?
                }
            },
        };
        let election = place.election();
        Ok(Outcome::done(if self.place.json { found.to_json(election) } else { found.to_text(election) }))
    }

    /// The last ballot with the voter's code: by the receipts of this folder, or by the server.
    fn own(&self, place: &PollingPlace) -> Result<Tracker> {
        let identity = place.identify(&self.code.read()?)?;
        let view = place.remote.voter(&identity.fingerprint)?;
        let shown = view.ballots.last().and_then(|ballot| ballot.tracker.parse().ok());
        let kept = Kept::open(&place.desk, &identity.fingerprint)?;
        let own = kept.ballots();
        // A server that hides a ballot must answer for it; one that shows another ballot after it may be right.
        let is_shown = |tracker: &Tracker| view.ballots.iter().any(|shown| shown.tracker == tracker.to_string());
        let hidden = own.iter().rev().find(|tracker| !is_shown(tracker)).copied();
        let waiting =
            if kept.waiting()?.is_some() { "; one is waiting to be sent: run `tabella voter vote`" } else { "" };
        hidden.or(shown).with_context(|| format!("no ballot with this code is on the board{waiting}"))
    }
}

/// Looks a ballot up: by the receipt that is kept of it, or by the server.
fn find(place: &mut PollingPlace, tracker: &Tracker) -> Result<Found> {
    let path = KeptReceipt::path(&place.desk, tracker);
    if let Some(receipt) = KeptReceipt::read(&path)? {
        return hold(place, &receipt, &path);
    }
    let view = match place.remote.ballot(tracker) {
        Err(error) if error.code() == Some("tracker_unknown") => {
            return Err(error).context(format!("no ballot on this board has the tracker {tracker}"));
        }
        outcome => outcome?,
    };
    let entry = place.fetch(view.index)?;
    ensure!(entry.tracker == *tracker, "the server says that entry {} has this tracker, and it has not", view.index);
    follow(place, entry, false)
}

/// Holds a receipt against the board. If it was of a ballot that was only received, and the witnesses have cosigned since, a better one
/// takes its place.
fn hold(place: &mut PollingPlace, kept: &KeptReceipt, path: &Path) -> Result<Found> {
    let (policy, remote) = (&place.policy, &place.remote);
    match place.setup.memory().hold(&kept.entry, &kept.receipt, policy, remote)? {
        Held::Waiting => {
            let entry = place.read(&Entry::parse(&kept.entry)?, Standing::Received)?;
            Ok(Found { is_shown: false, ..follow(place, entry, true)? })
        }
        Held::Shown => {
            let was_recorded = kept.is_recorded(policy);
            let submitted = place.remote.receipt(kept.receipt.index)?;
            let entry = place.verified(kept.receipt.index, &submitted)?;
            if !was_recorded && matches!(entry.standing, Standing::Recorded(_)) {
                // More stands in a page's file, which stays as it is.
                let path = if is_of_page(path) {
                    KeptReceipt::path(&place.desk, &entry.tracker)
                } else {
                    without_ending(path)
                };
                KeptReceipt { entry: submitted.entry, receipt: submitted.receipt }.write(&path)?;
            }
            follow(place, entry, true)
        }
    }
}

/// What came after an entry that is on the board. That a later ballot replaced it is verified; that none did, the server says.
fn follow(place: &mut PollingPlace, entry: BoardEntry, has_receipt: bool) -> Result<Found> {
    let view = match place.remote.ballot(&entry.tracker) {
        Ok(view) => Some(view),
        // The record is what counts.
        Err(RemoteError::Refused { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let mut replaced_by = None;
    if let Some(later) = view.as_ref().and_then(|view| view.replaced_by.as_ref()) {
        let tracker = later.parse().context("the server names no tracker")?;
        let index = place.remote.ballot(&tracker)?.index;
        let later = place.fetch(index)?;
        let is_next =
            later.tracker == tracker && later.link == Some(entry.tracker) && later.credential == entry.credential;
        ensure!(
            is_next,
            "the server says that entry {index} replaced this ballot, and it did not; tell the election authority"
        );
        replaced_by = Some(tracker);
    }
    let is_looked_up = view.is_some();
    let numbers = view.map(|view| (view.ballot, view.of)).filter(|_| entry.kind == Kind::Ballot);
    let phase = place.remote.status().map(|status| status.phase).unwrap_or_default();
    Ok(Found { entry, has_receipt, is_shown: true, is_looked_up, numbers, replaced_by, phase })
}

impl Found {
    fn standing(&self) -> &'static str {
        match (self.entry.kind, self.replaced_by) {
            _ if !self.is_shown => "waiting",
            (Kind::Challenge, _) => "challenged",
            (_, Some(_)) => "superseded",
            _ if self.is_looked_up => "latest",
            // Silence is no answer: nobody is told that a ballot counts because the server hides it.
            _ => "unknown",
        }
    }

    fn is_counted(&self) -> bool {
        self.is_closed() && self.standing() == "latest"
    }

    fn is_closed(&self) -> bool {
        matches!(self.phase.as_str(), "tally" | "published" | "finished")
    }

    fn is_recorded(&self) -> bool {
        matches!(self.entry.standing, Standing::Recorded(_))
    }

    fn to_json(&self, election: &tabella_election::Election) -> String {
        let held = self.entry.held.as_ref().map_or(Value::Null, |held| choices::to_json(election, held));
        let view = json!({
            "kind": self.entry.kind.as_str(),
            "tracker": self.entry.tracker.to_string(),
            "index": self.entry.index,
            "recorded": self.is_recorded(),
            "receipt": self.has_receipt,
            "standing": self.standing(),
            "ballot": self.numbers.map(|(ballot, _)| ballot),
            "of": self.numbers.map(|(_, of)| of),
            "replaced_by": self.replaced_by.map(|tracker| tracker.to_string()),
            "counted": self.is_counted(),
            "held": held,
        });
        format!("{view}\n")
    }

    fn to_text(&self, election: &tabella_election::Election) -> String {
        let entry = &self.entry;
        if !self.is_shown {
            return format!(
                "Received: the board has signed that it is there. It is not shown to everybody yet, because the witnesses have not cosigned \
                 it.\n  tracker  {}\n  index    {}\nLook again later. If it stays so for an hour, tell the election authority.\n",
                entry.tracker, entry.index
            );
        }
        let recorded = if self.is_recorded() { "recorded" } else { "received; the witnesses have not signed yet" };
        let mut text = format!("On the board: {recorded}.\n  tracker  {}\n  index    {}\n", entry.tracker, entry.index);
        if let Some((ballot, of)) = self.numbers {
            let latest = if self.standing() == "latest" { ", the latest" } else { "" };
            let _ = writeln!(text, "  ballot   {ballot} of {of}{latest}");
        }
        if self.has_receipt {
            text.push_str("The receipt holds: what the board signed then is part of what it shows now.\n");
        }
        match (&entry.held, self.replaced_by) {
            (Some(held), _) => {
                let _ = write!(text, "It was opened, and does not count. It held:\n{}", choices::show(election, held));
            }
            (None, Some(later)) => {
                let _ = writeln!(
                    text,
                    "It does not count: it was replaced by\n  {later}\nIf you did not vote again, somebody else has your code: tell the election authority."
                );
            }
            (None, None) if !self.is_looked_up => text.push_str(
                "The server does not say whether a later ballot replaced it: tell the election authority. `tabella-verify` shows it \
                 from the whole record.\n",
            ),
            (None, None) if self.is_counted() => {
                text.push_str(
                    "It is counted. That no later ballot replaced it, `tabella-verify` shows from the whole record.\n",
                );
            }
            (None, None) => {
                text.push_str("It will be counted, unless you replace it before the voting ends.\n");
            }
        }
        printable(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballot_of_which_the_server_says_nothing_is_not_called_counted() {
        let found = |is_looked_up| Found {
            entry: BoardEntry {
                index: 7,
                kind: Kind::Ballot,
                style: 0,
                credential: [1; 32].into(),
                tracker: Tracker([2; 20]),
                link: None,
                standing: Standing::Received,
                held: None,
            },
            has_receipt: true,
            is_shown: true,
            is_looked_up,
            numbers: None,
            replaced_by: None,
            phase: "finished".to_owned(),
        };
        assert_eq!((found(true).standing(), found(true).is_counted()), ("latest", true));
        assert_eq!((found(false).standing(), found(false).is_counted()), ("unknown", false));
    }
}
