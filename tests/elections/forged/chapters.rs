//! All forged records, in the order of the files.

use std::collections::{BTreeMap, BTreeSet};

use tabella_election::Code;

use super::case::Case;
use super::{attacks, bodies, elections, fields, operator};
use crate::forgeries::{self, Forgery, files};
use crate::scene::Scene;
use crate::scene::record::{Failure, Record};
use crate::scene::samples::{MEMBERS, manifest};
use crate::soundness;

/// Entries above this size are left out where a smaller one shows the same code.
const LARGE: usize = 2_500;

/// So many records of one code are written down of a chapter, spread over all that the chapter has.
const MOST: usize = 20;

/// The records of each file, by its name.
pub fn all() -> Vec<(String, Vec<Case>)> {
    let of_entries = forgeries::chapters().map(|(chapter, forgeries)| {
        let small: BTreeSet<_> = forgeries.iter().filter(|row| row.entry.len() <= LARGE).map(|row| row.code).collect();
        let kept = forgeries.iter().filter(|row| row.entry.len() <= LARGE || !small.contains(&row.code));
        (chapter.to_owned(), spread(chapter, kept.collect()).into_iter().map(Case::of_entry).collect())
    });
    let mut chapters: Vec<(String, Vec<Case>)> = of_entries.collect();
    chapters.push(("soundness".to_owned(), soundness::forgeries().iter().map(Case::of_entry).collect()));
    chapters.push(("operator".to_owned(), operator::cases()));
    chapters.push(("elections".to_owned(), elections::cases()));
    chapters.push(("fields".to_owned(), fields::cases()));
    chapters.push(("files".to_owned(), of_files()));
    chapters.into_iter().map(|(name, cases)| (name, distinct(cases))).collect()
}

/// Of each code all, or as many as are written down, and what is named elsewhere.
fn spread<'a>(chapter: &str, rows: Vec<&'a Forgery>) -> Vec<&'a Forgery> {
    let named: BTreeSet<&str> = bodies::shown().into_values().chain(attacks::records()).collect();
    let mut numbers: BTreeMap<Code, usize> = BTreeMap::new();
    let mut all: BTreeMap<Code, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *all.entry(row.code).or_default() += 1);
    let is_kept = |row: &&Forgery| -> bool {
        let (number, all) = (numbers.entry(row.code).or_default(), all[&row.code]);
        *number += 1;
        named.contains(format!("{chapter}: {}", row.name).as_str())
            || all <= MOST
            || *number * MOST / all != (*number - 1) * MOST / all
    };
    rows.into_iter().filter(is_kept).collect()
}

/// One record under each name.
fn distinct(cases: Vec<Case>) -> Vec<Case> {
    let mut kept: BTreeMap<String, Case> = BTreeMap::new();
    let mut order = Vec::new();
    for mut case in cases {
        if kept.get(&case.name).is_some_and(|known| known.entries == case.entries) {
            continue;
        }
        let name = case.name.clone();
        let mut number = 2;
        while kept.contains_key(&case.name) {
            case.name = format!("{name} ({number})");
            number += 1;
        }
        order.push(case.name.clone());
        kept.insert(case.name.clone(), case);
    }
    order.into_iter().filter_map(|name| kept.remove(&name)).collect()
}

fn of_files() -> Vec<Case> {
    let honest = Record::of(files::entries());
    let rows = files::ROWS.iter().filter(|row| !row.expected.is_empty());
    let mut cases: Vec<Case> = rows
        .map(|row| {
            let mut record = honest.clone();
            (row.change)(&mut record);
            let removed = honest.files.keys().filter(|name| !record.files.contains_key(*name));
            let changed = record.files.iter().filter(|(name, content)| honest.files.get(*name) != Some(content));
            let changed = changed.map(|(name, content)| (name.clone(), Some(content.clone())));
            let mut files: BTreeMap<String, Option<Vec<u8>>> = changed.collect();
            files.extend(removed.map(|name| (name.clone(), None)));
            let mut case = Case::new(row.name, files::entries());
            if let Some(Some(checkpoint)) = files.remove("checkpoint") {
                case.checkpoint = checkpoint;
            }
            let all = case.entries.len();
            let expected = row.expected.iter().flat_map(|told| failures(told, all)).collect();
            Case { files, unfinished: false, expected, ..case }
        })
        .collect();
    cases.push(unfinished());
    cases
}

/// What a row tells: `code at place`, or a code that every entry has.
fn failures(told: &str, entries: usize) -> Vec<Failure> {
    let failure = |code: &str, entry, file| Failure { code: code.to_owned(), entry, file };
    let Some((code, place)) = told.split_once(" at ") else {
        return (0..entries as u64).map(|entry| failure(told, Some(entry), None)).collect();
    };
    let entry = place.parse().ok();
    vec![failure(code, entry, entry.is_none().then(|| place.to_owned()))]
}

fn unfinished() -> Case {
    let scene = Scene::open(manifest(), &[(1, MEMBERS)]);
    let expected = vec![Failure { code: "record_unfinished".to_owned(), entry: None, file: None }];
    Case { expected, unfinished: false, ..Case::new("the end is cut off", &scene.log.entries) }
}
