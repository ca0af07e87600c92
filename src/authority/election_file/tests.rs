use std::path::Path;

use ed25519_dalek::SigningKey;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_counting::rule::Method;
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, List, Lists, Positional, Quadratic, Ranking, Score,
};

use super::*;

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn hex(number: u8) -> String {
    data_encoding::HEXLOWER.encode(key(number).verifying_key().as_bytes())
}

fn log() -> String {
    LogKey::from_seed(Origin::parse("vote.example.org/e").unwrap(), &[3; 32]).verifier().to_string()
}

/// An election file with one contest, whose `id` stands in line 15.
fn file(contest: &str) -> String {
    let log = log();
    let (registrar, trustee) = (hex(2), hex(4));
    format!(
        "title = \"T\"\naddress = \"https://vote.example.org/e\"\nlog = \"{log}\"\nsimulation = false\nwitnesses = \"quorum \
         none\"\nregistrar = \"{registrar}\"\nthreshold = 1\nquorum = 1\nminimum = 1\n[[trustee]]\nname = \"A\"\nkey = \
         \"{trustee}\"\n\n[[contest]]\nid = \"c\"\ntitle = \"C\"\n{contest}\n[[style]]\nname = \"all\"\ncontests = [\"c\"]\n"
    )
}

fn read(text: &str) -> Result<Contest, String> {
    let file = Text { path: Path::new("f"), text };
    let settings: Settings = toml::from_str(text).map_err(|error| error.to_string())?;
    let draft = file.draft(settings, &key(1)).map_err(|fault| fault.to_string())?;
    Ok(draft.election.manifest().contests[0].clone())
}

fn contest(fields: &str) -> Contest {
    read(&file(fields)).unwrap()
}

const OPTIONS: &str =
    "options = [{ id = \"a\", title = \"A\" }, { id = \"b\", title = \"B\" }, { id = \"x\", title = \"X\" }]";
const LISTS: &str = "lists = [\n{ id = \"l\", title = \"L\", options = [{ id = \"a\", title = \"A\" }, { id = \"x\", title = \
                     \"X\" }] },\n{ id = \"x\", title = \"X\", options = [{ id = \"b\", title = \"B\" }] },\n]";

#[test]
fn every_kind_has_its_own_fields() {
    let list = |id: &str, title: &str, options| List { id: id.to_owned(), title: title.to_owned(), options };
    for (fields, kind) in [
        ("min = 1\nmax = 2", ContestKind::Choice(Choice { min: 1, max: 2, blank: false })),
        (
            "kind = \"choice\"\nmin = 0\nmax = 3\nblank = true",
            ContestKind::Choice(Choice { min: 0, max: 3, blank: true }),
        ),
        ("kind = \"score\"\nmost = 5\nmin = 1\nmax = 7", ContestKind::Score(Score { most: 5, min: 1, max: 7 })),
        (
            "kind = \"positional\"\nmin = 1\nweights = [3, 1]",
            ContestKind::Positional(Positional { min: 1, weights: vec![3, 1] }),
        ),
        ("kind = \"quadratic\"\ncredits = 10", ContestKind::Quadratic(Quadratic { credits: 10 })),
        ("kind = \"ranking\"", ContestKind::Ranking(Ranking { ties: false })),
        ("kind = \"ranking\"\nties = true", ContestKind::Ranking(Ranking { ties: true })),
        ("kind = \"allocation\"\namount = 9", ContestKind::Allocation(Allocation { amount: 9, range: false })),
    ] {
        let found = contest(&format!("{fields}\n{OPTIONS}"));
        assert_eq!((&found.kind, found.options.len()), (&kind, 3), "{fields}");
        assert_eq!(found.counting, tabella_election::message::Counting(None));
    }
    let found = contest(&format!("kind = \"lists\"\nmin = 0\nmax = 2\n{LISTS}"));
    let lists = vec![list("l", "L", 2), list("x", "X", 1)];
    assert_eq!(found.kind, ContestKind::Lists(Lists { lists, min: 0, max: 2 }));
    let ids: Vec<&str> = found.options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids, ["a", "x", "b"]);
}

#[test]
fn large_allocations_are_proved_by_range_unless_the_file_says_how() {
    let range = |options: usize, fields: &str| {
        let option = |number| format!("{{ id = \"{number}\", title = \"{number}\" }}");
        let options: Vec<String> = (0..options).map(option).collect();
        // Bits of 60,000 are 16: with 15 options 239 coordinates and 15 slots, with 16 options 255 and 16.
        let text = file(&format!("kind = \"allocation\"\namount = 60000\n{fields}options = [{}]", options.join(",")));
        let settings: Settings = toml::from_str(&text).unwrap();
        let file = Text { path: Path::new("f"), text: &text };
        matches!(
            file.contest(&settings.contest[0]).unwrap().kind,
            ContestKind::Allocation(Allocation { amount: 60_000, range: true })
        )
    };
    assert!(!range(15, ""));
    assert!(range(16, ""));
    assert!(!range(16, "proof = \"bits\"\n"));
    assert!(range(15, "proof = \"range\"\n"));
}

