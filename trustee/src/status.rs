//! `tabella-trustee status`: where the election stands, and what this trustee has done.

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use tabella_client::desk::{BoardArguments, DeskArguments};
use tabella_client::outcome::Outcome;
use tabella_client::passphrase::PassphraseArguments;

use crate::journal::Fate;
use crate::lost::lost;
use crate::plan::{self, Goal, Next};
use crate::work::Worker;

/// Say where the election stands, who is waited for, and whether a backup is due
///
/// The exit status is 3 while others are waited for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella-trustee status --dir city-2026
  tabella-trustee status --dir city-2026 --json")]
pub struct Arguments {
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    board: BoardArguments,
}

#[derive(Serialize)]
struct StatusView {
    election: ElectionView,
    trustee: TrusteeView,
    phase: &'static str,
    attempt: u64,
    step: String,
    size: u64,
    awaited: Vec<AwaitedView>,
    done: Vec<StepView>,
    complaints: Vec<String>,
    next: String,
    is_waiting: bool,
    command: Option<&'static str>,
    backup_due: bool,
    lost: Option<String>,
}

#[derive(Serialize)]
struct ElectionView {
    title: String,
    fingerprint: String,
}

#[derive(Serialize)]
struct TrusteeView {
    name: String,
    index: u64,
    of: usize,
}

#[derive(Serialize)]
struct AwaitedView {
    kind: &'static str,
    trustees: Vec<String>,
}

#[derive(Serialize)]
struct StepView {
    kind: &'static str,
    number: u64,
    fate: &'static str,
    #[serde(skip)]
    text: String,
}

impl Arguments {
    pub fn run(&self, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        let mut worker = Worker::enter(desk, passphrase, &self.board)?;
        worker.look_at_pending()?;
        let view = StatusView::of(&worker)?;
        let text = if self.json { serde_json::to_string_pretty(&view)? } else { view.text() };
        Ok(Outcome { text, is_waiting: view.is_waiting })
    }
}

impl StatusView {
    fn of(worker: &Worker) -> Result<Self> {
        let (board, journal) = (worker.visit.board()?, worker.file.journal());
        let (election, ceremony) = (board.election(), board.ceremony());
        let goal = plan::current_goal(board);
        let next = plan::next(goal, board, worker.me);
        let is_pending = journal.pending().is_some();
        let can_act = is_pending || matches!(next, Next::Take(_));
        Ok(Self {
            election: ElectionView {
                title: election.manifest().title.clone(),
                fingerprint: election.fingerprint().to_string(),
            },
            trustee: TrusteeView {
                name: plan::name_of(board, worker.me),
                index: worker.me,
                of: election.manifest().trustees.len(),
            },
            phase: board.phase().as_str(),
            attempt: ceremony.attempt().number,
            step: ceremony.stage().step().map_or_else(|| "failed".to_owned(), |step| step.to_string()),
            size: worker.visit.copy().size(),
            awaited: board
                .awaited()
                .into_iter()
                .map(|awaited| AwaitedView { kind: awaited.kind.as_str(), trustees: awaited.trustees })
                .collect(),
            done: journal
                .steps
                .iter()
                .map(|step| StepView {
                    kind: step.kind.as_str(),
                    number: step.number,
                    fate: fate_word(step.fate),
                    text: step.describe(),
                })
                .collect(),
            complaints: ceremony.all_complaints().map(|complaint| plan::complaint_text(board, complaint)).collect(),
            next: next_text(&next, is_pending),
            is_waiting: matches!(next, Next::Wait(_)) && !is_pending,
            command: can_act.then_some(command_of(goal)),
            backup_due: journal.is_backup_due(),
            lost: lost(&worker.visit, journal, worker.me)?,
        })
    }

    fn text(&self) -> String {
        let Self { election, trustee, .. } = self;
        let mut text = format!(
            "{}, trustee {} of {}: {}\nFingerprint: {}\nPhase: {}; attempt {} at the ceremony, step {}; {} entries\n",
            trustee.name,
            trustee.index,
            trustee.of,
            election.title,
            election.fingerprint,
            self.phase,
            self.attempt,
            self.step,
            self.size
        );
        let steps: Vec<String> = self.done.iter().map(|step| format!("{} ({})", step.text, step.fate)).collect();
        text += &format!("Your steps: {}\n", if steps.is_empty() { "none yet".to_owned() } else { steps.join(", ") });
        text += &self.complaints.iter().map(|complaint| format!("Complaint: {complaint}\n")).collect::<String>();
        text += &format!("Next: {}\n", self.next);
        if let Some(command) = self.command {
            text += &format!("Run: {command}\n");
        }
        if self.backup_due {
            text += "A backup is due. Run: tabella-trustee backup FILE\n";
        }
        self.lost.iter().for_each(|lost| text += &format!("Lost: {lost}.\n"));
        text
    }
}

fn next_text(next: &Next, is_pending: bool) -> String {
    match next {
        _ if is_pending => "what you have made is to be handed in".to_owned(),
        Next::Take(kind) => format!("the board waits for your `{kind}`"),
        Next::Wait(text) => format!("{text}."),
        Next::Done(text) => format!("nothing. {}", text.trim_start_matches("Done: ")),
    }
}

fn command_of(goal: Goal) -> &'static str {
    match goal {
        Goal::Ceremony => "tabella-trustee ceremony",
        Goal::Rehearsal => "tabella-trustee rehearse",
        Goal::Tally => "tabella-trustee tally",
    }
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Pending => "to be handed in",
        Fate::Accepted => "on the board",
        Fate::Void => "given up",
    }
}
