//! What people ask of the board: where the election stands, who is awaited, what to be warned of.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use tabella_crypto::polynomial::Index;

use super::{Board, GroupState, Poll, Stage, Tally, Voting};
use crate::bytes::Hash;
use crate::ceremony::{Complaint, Step};
use crate::kind::Kind;
use crate::message::TallyResult;
use crate::roll::Roll;

/// Classes of fewer members are small, whatever minimum the manifest sets.
const ENOUGH_IN_CLASS: u64 = 5;

/// How many there are of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Voters on the roll.
    pub roll: u64,
    /// Ballots accepted.
    pub accepted: u64,
    /// Of these, replaced by a later one of the same voter.
    pub superseded: u64,
    /// Ballots opened instead of cast.
    pub challenged: u64,
    /// Ballots that count, or would if the voting ended now.
    pub counted: u64,
}

/// An entry that the election waits for, and from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// What.
    pub kind: Kind,
    /// From which trustees, by name; none if it is not a trustee's.
    pub trustees: Vec<String>,
}

/// Something that is allowed but that people should know. Implements specs/checks.md#warnings, as far as the accepted
/// entries tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The manifest says that no real voters take part.
    Simulation,
    /// One trustee can decrypt every ballot.
    SingleTrustee,
    /// A trustee was left out of the ceremony.
    TrusteeAbsent {
        /// Its name.
        trustee: String,
    },
    /// A trustee was found at fault in the ceremony.
    ComplaintUpheld {
        /// Its name.
        trustee: String,
    },
    /// Few voters share a style and a weight, on the roll or among the counted ballots: totals may tell how they voted.
    SmallClass {
        /// The name of the style.
        style: String,
        /// The weight.
        weight: u64,
        /// How many voters, on the roll.
        voters: u64,
        /// How many counted ballots; `None` before `close`.
        counted: Option<u64>,
    },
    /// A contest had fewer ballots than the minimum and is not decrypted.
    ResultWithheld {
        /// The id of the contest.
        contest: String,
    },
    /// By the totals, every counted ballot of a contest voted alike.
    Unanimous {
        /// The id of the contest.
        contest: String,
    },
}

impl Warning {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Simulation => "simulation",
            Self::SingleTrustee => "single_trustee",
            Self::TrusteeAbsent { .. } => "trustee_absent",
            Self::ComplaintUpheld { .. } => "complaint_upheld",
            Self::SmallClass { .. } => "small_class",
            Self::ResultWithheld { .. } => "result_withheld",
            Self::Unanimous { .. } => "unanimous",
        }
    }
}

impl fmt::Display for Warning {
    /// A sentence for people. Names are as their authors wrote them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simulation => f.write_str("This is a simulation: no real voters take part."),
            Self::SingleTrustee => f.write_str("One trustee alone can read every vote."),
            Self::TrusteeAbsent { trustee } => write!(f, "{trustee} was left out of the key ceremony."),
            Self::ComplaintUpheld { trustee } => write!(f, "{trustee} was found at fault in the key ceremony."),
            Self::SmallClass { style, weight, voters, counted } => {
                let voters = match voters {
                    1 => "Only 1 voter has".to_owned(),
                    voters => format!("Only {voters} voters have"),
                };
                let counted = counted.map_or_else(String::new, |counted| format!(" ({counted} of them counted)"));
                write!(
                    f,
                    "{voters} the style “{style}” and the weight {weight}{counted}: totals may tell how they voted."
                )
            }
            Self::ResultWithheld { contest } => {
                write!(f, "The contest “{contest}” had fewer ballots than the minimum: its totals are not decrypted.")
            }
            Self::Unanimous { contest } => {
                write!(
                    f,
                    "In the contest “{contest}” every counted ballot voted alike: the totals show how each voted."
                )
            }
        }
    }
}

impl Board {
    /// The roll, as far as it was accepted.
    pub fn roll(&self) -> &Roll {
        match &self.stage {
            Stage::Setup(roll) => roll,
            Stage::Voting(voting) => voting.poll().roll(),
            Stage::Tally(tally) => tally.poll().roll(),
            Stage::Published(published) | Stage::Finished(published) => published.tally.poll().roll(),
        }
    }

    /// What was fixed at `open`; `None` before.
    pub fn poll(&self) -> Option<&Arc<Poll>> {
        match &self.stage {
            Stage::Setup(_) => None,
            Stage::Voting(voting) => Some(voting.poll()),
            Stage::Tally(tally) => Some(tally.poll()),
            Stage::Published(published) | Stage::Finished(published) => Some(published.tally.poll()),
        }
    }

    /// The voting, while it goes on.
    pub fn voting(&self) -> Option<&Voting> {
        match &self.stage {
            Stage::Voting(voting) => Some(voting),
            _ => None,
        }
    }

    /// The tally, once the voting has ended.
    pub fn tally(&self) -> Option<&Tally> {
        match &self.stage {
            Stage::Setup(_) | Stage::Voting(_) => None,
            Stage::Tally(tally) => Some(tally),
            Stage::Published(published) | Stage::Finished(published) => Some(&published.tally),
        }
    }

    /// The accepted result and the leaf hash of its entry.
    pub fn result(&self) -> Option<(&TallyResult, Hash)> {
        match &self.stage {
            Stage::Published(published) | Stage::Finished(published) => Some((&published.result, published.leaf_hash)),
            _ => None,
        }
    }

    /// How many there are of what.
    pub fn counts(&self) -> Counts {
        let (accepted, counted, challenged) = match (self.voting(), self.tally()) {
            (Some(voting), _) => (voting.accepted, voting.heads.len() as u64, voting.challenged),
            (_, Some(tally)) => (tally.counted().accepted, tally.counted().ballots, tally.counted().challenged),
            (None, None) => (0, 0, 0),
        };
        let roll = self.roll().voters().len() as u64;
        Counts { roll, accepted, superseded: accepted - counted, challenged, counted }
    }

