//! Every kind of contest through the commands of the roles: from the election file to who is elected.

use serde_json::{Value, json};
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

use crate::scene::Scene;
use crate::voter::run;

const CONTESTS: &str = r#"
[[contest]]
id = "mayor"
title = "Who is to be mayor?"
min = 1
max = 1
blank = true
counting = "highest"
tie_break = ["emmy", "ada"]
options = [{ id = "ada", title = "Ada" }, { id = "emmy", title = "Emmy" }]

[[contest]]
id = "parks"
title = "How good are the parks?"
kind = "score"
most = 5
min = 0
max = 9
options = [{ id = "north", title = "North" }, { id = "south", title = "South" }]

[[contest]]
id = "song"
title = "Which songs?"
kind = "positional"
min = 1
weights = [2, 2, 1]
counting = "highest"
options = [{ id = "a", title = "A" }, { id = "b", title = "B" }, { id = "c", title = "C" }]

[[contest]]
id = "clubs"
title = "Which clubs?"
kind = "quadratic"
credits = 10
options = [{ id = "chess", title = "Chess" }, { id = "go", title = "Go" }]

[[contest]]
id = "chair"
title = "Who is to have the chair?"
kind = "ranking"
ties = true
counting = "schulze"
options = [{ id = "x", title = "X" }, { id = "y", title = "Y" }, { id = "z", title = "Z" }]

[[contest]]
id = "council"
title = "Who is to sit in the council?"
kind = "lists"
min = 0
max = 2
counting = "dhondt"
seats = 3
lists = [
    { id = "green", title = "Green", options = [{ id = "g1", title = "G1" }, { id = "g2", title = "G2" }] },
    { id = "blue", title = "Blue", options = [{ id = "b1", title = "B1" }] },
]

[[contest]]
id = "budget"
title = "What for?"
kind = "allocation"
amount = 100000
proof = "range"
options = [{ id = "roads", title = "Roads" }, { id = "trees", title = "Trees" }]

[[style]]
name = "all"
contests = ["mayor", "parks", "song", "clubs", "chair", "council", "budget"]
"#;

const FIRST: &str = "--choose mayor=ada --choose parks=north:5,south:1 --choose song=c>a --choose clubs=chess:3,go:1 --choose \
                     chair=y>x --choose council=green:g2 --choose budget=roads:99999,trees:1";

const SECOND: &str = "--choose mayor=2 --choose 2=2:4 --choose song=a --choose clubs= --choose chair=y=z>x --choose council=2 \
                      --choose budget=trees:100000";

/// An election with all kinds that is open, for a voter of weight 1 and one of weight 2.
fn open() -> Scene {
    let mut scene = Scene::new();
    let file = scene.read("authority/election.toml");
    let beginning = file.split("[[contest]]").next().unwrap();
    scene.write("authority/election.toml", &format!("{beginning}{CONTESTS}"));
    scene.authority("manifest --yes").done();
    scene.ceremony(&[0, 1, 2]);
    scene.write("voters.csv", "id,weight,style\n1,1,all\n2,2,all\n");
    scene.registrar("roll voters.csv").done();
    scene.registrar("letters --out letters.html").done();
    scene.authority("open --yes").done();
    let codes = scene.codes("letters.html");
    ["1", "2"].into_iter().for_each(|id| scene.write(&format!("code-{id}"), &format!("{}\n", codes[id])));
    scene.start("");
    scene
}

