//! `tabella voter vote` and `challenge`: an encryption is made, its tracker shown, and only then it is decided what becomes of it. What is sent is
//! kept first: whatever happens, the same bytes are sent again, and no ballot is made twice.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::json;
use tabella_board::receipt::Standing;
use tabella_client::confirm::NotConfirmed;
use tabella_client::printable::printable;
use tabella_client::randomness;
use tabella_client::remote::RemoteError;
use tabella_election::text::Tracker;
use tabella_election::voter::{Booth, is_held};
use tabella_election::{Code, Kind};

use super::choices::{self, ChoiceArguments, Choices};
use super::code::CodeArguments;
use super::command::Place;
use super::kept::{Kept, KeptReceipt, Waiting};
use super::polling_place::{Identity, PollingPlace};
use crate::outcome::Outcome;

/// How often a ballot is made anew because another of the same credential came in between.
const ATTEMPTS: u64 = 3;

/// Encrypt your choices and cast them
///
/// The tracker is shown before anything is sent; then you decide whether the ballot is cast, or opened for everybody to check. A program that cheats
/// cannot know before which it will be. Voting again replaces your earlier ballot.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella voter vote --board https://vote.example.org/city-2026 --expect 4K7Q-…
  tabella voter vote --choose chair=ada --blank budget
  tabella voter vote --choose 1=2,3 --choose 'best=ada>noether' --code-file code --yes --json")]
pub(super) struct VoteArguments {
    #[command(flatten)]
    how: How,
}

/// Encrypt choices and have them opened: the board shows to everybody what the encryption held
///
/// A ballot that was opened can never be cast, and shows its choices under your credential: take choices that are not yours, or do not mind. To decide
/// only after the encryption was made, run `vote` and answer `check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella voter challenge --choose chair=ada")]
pub(super) struct ChallengeArguments {
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
struct How {
    #[command(flatten)]
    choices: ChoiceArguments,
    #[command(flatten)]
    code: CodeArguments,
    /// Do not ask before anything is sent
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
}

impl VoteArguments {
    pub(super) fn run(&self) -> Result<Outcome> {
        self.how.run(Kind::Ballot)
    }
}

impl ChallengeArguments {
    pub(super) fn run(&self) -> Result<Outcome> {
        self.how.run(Kind::Challenge)
    }
}

impl How {
    fn run(&self, wanted: Kind) -> Result<Outcome> {
        // Before the code is asked for.
        self.place.board().address()?;
        ensure!(self.yes || io::stdin().is_terminal(), NotConfirmed::NoTerminal);
        let code = self.code.read()?;
        let place = PollingPlace::enter(&self.place)?;
        let identity = place.identify(&code)?;
        let kept = Kept::open(&place.desk, &identity.fingerprint)?;
        let mut desk = Desk { place, identity, kept };
        let done = match desk.kept.waiting()? {
            Some(waiting) => desk.resume(&waiting)?,
            None => {
                let style = desk.place.style(&desk.identity.voter)?;
                let choices = self.choices.read(desk.place.election(), style)?;
                say(&format!("Your choices:\n{}", choices::show(desk.place.election(), &choices)))?;
                desk.vote(&choices, wanted, self.yes)?
            }
        };
        Ok(Outcome::done(if self.place.json { done.to_json() } else { done.to_text() }))
    }
}

/// A voter with all that is needed to vote.
struct Desk {
    place: PollingPlace,
    identity: Identity,
    kept: Kept,
}

/// What stands on the board now.
struct Done {
    kind: Kind,
    tracker: Tracker,
    index: u64,
    is_recorded: bool,
    has_witnesses: bool,
    /// Its number, and how many there are, as the server says.
    numbers: Option<(u64, u64)>,
    receipt: String,
    /// Whether an earlier run had made it.
    is_resumed: bool,
    /// Of a challenge: what it held, for people and for programs.
    held: Option<(String, serde_json::Value)>,
}

impl Desk {
    /// Sends what an earlier run did not bring to its end, byte for byte.
    fn resume(&mut self, waiting: &Waiting) -> Result<Done> {
        say(&format!(
            "A {} of an earlier run is waiting, with the tracker\n  {}\nIt is sent first, as it is.\n",
            waiting.kind, waiting.tracker
        ))?;
        let done = self.send(waiting, None);
        let done = done.context("what an earlier run had left was not brought to its end")?;
        Ok(Done { is_resumed: true, ..done })
    }

