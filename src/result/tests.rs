use serde_json::json;
use tabella_counting::rule::{CountingRule, Method};
use tabella_election::message::{Allocation, Choice, ContestOption, Counting, List, Lists, Ranking};

use super::*;

fn contest(kind: ContestKind, counting: Option<CountingRule>) -> Contest {
    let option = |id: &str| ContestOption { id: id.to_lowercase(), title: id.to_owned() };
    let contest = Contest {
        id: "c".to_owned(),
        title: "C".to_owned(),
        options: ["Ada", "Noether", "Turing"].map(option).to_vec(),
        kind,
        counting: Counting(counting),
    };
    contest.judge().unwrap();
    contest
}

fn rule(method: Method, seats: u64, tie_break: Option<&[u64]>) -> Option<CountingRule> {
    Some(CountingRule { method, seats, tie_break: tie_break.map(<[u64]>::to_vec) })
}

fn choice(blank: bool, counting: Option<CountingRule>) -> Contest {
    contest(ContestKind::Choice(Choice { min: 1, max: 2, blank }), counting)
}

fn lists(counting: Option<CountingRule>) -> Contest {
    let list = |id: &str, options| List { id: id.to_lowercase(), title: id.to_owned(), options };
    let lists = vec![list("Green", 2), list("Blue", 1)];
    contest(ContestKind::Lists(Lists { lists, min: 0, max: 2 }), counting)
}

fn counted(contest: &Contest, ballots: u64, weight: u64, slots: &[u64]) -> Counted {
    Counted::of(contest, ballots, weight, Some(slots)).unwrap()
}

/// The text without bars and the columns that a title leaves free.
fn text(contest: &Contest, counted: &Counted) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.trim_end_matches(|letter: char| "█▏▎▍▌▋▊▉ ".contains(letter)).split("  ").collect();
        let words: Vec<&str> = words.into_iter().map(str::trim).filter(|word| !word.is_empty()).collect();
        words.join(" | ")
    };
    counted.text(contest).lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn totals_without_a_rule_are_the_outcome() {
    let contest = choice(true, None);
    let counted = counted(&contest, 3, 7, &[5, 0, 2, 1]);
    let wanted = "3 ballots with a weight of 7 together\nAda | 5\nNoether | 0\nTuring | 2\n(blank) | 1";
    assert_eq!(text(&contest, &counted), wanted);
    let option = |id: &str, total| json!({ "id": id.to_lowercase(), "title": id, "total": total });
    assert_eq!(
        counted.json(&contest),
        json!({
            "id": "c", "kind": "choice", "title": "C", "ballots": 3, "weight": 7, "blank": 1, "withheld": false,
            "options": [option("Ada", 5), option("Noether", 0), option("Turing", 2)],
        })
    );
}

#[test]
fn ties_are_stated_and_the_tie_break_where_it_decided() {
    let open = choice(false, rule(Method::Highest, 1, None));
    let slots = [12, 12, 5];
    let wanted = "Ada | 12\nNoether | 12\nTuring | 5\nNobody is elected.\nUndecided: 1 seat, a tie between Ada and \
                  Noether.\nHow it was counted (highest):\n– The seat goes to the option with the highest total.\n– Ada \
                  and Noether tie for 1 seat with 12; nothing decides between them.";
    assert_eq!(text(&open, &counted(&open, 20, 20, &slots)), wanted);
    let outcome = counted(&open, 20, 20, &slots).json(&open)["outcome"].clone();
    assert_eq!(outcome["elected"], json!([]));
    assert_eq!(outcome["undecided"], json!([{ "seats": 1, "options": ["ada", "noether"], "lists": [] }]));
    assert_eq!((&outcome["by_tie_break"], outcome.get("lists")), (&json!(false), None));

    let broken = choice(false, rule(Method::Highest, 1, Some(&[1, 0, 2])));
    let found = text(&broken, &counted(&broken, 20, 20, &slots));
    assert!(found.contains("Elected: Noether.\nA tie was decided by the tie-break of the manifest.\n"), "{found}");
    let outcome = counted(&broken, 20, 20, &slots).json(&broken)["outcome"].clone();
    assert_eq!((&outcome["elected"], &outcome["by_tie_break"]), (&json!(["noether"]), &json!(true)));
}

