//! The forged records of specs/vectors/forged: made here, written down, and read back to be judged by both
//! implementations. Implements specs/vectors/README.md#forged.

mod attacks;
mod bodies;
mod case;
mod chapters;
mod elections;
mod fields;
mod file;
mod judged;
mod operator;
mod score;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use self::case::Case;

#[test]
fn forged_records_are_fresh() {
    let chapters = chapters::all();
    let named =
        chapters.iter().map(|(name, cases)| (format!("specs/vectors/forged/{name}.json"), file::write(name, cases)));
    let mut documents: Vec<(String, String)> = named.collect();
    let of_chapter = |(name, cases): (String, Vec<Case>)| {
        let told = move |case: Case| Case { name: format!("{name}: {}", case.name), ..case };
        cases.into_iter().map(told).collect::<Vec<Case>>()
    };
    let cases: Vec<Case> = chapters.into_iter().flat_map(of_chapter).collect();
    documents.push(("docs/forged.md".to_owned(), score::page(&cases)));
    let stale: Vec<String> = documents.iter().filter_map(|(path, made)| file::compare(path, made).err()).collect();
    assert_eq!(stale, [""; 0]);
}

/// What they say of all records; of some alone, in its order, where `cargo xtask mutants` hands a list of them.
fn differences(judge: fn(&Case) -> Result<(), String>) -> Vec<String> {
    let Some(list) = std::env::var_os("TABELLA_FORGED") else {
        let cases: Vec<Case> = file::names().iter().flat_map(|name| file::read(name)).collect();
        assert!(cases.len() > 1_000, "{}", cases.len());
        return cases.par_iter().filter_map(|case| judge(case).err()).collect();
    };
    let mut chapters: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    let list = std::fs::read_to_string(list).unwrap();
    let mut found = list.lines().filter_map(|name| {
        let chapter = name.split_once(": ").unwrap().0;
        let cases = chapters.entry(chapter.to_owned()).or_insert_with(|| file::read(chapter));
        judge(cases.iter().find(|case| case.name == name).unwrap()).err()
    });
    found.next().into_iter().collect()
}

#[test]
fn the_rules_find_in_each_forged_record_what_is_wrong() {
    assert_eq!(differences(judged::by_the_rules), [""; 0]);
}

#[test]
fn no_role_takes_a_record_whose_files_are_wrong() {
    assert_eq!(differences(judged::by_a_role), [""; 0]);
}

#[test]
fn the_verifier_finds_in_each_forged_record_what_is_wrong() {
    assert_eq!(differences(judged::by_the_verifier), [""; 0]);
}

#[test]
fn a_forged_record_shows_every_code() {
    let cases = file::names().into_iter().flat_map(|name| file::read(&name));
    let shown: BTreeSet<String> = cases.flat_map(|case| case.expected).map(|failure| failure.code).collect();
    let listed: BTreeSet<String> =
        crate::forgeries::codes_of_the_check_table().iter().map(ToString::to_string).collect();
    assert_eq!(shown, listed);
}

#[test]
fn a_forged_record_shows_every_value_that_is_hashed() {
    let cases = file::names().into_iter().flat_map(|name| file::read(&name));
    let shown: BTreeSet<String> = cases.filter_map(|case| case.field).collect();
    let is_seen = |field: &fields::spec::Field| fields::UNSEEN.iter().all(|(unseen, _)| *unseen != field.transcript);
    let of_spec: Vec<_> = fields::spec::fields().into_iter().filter(is_seen).collect();
    let missing: Vec<String> = of_spec.iter().map(|field| field.id()).filter(|id| !shown.contains(id)).collect();
    assert_eq!(missing, [""; 0]);
    assert!(of_spec.len() > 80, "{}", of_spec.len());
}

#[test]
fn a_forged_record_shows_every_field_of_an_entry() {
    let names: BTreeSet<String> =
        file::names().into_iter().flat_map(|name| file::read(&name)).map(|case| case.name).collect();
    let shown = bodies::shown();
    assert_eq!(shown.keys().cloned().collect::<BTreeSet<String>>(), bodies::specified().into_iter().collect());
    let known = shown.into_values().chain(attacks::records());
    let missing: Vec<&str> = known.filter(|record| !names.contains(*record)).collect();
    assert_eq!(missing, [""; 0]);
}
