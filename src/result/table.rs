//! Rows of totals with bars.

use std::fmt::Write;

/// Columns of the longest bar.
const BAR: usize = 40;

/// Columns of a title.
pub(super) const TITLE: usize = 40;

/// Eighths of a column, from one to seven.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A row for each title, with bars in proportion to the largest total.
pub(super) fn table(rows: &[(String, u64)]) -> String {
    let most = rows.iter().map(|(_, total)| *total).max().unwrap_or(0);
    let digits = most.to_string().len();
    let mut text = String::new();
    for (title, total) in rows {
        let row = format!("  {}  {total:>digits$}  {}", column(title, TITLE), bar(*total, most));
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text
}

/// A title in exactly so many columns of one-column characters.
pub(super) fn column(title: &str, width: usize) -> String {
    if title.chars().count() <= width {
        return format!("{title:<width$}");
    }
    let cut: String = title.chars().take(width.saturating_sub(1)).collect();
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
        let text = table(&[("Trees".to_owned(), 10), ("long ".repeat(20), 5)]);
        let starts: Vec<usize> =
            text.lines().map(|line| line.chars().position(|letter| letter == '█').unwrap()).collect();
        assert_eq!(starts, [2 + TITLE + 2 + 2 + 2; 2]);
    }
}
