//! What a voter chooses: named on the command line, or asked for at the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use tabella_client::printable::printable;
use tabella_election::Election;
use tabella_election::contest::Selection;
use tabella_election::message::{Choice, Contest, ContestKind, Style};

/// A vote: a selection in each contest, by the contest's index.
pub(super) type Choices = BTreeMap<u64, Selection>;

/// Choices on the command line; what is left open is asked for.
#[derive(Debug, Args)]
pub(super) struct ChoiceArguments {
    /// Choose these options of a contest; both by id or number. Nothing after the = chooses none
    #[arg(long, value_name = "CONTEST=OPTION,…")]
    choose: Vec<String>,
    /// Vote blank in a contest
    #[arg(long, value_name = "CONTEST")]
    blank: Vec<String>,
}

impl ChoiceArguments {
    /// A selection for each contest of the voter's ballot, every one of them a vote.
    pub(super) fn read(&self, election: &Election, style: &Style) -> Result<Choices> {
        let contests: Vec<(u64, &Contest)> = election.style_contests(style).collect();
        let mut choices = Choices::new();
        let mut add = |(index, contest): (u64, &Contest), selection| {
            judge(contest, &selection)?;
            ensure!(choices.insert(index, selection).is_none(), "contest “{}” is named twice", contest.id);
            Ok(())
        };
        for named in &self.choose {
            let (contest, options) =
                named.split_once('=').with_context(|| format!("`{named}` is not CONTEST=OPTION"))?;
            let contest = find(&contests, contest)?;
            add(contest, options_of(contest.1, options)?)?;
        }
        for contest in &self.blank {
            add(find(&contests, contest)?, Selection::Blank)?;
        }
        let open = contests.iter().filter(|(index, _)| !choices.contains_key(index)).copied().collect::<Vec<_>>();
        if !open.is_empty() && !io::stdin().is_terminal() {
            let open: String = open.iter().map(|(_, contest)| describe(contest)).collect();
            bail!("a choice is missing, and there is no terminal to ask at: give --choose or --blank\n{open}");
        }
        for (index, contest) in open {
            choices.insert(index, ask(contest)?);
        }
        Ok(choices)
    }
}

/// What was chosen, a line for each contest.
pub(super) fn show(election: &Election, choices: &Choices) -> String {
    let line = |(index, selection): (&u64, &Selection)| {
        let contest = election.contest(*index)?;
        let chosen = match selection {
            Selection::Blank => "(blank)".to_owned(),
            Selection::Options(options) if options.is_empty() => "(none of the options)".to_owned(),
            Selection::Options(options) => {
                let titles = options.iter().filter_map(|option| Some(contest.options.get(*option)?.title.as_str()));
                titles.collect::<Vec<_>>().join(", ")
            }
            _ => return None,
        };
        Some(format!("  {}: {chosen}\n", contest.title))
    };
    choices.iter().filter_map(line).collect()
}

/// What was chosen, for programs: option ids by contest id, `null` for a blank vote.
pub(super) fn to_json(election: &Election, choices: &Choices) -> serde_json::Value {
    let member = |(index, selection): (&u64, &Selection)| {
        let contest = election.contest(*index)?;
        let chosen = match selection {
            Selection::Blank => serde_json::Value::Null,
            Selection::Options(options) => {
                options.iter().filter_map(|option| Some(contest.options.get(*option)?.id.as_str())).collect()
            }
            _ => return None,
        };
        Some((contest.id.clone(), chosen))
    };
    choices.iter().filter_map(member).collect::<serde_json::Map<_, _>>().into()
}

/// Looks a word up by id, and then by its number from 1.
fn position<'a>(ids: impl Iterator<Item = &'a str> + Clone, word: &str) -> Option<usize> {
    let word = word.trim();
    let count = ids.clone().count();
    let by_number = || word.parse::<usize>().ok()?.checked_sub(1).filter(|number| *number < count);
    ids.clone().position(|id| id == word).or_else(by_number)
}

fn find<'a>(contests: &[(u64, &'a Contest)], word: &str) -> Result<(u64, &'a Contest)> {
    let found = position(contests.iter().map(|(_, contest)| contest.id.as_str()), word);
    let all = || contests.iter().map(|(_, contest)| describe(contest)).collect::<String>();
    let unknown = || anyhow!("there is no contest “{word}” on this ballot; there is\n{}", all());
    found.and_then(|position| contests.get(position)).copied().ok_or_else(unknown)
}

fn options_of(contest: &Contest, words: &str) -> Result<Selection> {
    let ids = contest.options.iter().map(|option| option.id.as_str());
    // An id may hold a comma.
    if let Some(only) = position(ids.clone(), words) {
        return Ok(Selection::Options(BTreeSet::from([only])));
    }
    let words = words.split(',').filter(|word| !word.trim().is_empty());
    let options = words.map(|word| {
        position(ids.clone(), word)
            .with_context(|| format!("there is no option “{}” in\n{}", word.trim(), describe(contest)))
    });
    Ok(Selection::Options(options.collect::<Result<_>>()?))
}

/// Whether a selection is a vote, before anything is encrypted.
fn judge(contest: &Contest, selection: &Selection) -> Result<()> {
    let judged = contest.fill(selection).map(drop);
    judged.map_err(|fault| anyhow!("this is no vote in “{}”: {fault}", contest.title))
}

/// A contest with its options, as it is listed for the voter.
fn describe(contest: &Contest) -> String {
    let rule = match &contest.kind {
        ContestKind::Choice(Choice { min, max, .. }) if min == max => format!("choose {max}"),
        ContestKind::Choice(Choice { min: 0, max, .. }) => format!("choose up to {max}"),
        ContestKind::Choice(Choice { min, max, .. }) => format!("choose {min} to {max}"),
        other => other.name().to_owned(),
    };
    let blank = if offers_blank(contest) { ", or vote blank" } else { "" };
    let options = contest.options.iter().zip(1..);
    let options: String =
        options.map(|(option, number)| format!("  {number}  {} ({})\n", option.title, option.id)).collect();
    printable(&format!("{} ({}): {rule}{blank}\n{options}", contest.title, contest.id))
}

fn offers_blank(contest: &Contest) -> bool {
    matches!(&contest.kind, ContestKind::Choice(Choice { blank: true, .. }))
}

fn ask(contest: &Contest) -> Result<Selection> {
    let mut terminal = io::stderr();
    writeln!(terminal, "\n{}", describe(contest))?;
    loop {
        let blank = if offers_blank(contest) { ", or the word blank" } else { "" };
        write!(terminal, "Your choice (numbers with commas between them{blank}): ")?;
        terminal.flush()?;
        let mut line = String::new();
        ensure!(io::stdin().lock().read_line(&mut line)? > 0, "nothing was chosen, and nothing was done");
        let selection = match line.trim() {
            "blank" if offers_blank(contest) => Ok(Selection::Blank),
            words => options_of(contest, words),
        };
        match selection.and_then(|selection| judge(contest, &selection).map(|()| selection)) {
            Ok(selection) => return Ok(selection),
            Err(error) => writeln!(terminal, "{}", printable(&error.to_string()))?,
        }
    }
}
