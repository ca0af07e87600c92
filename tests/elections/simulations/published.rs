//! Votes that people cast, held again: the result is the one that was published, and the record is valid.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};
use tabella_verifier::report::{ContestReport, Report};

use super::{data, fingerprint, report, simulated, votes};
use crate::scene::record::assert_valid;

/// A file of Pabulib: its contest, the column with the totals that the organisers published, and how many voted.
struct Budget {
    file: &'static str,
    kind: &'static str,
    column: &'static str,
    voters: u64,
}

const AMSTERDAM: Budget =
    Budget { file: "pabulib/Netherlands_Amsterdam_643.pb", kind: "choice", column: "votes", voters: 66 };
const GDYNIA: Budget =
    Budget { file: "pabulib/Poland_Gdynia_2022_Srodmiescie__small.pb", kind: "choice", column: "votes", voters: 868 };
const KATOWICE: Budget =
    Budget { file: "pabulib/Poland_Katowice_2021_Zawodzie.pb", kind: "score", column: "score", voters: 1_367 };
const KRAKOW: Budget =
    Budget { file: "pabulib/Poland_Krakow_2018_Krowodrza.pb", kind: "positional", column: "score", voters: 2_113 };

/// The election of the leader of the Debian project.
const DEBIAN: &str = "preflib/00002-00000007.toc";

/// The totals that the organisers published, by project: a column of `PROJECTS` that stands before the names.
fn published(budget: &Budget) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(votes(budget.file)).unwrap();
    let mut lines = text.lines().skip_while(|line| *line != "PROJECTS").skip(1);
    let columns: Vec<&str> = lines.next().unwrap().split(';').collect();
    let column = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let (id, total) = (column("project_id"), column(budget.column));
    let projects = lines.take_while(|line| *line != "VOTES");
    let total_of = |line: &str| {
        let fields: Vec<&str> = line.split(';').collect();
        (fields[id].to_owned(), fields[total].parse().unwrap())
    };
    projects.map(total_of).collect()
}

/// The only contest of a report.
#[track_caller]
fn contest(report: &Report) -> &ContestReport {
    let contests = &report.result.as_ref().unwrap().contests;
    assert_eq!(contests.len(), 1);
    &contests[0]
}

/// Holds the vote of a budget; the totals are the published ones for the verifier and for the program itself.
#[track_caller]
fn gives_the_published_totals(budget: &Budget, more: &[&str]) -> (Report, Value) {
    let (out, json) = simulated(budget.file, more);
    let report = report(&out);
    assert_valid(&report);
    let published = published(budget);
    let contest = contest(&report);
    let totals = contest.options.iter().map(|option| (option.id.clone(), option.total.unwrap()));
    assert_eq!(totals.collect::<BTreeMap<_, _>>(), published);
    assert_eq!((contest.kind.as_str(), contest.ballots, contest.weight), (budget.kind, budget.voters, budget.voters));
    let ballots = report.ballots.as_ref().unwrap();
    assert_eq!((ballots.roll, ballots.counted), (budget.voters, budget.voters));

    assert_eq!(json["fingerprint"], fingerprint(&out));
    assert_eq!(json["fingerprint"], report.election.as_ref().unwrap().fingerprint);
    let options = json["contests"][0]["options"].as_array().unwrap();
    assert_eq!(options.len(), published.len());
    for option in options {
        assert_eq!(option["total"], option["published"]);
        assert_eq!(option["total"], published[option["id"].as_str().unwrap()]);
    }
    (report, json)
}

#[test]
fn amsterdam_whose_voters_change_their_minds_and_challenge() {
    let more = ["--trustees", "3", "--revotes", "20", "--challenges", "20"];
    let (report, json) = gives_the_published_totals(&AMSTERDAM, &more);
    let ballots = report.ballots.as_ref().unwrap();
    assert_eq!(json["ballots"]["accepted"], ballots.accepted);
    assert_eq!(json["ballots"]["challenged"], ballots.challenged);
    assert!(ballots.superseded > 0 && ballots.challenged > 0);
    assert!(report.warnings.iter().any(|warning| warning.code == "simulation"));
    assert!(report.election.unwrap().simulation);
}

#[test]
fn gdynia_with_approvals() {
    let (report, _) = gives_the_published_totals(&GDYNIA, &["--trustees", "3"]);
    assert!(contest(&report).outcome.is_none());
}

#[test]
fn katowice_with_points() {
    gives_the_published_totals(&KATOWICE, &["--trustees", "1"]);
}

#[test]
fn krakow_with_ranks() {
    gives_the_published_totals(&KRAKOW, &["--trustees", "1"]);
}

/// How often each option of the Debian election stands above each other, counted from the lines of the file.
fn pairs_of_debian() -> Vec<Vec<u64>> {
    let text = fs::read_to_string(votes(DEBIAN)).unwrap();
    let mut pairs = vec![vec![0; 4]; 4];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (count, order) = line.split_once(": ").unwrap();
        let count: u64 = count.parse().unwrap();
        // A tie in braces is one place, so only the commas outside of them end a place.
        let (mut place, mut tied, mut place_of) = (0, false, [0; 4]);
        for letter in order.chars() {
            match letter {
                '{' => tied = true,
                '}' => tied = false,
                ',' if tied => {}
                ',' => place += 1,
                number => place_of[number.to_digit(10).unwrap() as usize - 1] = place,
            }
        }
        for (a, row) in pairs.iter_mut().enumerate() {
            for (b, above) in row.iter_mut().enumerate().filter(|(b, _)| place_of[a] < place_of[*b]) {
                assert_ne!(a, b);
                *above += count;
            }
        }
    }
    pairs
}

#[test]
fn debian_elects_its_leader_by_every_method() {
    let pairs = pairs_of_debian();
    for method in [&[][..], &["condorcet"], &["copeland"], &["ranked-pairs"]] {
        let more: Vec<&str> = method.iter().flat_map(|method| ["--counting", method]).collect();
        let (out, json) = simulated(DEBIAN, &[&["--trustees", "1"], more.as_slice()].concat());
        let report = report(&out);
        assert_valid(&report);
        let contest = contest(&report);
        assert_eq!((contest.kind.as_str(), contest.ballots), ("ranking", 403));
        assert_eq!(contest.pairs.as_ref(), Some(&pairs), "{method:?}");
        assert_eq!(contest.options[2].title, "Stefano Zacchiroli");
        let outcome = contest.outcome.as_ref().unwrap().as_ref().unwrap();
        assert_eq!(outcome.method, method.first().copied().unwrap_or("schulze"));
        assert_eq!((outcome.elected.as_slice(), outcome.vacant), (&["3".to_owned()][..], 0), "{method:?}");
        assert!(outcome.undecided.is_empty() && !outcome.by_tie_break);
        assert_eq!(json["contests"][0]["outcome"]["elected"], json!(["3"]));
        assert_eq!(json["contests"][0]["pairs"], json!(pairs));
    }
}

#[test]
fn all_the_files_are_held() {
    let mut found = Vec::new();
    for folder in ["pabulib", "preflib"] {
        let files = fs::read_dir(data().join(folder)).unwrap();
        found.extend(files.map(|file| format!("{folder}/{}", file.unwrap().file_name().to_str().unwrap())));
    }
    found.sort();
    assert_eq!(found, [AMSTERDAM.file, GDYNIA.file, KATOWICE.file, KRAKOW.file, DEBIAN]);
}
