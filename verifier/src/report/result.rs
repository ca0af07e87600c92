//! The result and what follows from it. Implements specs/checks.md#report and specs/counting.md#json.

use crate::contest::Contest;
use crate::counting::{Outcome, Rule, Undecided};
use crate::rules::{Election, Phase};
use crate::tally::{Group, State};
use crate::totals::Totals;
use serde::Serialize;

/// The accepted result.
#[derive(Debug, Serialize)]
pub struct ResultReport {
    pub contests: Vec<ContestReport>,
}

/// The result of a contest.
#[derive(Debug, Serialize)]
pub struct ContestReport {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub ballots: u64,
    /// The sum of the weights of the ballots.
    pub weight: u64,
    pub blank: Option<u64>,
    pub withheld: bool,
    pub options: Vec<OptionReport>,
    /// For rankings: row a, column b is the weight of the ballots that rank a above b. Empty if withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairs: Option<Vec<Vec<u64>>>,
    /// For contests of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<ListReport>>,
    /// For contests with a counting rule; there is none of no ballots and of a withheld contest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Option<OutcomeReport>>,
}

impl ContestReport {
    /// The largest total, beside which the others are drawn as bars.
    pub fn largest(&self) -> u64 {
        let options = self.options.iter().map(|option| option.total);
        let lists = self.lists.iter().flatten().map(|list| list.total);
        options.chain(lists).chain([self.blank]).flatten().max().unwrap_or(0)
    }
}

/// The total of an option.
#[derive(Debug, Serialize)]
pub struct OptionReport {
    pub id: String,
    pub title: String,
    pub total: Option<u64>,
}

/// The total of a list.
#[derive(Debug, Serialize)]
pub struct ListReport {
    pub id: String,
    pub title: String,
    pub total: Option<u64>,
}

/// Who is elected.
#[derive(Debug, Serialize)]
pub struct OutcomeReport {
    pub method: String,
    pub seats: u64,
    pub elected: Vec<String>,
    pub undecided: Vec<UndecidedReport>,
    pub vacant: u64,
    pub by_tie_break: bool,
    /// Where seats go to lists first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<ListSeatsReport>>,
    pub explanation: Vec<String>,
}

/// Seats for which some tie.
#[derive(Debug, Serialize)]
pub struct UndecidedReport {
    pub seats: u64,
    pub options: Vec<String>,
    pub lists: Vec<String>,
}

/// The seats of a list.
#[derive(Debug, Serialize)]
pub struct ListSeatsReport {
    pub id: String,
    pub seats: u64,
}

/// The result, once it is accepted.
pub(super) fn of(election: &Election) -> Option<ResultReport> {
    if election.phase < Phase::Published {
        return None;
    }
    let (results, _) = election.result.as_ref()?;
    let tally = election.tally.as_ref()?;
    let contests = election.manifest.contests.iter().zip(results).enumerate();
    let report = |(index, (contest, slots)): (usize, (&Contest, &Option<Vec<u64>>))| {
        contest_report(contest, slots.as_deref(), tally.group_of(index))
    };
    Some(ResultReport { contests: contests.map(report).collect() })
}

/// The sum of the blank totals of all contests.
pub(super) fn blank(election: &Election) -> u64 {
    let result = of(election);
    let blanks = result.iter().flat_map(|result| &result.contests).filter_map(|contest| contest.blank);
    blanks.fold(0, u64::saturating_add)
}

fn contest_report(contest: &Contest, slots: Option<&[u64]>, group: Option<&Group>) -> ContestReport {
    let (ballots, weight) = group.map_or((0, 0), |group| (group.ballots, group.weight));
    let totals = slots.map(|slots| Totals::new(contest, slots, weight));
    let total_of = |totals: &Option<Vec<u64>>, place: usize| totals.as_ref()?.get(place).copied();
    let option = |(place, option): (usize, &crate::contest::Choosable)| OptionReport {
        id: option.id.clone(),
        title: option.title.clone(),
        total: totals.as_ref().and_then(|totals| total_of(&totals.options, place)),
    };
    let list = |(place, list): (usize, &crate::contest::List)| ListReport {
        id: list.id.clone(),
        title: list.title.clone(),
        total: totals.as_ref().and_then(|totals| total_of(&totals.lists, place)),
    };
    let pairs = || totals.as_ref().and_then(|totals| totals.pairs.as_ref()).map(|pairs| pairs.rows().to_vec());
    let outcome = |rule: &Rule| {
        let counted = totals.as_ref().filter(|_| ballots > 0)?;
        Some(outcome_report(contest, rule, Outcome::new(contest, rule, counted)))
    };
    ContestReport {
        id: contest.id.clone(),
        kind: contest.kind.name().to_owned(),
        title: contest.title.clone(),
        ballots,
        weight,
        blank: totals.as_ref().and_then(|totals| totals.blank),
        withheld: group.is_some_and(|group| group.state == State::Withheld),
        options: contest.options.iter().enumerate().map(option).collect(),
        pairs: contest.is_ranking().then(|| pairs().unwrap_or_default()),
        lists: contest.has_lists().then(|| contest.lists().iter().enumerate().map(list).collect()),
        outcome: contest.counting.as_ref().map(outcome),
    }
}

/// Who is elected, by the ids of options and lists.
pub(crate) fn outcome_report(contest: &Contest, rule: &Rule, outcome: Outcome) -> OutcomeReport {
    let options = |places: &[usize]| -> Vec<String> {
        places.iter().filter_map(|place| contest.options.get(*place)).map(|option| option.id.clone()).collect()
    };
    let lists = |places: &[usize]| -> Vec<String> {
        places.iter().filter_map(|place| contest.lists().get(*place)).map(|list| list.id.clone()).collect()
    };
    let undecided = |tie: &Undecided| UndecidedReport {
        seats: tie.seats,
        options: options(&tie.options),
        lists: lists(&tie.lists),
    };
    let seats_of_lists = |seats: Vec<u64>| {
        let lists = contest.lists().iter().zip(seats);
        lists.map(|(list, seats)| ListSeatsReport { id: list.id.clone(), seats }).collect()
    };
    OutcomeReport {
        method: rule.method.name().to_owned(),
        seats: rule.seats,
        elected: options(&outcome.elected),
        undecided: outcome.undecided.iter().map(undecided).collect(),
        vacant: outcome.vacant,
        by_tie_break: outcome.by_tie_break,
        lists: outcome.lists.map(seats_of_lists),
        explanation: outcome.explanation,
    }
}
