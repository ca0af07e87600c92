//! A trustee at the board: it reads, judges, takes the step that is waited for, seals what it holds, and hands in.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Args;
use tabella_client::desk::{BoardArguments, Desk, DeskArguments, Visit};
use tabella_client::lie::Lie;
use tabella_client::outcome::Outcome;
use tabella_client::passphrase::PassphraseArguments;
use tabella_client::randomness;
use tabella_election::message::{Confirm, Signed};
use tabella_election::rules::Board;
use tabella_election::trustee::{Refusal, Trustee};
use tabella_election::{Code, Hash, Kind};

use crate::anchor;
use crate::delivery::{Standing, Way, is_passing};
use crate::journal::{Fate, Step};
use crate::key_file::{self, KeyFile};
use crate::plan::{self, Goal, Next};
use crate::say::say;
use crate::verification::verify_copy;

/// `--watch` looks again after the first wait; while nothing happens the waits grow to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Where the board is, and how to hand in.
#[derive(Debug, Args)]
pub struct WorkArguments {
    #[command(flatten)]
    board: BoardArguments,
    /// Do not hand in; write what is to be handed in to FILE, for a machine with network
    #[arg(long, value_name = "FILE")]
    parcel: Option<PathBuf>,
    /// Stay, and go on as soon as the others have done their parts
    #[arg(long, conflicts_with_all = ["record", "parcel"])]
    watch: bool,
}

impl WorkArguments {
    /// Does everything for a goal that can be done now; with `--watch`, until it is reached.
    pub fn run(&self, goal: Goal, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        let way = match (&self.parcel, &self.board.record) {
            (Some(path), _) => Way::Parcel(path.clone()),
            (None, None) => Way::Board,
            (None, Some(_)) => bail!(
                "the record was carried here, so what is to be handed in must be carried back: give --parcel FILE"
            ),
        };
        let mut worker = Worker::enter(desk, passphrase, &self.board)?;
        if self.watch { worker.watch(goal, &way) } else { worker.advance(goal, &way) }
    }
}

/// A trustee with its key file and its judged copy of the record.
pub struct Worker {
    pub visit: Visit,
    pub file: KeyFile,
    /// Its index in the manifest.
    pub me: u64,
}

impl Worker {
    /// Opens the key file, and brings the copy of the record up to date.
    pub fn enter(desk: &DeskArguments, passphrase: &PassphraseArguments, board: &BoardArguments) -> Result<Self> {
        board.address()?;
        let (desk, file) = KeyFile::open(desk, passphrase)?;
        Self::at(desk, file, board)
    }

    /// The same, with a key file that is open already.
    pub fn at(desk: Desk, file: KeyFile, board: &BoardArguments) -> Result<Self> {
        let visit = desk.visit(board)?;
        let public = file.journal().signing_key.verifying_key().to_bytes();
        let trustees = &visit.board()?.election().manifest().trustees;
        let own = (1..).zip(trustees).find(|(_, trustee)| trustee.key.0 == public);
        let Some((me, _)) = own else {
            bail!(
                "your key is none of the keys of this election's trustees. Is {} the right folder? If it is, the authority has \
                 used another key than the one that you gave: tell it, and compare",
                visit.desk().folder().display()
            )
        };
        let mut worker = Self { visit, file, me };
        worker.judge_continuity()?;
        Ok(worker)
    }

    /// The board must be at least as new as what the trustee acted on, and count the ballots that it answered for.
    fn judge_continuity(&mut self) -> Result<()> {
        let (seen, size) = (self.file.journal().size(), self.visit.copy().size());
        ensure!(
            size >= seen,
            "this record has {size} entries, and you have acted on one of {seen} before: it is an old copy. Fetch a newer one"
        );
        let Some(now) = self.visit.board()?.tally().map(|tally| tally.counted().hash) else { return Ok(()) };
        let trustee = self.trustee()?;
        match trustee.answered() {
            Some(before) if before != now => Err(self.catch_second_count(before, now)?),
            _ => Ok(()),
        }
    }

    /// Saves what shows that the trustee was asked to decrypt two sets of ballots.
    fn catch_second_count(&mut self, before: Hash, now: Hash) -> Result<anyhow::Error> {
        let shares = self.file.journal().steps.iter().filter(|step| step.kind == Kind::Share);
        let first: Vec<u8> = shares.flat_map(|step| &step.payloads).flat_map(|payload| payload.to_vec()).collect();
        let (lie, anchor) = (Lie::SecondCount { before: before.0, now: now.0 }, self.visit.anchor()?);
        let files = [("share", first.as_slice()), ("checkpoint", anchor.as_bytes())];
        Ok(self.visit.catch(lie, &files)?.into())
    }

    /// The trustee as it was after its last step.
    fn trustee(&self) -> Result<Trustee> {
        self.file.journal().trustee(self.visit.board()?.election())
    }