#[test]
fn a_counting_rule_names_entrants_by_their_ids() {
    let rule = |fields: &str| contest(fields).counting.0.unwrap();
    let found = rule(&format!("min = 1\nmax = 1\ncounting = \"highest\"\n{OPTIONS}"));
    assert_eq!((found.method, found.seats, found.tie_break), (Method::Highest, 1, None));
    let found =
        rule(&format!("kind = \"ranking\"\ncounting = \"ranked-pairs\"\ntie_break = [\"x\", \"a\", \"b\"]\n{OPTIONS}"));
    assert_eq!((found.method, found.seats, found.tie_break), (Method::RankedPairs, 1, Some(vec![2, 0, 1])));
    // Options first: the second "x" is the list.
    let tie_break = "tie_break = [\"b\", \"x\", \"a\", \"x\", \"l\"]";
    let lists = format!("kind = \"lists\"\nmin = 0\nmax = 2\nseats = 7\n{tie_break}\n{LISTS}");
    let found = rule(&format!("counting = \"dhondt\"\n{lists}"));
    assert_eq!((found.method, found.seats, found.tie_break), (Method::DHondt, 7, Some(vec![2, 1, 0, 4, 3])));
}

#[test]
fn every_mistake_of_a_contest_is_told_with_its_line() {
    let choice = format!("min = 1\nmax = 1\n{OPTIONS}");
    let ranking = format!("kind = \"ranking\"\n{OPTIONS}");
    let lists = format!("kind = \"lists\"\nmin = 0\nmax = 2\n{LISTS}");
    let methods = "the methods of “ranking” are condorcet, schulze, ranked-pairs, copeland";
    for (fields, told) in [
        (
            "kind = \"rank\"".to_owned(),
            "line 17: there is no kind of contest “rank”; the kinds are choice, score, positional, quadratic, ranking, \
             lists, allocation"
                .to_owned(),
        ),
        (
            format!("{choice}\n\ncredits = 4"),
            "line 21: a contest of the kind “choice” has no field `credits`; its own are min, max, blank, options"
                .to_owned(),
        ),
        (
            format!("{lists}\noptions = []"),
            "line 24: a contest of the kind “lists” has no field `options`; its own are lists, min, max".to_owned(),
        ),
        (
            format!("min = 1\n{OPTIONS}"),
            "line 15: a contest of the kind “choice” needs the field `max`; for example: min = 1, max = 3".to_owned(),
        ),
        (
            format!("kind = \"score\"\nmin = 1\nmax = 1\n{OPTIONS}"),
            "line 17: a contest of the kind “score” needs the field `most`; for example: most = 5, min = 0, max = 10"
                .to_owned(),
        ),
        ("kind = \"lists\"\nmin = 0\nmax = 1".to_owned(), "line 17: a contest of the kind “lists” needs the field `lists`".to_owned()),
        ("kind = \"quadratic\"\ncredits = 1".to_owned(), "line 17: a contest of the kind “quadratic” needs the field `options`".to_owned()),
        ("kind = \"quadratic\"\ncredits = 1\noptions = []".to_owned(), "line 19: there are no options".to_owned()),
        (choice.replace("max = 1", "max = 4"), "line 18: Contest `c`: it lets voters choose 1 to 4 of 3 options. Right is min ≤ max".to_owned()),
        (format!("kind = \"score\"\nmost = 0\nmin = 0\nmax = 1\n{OPTIONS}"), "line 18: Contest `c`: it allows 0 points for one option".to_owned()),
        (format!("kind = \"score\"\nmost = 2\nmin = 0\nmax = 7\n{OPTIONS}"), "line 20: Contest `c`: it asks for 0 to 7 points in all, of 6".to_owned()),
        (format!("kind = \"positional\"\nmin = 3\nweights = [2, 1]\n{OPTIONS}"), "line 18: Contest `c`: it asks for at least 3 ranks".to_owned()),
        (format!("kind = \"positional\"\nmin = 1\nweights = [1, 2]\n{OPTIONS}"), "line 19: Contest `c`: the weights of its ranks must never ascend".to_owned()),
        (format!("kind = \"quadratic\"\ncredits = 0\n{OPTIONS}"), "line 18: Contest `c`: it gives voters 0 credits".to_owned()),
        ("kind = \"ranking\"\noptions = [{ id = \"a\", title = \"A\" }]".to_owned(), "line 18: Contest `c`: a ranking needs at least 2 options".to_owned()),
        (lists.replace("max = 2", "max = 0"), "line 19: Contest `c`: it lets voters choose 0 to 0 options of a list".to_owned()),
        (lists.replace("min = 0", "min = 2"), "line 22: Contest `c`: list `x` has fewer than 2 options".to_owned()),
        (format!("kind = \"allocation\"\namount = 0\n{OPTIONS}"), "line 18: Contest `c`: it splits 0; amounts from 1 to 4294967295".to_owned()),
        (format!("kind = \"allocation\"\namount = 9\nproof = \"bit\"\n{OPTIONS}"), "line 19: there is no proof “bit”: write \"bits\" or \"range\"".to_owned()),
        (lists.replace("id = \"b\"", "id = \"a\""), "line 22: “a” stands twice: each id of an option needs another".to_owned()),
        (lists.replace("id = \"l\"", "id = \"x\""), "line 22: “x” stands twice: each id of a list needs another".to_owned()),
        (lists.replace("title = \"L\"", "title = \"\""), "line 21: this is empty: fill it in".to_owned()),
        (format!("{ranking}\ncounting = \"schulz\""), format!("line 19: there is no counting method “schulz”; {methods}")),
        (format!("{ranking}\ncounting = \"highest\""), format!("line 19: a contest of the kind “ranking” cannot be counted by “highest”; {methods}")),
        (format!("{choice}\ncounting = \"dhondt\""), "line 20: a contest of the kind “choice” cannot be counted by “dhondt”; the methods of “choice” are highest".to_owned()),
        (format!("{choice}\nseats = 2"), "line 20: `seats` needs the field `counting` beside it: one of highest".to_owned()),
        (format!("{choice}\ntie_break = []"), "line 20: `tie_break` needs the field `counting` beside it".to_owned()),
        (format!("{choice}\ncounting = \"highest\"\nseats = 4"), "line 21: Contest `c`: the counting rule's number of seats is not 1 to 3".to_owned()),
        (format!("{lists}\ncounting = \"dhondt\"\nseats = 1001"), "line 25: Contest `c`: the counting rule's number of seats is not 1 to 1000".to_owned()),
        (format!("{ranking}\ncounting = \"condorcet\"\ntie_break = [\"a\", \"b\", \"x\"]"), "line 20: “condorcet” has no tie-break".to_owned()),
        (format!("{ranking}\ncounting = \"schulze\"\ntie_break = [\"a\",\n\"b\"]"), "line 20: the tie-break leaves out the option “x”: every option must stand in it once".to_owned()),
        (format!("{ranking}\ncounting = \"schulze\"\ntie_break = [\"a\",\n\"c\"]"), "line 21: there is no option with the id “c”".to_owned()),
        (format!("{ranking}\ncounting = \"schulze\"\ntie_break = [\"a\",\n\"a\"]"), "line 21: “a” stands twice in the tie-break".to_owned()),
        (format!("{lists}\ncounting = \"dhondt\"\ntie_break = [\"a\", \"l\",\n\"b\"]"), "line 26: “b” is an option: first all options stand, and then the lists".to_owned()),
        (format!("{lists}\ncounting = \"dhondt\"\ntie_break = [\"a\", \"b\", \"x\", \"l\"]"), "line 25: the tie-break leaves out the list “x”: every option, and then every list, must".to_owned()),
        (format!("{lists}\ncounting = \"dhondt\"\ntie_break = [\"z\"]"), "line 25: there is no option and no list with the id “z”".to_owned()),
    ] {
        let found = read(&file(&fields)).unwrap_err();
        assert!(found.contains(&told), "{fields}\n{found}\n{told}");
    }
}

