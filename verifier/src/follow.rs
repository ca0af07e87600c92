//! `tabella-verify follow`: goes on verifying a live board. Implements specs/follow.md.

mod asking;
mod look;
mod memory;
mod say;
mod trouble;

use crate::alarm::{Alarm, save};
use crate::follow::asking::Asking;
use crate::follow::look::Follower;
use crate::follow::memory::Memory;
use crate::follow::say::Say;
use crate::follow::trouble::Trouble;
use crate::server::{Patience, Server};
use crate::terminal::{fingerprint, seed, with_progress};
use anyhow::bail;
use clap::Args;
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
    /// Ask the witnesses of the policy what they have cosigned, at each new head and every five minutes
    #[arg(long)]
    ask_witnesses: bool,
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
    let say = Say::new(arguments.json, &arguments.url);
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
    let mut asking = arguments.ask_witnesses.then(Asking::default);
    let mut waiting = Waiting::new(arguments);
    loop {
        let found = round(&mut follower, asking.as_mut(), arguments.once, say);
        if !matches!(found, Err(Trouble::Doubtful(_) | Trouble::Away(_))) {
            waiting.doubt = None;
        }
        let alarm = match found {
            Ok(Standing::Finished) => return finish(follower, asking, arguments, say),
            Ok(Standing::Unfinished) if arguments.once => return Ok(0),
            Ok(Standing::Unfinished) => {
                waiting.settled();
                None
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
            let saved = save(&follower.memory.evidence(), alarm, follower.server.address());
            say.alarm(&saved);
            return Ok(1);
        }
        thread::sleep(Duration::from_secs(arguments.every));
    }
}

/// Whether the election goes on.
enum Standing {
    Unfinished,
    Finished,
}

/// Looks at the board, and asks the witnesses.
fn round(follower: &mut Follower, asking: Option<&mut Asking>, once: bool, say: &Say<'_>) -> Result<Standing, Trouble> {
    let is_new = with_progress(|progress| follower.look(progress))?;
    if is_new {
        say.head(follower)?;
    }
    if let Some(asking) = asking {
        let awaited = asking.look(follower, is_new, once)?;
        say.witnesses(&asking.views)?;
        if let Some(alarm) = awaited {
            return Err(Trouble::Withheld(alarm));
        }
    }
    let is_finished = follower.judging.as_ref().is_some_and(|judging| judging.phase() == "finished");
    Ok(if is_finished { Standing::Finished } else { Standing::Unfinished })
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
        let known = self.since.filter(|(_, before)| *before == judged);
        let since = known.unwrap_or((Instant::now(), judged));
        self.since = Some(since);
        if since.0.elapsed() >= self.patience {
            return Ok(Some(alarm));
        }
        // At the first look it may be on its way.
        if known.is_none() {
            return Ok(None);
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
fn finish(follower: Follower, asking: Option<Asking>, arguments: &Arguments, say: &Say<'_>) -> anyhow::Result<u8> {
    let options = Options { expected: arguments.expect.clone(), unfinished: false, seed: seed()? };
    let record = Directory::open(follower.memory.copy.root())?;
    let Some(judging) = follower.judging else {
        bail!("nothing was judged");
    };
    let mut report = verify_judged(&record, &options, judging)?;
    if let Some(asking) = asking {
        report.hear(asking.views);
    }
    say.report(&report)?;
    Ok(if report.verdict == Verdict::Valid { 0 } else { 1 })
}
