//! docs/forged.md: what the forged records show, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::attacks::ATTACKS;
use super::case::Case;
use super::fields::{UNSEEN, spec};
use super::{bodies, judged};

/// The page. Records are named `chapter: name`.
pub fn page(cases: &[Case]) -> String {
    let of_entries = cases.iter().filter(|case| judged::is_of_entries(case)).count();
    let mut page = format!(
        "# Forged records: the score\n\n\
         {} records, each right but for one thing and what comes of it, stand in \
         [specs/vectors/forged](../specs/vectors/README.md#forged). The verifier reads them all and names in each what is\n\
         wrong and what follows from it, and nothing else. The rules of the board, which share no code with it, \
         judge the entries of {of_entries} and say the same of them; the others\nare wrong in their files, in what their reader \
         was given, or in their end: no rule of an entry. Of those, roles that keep a copy\nrefuse {refused}; what is wrong in the other \
         {unseen} they do not meet (surplus files, tiles that they compute themselves, the end), and their copy has none of it.\n\n\
         This page is written by the first command and compared with what is run by the others:\n\n    \
         cargo xtask vectors\n    cargo test --test elections forged\n    cargo test -p tabella-verifier forged\n",
        cases.len(),
        unseen = judged::UNSEEN_BY_ROLES.len(),
        refused = cases.len() - of_entries - judged::UNSEEN_BY_ROLES.len(),
    );
    checks(&mut page, cases);
    fields(&mut page, cases);
    attacks(&mut page, cases);
    page += UNSHOWN;
    page
}

/// What no single record can show.
const UNSHOWN: &str = "\n## What no record shows\n\n\
    - **Two histories, each right by itself.** Whoever has every key can tell another one from the beginning. That shows in \
    what people hold: fingerprints, receipts, cosigned checkpoints ([who notices](trust.md), [evidence](../specs/evidence.md)).\n\
    - **What was never there**: a ballot that the board did not take.\n\
    - **What happened before the record**: on a voter's device, at the registrar, among trustees ([threat model](../specs/threat-model.md)).\n";

fn checks(page: &mut String, cases: &[Case]) {
    let mut records: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        let codes: BTreeSet<&str> = case.expected.iter().map(|failure| failure.code.as_str()).collect();
        codes.into_iter().for_each(|code| *records.entry(code).or_default() += 1);
    }
    let checks = tabella_verifier::checks::CHECKS;
    let all = checks.iter().flat_map(|check| check.codes).count();
    write!(
        page,
        "\n## Checks\n\n{} of {all} codes are given. A record with several codes counts for each.\n\n",
        records.len()
    )
    .unwrap();
    page.push_str("| check | title | records | of them for each code |\n| --- | --- | --- | --- |\n");
    for check in checks {
        let count = |name: &str| records.get(name).copied().unwrap_or(0);
        let codes: Vec<String> =
            check.codes.iter().map(|code| format!("`{}` {}", code.name(), count(code.name()))).collect();
        let sum: usize = check.codes.iter().map(|code| count(code.name())).sum();
        writeln!(page, "| {} | {} | {sum} | {} |", check.number, check.title, codes.join(", ")).unwrap();
    }
}

fn fields(page: &mut String, cases: &[Case]) {
    let shown: BTreeMap<&str, &Case> =
        cases.iter().filter_map(|case| case.field.as_deref().map(|field| (field, case))).collect();
    let is_seen = |field: &spec::Field| UNSEEN.iter().all(|(unseen, _)| *unseen != field.transcript);
    let all: Vec<spec::Field> = spec::fields().into_iter().filter(is_seen).collect();
    let found = all.iter().filter(|field| shown.contains_key(field.id().as_str())).count();
    write!(
        page,
        "\n## What is hashed\n\n{found} of {} values that a transcript absorbs, its name among them, by the words of \
         specs/: the prover absorbed another value there, and all that follows is right.\n\n\
         | transcript | values | what is said of another |\n| --- | --- | --- |\n",
        all.len(),
    )
    .unwrap();
    let mut transcripts: Vec<&str> = Vec::new();
    for field in &all {
        if !transcripts.contains(&field.transcript.as_str()) {
            transcripts.push(&field.transcript);
        }
    }
    for transcript in transcripts {
        let own: Vec<&spec::Field> = all.iter().filter(|field| field.transcript == transcript).collect();
        let names: Vec<String> = own.iter().map(|field| field.id().split_once('/').unwrap().1.to_owned()).collect();
        let codes: BTreeSet<&str> = own
            .iter()
            .filter_map(|field| shown.get(field.id().as_str()))
            .flat_map(|case| case.expected.iter().map(|failure| failure.code.as_str()))
            .collect();
        let codes: Vec<String> = codes.into_iter().map(|code| format!("`{code}`")).collect();
        writeln!(page, "| {transcript} | {} | {} |", names.join(", "), codes.join(", ")).unwrap();
    }
    page.push_str("\nOf these no record shows how they were made:\n\n");
    for (transcript, reason) in UNSEEN {
        writeln!(page, "- {transcript}: {reason}.").unwrap();
    }
    let (specified, bodies) = (bodies::specified(), bodies::shown());
    let found = specified.iter().filter(|field| bodies.contains_key(*field)).count();
    write!(
        page,
        "\n{found} of {} fields of entries, headers and signed payloads, by [entries.cddl](../specs/entries.cddl), \
         have another value in some record.\n",
        specified.len()
    )
    .unwrap();
}

fn attacks(page: &mut String, cases: &[Case]) {
    let named: BTreeMap<&str, &Case> = cases.iter().map(|case| (case.name.as_str(), case)).collect();
    write!(
        page,
        "\n## Known attacks\n\n{} attacks, most of them published, on other systems or on voting in general.\n\n\
         | attack | described by | record | what is found |\n| --- | --- | --- | --- |\n",
        ATTACKS.len()
    )
    .unwrap();
    for attack in &ATTACKS {
        for (number, record) in attack.records.iter().enumerate() {
            let failures = named.get(record).into_iter().flat_map(|case| &case.expected);
            let codes: Vec<String> = failures.map(|failure| format!("`{}`", failure.code)).collect();
            let (name, source) = if number == 0 { (attack.name, attack.source) } else { ("", "") };
            writeln!(page, "| {name} | {source} | {record} | {} |", codes.join(", ")).unwrap();
        }
    }
}