    /// Goes on until the goal is reached.
    fn watch(&mut self, goal: Goal, way: &Way) -> Result<Outcome> {
        let (mut wait, mut size, mut told) = (FIRST_WAIT, 0, String::new());
        loop {
            let outcome = self.visit.catch_up().map_err(anyhow::Error::from).and_then(|()| self.advance(goal, way));
            let text = match outcome {
                Ok(outcome) if !outcome.is_waiting => return Ok(outcome),
                Ok(outcome) => outcome.text,
                Err(error) if is_passing(&error) => format!("{error:#}. Trying again"),
                Err(error) => return Err(error),
            };
            if text != told {
                say(&text);
                told = text;
            }
            let now = self.visit.copy().size();
            wait = if now > size { FIRST_WAIT } else { (wait * 3 / 2).min(LONGEST_WAIT) };
            size = now;
            sleep(wait);
        }
    }

    /// Does everything for a goal that can be done now.
    fn advance(&mut self, goal: Goal, way: &Way) -> Result<Outcome> {
        self.judge_continuity()?;
        let outcome = self.advance_unsealed(goal, way)?;
        // What became of the last step is sealed too: it is not said again, and its payloads are of no more use.
        self.file.seal_changes()?;
        Ok(outcome)
    }

    fn advance_unsealed(&mut self, goal: Goal, way: &Way) -> Result<Outcome> {
        loop {
            if let Some(outcome) = self.deliver(way)? {
                return Ok(outcome);
            }
            let next = match plan::next(goal, self.visit.board()?, self.me) {
                Next::Done(_) if goal == Goal::Tally && self.has_forgotten_share()? => Next::Take(Kind::Share),
                next => next,
            };
            match next {
                Next::Take(kind) => {
                    if let Some(wait) = self.take(kind)? {
                        return Ok(Outcome::waiting(wait));
                    }
                }
                Next::Wait(text) => return Ok(Outcome::waiting(text + ".")),
                Next::Done(text) => return Ok(Outcome::done(text)),
            }
        }
    }

    /// Whether the board holds its share, and the key file, restored from an older backup, does not know for which ballots.
    fn has_forgotten_share(&self) -> Result<bool> {
        let holds_keys = self.file.journal().steps.iter().any(|step| step.kind == Kind::Keys);
        Ok(self.has_share_on_board()? && holds_keys && self.trustee()?.answered().is_none())
    }

    fn has_share_on_board(&self) -> Result<bool> {
        let tally = self.visit.board()?.tally();
        Ok(tally.is_some_and(|tally| tally.shares().keys().any(|index| index.get() == self.me)))
    }

    /// Sends what was saved before and is not yet on the board; an outcome if that is on its way.
    fn deliver(&mut self, way: &Way) -> Result<Option<Outcome>> {
        let Some(step) = self.file.journal().pending().cloned() else { return Ok(None) };
        let standing = way.deliver(&step, &mut self.visit)?;
        let what = step.describe();
        match &standing {
            Standing::Accepted => say(&format!("· On the board: your {what}")),
            Standing::Never(rejection)
                if rejection.code == Code::Duplicate || (step.kind == Kind::Share && self.has_share_on_board()?) =>
            {
                say(&format!("· Not handed in: your {what}. The board holds one of yours already."));
            }
            Standing::Never(rejection) => say(&format!(
                "· Given up: your {what} was saved but never reached the board, and now cannot any more. The reason: {rejection} ({})",
                rejection.code
            )),
            Standing::Missing(_) => {}
        }
        self.settle(&standing);
        let Way::Parcel(path) = way else { return Ok(None) };
        Ok(matches!(standing, Standing::Missing(_)).then(|| {
            Outcome::waiting(format!(
                "Your {what} is in {}. Carry it to a machine with network and have it handed in there; then bring a new copy of \
                 the record, and run the same command again.",
                path.display()
            ))
        }))
    }

    /// Finds out what became of the last step, without sending anything.
    pub fn look_at_pending(&mut self) -> Result<()> {
        if let Some(step) = self.file.journal().pending() {
            let standing = Standing::of(step, &self.visit)?;
            self.settle(&standing);
        }
        Ok(())
    }

    fn settle(&mut self, standing: &Standing) {
        if !matches!(standing, Standing::Missing(_)) {
            self.file.change(|journal| {
                if let Some(last) = journal.steps.last_mut() {
                    last.settle(standing.fate());
                }
            });
        }
    }