#[test]
fn misspelt_fields_and_values_are_told_with_their_line() {
    for (fields, line, told) in [
        ("maximum = 1", 17, "unknown field `maximum`"),
        ("min = 1\nmax = -1", 18, "invalid value: integer `-1`"),
        ("ties = 1", 17, "invalid type: integer `1`, expected a boolean"),
        ("options = [\n{ id = \"a\", title = \"A\", weight = 1 }]", 18, "unknown field `weight`"),
        ("weights = [\n3,\n\"2\"]", 19, "invalid type: string \"2\""),
    ] {
        let text = file(fields);
        let error = toml::from_str::<Settings>(&text).map(|_| ()).unwrap_err();
        assert!(error.message().contains(told), "{fields}: {error}");
        let before = &text[..error.span().unwrap().start];
        assert_eq!(before.matches('\n').count() + 1, line, "{fields}");
    }
}

/// Each example of the template is the part of a right file.
#[test]
fn the_templates_examples_are_right() {
    let mut kinds = Vec::new();
    let after = TEMPLATE.split("# The other kinds have other fields").nth(1).unwrap();
    for example in after.split("#\n").filter(|block| block.starts_with("# kind")) {
        let fields: String = example.lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
        let options = if fields.contains("\"lists\"") { "" } else { OPTIONS };
        kinds.push(contest(&format!("{fields}{options}")).kind.name());
    }
    assert_eq!(kinds, ["score", "positional", "quadratic", "ranking", "allocation", "lists"]);
    assert!(Method::ALL.iter().all(|method| TEMPLATE.contains(&format!("\"{method}\""))));
}
