use std::collections::BTreeMap;

use super::*;

/// Sections whose codes are the verifier's own: none of them refuses anything.
const NOT_CODES_OF_REJECTIONS: [&str; 4] = ["Warnings", "Asking the witnesses", "Beyond the record", "Report"];

#[test]
fn the_table_and_the_specification_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/checks.md");
    let specification = codes_of(&std::fs::read_to_string(path).unwrap());
    let table: BTreeMap<String, Option<u8>> = Code::ALL.iter().map(|code| (code.to_string(), code.check())).collect();
    assert_eq!(table, specification);
    assert_eq!(table.len(), Code::ALL.len(), "a code stands twice in the table");
}

/// Every code of the tables of checks.md with the number of its check.
fn codes_of(specification: &str) -> BTreeMap<String, Option<u8>> {
    let mut codes = BTreeMap::new();
    let mut section = "Checks";
    for line in specification.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.split(" {").next().unwrap();
        }
        if NOT_CODES_OF_REJECTIONS.contains(&section) || !line.starts_with('|') {
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (check, names) = match section {
            "Checks" => (cells[0].parse().ok(), cells[4]),
            _ => (None, cells[0]),
        };
        let quoted = names.split('`').skip(1).step_by(2);
        codes.extend(quoted.map(|name| (name.to_owned(), check)));
    }
    codes
}

#[test]
fn every_code_reads_back() {
    for code in Code::ALL {
        assert_eq!(code.as_str().parse(), Ok(*code));
    }
}

#[test]
fn another_word_is_no_code() {
    assert_eq!("proof_bad".parse::<Code>(), Err(CodeUnknown("proof_bad".to_owned())));
}