    /// Takes a step, and seals what came of it. If it has to wait, says for what.
    fn take(&mut self, kind: Kind) -> Result<Option<String>> {
        if matches!(kind, Kind::Deal | Kind::Share) {
            self.verify()?;
        }
        let trustee = self.trustee()?;
        let made = match kind {
            Kind::Share => match self.share(trustee)? {
                Some(made) => made,
                None => {
                    return Ok(Some(
                        "The checkpoint right after `close` is not at hand; try again in a moment.".to_owned(),
                    ));
                }
            },
            _ => self.ceremony_step(trustee, kind)?,
        };
        let (trustee, payloads) = match made {
            Ok(made) => made,
            Err(Refusal::Answered { before, now }) => return Err(self.catch_second_count(before, now)?),
            Err(refusal) => return Err(self.explain(refusal, kind)),
        };
        let step = self.step(kind, payloads)?;
        let complaints = complaints(&step, self.visit.board()?);
        self.file.save(self.file.journal().with(&trustee, step))?;
        complaints.iter().for_each(|text| say(text));
        if kind == Kind::Keys {
            say("· Your part of the keys is made. Make a backup of it now: `tabella-trustee backup FILE`");
        }
        Ok(None)
    }

    fn verify(&self) -> Result<()> {
        verify_copy(self.visit.copy().record(), self.visit.board()?.election().fingerprint())
    }

    /// The decryption; `None` as long as its anchor is not at hand.
    fn share(&self, trustee: Trustee) -> Result<Option<Made>> {
        let board = self.visit.board()?;
        let size = board.tally().map_or(0, |tally| tally.anchored_size());
        let Some(anchor) = anchor::after_close(&self.visit, size)? else { return Ok(None) };
        let made = trustee.share(board, anchor, &self.visit.copy().log(), &mut randomness::fresh()?);
        Ok(Some(made.map(one)))
    }

    fn ceremony_step(&self, trustee: Trustee, kind: Kind) -> Result<Made> {
        let board = self.visit.board()?;
        let mut rng = randomness::fresh()?;
        Ok(match kind {
            Kind::Commit => trustee.commit(board, &mut rng).map(one),
            Kind::Deal => trustee.deal(board, &mut rng),
            Kind::Confirm => trustee.confirm(board).map(one),
            Kind::Keys => trustee.keys(board).map(one),
            Kind::Rehearsal => trustee.rehearse(board, &mut rng).map(|payload| (trustee, vec![payload])),
            other => Err(Refusal::NotAwaited(other)),
        })
    }

    /// The entry of the journal for a step on the board as it stands.
    fn step(&self, kind: Kind, payloads: Vec<Vec<u8>>) -> Result<Step> {
        let board = self.visit.board()?;
        let ceremony = board.ceremony();
        let (number, subject) = match kind {
            Kind::Rehearsal => {
                let keys = ceremony.keys().map_or([0; 32], |keys| keys.hash());
                (ceremony.rehearsal().map_or(0, |rehearsal| rehearsal.round()), keys.into())
            }
            Kind::Share => (0, board.tally().map_or(Hash([0; 32]), |tally| tally.counted().hash)),
            _ => (ceremony.attempt().number, ceremony.history()),
        };
        let payloads = payloads.into_iter().map(Into::into).collect();
        Ok(Step { kind, number, subject, size: self.visit.copy().size(), fate: Fate::Pending, payloads })
    }

    /// What a refusal means, and what the trustee can do.
    fn explain(&self, refusal: Refusal, kind: Kind) -> anyhow::Error {
        let path = self.visit.desk().path(key_file::NAME);
        let advice = match &refusal {
            Refusal::OldAttempt { .. } | Refusal::NotHeld(Kind::Commit | Kind::Deal | Kind::Confirm | Kind::Keys) => {
                format!(
                    "{} does not hold what `{kind}` needs: it is older than what you have sent to the board. Restore a newer \
                 backup if there is one; if not, tell the authority, who can end the step without you (`round`) or begin anew \
                 (`restart`)",
                    path.display()
                )
            }
            Refusal::NotHeld(_) => format!(
                "{} holds no part of these keys: it is older than they are. Restore a backup that was made after `keys`; if \
                 there is none, tell the authority at once",
                path.display()
            ),
            Refusal::OtherElection => "use a folder of its own (--dir) for each election".to_owned(),
            _ => format!("nothing was sent for `{kind}`; tell the authority, and keep this folder as it is"),
        };
        anyhow::Error::new(refusal).context(advice)
    }
}

/// The trustee after a step, and its payloads.
type Made = Result<(Trustee, Vec<Vec<u8>>), Refusal>;

fn one((trustee, payload): (Trustee, Vec<u8>)) -> (Trustee, Vec<Vec<u8>>) {
    (trustee, vec![payload])
}

/// Of whom a confirmation complains, in sentences.
fn complaints(step: &Step, board: &Board) -> Vec<String> {
    if step.kind != Kind::Confirm {
        return Vec::new();
    }
    let confirm = step.payloads.first().and_then(|payload| Signed::<Confirm>::decode(payload).ok());
    let dealers = confirm.iter().flat_map(|confirm| confirm.body().complaints.keys());
    let text = |dealer: &u64| {
        format!(
            "· The dealing of {0} gave you no good share: you complain. The complaint opens the one envelope from {0} to you, \
             for everybody to judge; no other secret is exposed.",
            plan::name_of(board, *dealer)
        )
    };
    dealers.map(text).collect()
}
