//! What must stay true of the project itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tabella_verifier::checks::CHECKS;

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_verifier_depends_on_no_crate_of_the_workspace() {
    let manifest = read("Cargo.toml");
    let dependencies: Vec<&str> =
        manifest.lines().skip_while(|line| *line != "[dependencies]").take_while(|line| *line != "[lints]").collect();
    assert!(dependencies.len() > 10);
    assert!(!dependencies.iter().any(|line| line.starts_with("tabella") || line.contains("path")));
}

#[test]
fn the_table_of_checks_is_the_specs() {
    let page = read("../specs/checks.md");
    let mut specified: BTreeMap<String, (String, String, String, Vec<String>)> = BTreeMap::new();
    for row in page.lines().filter(|line| line.starts_with("| ") && line.contains("` |")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, class, title, proves, codes] = cells[..] else {
            continue;
        };
        let codes = codes.split_whitespace().map(|code| code.trim_matches('`').to_owned()).collect();
        specified.insert(number.to_owned(), (class.to_owned(), title.to_owned(), proves.to_owned(), codes));
    }
    let known: BTreeMap<String, (String, String, String, Vec<String>)> = CHECKS
        .iter()
        .map(|check| {
            let codes = check.codes.iter().map(|code| code.name().to_owned()).collect();
            let row = (check.class.name().to_owned(), check.title.to_owned(), check.proves.to_owned(), codes);
            (check.number.to_string(), row)
        })
        .collect();
    assert_eq!(known, specified);
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    found.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn cited_sections_of_the_specification_exist() {
    let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '-' || letter == '.';
    let name = |text: &str| text.chars().take_while(|letter| is_name(*letter)).collect::<String>();
    let mut cited = 0;
    for source in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = std::fs::read_to_string(&source).unwrap();
        let comments = text.lines().filter(|line| line.trim_start().starts_with("//"));
        // Such as "specs/ballot.md#ballot, #tracker and #challenge.".
        for citation in comments.flat_map(|line| line.split("specs/").skip(1)) {
            let mut parts = citation.split('#');
            let page = name(parts.next().unwrap());
            for section in parts.map(name) {
                let anchor = format!("{{#{}}}", section.trim_end_matches('.'));
                let page = read(&format!("../specs/{page}"));
                assert!(page.contains(&anchor), "{anchor} in {}", source.display());
                cited += 1;
            }
        }
    }
    assert!(cited > 25, "{cited}");
}
