//! Where one ballot stands in a record, and what an opened one held. Implements specs/checks.md#ballot.

use crate::contest::Contest;
pub use crate::entry::is_entry;
use crate::judging::{Found, Judging, Sought};
use crate::note::Checkpoint;
use crate::render;
use crate::report::{Report, Verdict};
use crate::rules::{Election, Phase};
use crate::source::{Source, SourceError};
use crate::text::{credential_fingerprint, crockford, printable};
use crate::totals::Totals;
use crate::tree::leaf_hash;
use crate::verify::{Options, verify_judged};
use serde::Serialize;

/// What somebody has of a ballot.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Its tracker, in the form of [`crate::text::read_fingerprint`].
    Tracker(String),
    /// The bytes of its entry, as a receipt has them.
    Entry(Vec<u8>),
}

/// What a record says of one ballot.
#[derive(Debug, Serialize)]
pub struct BallotReport {
    ballot: u32,
    /// None if no accepted entry is the one that was asked for.
    pub found: Option<FoundReport>,
    /// What the whole record is.
    pub record: Report,
}

/// A ballot or challenge that was accepted.
#[derive(Debug, Serialize)]
pub struct FoundReport {
    pub standing: Standing,
    index: u64,
    kind: &'static str,
    tracker: String,
    credential: String,
    replaced_by: Option<String>,
    /// What a challenge held, by contest.
    held: Option<Vec<HeldReport>>,
}

/// What became of a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The last of its credential, and the voting is closed.
    Counted,
    /// The last of its credential so far.
    Latest,
    Superseded,
    Challenged,
}

/// What was chosen in a contest.
#[derive(Debug, Serialize)]
pub struct HeldReport {
    id: String,
    title: String,
    options: Vec<OptionHeld>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blank: Option<bool>,
    /// For rankings: row a, column b is 1 if a stands above b.
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<Vec<Vec<u64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lists: Option<Vec<OptionHeld>>,
}

/// How much an option got; null in rankings.
#[derive(Debug, Serialize)]
struct OptionHeld {
    id: String,
    title: String,
    value: Option<u64>,
}

/// Verifies a whole record and looks for a ballot in it.
pub fn track(
    source: &dyn Source,
    options: &Options,
    wanted: &Wanted,
    progress: &dyn Fn(u64, u64),
) -> Result<BallotReport, SourceError> {
    let checkpoint = Checkpoint::parse(&source.read("checkpoint")?).ok();
    let (origin, size) = checkpoint.map_or_else(Default::default, |checkpoint| (checkpoint.origin, checkpoint.size));
    let mut judging = Judging::new(&origin, options.seed);
    judging.seek(match wanted {
        Wanted::Tracker(tracker) => Sought::Tracker(tracker.clone()),
        Wanted::Entry(entry) => Sought::Leaf(leaf_hash(entry)),
    });
    judging.read(source, size, u64::MAX, progress)?;
    let found = judging.found.take();
    let found = found.zip(judging.election.as_ref()).map(|(found, election)| FoundReport::new(&found, election));
    Ok(BallotReport { ballot: 1, found, record: verify_judged(source, options, judging)? })
}

impl FoundReport {
    fn new(found: &Found, election: &Election) -> Self {
        let voting = election.voting.as_ref();
        let head = voting.and_then(|voting| voting.heads().get(&found.credential));
        let (standing, replaced_by) = match head {
            _ if found.is_challenge => (Standing::Challenged, None),
            Some(head) if head.index != found.index => (Standing::Superseded, Some(crockford(&head.tracker))),
            _ if election.phase > Phase::Voting => (Standing::Counted, None),
            _ => (Standing::Latest, None),
        };
        let held = voting.filter(|_| found.is_challenge).and_then(|voting| voting.held(&found.payload).ok());
        Self {
            standing,
            index: found.index,
            kind: if found.is_challenge { "challenge" } else { "ballot" },
            tracker: crockford(&found.tracker),
            credential: credential_fingerprint(&election.hash, &found.credential),
            replaced_by,
            held: held.map(|held| held.into_iter().filter_map(|of| held_report(election, of)).collect()),
        }
    }
}

