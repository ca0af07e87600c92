//! The result of an election for people: a table with bars.

use std::fmt::Write;

use tabella_election::Election;
use tabella_election::message::{ContestResult, TallyResult};
use tabella_election::rules::Counts;

/// Columns of the longest bar.
const BAR: usize = 40;

/// Columns of a title.
const TITLE: usize = 40;

/// Eighths of a column, from one to seven.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// The totals of every contest, with bars.
pub fn text(election: &Election, counts: &Counts, result: &TallyResult) -> String {
    let mut text = String::new();
    let manifest = election.manifest();
    let _ = writeln!(text, "{}", manifest.title);
    if manifest.simulation {
        text.push_str("(simulation: no real voters take part)\n");
    }
    text.push('\n');
    let _ = writeln!(
        text,
        "{} voters on the roll · {} ballots counted · {} replaced · {} challenged",
        counts.roll, counts.counted, counts.superseded, counts.challenged
    );
    for (contest, result) in manifest.contests.iter().zip(&result.contests) {
        match result {
            ContestResult::Withheld => {
                let _ = writeln!(text, "\n{}: withheld, for too few voted", contest.title);
            }
            ContestResult::Totals(slots) => {
                let (totals, blank) = slots.split_at(contest.options.len().min(slots.len()));
                text.push('\n');
                if contest.title != manifest.title {
                    let _ = writeln!(text, "{}", contest.title);
                }
                let mut rows: Vec<(&str, u64)> =
                    contest.options.iter().map(|option| option.title.as_str()).zip(totals.iter().copied()).collect();
                rows.extend(blank.iter().map(|blank| ("(blank)", *blank)));
                text.push_str(&table(&rows));
            }
        }
    }
    text
}

fn table(rows: &[(&str, u64)]) -> String {
    let most = rows.iter().map(|(_, total)| *total).max().unwrap_or(0);
    let digits = most.to_string().len();
    let mut text = String::new();
    for (title, total) in rows {
        let _ = writeln!(text, "  {}  {total:>digits$}  {}", column(title), bar(*total, most));
    }
    text
}

/// A title in exactly [`TITLE`] columns of one-column characters.
fn column(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return format!("{title:<TITLE$}");
    }
    let cut: String = title.chars().take(TITLE - 1).collect();
    format!("{cut}…")
}

fn bar(total: u64, most: u64) -> String {
    let eighths = if most == 0 { 0 } else { (u128::from(total) * BAR as u128 * 8 / u128::from(most)) as usize };
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).and_then(|part| PARTS.get(part)));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion() {
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(0, 5), "");
        assert_eq!(bar(5, 5), "█".repeat(BAR));
        assert_eq!(bar(1, 2), "█".repeat(BAR / 2));
        assert_eq!(bar(1, 80), "▌");
        assert_eq!(bar(u64::MAX, u64::MAX), "█".repeat(BAR));
    }

    #[test]
    fn columns_are_aligned() {
        let text = table(&[("Trees", 10), (&"long ".repeat(20), 5)]);
        let starts: Vec<usize> =
            text.lines().map(|line| line.chars().position(|letter| letter == '█').unwrap()).collect();
        assert_eq!(starts, [2 + TITLE + 2 + 2 + 2; 2]);
    }
}
