//! `tabella-verify follow`: goes on verifying a live board. Implements specs/follow.md.

mod look;
mod memory;
mod say;
mod trouble;

use crate::follow::look::Follower;
use crate::follow::memory::Memory;
use crate::follow::say::Say;
use crate::follow::trouble::{Alarm, Trouble, save};
use crate::server::{Patience, Server};
use crate::terminal::{ENTRIES, fingerprint, progress_bar, seed};
use anyhow::bail;
use clap::Args;
use std::cell::Cell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};
use tabella_verifier::judging::Judging;
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify_judged};

/// Go on verifying a live board, from where the last run ended, until its election is over
///
/// Each new head is printed when all entries up to it have been verified. May be stopped and started at any time.
///
/// Exit status: 0 the election is over and its record valid (with --once: all that the board shows now is right); 1 alarm: the board
/// has done what no honest one does, or did not give for too long what it must; 2 it cannot go on.
#[derive(Args)]
#[command(after_help = "\
Examples:
  tabella-verify follow --dir city --expect 7Q2M-ZK3R-5T8W-0C9D-HJ4V-N6XB-1GAY-EPSF https://vote.example.org/city-2026
  tabella-verify follow --dir city --json https://vote.example.org/city-2026 >> city.jsonl
  tabella-verify follow --dir city --once https://vote.example.org/city-2026      from cron")]
pub struct Arguments {
    /// The folder in which it remembers what it saw, keeps the record, and saves evidence
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The election's fingerprint from a voter's letter or link
    #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint)]
    expect: Option<String>,
    /// Verify up to what the board shows now, and end
    #[arg(long)]
    once: bool,
    /// Print a JSON object a line instead of text
    #[arg(long)]
    json: bool,
    /// Seconds between two looks at the board
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
    /// Seconds for which the board may withhold what its checkpoint calls for before that is an alarm
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(..=604_800))]
    patience: u64,
    /// The address of the election (http or https)
    url: String,
}

/// Follows the board.
pub fn run(arguments: &Arguments) -> ExitCode {
    let say = Say { json: arguments.json, address: &arguments.url, introduced: Cell::new(false) };
    match follow(arguments, &say) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            say.failed(&error);
            ExitCode::from(2)
        }
    }
}

/// The exit status.
fn follow(arguments: &Arguments, say: &Say<'_>) -> anyhow::Result<u8> {
    let server = Server::new(&arguments.url, Patience::default())?;
    let memory = Memory::open(&arguments.dir)?;
    let judging = with_progress(|progress| memory.judge_copy(seed()?, progress))?;
    let found = judging.as_ref().and_then(Judging::identity).map(|(_, fingerprint)| fingerprint);
    if let (Some(expected), Some(found)) = (&arguments.expect, found)
        && *expected != found
    {
        bail!("{} is for the election {found}, and not for {expected}: name another folder", arguments.dir.display());
    }
    let mut follower = Follower { server, memory, judging, expected: arguments.expect.clone(), seed };
    if follower.memory.copy.head.is_some() {
        say.head(&follower)?;
    }
    let mut waiting = Waiting::new(arguments);
    loop {
        let looked = with_progress(|progress| follower.look(progress));
        if !matches!(looked, Err(Trouble::Doubtful(_) | Trouble::Away(_))) {
            waiting.doubt = None;
        }
        let alarm = match looked {
            Ok(is_new) => {
                if is_new {
                    say.head(&follower)?;
                }
                match Standing::of(&follower) {
                    Standing::Lacking(alarm) => waiting.withheld(alarm, follower.judged(), say)?,
                    Standing::Finished => return finish(follower, arguments, say),
                    Standing::Unfinished if arguments.once => return Ok(0),
                    Standing::Unfinished => {
                        waiting.settled();
                        None
                    }
                }
            }
            Err(Trouble::Away(why)) if arguments.once => bail!(why),
            Err(Trouble::Away(why)) => {
                waiting.away(&why, say)?;
                None
            }
            Err(Trouble::Withheld(alarm)) => waiting.withheld(alarm, follower.judged(), say)?,
            Err(Trouble::Doubtful(alarm)) => waiting.doubted(alarm, say)?,
            Err(Trouble::Caught(alarm)) => Some(alarm),
            Err(Trouble::Failed(error)) => return Err(error),
        };
        if let Some(alarm) = alarm {
            let saved = save(&follower.memory.evidence(), alarm, follower.server.address())?;
            say.alarm(&saved)?;
            return Ok(1);
        }
        thread::sleep(Duration::from_secs(arguments.every));
    }
}

