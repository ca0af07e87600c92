//! The result as text: totals, pairs of rankings, lists, and who is elected.

use super::counted;
use crate::report::{ContestReport, OutcomeReport, Report, Verdict};
use crate::text::printable;

/// Options of a ranking are called by letters as long as there are enough.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The width of the longest bar, in letters.
const BAR: u128 = 20;

/// What ends a bar, by eighths of a letter.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The results of all contests, one after another.
pub fn result(report: &Report) -> String {
    let Some(result) = &report.result else {
        return String::new();
    };
    let claim = if report.verdict == Verdict::Valid { "Result" } else { "Result as claimed by an INVALID record" };
    result.contests.iter().fold(format!("{claim}\n"), |text, contest| text + &contest_text(contest))
}

fn contest_text(contest: &ContestReport) -> String {
    let ballots = counted(contest.ballots, "ballot");
    let weight =
        if contest.weight == contest.ballots { String::new() } else { format!(" of weight {}", contest.weight) };
    let mut text = format!("  {} ({ballots}{weight})\n", printable(&contest.title));
    if contest.withheld {
        return text + "    withheld: too few ballots to be decrypted\n";
    }
    let outcome = contest.outcome.as_ref().and_then(Option::as_ref);
    match &contest.pairs {
        Some(pairs) => text += &pairs_text(contest, pairs, outcome),
        None => text += &totals_text(contest, outcome),
    }
    if let Some(lists) = &contest.lists {
        text += "    Lists\n";
        for list in lists {
            let seats = outcome.and_then(|outcome| outcome.lists.as_ref()?.iter().find(|seats| seats.id == list.id));
            let seats = seats.map(|list| format!(" – {}", counted(list.seats, "seat"))).unwrap_or_default();
            let tied = if ties(outcome, |tie| tie.lists.contains(&list.id)) { ", ties for more" } else { "" };
            let bar = bar(list.total, contest.largest());
            text += &format!("    {:>12} {bar} {}{seats}{tied}\n", number(list.total), printable(&list.title));
        }
    }
    text + &match &contest.outcome {
        Some(Some(outcome)) => outcome_text(contest, outcome),
        Some(None) => "    No outcome: nobody voted\n".to_owned(),
        None => String::new(),
    }
}

fn totals_text(contest: &ContestReport, outcome: Option<&OutcomeReport>) -> String {
    let mut text = String::new();
    let largest = contest.largest();
    for option in &contest.options {
        let mark = mark(outcome, &option.id);
        let bar = bar(option.total, largest);
        text += &format!("    {:>12} {bar} {}{mark}\n", number(option.total), printable(&option.title));
    }
    if let Some(blank) = contest.blank {
        text += &format!("    {blank:>12} {} (blank)\n", bar(Some(blank), largest));
    }
    text
}

/// A total beside the largest one.
fn bar(total: Option<u64>, largest: u64) -> String {
    let eighths = u128::from(total.unwrap_or(0)) * (BAR * EIGHTHS.len() as u128) / u128::from(largest.max(1));
    let (whole, rest) = (eighths as usize / EIGHTHS.len(), eighths as usize % EIGHTHS.len());
    let bar = format!("{}{}", "█".repeat(whole), EIGHTHS.get(rest).copied().unwrap_or_default());
    format!("{bar:<width$}", width = BAR as usize)
}