fn held_report(election: &Election, (index, slots): (u64, Vec<u64>)) -> Option<HeldReport> {
    let contest: &Contest = election.manifest.contests.get(usize::try_from(index).ok()?)?;
    let totals = Totals::new(contest, &slots, 1);
    let value_of = |values: &Option<Vec<u64>>, place: usize| values.as_ref()?.get(place).copied();
    let options = contest.options.iter().enumerate();
    let options = options.map(|(place, option)| OptionHeld {
        id: option.id.clone(),
        title: option.title.clone(),
        value: value_of(&totals.options, place),
    });
    let lists = contest.lists().iter().enumerate();
    let lists = lists.map(|(place, list)| OptionHeld {
        id: list.id.clone(),
        title: list.title.clone(),
        value: value_of(&totals.lists, place),
    });
    Some(HeldReport {
        id: contest.id.clone(),
        title: contest.title.clone(),
        options: options.collect(),
        blank: totals.blank.map(|blank| blank == 1),
        pairs: totals.pairs.as_ref().map(|pairs| pairs.rows().to_vec()),
        lists: contest.has_lists().then(|| lists.collect()),
    })
}

impl BallotReport {
    /// Nothing could be looked for.
    pub fn unreadable(why: &str) -> Self {
        Self { ballot: 1, found: None, record: Report::unreadable(why) }
    }

    /// 0 if the ballot is there and the record valid, 1 if not, 2 if there is no record to judge.
    pub fn exit_status(&self) -> u8 {
        match self.record.verdict {
            Verdict::Valid if self.found.is_some() => 0,
            Verdict::Valid | Verdict::Invalid => 1,
            Verdict::Unreadable => 2,
        }
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let verdict = match self.record.verdict {
            Verdict::Valid => "The record, up to what the board shows, is valid.",
            Verdict::Invalid => {
                "The record is INVALID: believe nothing of this. Verify it without `ballot` to see why."
            }
            Verdict::Unreadable => return render::text(&self.record),
        };
        let missing = || "There is no such ballot in this record.\n".to_owned();
        let found = self.found.as_ref().map_or_else(missing, FoundReport::text);
        format!("{found}\n{verdict}\n")
    }
}

impl FoundReport {
    fn text(&self) -> String {
        let lines = [
            ("Tracker", self.tracker.clone()),
            ("Credential", self.credential.clone()),
            ("Entry", self.index.to_string()),
            ("Standing", self.standing.words().to_owned()),
        ];
        let replaced = self.replaced_by.iter().map(|tracker| ("Replaced by", tracker.clone()));
        let lines = lines.into_iter().chain(replaced).map(|(name, value)| format!("{name:<12} {value}\n"));
        lines.chain(self.held.iter().flatten().map(HeldReport::text)).collect()
    }
}

impl Standing {
    fn words(self) -> &'static str {
        match self {
            Self::Counted => "counted: the last ballot of its voter. Nobody can see what is in it",
            Self::Latest => {
                "the latest ballot of its voter so far, which will be counted. Nobody can see what is in it"
            }
            Self::Superseded => {
                "replaced by a later ballot of the same voter, and not counted. Nobody can see what is in it"
            }
            Self::Challenged => {
                "opened by its voter, for everybody to check: it can never be cast. It was encrypted right, and held"
            }
        }
    }
}

impl HeldReport {
    fn text(&self) -> String {
        let mut text = format!("\n  {}\n", printable(&self.title));
        let chosen = self
            .options
            .iter()
            .chain(self.lists.iter().flatten())
            .filter(|option| option.value.is_some_and(|value| value > 0));
        for option in chosen {
            text += &format!("    {:>6}  {}\n", option.value.unwrap_or(0), printable(&option.title));
        }
        for (option, row) in self.options.iter().zip(self.pairs.iter().flatten()) {
            let below = self.options.iter().zip(row).filter(|(_, above)| **above == 1);
            let below: Vec<String> = below.map(|(option, _)| printable(&option.title)).collect();
            let below = if below.is_empty() { "nobody".to_owned() } else { below.join(", ") };
            text += &format!("    {} above {below}\n", printable(&option.title));
        }
        if self.blank == Some(true) {
            text += "    blank\n";
        }
        if text.lines().count() == 2 {
            text += "    nothing\n";
        }
        text
    }
}