    /// Encrypts, shows the tracker, asks, and sends.
    fn vote(&mut self, choices: &Choices, wanted: Kind, yes: bool) -> Result<Done> {
        for _ in 0..ATTEMPTS {
            let link = self.head()?;
            let waiting = self.draft(choices, link, wanted, yes)?;
            self.kept.wait(&waiting)?;
            match self.send(&waiting, Some(choices)) {
                Err(error) if is_stale(&error) => say(
                    "The board did not take it: another ballot with your code came in between. It is looked up, and yours is made \
                     anew.\n",
                )?,
                outcome => return outcome,
            }
        }
        bail!(
            "ballots with your code come in again and again. If they are not yours, somebody else has your code: tell the election authority"
        )
    }

    /// Encrypts, and lets the voter decide when the tracker is known.
    fn draft(&mut self, choices: &Choices, link: Option<Tracker>, wanted: Kind, yes: bool) -> Result<Waiting> {
        let mut rng = randomness::fresh()?;
        let attempt = self.kept.next_attempt()?;
        let poll = &self.place.poll;
        let booth = Booth::new(poll.election(), self.identity.voter.style, poll.keys().slot_keys())?;
        let draft = booth.draft(&self.identity.key, link, choices, attempt, &mut rng)?;
        let tracker = draft.tracker();
        let replaced = link.map_or_else(String::new, |link| format!("It replaces the ballot\n  {link}\n"));
        say(&format!("It is encrypted, and nothing is sent yet. Its tracker is\n  {tracker}\n{replaced}"))?;
        let kind = if yes { wanted } else { decide(wanted)? };
        let payload = if kind == Kind::Ballot { draft.cast(&mut rng)? } else { draft.challenge(&mut rng)? };
        Ok(Waiting { kind, tracker, payload })
    }

    /// The voter's last ballot, which the next one replaces: looked up at the server, and verified in the record.
    fn head(&mut self) -> Result<Option<Tracker>> {
        let own = self.kept.ballots();
        if let Some(last) = own.last() {
            self.wait_for_earlier(last)?;
        }
        let view = self.place.remote.voter(&self.identity.fingerprint)?;
        if let Some(hidden) = own.iter().find(|own| !view.ballots.iter().any(|shown| shown.tracker == own.to_string()))
        {
            bail!(
                "the server does not show your ballot {hidden}, though you hold its receipt; run `tabella voter track {hidden}`"
            );
        }
        let Some(last) = view.ballots.last() else { return Ok(None) };
        let entry = self.place.fetch(last.index)?;
        let is_voters = entry.kind == Kind::Ballot && entry.credential == self.identity.voter.credential;
        ensure!(
            is_voters && entry.tracker.to_string() == last.tracker,
            "the server says that entry {} is your last ballot, and it is not; tell the election authority",
            last.index
        );
        if !own.contains(&entry.tracker) {
            say(&format!(
                "A ballot with your code is on the board that was not cast from this folder:\n  {}\nIf you did not cast it elsewhere, \
                 somebody else has your code: tell the election authority. Yours replaces it.\n",
                entry.tracker
            ))?;
        }
        Ok(Some(entry.tracker))
    }

    /// An earlier ballot of this folder may have been received only: it can be replaced when the board shows it.
    fn wait_for_earlier(&mut self, tracker: &Tracker) -> Result<()> {
        let path = KeptReceipt::path(&self.place.desk, tracker);
        let Some(kept) = KeptReceipt::read(&path)?.filter(|kept| !kept.is_recorded(&self.place.policy)) else {
            return Ok(());
        };
        let recorded = self.place.recorded(kept.receipt.index)?;
        let (_, receipt) = recorded.with_context(|| {
            format!(
                "your ballot {tracker} was received, but the witnesses have not yet cosigned it; it can be replaced when they have. Run \
                 the same command later"
            )
        })?;
        receipt.write(&path)
    }