#[test]
fn rankings_are_a_matrix_of_pairs() {
    let ranking = |method| contest(ContestKind::Ranking(Ranking { ties: false }), rule(method, 1, None));
    // 60 of 100 rank Ada above Noether, 55 Ada above Turing, 70 Noether above Turing.
    let (schulze, slots) = (ranking(Method::Schulze), [60, 55, 70]);
    let counted_so = counted(&schulze, 100, 100, &slots);
    let found = counted_so.text(&schulze);
    let matrix = format!(
        "     {:40}   A   B   C  beats\n  A  {:40}   ·  60  55      2\n  B  {:40}  40   ·  70      1\n  C  {:40}  45  30   ·      \
         0\n",
        "", "Ada", "Noether", "Turing"
    );
    assert!(found.starts_with(&matrix), "{found}");
    assert!(found.contains("  Elected: Ada.\n  How it was counted (schulze):\n"), "{found}");
    let value = counted_so.json(&schulze);
    assert_eq!(value["pairs"], json!([[0, 60, 55], [40, 0, 70], [45, 30, 0]]));
    assert_eq!(value["options"][0]["total"], json!(null));
    assert_eq!(value["outcome"]["elected"], json!(["ada"]));

    let cycle = ranking(Method::Condorcet);
    let counted_so = counted(&cycle, 100, 100, &[60, 40, 60]);
    let found = counted_so.text(&cycle);
    assert!(found.contains("  Nobody is elected.\n  Undecided: no option beats every other.\n"), "{found}");
    let undecided = counted_so.json(&cycle)["outcome"]["undecided"].clone();
    assert_eq!(undecided, json!([{ "seats": 1, "options": [], "lists": [] }]));
}

#[test]
fn lists_have_votes_and_seats() {
    let contest = lists(rule(Method::DHondt, 4, None));
    let counted_so = counted(&contest, 40, 40, &[9, 20, 3, 30, 10]);
    let found = text(&contest, &counted_so);
    let wanted = "Green | 30\nAda | 9\nNoether | 20\nBlue | 10\nTuring | 3\nSeats: Green 3, Blue 1.\nElected: Ada, Noether \
                  and Turing.\nVacant: 1 seat, for nobody is there to take more.\nHow it was counted (dhondt):\n";
    assert!(found.starts_with(wanted), "{found}");
    let value = counted_so.json(&contest);
    assert_eq!(value["lists"][0], json!({ "id": "green", "title": "Green", "total": 30 }));
    let seats = json!([{ "id": "green", "seats": 3 }, { "id": "blue", "seats": 1 }]);
    assert_eq!((&value["outcome"]["lists"], &value["outcome"]["vacant"]), (&seats, &json!(1)));

    // Three seats: each list wins one, and both have 10 for the third.
    let contest = lists(rule(Method::DHondt, 3, None));
    let counted_so = counted(&contest, 30, 30, &[9, 8, 3, 15, 15]);
    let found = text(&contest, &counted_so);
    assert!(found.contains("Undecided: 1 seat, a tie between Green and Blue."), "{found}");
    let undecided = counted_so.json(&contest)["outcome"]["undecided"].clone();
    assert_eq!(undecided, json!([{ "seats": 1, "options": [], "lists": ["green", "blue"] }]));
}

#[test]
fn what_is_withheld_or_empty_has_no_outcome() {
    let ranking = contest(ContestKind::Ranking(Ranking { ties: true }), rule(Method::Copeland, 1, None));
    let withheld = Counted::of(&ranking, 2, 2, None).unwrap();
    assert_eq!(withheld.text(&ranking), "");
    let value = withheld.json(&ranking);
    assert_eq!((&value["withheld"], &value["pairs"], &value["outcome"]), (&json!(true), &json!([]), &json!(null)));
    let highest = choice(false, rule(Method::Highest, 1, None));
    let empty = counted(&highest, 0, 0, &[0, 0, 0]);
    assert!(text(&highest, &empty).ends_with("No outcome: nobody voted."));
    assert_eq!(empty.json(&highest)["outcome"], json!(null));
    assert_eq!(counted(&choice(false, None), 0, 0, &[0, 0, 0]).json(&choice(false, None)).get("outcome"), None);
    assert!(Counted::of(&highest, 1, 1, Some(&[1])).is_err());
}

#[test]
fn large_amounts_are_put_together() {
    let contest = contest(ContestKind::Allocation(Allocation { amount: 100_000, range: false }), None);
    let counted = counted(&contest, 2, 2, &[34_464, 1, 0, 1, 34_464, 0]);
    assert_eq!(text(&contest, &counted), "Ada | 100000\nNoether | 65536\nTuring | 34464");
}

#[test]
fn long_counts_are_cut_for_people() {
    let contest = Contest {
        options: (0..60).map(|id| ContestOption { id: id.to_string(), title: format!("Option {id}") }).collect(),
        counting: Counting(rule(Method::Highest, 50, None)),
        ..choice(false, None)
    };
    let counted = counted(&contest, 99, 99, &(0..60).collect::<Vec<_>>());
    let steps = counted.json(&contest)["outcome"]["explanation"].as_array().unwrap().len();
    assert!(steps > 50, "{steps}");
    let found = counted.text(&contest);
    assert!(found.ends_with(&format!("  – and {} further steps, which --json tells\n", steps - 40)), "{found}");
}