    /// What must come before the next phase can begin. Nothing stands in the way of what is not listed, but people
    /// may want to wait: for more ballots, or for more than the least number of shares.
    pub fn awaited(&self) -> Vec<Awaited> {
        match &self.stage {
            Stage::Setup(roll) => self.awaited_in_setup(roll),
            Stage::Voting(_) => vec![Awaited::of_others(Kind::Close)],
            Stage::Tally(tally) if !tally.is_decryptable() => {
                let missing: BTreeSet<_> =
                    tally.poll().keys().qualified().filter(|index| !tally.shares().contains_key(index)).collect();
                vec![self.awaited_of(Kind::Share, &missing)]
            }
            Stage::Tally(_) => vec![Awaited::of_others(Kind::Result)],
            Stage::Published(_) => vec![Awaited::of_others(Kind::Final)],
            Stage::Finished(_) => Vec::new(),
        }
    }

    fn awaited_in_setup(&self, roll: &Roll) -> Vec<Awaited> {
        let mut awaited = self.awaited_in_ceremony();
        if !roll.is_complete() {
            awaited.push(Awaited::of_others(Kind::Roll));
        }
        if awaited.is_empty() {
            awaited.push(Awaited::of_others(Kind::Open));
        }
        awaited
    }

    fn awaited_in_ceremony(&self) -> Vec<Awaited> {
        let missing = self.ceremony.awaited();
        match self.ceremony.stage().step() {
            None => vec![Awaited::of_others(Kind::Restart)],
            Some(step) if !missing.is_empty() => vec![self.awaited_of(step.kind(), &missing)],
            Some(Step::Keys) => self.awaited_in_rehearsal(),
            Some(_) => vec![Awaited::of_others(Kind::Round)],
        }
    }

    fn awaited_in_rehearsal(&self) -> Vec<Awaited> {
        let (Some(keys), Some(rehearsal)) = (self.ceremony.keys(), self.ceremony.rehearsal()) else {
            return vec![Awaited::of_others(Kind::Rehearse)];
        };
        if rehearsal.answered().len() as u64 >= self.election.manifest().threshold {
            return Vec::new();
        }
        let missing = keys.qualified().filter(|index| !rehearsal.answered().contains(index)).collect();
        vec![self.awaited_of(Kind::Rehearsal, &missing)]
    }

    fn awaited_of(&self, kind: Kind, trustees: &BTreeSet<Index>) -> Awaited {
        let names = self.election.trustee_names(trustees);
        Awaited { kind, trustees: names.into_iter().map(str::to_owned).collect() }
    }

    /// What people should know.
    pub fn warnings(&self) -> Vec<Warning> {
        let manifest = self.election.manifest();
        let mut warnings = Vec::new();
        if manifest.simulation {
            warnings.push(Warning::Simulation);
        }
        if manifest.threshold == 1 {
            warnings.push(Warning::SingleTrustee);
        }
        let names = |indexes: Vec<_>| -> Vec<String> {
            self.election.trustee_names(&indexes).into_iter().map(str::to_owned).collect()
        };
        let absent = names(self.ceremony.left_out().keys().copied().collect());
        warnings.extend(absent.into_iter().map(|trustee| Warning::TrusteeAbsent { trustee }));
        let culprits: BTreeSet<_> = self.ceremony.all_complaints().map(Complaint::culprit).collect();
        let culprits = names(culprits.into_iter().collect());
        warnings.extend(culprits.into_iter().map(|trustee| Warning::ComplaintUpheld { trustee }));
        warnings.extend(self.small_classes());
        warnings.extend(self.withheld());
        warnings.extend(self.unanimous());
        warnings
    }

    fn small_classes(&self) -> impl Iterator<Item = Warning> {
        let enough = self.election.manifest().minimum.max(ENOUGH_IN_CLASS);
        let counted = self.tally().map(|tally| &tally.counted().classes);
        self.roll().classes().into_iter().filter_map(move |(class, voters)| {
            let counted = counted.map(|classes| classes.get(&class).copied().unwrap_or(0));
            let is_small = |members: u64| (1..enough).contains(&members);
            if !is_small(voters) && !counted.is_some_and(is_small) {
                return None;
            }
            let (style, weight) = class;
            let style = self.election.style(style).map_or_else(String::new, |style| style.name.clone());
            Some(Warning::SmallClass { style, weight, voters, counted })
        })
    }

    fn withheld(&self) -> impl Iterator<Item = Warning> {
        let contests = (0..).zip(&self.election.manifest().contests);
        let withheld = contests.filter(|(index, _)| {
            let group = self.tally().and_then(|tally| tally.group_of(*index));
            group.is_some_and(|group| group.state == GroupState::Withheld)
        });
        withheld.map(|(_, contest)| Warning::ResultWithheld { contest: contest.id.clone() })
    }

    fn unanimous(&self) -> impl Iterator<Item = Warning> {
        let results = self.result().into_iter().flat_map(|(result, _)| &result.contests);
        let contests = (0..).zip(self.election.manifest().contests.iter().zip(results));
        let unanimous = contests.filter(|(index, (contest, result))| {
            let group = self.tally().and_then(|tally| tally.group_of(*index));
            group
                .zip(result.totals())
                .is_some_and(|(group, totals)| contest.is_unanimous(group.ballots, group.weight, totals))
        });
        unanimous.map(|(_, (contest, _))| Warning::Unanimous { contest: contest.id.clone() })
    }
}

impl Awaited {
    fn of_others(kind: Kind) -> Self {
        Self { kind, trustees: Vec::new() }
    }
}