    /// Sends what is kept, verifies the receipt, and writes it. Waits until the witnesses have cosigned it, but not for ever.
    fn send(&mut self, waiting: &Waiting, choices: Option<&Choices>) -> Result<Done> {
        let submitted = match self.place.remote.submit(waiting.kind, &waiting.payload) {
            Ok(submitted) => submitted,
            Err(error) if is_final(&error) => {
                self.kept.forget_waiting()?;
                return Err(error).with_context(|| format!("the {} was not taken", waiting.kind));
            }
            Err(error) => {
                let kept = || {
                    format!(
                        "no receipt came for the {}. It is kept, and the next run sends the same bytes",
                        waiting.kind
                    )
                };
                return Err(error).with_context(kept);
            }
        };
        let (policy, remote) = (&self.place.policy, &self.place.remote);
        self.place.setup.memory().accept_receipt(&waiting.payload, &submitted, policy, remote)?;
        let index = submitted.receipt.index;
        let mut entry = self.place.verified(index, &submitted)?;
        let path = KeptReceipt::path(&self.place.desk, &waiting.tracker);
        KeptReceipt { entry: submitted.entry, receipt: submitted.receipt }.write(&path)?;
        self.kept.is_on_board(waiting)?;
        if entry.standing == Standing::Received
            && let Some((shown, receipt)) = self.place.recorded(index)?
        {
            receipt.write(&path)?;
            entry = shown;
        }
        if let (Some(held), Some(choices)) = (&entry.held, choices) {
            ensure!(
                is_held(self.place.election(), choices, held),
                "the encryption held something else than you chose: do not vote with this program, and tell the election authority"
            );
        }
        let election = self.place.election();
        let held = entry.held.as_ref().map(|held| (choices::show(election, held), choices::to_json(election, held)));
        Ok(Done {
            kind: waiting.kind,
            tracker: entry.tracker,
            index: entry.index,
            is_recorded: matches!(entry.standing, Standing::Recorded(_)),
            has_witnesses: !self.place.policy.is_quorum_none(),
            numbers: self.place.remote.ballot(&waiting.tracker).ok().map(|view| (view.ballot, view.of)),
            receipt: path.display().to_string(),
            is_resumed: false,
            held,
        })
    }
}

/// What people are told while the program is at work.
fn say(text: &str) -> io::Result<()> {
    io::stderr().write_all(printable(text).as_bytes())
}

/// Asks what becomes of an encryption whose tracker is known.
fn decide(wanted: Kind) -> Result<Kind> {
    let question = match wanted {
        Kind::Challenge => "Type \"check\" to have it opened for everybody to see: ",
        _ => {
            "Write the tracker down. Type \"cast\" to cast the ballot, or \"check\" to have it opened for everybody to see instead\n\
             (then it is never cast, and you vote again): "
        }
    };
    say(question)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match (answer.trim(), wanted) {
        ("cast", Kind::Ballot) => Ok(Kind::Ballot),
        ("check", _) => Ok(Kind::Challenge),
        _ => Err(NotConfirmed::Refused.into()),
    }
}

fn is_stale(error: &anyhow::Error) -> bool {
    let code = error.downcast_ref::<RemoteError>().and_then(RemoteError::code);
    code == Some(Code::LinkStale.as_str())
}

/// Whether the same bytes can never be taken.
fn is_final(error: &RemoteError) -> bool {
    match error.code().map(str::parse) {
        Some(Ok(Code::BallotPending | Code::ElectionNotOpen | Code::ElectionClosing)) => false,
        Some(Ok(_)) => true,
        // Not a rule, but something about the request, the server or the network.
        Some(Err(_)) | None => false,
    }
}

impl Done {
    fn to_json(&self) -> String {
        let numbers = self.numbers.filter(|_| self.kind == Kind::Ballot);
        let view = json!({
            "kind": self.kind.as_str(),
            "tracker": self.tracker.to_string(),
            "index": self.index,
            "standing": if self.is_recorded { "recorded" } else { "received" },
            "witnesses": self.has_witnesses,
            "ballot": numbers.map(|(ballot, _)| ballot),
            "of": numbers.map(|(_, of)| of),
            "receipt": self.receipt,
            "resumed": self.is_resumed,
            "held": self.held.as_ref().map(|(_, held)| held),
        });
        format!("{view}\n")
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        match &self.held {
            None if self.is_recorded => text.push_str("Your ballot is on the board.\n"),
            None => text.push_str("Your ballot was received. The board does not show it to everybody yet.\n"),
            Some((held, _)) => {
                let shows = if self.is_recorded { "shows" } else { "has received, and is to show" };
                let _ = write!(
                    text,
                    "The board {shows} to everybody what this encryption held. This program has encrypted it again, and found the same:\n{held}\
                     This ballot can never be cast, and does not count. Vote now: tabella voter vote\n"
                );
            }
        }
        let _ = writeln!(text, "  tracker  {}\n  index    {}", self.tracker, self.index);
        if let Some((ballot, of)) = self.numbers.filter(|_| self.kind == Kind::Ballot) {
            let latest = if ballot == of { ", the latest" } else { "" };
            let _ = writeln!(text, "  ballot   {ballot} of {of}{latest}");
        }
        let _ = writeln!(text, "  receipt  {}.entry and .tlog-proof", self.receipt);
        text.push_str(match (self.is_recorded, self.has_witnesses) {
            (true, true) => "Recorded: the board and its witnesses have signed that it is there.\n",
            (true, false) => {
                "Recorded: the board has signed that it is there. This election asks for no witnesses: that everybody sees the same board, \
                 only those find out who compare what they see.\n"
            }
            (false, _) => {
                "Received: the board has signed that it is there; the witnesses have not yet. Look again later: tabella voter track\n"
            }
        });
        if self.is_resumed {
            text.push_str(
                "An earlier run had made it. Nothing else was done: to cast another one, run the command again.\n",
            );
        }
        printable(&text)
    }
}
