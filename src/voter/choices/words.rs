//! A voter's words. Options, lists and contests are named by id, or by their number from 1.
//!
//! An id may hold any character, those too that stand between words here: the longest id that stands at a place is taken
//! before a separator is looked for.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail, ensure};
use tabella_election::contest::Selection;
use tabella_election::message::{Contest, ContestKind, Lists};

use super::ask::{describe, hint};

/// `CONTEST=ANSWER`: the contest, and the answer's words.
pub(super) fn contest_and_answer<'a, 'w>(
    contests: &[(u64, &'a Contest)],
    words: &'w str,
) -> Result<((u64, &'a Contest), &'w str)> {
    let ids: Vec<&str> = contests.iter().map(|(_, contest)| contest.id.as_str()).collect();
    let mut rest = Words(words);
    let found = rest.named(&ids, &['=']);
    ensure!(found.is_err() || rest.separator(&['=']).is_some(), "`{words}` is not CONTEST=ANSWER");
    match found {
        Ok(position) => Ok((*contests.get(position).context("a contest has a position")?, rest.0)),
        Err(_) if !words.contains('=') => bail!("`{words}` is not CONTEST=ANSWER"),
        Err(word) => Err(unknown_contest(contests, word)),
    }
}

/// The contest of this name.
pub(super) fn contest<'a>(contests: &[(u64, &'a Contest)], word: &str) -> Result<(u64, &'a Contest)> {
    let ids: Vec<&str> = contests.iter().map(|(_, contest)| contest.id.as_str()).collect();
    let found = Words(word).named(&ids, &[]).ok().and_then(|position| contests.get(position));
    found.copied().ok_or_else(|| unknown_contest(contests, word))
}

fn unknown_contest(contests: &[(u64, &Contest)], word: &str) -> anyhow::Error {
    let all: String = contests.iter().map(|(_, contest)| describe(contest)).collect();
    anyhow!("there is no contest “{}” on this ballot; there is\n{all}", word.trim())
}

/// The answer to a contest.
pub(super) fn selection(contest: &Contest, words: &str) -> Result<Selection> {
    match &contest.kind {
        ContestKind::Choice(_) => Ok(Selection::Options(options(contest, &mut Words(words))?)),
        ContestKind::Score(_) | ContestKind::Quadratic(_) | ContestKind::Allocation(_) => numbers(contest, words),
        ContestKind::Positional(_) => Ok(Selection::Ranking(places(contest, words)?)),
        ContestKind::Ranking(_) => {
            let mut places = places(contest, words)?;
            let left_out: BTreeSet<usize> = (0..contest.options.len())
                .filter(|option| !places.iter().any(|place| place.contains(option)))
                .collect();
            // They come last, tied.
            places.extend((!left_out.is_empty()).then_some(left_out));
            Ok(Selection::Ranking(places))
        }
        ContestKind::Lists(lists) => list(contest, lists, words),
    }
}

/// `ada,noether`.
fn options(contest: &Contest, words: &mut Words<'_>) -> Result<BTreeSet<usize>> {
    let mut options = BTreeSet::new();
    while !words.is_done() {
        add(contest, &mut options, option(contest, words, &[','])?)?;
        while words.separator(&[',']).is_some() {}
    }
    Ok(options)
}

/// `park:3,school:2`.
fn numbers(contest: &Contest, words: &str) -> Result<Selection> {
    let ids = option_ids(contest);
    let mut numbers = vec![0; contest.options.len()];
    let mut named = BTreeSet::new();
    let mut words = Words(words);
    while !words.is_done() {
        let option = match words.id_before(&ids, ':') {
            Some(option) => option,
            None => option(contest, &mut words, &[':', ','])?,
        };
        add(contest, &mut named, option)?;
        let id = ids.get(option).copied().unwrap_or_default();
        ensure!(words.separator(&[':']).is_some(), "“{id}” has no number; write {}", hint(contest));
        let number = words.until(&[',']);
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let value = number.parse::<u64>().ok().filter(|_| is_number);
        let value = value.with_context(|| format!("“{number}” is no whole number; write {}", hint(contest)))?;
        if let Some(own) = numbers.get_mut(option) {
            *own = value;
        }
        while words.separator(&[',']).is_some() {}
    }
    Ok(Selection::Numbers(numbers))
}

