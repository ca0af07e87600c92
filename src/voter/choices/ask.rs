//! Choices that are asked for at the terminal.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use anyhow::{Result, ensure};
use tabella_client::printable::printable;
use tabella_election::contest::Selection;
use tabella_election::message::{Choice, Contest, ContestKind, ContestOption, Ranking};

use super::{judge, words};
use crate::wording;

/// A contest with its options, as it is listed for the voter.
pub(super) fn describe(contest: &Contest) -> String {
    let mut text = format!("{} ({}): {}\n", contest.title, contest.id, wording::rule(contest));
    match &contest.kind {
        ContestKind::Lists(lists) => {
            for ((list, range), number) in lists.lists.iter().zip(lists.ranges()).zip(1..) {
                let _ = writeln!(text, "  {number}  {} ({})", list.title, list.id);
                let options = contest.options.get(range.clone()).unwrap_or_default();
                text.push_str(&options_text("       ", range.start + 1, options));
            }
        }
        _ => text.push_str(&options_text("  ", 1, &contest.options)),
    }
    printable(&text)
}

fn options_text(indent: &str, first: usize, options: &[ContestOption]) -> String {
    let options = options.iter().zip(first..);
    options.map(|(option, number)| format!("{indent}{number}  {} ({})\n", option.title, option.id)).collect()
}

/// How an answer is written.
pub(super) fn hint(contest: &Contest) -> String {
    match &contest.kind {
        ContestKind::Choice(Choice { blank, .. }) => {
            let blank = if *blank { ", or the word blank" } else { "" };
            format!("numbers with commas between them{blank}")
        }
        ContestKind::Score(_) => "OPTION:POINTS with commas between them, such as 1:3,2:1".to_owned(),
        ContestKind::Quadratic(_) => "OPTION:VOTES with commas between them, such as 1:3,2:1".to_owned(),
        ContestKind::Allocation(_) => "OPTION:AMOUNT with commas between them, such as 1:30,2:70".to_owned(),
        ContestKind::Positional(_) | ContestKind::Ranking(Ranking { ties: false }) => {
            "options with > between them, the best first, such as 2>1".to_owned()
        }
        ContestKind::Ranking(Ranking { ties: true }) => {
            "options with > between them, the best first, and = between those that share a place, such as 2>1=3"
                .to_owned()
        }
        ContestKind::Lists(lists) if lists.ranges().all(|range| range.is_empty()) => "the number of a list".to_owned(),
        ContestKind::Lists(_) => {
            "LIST:OPTIONS with commas between the options, such as 1:1,2; or a list alone".to_owned()
        }
    }
}

/// Asks until the answer is a vote.
pub(super) fn ask(contest: &Contest) -> Result<Selection> {
    let mut terminal = io::stderr();
    writeln!(terminal, "\n{}", describe(contest))?;
    loop {
        write!(terminal, "Your choice ({}): ", hint(contest))?;
        terminal.flush()?;
        let mut line = String::new();
        ensure!(io::stdin().lock().read_line(&mut line)? > 0, "nothing was chosen, and nothing was done");
        match answer(contest, line.trim()) {
            Ok(selection) => return Ok(selection),
            Err(error) => writeln!(terminal, "{}", printable(&error.to_string()))?,
        }
    }
}

/// What a line says, if it is a vote.
pub(super) fn answer(contest: &Contest, line: &str) -> Result<Selection> {
    let selection = match (line, &contest.kind) {
        ("blank", ContestKind::Choice(Choice { blank: true, .. })) => Selection::Blank,
        _ => words::selection(contest, line)?,
    };
    judge(contest, &selection)?;
    Ok(selection)
}