#[test]
fn every_kind_is_voted_on_checked_and_counted() {
    let mut scene = open();
    // A roll whose totals would be too large is refused before anything is sent.
    scene.write("heavy.csv", "id,weight,style\n1,1,all\n2,99999999,all\n");
    let told = scene.registrar("roll heavy.csv --check").failed();
    assert!(told.contains("all weights together are 100000000, and 16777472 can be counted"), "{told}");

    let checked = run(&scene, &format!("challenge {FIRST} --yes --code-file code-1 --json")).done();
    let held = serde_json::from_str::<Value>(&checked).unwrap()["held"].clone();
    assert_eq!(
        held,
        json!({
            "mayor": ["ada"],
            "parks": { "north": 5, "south": 1 },
            // Both ranks earn 2 points.
            "song": [["a", "c"]],
            "clubs": { "chess": 3, "go": 1 },
            "chair": [["y"], ["x"], ["z"]],
            "council": { "list": "green", "options": ["g2"] },
            "budget": { "roads": 99_999, "trees": 1 },
        })
    );
    let voted = run(&scene, &format!("vote {FIRST} --yes --code-file code-1"));
    for said in [
        "How good are the parks?: North 5, South 1\n",
        "Which songs?: C > A\n",
        "Which clubs?: Chess 3, Go 1 (10 of 10 credits)\n",
        "Who is to have the chair?: Y > X > Z\n",
        "Who is to sit in the council?: Green: G2\n",
    ] {
        assert!(voted.stderr.contains(said), "{}", voted.stderr);
    }
    voted.done();
    run(&scene, &format!("vote {SECOND} --yes --code-file code-2")).done();

    scene.authority("close --yes").done();
    scene.trustees(&[0, 1]);
    let result: Value = serde_json::from_str(&scene.authority("publish --json").done()).unwrap();
    let contest = |number: usize| &result["contests"][number];
    let totals = |number: usize| {
        let options = contest(number)["options"].as_array().unwrap().iter();
        options.map(|option| option["total"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((totals(0), &contest(0)["weight"]), (vec![1, 2], &json!(3)));
    assert_eq!(contest(0)["outcome"]["elected"], json!(["emmy"]));
    assert_eq!((totals(1), contest(1).get("outcome")), (vec![5, 9], None));
    assert_eq!((totals(2), totals(3)), (vec![6, 0, 2], vec![3, 1]));
    assert_eq!(contest(4)["pairs"], json!([[0, 0, 1], [3, 0, 1], [2, 0, 0]]));
    assert_eq!(contest(4)["outcome"]["elected"], json!(["y"]));
    assert_eq!((totals(5), &contest(5)["lists"][1]["total"]), (vec![0, 1, 0], &json!(2)));
    assert_eq!(contest(5)["outcome"]["lists"], json!([{ "id": "green", "seats": 1 }, { "id": "blue", "seats": 2 }]));
    assert_eq!(
        (&contest(5)["outcome"]["elected"], &contest(5)["outcome"]["vacant"]),
        (&json!(["g2", "b1"]), &json!(1))
    );
    assert_eq!(totals(6), [99_999, 200_001]);
    let told = scene.authority("publish").done();
    assert!(told.contains("  Elected: Y.\n") && told.contains("Seats: Green 1, Blue 2."), "{told}");
    assert!(!told.contains("voted alike"), "{told}");
    assert_eq!(without_words(&result), without_words(&verified(&scene)["result"]));
}

/// What the verifier says of the record.
fn verified(scene: &Scene) -> Value {
    let options = Options { expected: Some(scene.fingerprint()), unfinished: false, seed: [3; 32] };
    let record = Directory::open(&scene.path("board/e/record")).unwrap();
    let report = verify(&record, &options, &|_, _| ()).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
    serde_json::to_value(&report).unwrap()
}

/// The contests of a result. How a count is explained is not fixed (specs/counting.md#json).
fn without_words(result: &Value) -> Vec<Value> {
    let mut contests = result["contests"].as_array().unwrap().clone();
    for outcome in contests.iter_mut().filter_map(|contest| contest.get_mut("outcome")) {
        assert!(outcome.as_object_mut().unwrap().remove("explanation").unwrap().is_array());
    }
    contests
}

#[test]
fn the_preview_says_how_every_kind_is_answered_and_counted() {
    let scene = Scene::new();
    let file = scene.read("authority/election.toml");
    let beginning = file.split("[[contest]]").next().unwrap();
    let large = CONTESTS.replace("100000\nproof = \"range\"", "4000000000");
    scene.write("authority/election.toml", &format!("{beginning}{large}"));
    let told = scene.authority("manifest --preview").done();
    for said in [
        "(mayor): choose 1, or vote blank\n",
        "The option with the highest total is elected.\n  A tie of options is decided for whoever comes first in: Emmy and Ada.\n",
        "(parks): give each option 0 to 5 points, at most 9 in all\n",
        "(song): rank 1 to 3, the best first: the ranks earn 2, 2 and 1 points\n",
        "A tie stays undecided: there is no tie-break.\n",
        "(clubs): spend up to 10 credits: v votes for an option cost v·v credits, so 3 for one at most\n",
        "(chair): order the options, the best first; several may share a place, and those left out come last\n",
        "(council): choose one list, and up to 2 of its options\n  Green (green)\n    · G1 (g1)\n",
        "3 seats go to the lists by the highest quotients of 1, 2, 3, … (D'Hondt)",
        "(budget): split 4000000000 over the options, in whole numbers and all of it\n",
        "Ballots prove the amounts by bits: with 67 coordinates and slots, at most 256",
        "In parks, clubs and budget voters give numbers",
    ] {
        assert!(told.contains(said), "{said}\n{told}");
    }
}
