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

use std::collections::BTreeSet;

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

#[test]
fn both_implementations_find_in_each_forged_record_what_is_wrong() {
    let cases: Vec<Case> = file::names().iter().flat_map(|name| file::read(name)).collect();
    assert!(cases.len() > 1_000, "{}", cases.len());
    let differences: Vec<String> = cases
        .par_iter()
        .flat_map_iter(|case| [judged::by_the_rules(case), judged::by_the_verifier(case)])
        .filter_map(Result::err)
        .collect();
    assert_eq!(differences, [""; 0]);
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