/// Where the last verified head stands.
enum Standing {
    Unfinished,
    /// It lacks cosignatures that the policy asks for.
    Lacking(Alarm),
    /// The election is over.
    Finished,
}

impl Standing {
    fn of(follower: &Follower) -> Self {
        let (Some(head), Some(judging)) = (&follower.memory.copy.head, &follower.judging) else {
            return Self::Unfinished;
        };
        if judging.policy().is_some_and(|policy| !policy.is_met_by(&head.checkpoint.note)) {
            let message = "shows a checkpoint without the cosignatures that the policy asks for".to_owned();
            return Self::Lacking(Alarm { code: "checkpoint_quorum", message, files: follower.files() });
        }
        if judging.phase() == "finished" { Self::Finished } else { Self::Unfinished }
    }
}

/// What is waited for, and since when.
struct Waiting {
    patience: Duration,
    /// Since when the board shows a checkpoint and not what belongs to it, and how many entries were judged then.
    since: Option<(Instant, u64)>,
    /// The code of what was seen at the last look, and not believed yet.
    doubt: Option<&'static str>,
    /// What was said last.
    said: Option<String>,
}

impl Waiting {
    fn new(arguments: &Arguments) -> Self {
        Self { patience: Duration::from_secs(arguments.patience), since: None, doubt: None, said: None }
    }

    /// Says it, if it was not the last thing that was said.
    fn say(&mut self, why: &str, say: &Say<'_>) -> anyhow::Result<()> {
        if self.said.as_deref() != Some(why) {
            say.waiting(why)?;
            self.said = Some(why.to_owned());
        }
        Ok(())
    }

    /// The board is away: that it withholds something is not said of it.
    fn away(&mut self, why: &str, say: &Say<'_>) -> anyhow::Result<()> {
        self.since = None;
        self.say(why, say)
    }

    /// Nothing is lacking.
    fn settled(&mut self) {
        self.since = None;
        self.said = None;
    }

    /// Gives the alarm back when it is time for it. `judged` is how many entries have been judged.
    fn withheld(&mut self, alarm: Alarm, judged: u64, say: &Say<'_>) -> anyhow::Result<Option<Alarm>> {
        let since = self.since.filter(|(_, before)| *before == judged).unwrap_or((Instant::now(), judged));
        self.since = Some(since);
        if since.0.elapsed() >= self.patience {
            return Ok(Some(alarm));
        }
        let seconds = self.patience.as_secs();
        self.say(&format!("the board {}; an alarm is raised if that lasts for {seconds} seconds", alarm.message), say)?;
        Ok(None)
    }

    /// Gives the alarm back if the board shows the same thing as at the last look.
    fn doubted(&mut self, alarm: Alarm, say: &Say<'_>) -> anyhow::Result<Option<Alarm>> {
        if self.doubt.replace(alarm.code) == Some(alarm.code) {
            return Ok(Some(alarm));
        }
        self.say(&format!("the board {}; it is looked at once more", alarm.message), say)?;
        Ok(None)
    }
}

/// The election is over: the record as a whole.
fn finish(follower: Follower, arguments: &Arguments, say: &Say<'_>) -> anyhow::Result<u8> {
    let options = Options { expected: arguments.expect.clone(), unfinished: false, seed: seed()? };
    let record = Directory::open(follower.memory.copy.root())?;
    let Some(judging) = follower.judging else {
        bail!("nothing was judged");
    };
    let report = verify_judged(&record, &options, judging)?;
    say.report(&report)?;
    Ok(if report.verdict == Verdict::Valid { 0 } else { 1 })
}

fn with_progress<T>(work: impl FnOnce(&dyn Fn(u64, u64)) -> T) -> T {
    let bar = progress_bar(ENTRIES);
    let result = work(&|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    result
}