/// The options with a letter each, and how often each stands above each other.
fn pairs_text(contest: &ContestReport, pairs: &[Vec<u64>], outcome: Option<&OutcomeReport>) -> String {
    let names: Vec<String> = if contest.options.len() <= LETTERS.len() {
        LETTERS.chars().map(String::from).take(contest.options.len()).collect()
    } else {
        (1..=contest.options.len()).map(|number| number.to_string()).collect()
    };
    let mut text = String::new();
    for (name, option) in names.iter().zip(&contest.options) {
        text += &format!("    {name:>6}  {}{}\n", printable(&option.title), mark(outcome, &option.id));
    }
    let what = if contest.weight == contest.ballots { "Ballots" } else { "Weight of the ballots" };
    text += &format!("    {what} that put the option of the row above that of the column:\n");
    let largest = pairs.iter().flatten().max().copied().unwrap_or(0).to_string();
    let width = names.iter().map(String::len).max().unwrap_or(0).max(largest.len()) + 2;
    let heads: String = names.iter().map(|name| format!("{name:>width$}")).collect();
    text += &format!("    {:>6}{heads}\n", "");
    for (row, (name, numbers)) in names.iter().zip(pairs).enumerate() {
        let cell = |(column, number): (usize, &u64)| {
            let shown = if column == row { "–".to_owned() } else { number.to_string() };
            format!("{shown:>width$}")
        };
        let cells: String = numbers.iter().enumerate().map(cell).collect();
        text += &format!("    {name:>6}{cells}\n");
    }
    text
}

fn outcome_text(contest: &ContestReport, outcome: &OutcomeReport) -> String {
    let titles = contest.options.iter().filter(|option| outcome.elected.contains(&option.id));
    let titles: Vec<String> = titles.map(|option| printable(&option.title)).collect();
    let elected = if titles.is_empty() { "nobody".to_owned() } else { titles.join(", ") };
    let (seats, method) = (counted(outcome.seats, "seat"), method(&outcome.method));
    let mut text = format!("    {seats} by {method}; elected: {elected}\n");
    for tie in &outcome.undecided {
        let options = contest.options.iter().filter(|option| tie.options.contains(&option.id));
        let lists = contest.lists.iter().flatten().filter(|list| tie.lists.contains(&list.id));
        let titles = options.map(|option| &option.title).chain(lists.map(|list| &list.title));
        let between: Vec<String> = titles.map(|title| printable(title)).collect();
        let between = if between.is_empty() { String::new() } else { format!(" between {}", between.join(", ")) };
        text += &format!("    NOT DECIDED: {}{between}\n", counted(tie.seats, "seat"));
    }
    if outcome.vacant > 0 {
        text += &format!("    VACANT: {}\n", counted(outcome.vacant, "seat"));
    }
    for sentence in &outcome.explanation {
        text += &format!("      {}\n", printable(sentence));
    }
    text
}

/// How people call a method.
pub fn method(name: &str) -> &str {
    match name {
        "highest" => "the highest totals",
        "condorcet" => "comparing all pairs (Condorcet)",
        "copeland" => "most wins over others (Copeland)",
        "schulze" => "strongest paths (Schulze)",
        "ranked-pairs" => "ranked pairs (Tideman)",
        "dhondt" => "greatest quotients (D'Hondt)",
        "sainte-lague" => "greatest quotients (Sainte-Laguë)",
        "largest-remainder" => "largest remainders (Hare)",
        other => other,
    }
}

/// What is to be said beside an option.
pub fn mark(outcome: Option<&OutcomeReport>, id: &String) -> &'static str {
    if outcome.is_some_and(|outcome| outcome.elected.contains(id)) {
        return " – elected";
    }
    if ties(outcome, |tie| tie.options.contains(id)) { " – ties for a seat" } else { "" }
}

pub fn ties(outcome: Option<&OutcomeReport>, holds: impl Fn(&crate::report::UndecidedReport) -> bool) -> bool {
    outcome.is_some_and(|outcome| outcome.undecided.iter().any(holds))
}

pub fn number(total: Option<u64>) -> String {
    total.map_or_else(|| "–".to_owned(), |total| total.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_beside_the_largest() {
        assert_eq!(bar(Some(80), 80), "█".repeat(20));
        assert_eq!(bar(Some(41), 80).trim_end(), format!("{}▎", "█".repeat(10)));
        assert_eq!(bar(Some(u64::MAX), u64::MAX), "█".repeat(20));
        for nothing in [bar(Some(0), 80), bar(None, 80), bar(Some(0), 0)] {
            assert_eq!(nothing, " ".repeat(20));
        }
    }
}