/// `ada>noether=turing`.
fn places(contest: &Contest, words: &str) -> Result<Vec<BTreeSet<usize>>> {
    let mut places: Vec<BTreeSet<usize>> = Vec::new();
    let mut named = BTreeSet::new();
    let mut words = Words(words);
    // As if a > stood before the first.
    let mut before = if words.is_done() { None } else { Some('>') };
    while let Some(separator) = before {
        let option = option(contest, &mut words, &['>', '='])?;
        add(contest, &mut named, option)?;
        match places.last_mut() {
            Some(last) if separator == '=' => {
                last.insert(option);
            }
            _ => places.push(BTreeSet::from([option])),
        }
        before = words.separator(&['>', '=']);
    }
    Ok(places)
}

/// `green:ada,noether`, or `green`.
fn list(contest: &Contest, lists: &Lists, words: &str) -> Result<Selection> {
    let ids: Vec<&str> = lists.lists.iter().map(|list| list.id.as_str()).collect();
    let mut words = Words(words);
    let list = words.named(&ids, &[':']).map_err(|word| match word {
        "" => anyhow!("choose a list; write {}", hint(contest)),
        word => anyhow!("there is no list “{word}” in\n{}", describe(contest)),
    })?;
    words.separator(&[':']);
    Ok(Selection::List { list, options: options(contest, &mut words)? })
}

fn add(contest: &Contest, named: &mut BTreeSet<usize>, option: usize) -> Result<()> {
    let id = contest.options.get(option).map_or("", |option| option.id.as_str());
    ensure!(named.insert(option), "“{id}” is named twice");
    Ok(())
}

fn option(contest: &Contest, words: &mut Words<'_>, ends: &[char]) -> Result<usize> {
    words.named(&option_ids(contest), ends).map_err(|word| match word {
        "" => anyhow!("an option is missing; write {}", hint(contest)),
        word => anyhow!("there is no option “{word}” in\n{}", describe(contest)),
    })
}

fn option_ids(contest: &Contest) -> Vec<&str> {
    contest.options.iter().map(|option| option.id.as_str()).collect()
}

/// What is left to be read.
struct Words<'w>(&'w str);

impl<'w> Words<'w> {
    fn is_done(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Takes an id or a number, which goes up to one of these characters or to the end. Else the word that stands there.
    fn named(&mut self, ids: &[&str], ends: &[char]) -> Result<usize, &'w str> {
        if let Some((position, after)) = self.longest(ids, |after| after.is_empty() || after.starts_with(ends)) {
            self.0 = after;
            return Ok(position);
        }
        let word = self.until(ends);
        let number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        number.filter(|position| *position < ids.len()).ok_or(word)
    }

    /// Takes an id, if one goes up to this character.
    fn id_before(&mut self, ids: &[&str], end: char) -> Option<usize> {
        let (position, after) = self.longest(ids, |after| after.starts_with(end))?;
        self.0 = after;
        Some(position)
    }

    /// The longest of the ids that stands here, such that the rest behind it is right.
    fn longest(&self, ids: &[&str], is_right: impl Fn(&str) -> bool) -> Option<(usize, &'w str)> {
        let found = |text: &'w str| {
            let standing = ids.iter().enumerate().filter_map(|(position, id)| {
                let after = text.strip_prefix(id)?;
                is_right(after.trim_start()).then_some((id.len(), position, after))
            });
            standing.max_by_key(|(length, ..)| *length).map(|(_, position, after)| (position, after))
        };
        found(self.0).or_else(|| found(self.0.trim_start()))
    }

    /// Takes everything up to one of these characters.
    fn until(&mut self, ends: &[char]) -> &'w str {
        let (word, rest) = self.0.split_at(self.0.find(ends).unwrap_or(self.0.len()));
        self.0 = rest;
        word.trim()
    }

    /// Takes the separator that stands here.
    fn separator(&mut self, separators: &[char]) -> Option<char> {
        let rest = self.0.trim_start();
        let separator = rest.chars().next().filter(|letter| separators.contains(letter))?;
        self.0 = rest.get(separator.len_utf8()..)?;
        Some(separator)
    }
}
