//! The result of an election for people: a table with bars for each contest, and who is elected.

use std::fmt::Write;

use tabella_counting::outcome::{Entrant, Outcome, Undecided};
use tabella_election::contest::Totals;
use tabella_election::message::{Contest, ContestKind};

use super::pairs::matrix;
use super::table::table;
use super::{Counted, Results, title};
use crate::wording::{join, wrap};

/// The most steps of a count that are told; programs are told all.
const STEPS: usize = 40;

impl Results {
    /// The totals of every contest, with bars, and the outcomes.
    pub fn text(&self) -> String {
        let manifest = self.election.manifest();
        let mut text = format!("{}\n", manifest.title);
        if manifest.simulation {
            text.push_str("(simulation: no real voters take part)\n");
        }
        let counts = &self.counts;
        let _ = writeln!(
            text,
            "\n{} voters on the roll · {} ballots counted · {} replaced · {} challenged",
            counts.roll, counts.counted, counts.superseded, counts.challenged
        );
        for (contest, counted) in self.contests() {
            text.push('\n');
            if contest.title != manifest.title || counted.totals.is_none() {
                text.push_str(&contest.title);
                text.push_str(if counted.totals.is_none() { ": withheld, for too few voted\n" } else { "\n" });
            }
            text.push_str(&counted.text(contest));
        }
        text
    }
}

impl Counted {
    /// Totals and outcome.
    pub(super) fn text(&self, contest: &Contest) -> String {
        let Some(totals) = &self.totals else { return String::new() };
        let mut text = String::new();
        if self.weight != self.ballots {
            let _ = writeln!(text, "  {} ballots with a weight of {} together", self.ballots, self.weight);
        }
        text.push_str(&totals_text(contest, totals));
        match (&self.outcome, &contest.counting.0) {
            (Some(outcome), _) => text.push_str(&outcome_text(contest, outcome)),
            (None, Some(_)) => text.push_str("  No outcome: nobody voted.\n"),
            (None, None) => {}
        }
        text
    }
}

fn totals_text(contest: &Contest, totals: &Totals) -> String {
    if let Some(pairs) = &totals.pairs {
        return matrix(contest, pairs);
    }
    let options: Vec<(String, u64)> =
        contest.options.iter().map(|option| option.title.clone()).zip(totals.options.iter().copied()).collect();
    let mut rows = Vec::new();
    match (&contest.kind, &totals.lists) {
        (ContestKind::Lists(lists), Some(votes)) => {
            for ((list, votes), range) in lists.lists.iter().zip(votes).zip(lists.ranges()) {
                rows.push((list.title.clone(), *votes));
                let options = options.get(range).unwrap_or_default();
                rows.extend(options.iter().map(|(title, total)| (format!("  {title}"), *total)));
            }
        }
        _ => rows = options,
    }
    rows.extend(totals.blank.map(|blank| ("(blank)".to_owned(), blank)));
    table(&rows)
}

fn outcome_text(contest: &Contest, outcome: &Outcome) -> String {
    let options = |options: &mut dyn Iterator<Item = &usize>| {
        options.map(|option| title(contest, Entrant::Option(*option))).collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    if let Some(seats) = &outcome.list_seats {
        let lists = seats.iter().enumerate();
        let lists: Vec<String> =
            lists.map(|(list, seats)| format!("{} {seats}", title(contest, Entrant::List(list)))).collect();
        lines.push(format!("Seats: {}.", lists.join(", ")));
    }
    let elected = options(&mut outcome.elected.iter());
    lines.push(match elected.as_slice() {
        [] => "Nobody is elected.".to_owned(),
        elected => format!("Elected: {}.", join(elected, "and")),
    });
    for Undecided { seats, options: tied, lists } in &outcome.undecided {
        let mut names: Vec<String> = lists.iter().map(|list| title(contest, Entrant::List(*list))).collect();
        names.extend(options(&mut tied.iter()));
        if names.is_empty() {
            lines.push("Undecided: no option beats every other.".to_owned());
        } else {
            lines.push(format!("Undecided: {}, a tie between {}.", seats_text(*seats), join(&names, "and")));
        }
    }
    if outcome.vacant > 0 {
        lines.push(format!("Vacant: {}, for nobody is there to take more.", seats_text(outcome.vacant)));
    }
    if outcome.by_tie_break {
        lines.push("A tie was decided by the tie-break of the manifest.".to_owned());
    }
    let mut text: String = lines.iter().map(|line| format!("{}\n", wrap("  ", line))).collect();
    let _ = writeln!(text, "  How it was counted ({}):", outcome.method);
    let steps = outcome.explain(|entrant| title(contest, entrant));
    for step in steps.iter().take(STEPS) {
        let _ = writeln!(text, "{}", wrap("  – ", step));
    }
    if steps.len() > STEPS {
        let _ = writeln!(text, "  – and {} further steps, which --json tells", steps.len() - STEPS);
    }
    text
}

fn seats_text(seats: u64) -> String {
    if seats == 1 { "1 seat".to_owned() } else { format!("{seats} seats") }
}
