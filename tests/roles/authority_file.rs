//! Election files: what is wrong is told with its line, what is right is shown in sentences.

use tabella::authority::election_file::{Draft, FILE, TEMPLATE};
use tabella::authority::preview::{dangers, preview};
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;

use crate::scene::{authority_key, election_file, hex, registrar_key, trustee_key};

fn witness_key() -> String {
    tabella_board::key::WitnessKey::from_seed("w", &[6; 32]).unwrap().verifier().to_string()
}

fn log() -> String {
    LogKey::from_seed(Origin::parse("vote.example.org/e").unwrap(), &[3; 32]).verifier().to_string()
}

fn read(text: &str) -> Result<Draft, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, text).unwrap();
    let place = format!("{}/", folder.path().display());
    Draft::read(&path, &authority_key()).map_err(|fault| fault.to_string().replace(&place, ""))
}

/// The file with one thing changed, and what is said of it.
fn changed(from: &str, to: &str) -> String {
    let file = election_file(&log());
    assert!(file.contains(from), "{from}");
    read(&file.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let key = hex(&trustee_key(0));
    for (from, to, told) in [
        ("minimum = 1", "minimum = 1\nmaximum = 9", "line 10: unknown field `maximum`"),
        ("minimum = 1", "minimum = -1", "line 9: invalid value: integer `-1`"),
        ("minimum = 1\n", "", "line 1: missing field `minimum`"),
        ("title = \"City of Trees\"", "title = \"\"", "line 1: this is empty: fill it in"),
        ("City of Trees", "City\\nof Trees", "line 1: this holds a control character"),
        (
            "https://vote",
            "vote",
            "line 2: this is no address of an election; one looks like https://vote.example.org/city-2026",
        ),
        (
            "https://vote.example.org/e",
            "https://vote.example.org/f",
            "line 2: the address ends in another id than the log",
        ),
        ("log = \"vote", "log = \"note", "line 3: this is no key of a log"),
        ("quorum none", "quorum some", "line 5: the policy is wrong"),
        (
            "quorum none",
            &format!("witness tower {}\\nquorum tower", witness_key()),
            "line 5: the policy is wrong: the line of the witness tower does not end with",
        ),
        ("quorum none", "log x\\nquorum none", "line 5: the policy is wrong: leave out the `log` line"),
        (&hex(&registrar_key()), "abc", "line 6: this is no public key"),
        (&hex(&registrar_key()), &hex(&authority_key()), "stands twice: log, authority, registrar and each trustee"),
        ("threshold = 2", "threshold = 4", "Threshold 4, quorum 2 and 3 trustees must ascend"),
        ("minimum = 1", "minimum = 0", "The minimum of counted ballots must be at least 1"),
        (&hex(&trustee_key(1)), &key, "line 16: “"),
        ("name = \"Bob\"", "name = \"Alice\"", "line 15: “Alice” stands twice: each trustee needs another"),
        ("id = \"park\"", "id = \"mayor\"", "line 30: “mayor” stands twice: each id of a contest needs another"),
        ("id = \"emmy\"", "id = \"ada\"", "line 27: “ada” stands twice: each id of an option needs another"),
        ("max = 2", "max = 3", "line 33: Contest `park`: it lets voters choose 0 to 3 of 2 options"),
        ("max = 2", "max = 2\nkind = \"rank\"", "line 34: there is no kind of contest “rank”"),
        ("contests = [\"park\"]", "contests = [\"lake\"]", "line 42: there is no contest with the id “lake”"),
        ("contests = [\"park\"]", "contests = [\"park\", \"park\"]", "line 42: “park” stands twice in this style"),
        ("contests = [\"park\"]", "contests = [\"park\", \"mayor\"]", "has the same contests as another style"),
        ("contests = [\"mayor\", \"park\"]", "contests = [\"park\"]", "has the same contests as another style"),
        ("minimum = 1", "minimum = 1\npage = \"nowhere\"", "line 10: cannot read"),
        ("minimum = 1", "minimum 1", "line 9: "),
    ] {
        let found = changed(from, to);
        assert!(found.starts_with(FILE) && found.contains(told), "{from} → {to}:\n{found}");
    }
}

#[test]
fn the_template_asks_to_be_filled_in() {
    let told = read(TEMPLATE).unwrap_err();
    assert_eq!(told, "election.toml, line 6: this is empty: fill it in");
    // With everything filled in that is empty, it is an election.
    let mut keys =
        [registrar_key(), trustee_key(0), trustee_key(1), trustee_key(2)].iter().map(hex).collect::<Vec<_>>();
    keys.reverse();
    let fill = |line: &str| match line {
        "title = \"\"" => "title = \"T\"".to_owned(),
        "address = \"\"" => "address = \"https://vote.example.org/e\"".to_owned(),
        "log = \"\"" => format!("log = \"{}\"", log()),
        line if line.ends_with("= \"\"") => line.replace("\"\"", &format!("\"{}\"", keys.pop().unwrap())),
        line => line.to_owned(),
    };
    let lines: Vec<String> = TEMPLATE.lines().map(fill).collect();
    let draft = read(&lines.join("\n")).unwrap();
    assert_eq!(draft.election.manifest().trustees.len(), 3);
}

#[test]
fn the_voting_page_is_fixed_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    std::fs::write(&path, election_file(&log()).replacen("minimum = 1", "minimum = 1\npage = \"page\"", 1)).unwrap();
    std::fs::create_dir_all(folder.path().join("page/assets")).unwrap();
    for name in ["page/index.html", "page/assets/vote.js", "page/assets/vote.js.br", "page/assets.txt"] {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let draft = Draft::read(&path, &authority_key()).unwrap();
    let paths: Vec<&str> = draft.election.manifest().assets.iter().map(|asset| asset.path.as_str()).collect();
    assert_eq!(paths, ["assets.txt", "assets/vote.js", "index.html"]);
}

#[test]
fn the_preview_says_what_the_manifest_means() {
    let draft = read(&election_file(&log())).unwrap();
    let shown = preview(&draft.election, &draft.address);
    let pinned = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/roles/preview.txt");
    if std::env::var_os("TABELLA_PIN").is_some() {
        std::fs::write(pinned, &shown).unwrap();
    }
    assert_eq!(shown, std::fs::read_to_string(pinned).unwrap());
}

#[test]
fn whoever_could_break_something_is_named() {
    let told = |changes: &[(&str, &str)]| {
        let file = changes.iter().fold(election_file(&log()), |file, (from, to)| {
            assert!(file.contains(from), "{from}");
            file.replacen(from, to, 1)
        });
        let draft = read(&file).unwrap();
        dangers(draft.election.manifest(), &draft.address).join("\n")
    };
    let usual = told(&[]);
    assert!(usual.contains("2 of 3 trustees: any 2 of Alice, Bob and Carol together can read every vote"), "{usual}");
    assert!(
        usual.contains("quorum = threshold = 2") && usual.contains("No witnesses") && usual.contains("and one trustee")
    );
    let one = told(&[("threshold = 2", "threshold = 1")]);
    assert!(one.contains("1 of 3 trustees: each of Alice, Bob and Carol alone can read every vote."), "{one}");
    assert!(!one.contains("and one trustee"));
    let all = told(&[("threshold = 2", "threshold = 3"), ("quorum = 2", "quorum = 3"), ("minimum = 1", "minimum = 5")]);
    assert!(
        all.contains("If one trustee loses the key, nobody can count.") && all.contains("if one is absent, it fails")
    );
    assert!(usual.contains("minimum = 1") && !all.contains("minimum ="), "{all}");
    let http = told(&[("https://vote.example.org/e", "http://other.example.org/e")]);
    assert!(http.contains("Use https.") && http.contains("The log is named vote.example.org/e"), "{http}");
    let policy = format!("witness tower {} https://tower.example.org\\nquorum tower", witness_key());
    let seen = told(&[("quorum none", &policy)]);
    assert!(seen.contains("Witnesses: tower.") && !seen.contains("No witnesses"), "{seen}");
    assert!(seen.contains("only if at least 1 witness cheats as well") && !seen.contains("is stronger"), "{seen}");
    let other = tabella_board::key::WitnessKey::from_seed("v", &[7; 32]).unwrap();
    let weak = format!("{policy}\\nquorum");
    let weak = weak.replace(
        "quorum tower\\nquorum",
        &format!(
            "witness town {} https://town.example.org\\ngroup either any tower town\\nquorum either",
            other.verifier()
        ),
    );
    let seen = told(&[("quorum none", &weak)]);
    assert!(seen.contains("this quorum guarantees nothing") && seen.contains("If 2 witnesses are away"), "{seen}");
    assert!(seen.contains("more than two thirds is stronger"), "{seen}");
}
