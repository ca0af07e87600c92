//! The pairs of a ranking as a matrix, with a letter for each option.

use std::fmt::Write;

use tabella_counting::totals::Pairs;
use tabella_election::message::Contest;

use super::table::{TITLE, column};

/// Row for row an option: how many ballots rank it above the option of each column, and how many options it beats.
pub(super) fn matrix(contest: &Contest, pairs: &Pairs) -> String {
    let options = 0..pairs.options();
    let name = options.clone().map(|option| letters(option).len()).max().unwrap_or(1);
    let most = pairs.rows().flatten().copied().max().unwrap_or(0).to_string().len();
    let width = most.max(name) + 2;

    let mut text = format!("  {:name$}  {:TITLE$}", "", "");
    for option in options.clone() {
        let _ = write!(text, "{:>width$}", letters(option));
    }
    text.push_str("  beats\n");
    for (option, votes) in pairs.rows().enumerate() {
        let title = contest.options.get(option).map_or("", |option| option.title.as_str());
        let _ = write!(text, "  {:name$}  {}", letters(option), column(title, TITLE));
        for (other, votes) in votes.iter().enumerate() {
            let _ = if other == option { write!(text, "{:>width$}", "·") } else { write!(text, "{votes:>width$}") };
        }
        let beaten = options.clone().filter(|other| pairs.win(option, *other).is_some()).count();
        let _ = writeln!(text, "  {beaten:>5}");
    }
    text.push_str("  (each number: how many rank the row's option above the column's)\n");
    text
}

/// A, B, …, Z, AA, AB, ….
fn letters(number: usize) -> String {
    let mut rest = number + 1;
    let mut letters = Vec::new();
    while let Some(digit) = rest.checked_sub(1) {
        letters.push(char::from(b'A' + (digit % 26) as u8));
        rest = digit / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_letters() {
        let all: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letters).to_vec();
        assert_eq!(all, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
