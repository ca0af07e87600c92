//! The voter: one ballot whatever is killed, and nothing that the server says is believed.

use std::process::{Child, Command, Stdio};

use data_encoding::BASE64;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use tabella_election::text::VoterCode;

use crate::proxy::{Fate, Proxy};
use crate::scene::{Ended, Scene};

/// An election that is open, and the codes of these many voters of all contests; the last one is a guest.
pub fn open(voters: usize) -> (Scene, Vec<String>) {
    open_before(voters, "quorum none\n")
}

/// The same with these lines of a policy.
pub fn open_before(voters: usize, witnesses: &str) -> (Scene, Vec<String>) {
    let mut scene = Scene::with_keys_before(witnesses);
    let style = |number| if number == voters { "guests" } else { "all" };
    let rows: String = (1..=voters).map(|number| format!("{number},1,{}\n", style(number))).collect();
    scene.write("voters.csv", &format!("id,weight,style\n{rows}"));
    scene.registrar("roll voters.csv").done();
    scene.registrar("letters --out letters.html").done();
    scene.authority("open --yes").done();
    let codes = scene.codes("letters.html");
    let codes: Vec<String> = (1..=voters).map(|number| codes[&number.to_string()].clone()).collect();
    for (number, code) in codes.iter().enumerate() {
        scene.write(&format!("code-{number}"), &format!("{code}\n"));
    }
    scene.start("");
    (scene, codes)
}

/// A program of a voter. Its words hold no spaces.
fn program(scene: &Scene, address: &str, command: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tabella"));
    program.current_dir(scene.path("")).arg("voter").args(command.split_whitespace());
    program.args(["--dir", "home", "--board", address, "--expect", &scene.fingerprint()]);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run_at(scene: &Scene, address: &str, command: &str) -> Ended {
    ended(program(scene, address, command).spawn().unwrap())
}

pub fn run(scene: &Scene, command: &str) -> Ended {
    run_at(scene, &scene.address(), command)
}

pub fn json(ended: Ended) -> Value {
    serde_json::from_str(&ended.done()).unwrap()
}

/// A code that is on no roll.
fn strangers_code() -> String {
    VoterCode::generate(&mut ChaCha20Rng::from_seed([77; 32])).to_text().to_string()
}

const VOTE: &str = "vote --choose mayor=ada --choose park=1,south --yes --code-file code-0";

#[test]
fn a_voter_votes_checks_votes_again_and_finds_her_ballots() {
    let (scene, _) = open(2);
    let checked = run(&scene, "challenge --choose mayor=2 --choose park= --yes --code-file code-0").done();
    assert!(checked.contains("  Who is to be mayor?: Emmy\n  Which parks?: (none of the options)\n"), "{checked}");
    assert!(checked.contains("can never be cast, and does not count. Vote now: tabella voter vote"), "{checked}");

    let first = json(run(&scene, &format!("{VOTE} --json")));
    assert_eq!((&first["standing"], &first["ballot"], &first["of"]), (&"recorded".into(), &1.into(), &1.into()));
    let voted = run(&scene, "vote --blank mayor --choose park=north --yes --code-file code-0");
    assert!(voted.stderr.contains("  Who is to be mayor?: (blank)\n  Which parks?: North\n"), "{}", voted.stderr);
    let replaced = format!("It replaces the ballot\n  {}\n", first["tracker"].as_str().unwrap());
    assert!(voted.stderr.contains("nothing is sent yet. Its tracker is\n") && voted.stderr.contains(&replaced));
    let voted = voted.done();
    assert!(
        voted.starts_with("Your ballot is on the board.\n") && voted.contains("ballot   2 of 2, the latest"),
        "{voted}"
    );
    assert!(voted.contains("This election asks for no witnesses"), "{voted}");

    let second = json(run(&scene, "track --code-file code-0 --json"));
    assert_eq!(
        (&second["standing"], &second["receipt"], &second["counted"]),
        (&"latest".into(), &true.into(), &false.into())
    );
    let tracked = run(&scene, &format!("track {}", first["tracker"].as_str().unwrap())).done();
    assert!(tracked.contains("ballot   1 of 2\nThe receipt holds"), "{tracked}");
    assert!(tracked.contains(&format!("it was replaced by\n  {}\n", second["tracker"].as_str().unwrap())), "{tracked}");
    // Anybody with the two files can hold them against the board.
    let receipt = format!("{}.tlog-proof", first["receipt"].as_str().unwrap());
    assert!(run(&scene, &format!("track {receipt}")).done().contains("The receipt holds"));
    // As a page saves it, and as a page takes it.
    let kept = std::fs::read_to_string(scene.path(&receipt.replace(".tlog-proof", ".json"))).unwrap();
    let mut page: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(page["receipt"], std::fs::read_to_string(scene.path(&receipt)).unwrap());
    (page["kind"], page["tracker"], page["is_recorded"]) = ("challenge".into(), "nobody's".into(), false.into());
    scene.write("saved.json", &page.to_string());
    assert!(run(&scene, "track saved.json").done().contains("The receipt holds"));
    page["entry"] = BASE64.encode(b"another").into();
    scene.write("saved.json", &page.to_string());
    run(&scene, "track saved.json").failed();
    scene.write("saved.json", "{}");
    assert!(run(&scene, "track saved.json").failed().contains("saved.json is no receipt"));
    assert!(run(&scene, "track --code-file code-1").failed().contains("no ballot with this code is on the board"));

    scene.authority("close --yes").done();
    assert!(run(&scene, "track --code-file code-0").done().contains("It is counted."));
    let told = run(&scene, VOTE).failed();
    assert!(told.contains("the ballot was not taken") && told.contains("election_closed"), "{told}");
    // What can never be taken is not tried again.
    assert!(run(&scene, VOTE).failed().contains("the ballot was not taken"));
    assert_eq!(scene.board().counts().accepted, 2);
}

#[test]
fn a_program_that_was_killed_sends_the_same_ballot_and_no_other() {
    let (scene, _) = open(2);
    let proxy = Proxy::before(&scene.address());
    for fate in [Fate::Lost, Fate::AnswerLost] {
        let mut killed = program(&scene, &proxy.address, &format!("{VOTE} --patience 0")).spawn().unwrap();
        proxy.wait();
        if fate == Fate::Lost {
            killed.kill().unwrap();
            proxy.decide(fate);
            killed.wait().unwrap();
        } else {
            proxy.decide(fate);
            let told = ended(killed).failed();
            assert!(told.contains("It is kept, and the next run sends the same bytes: no answer from"), "{told}");
        }
        let again = run(&scene, &format!("{VOTE} --json"));
        assert!(again.stderr.contains("A ballot of an earlier run is waiting"), "{}", again.stderr);
        let tracker = again.stderr.lines().nth(1).unwrap().trim().to_owned();
        let again = json(again);
        assert_eq!((&again["resumed"], &again["tracker"]), (&true.into(), &tracker.into()));
    }
    assert_eq!(scene.board().counts().accepted, 2);
}

#[test]
fn a_ballot_that_the_server_has_no_time_for_is_kept() {
    let (mut scene, _) = open(2);
    scene.start("--posts-per-minute 1");
    let _ = ureq::post(&format!("{}/entries/ballot", scene.address())).send(b"x".as_slice());
    let told = run(&scene, &format!("{VOTE} --patience 0")).failed();
    assert!(told.contains("the next run sends the same bytes") && told.contains("rate_limited"), "{told}");
    scene.start("");
    assert!(run(&scene, VOTE).done().contains("An earlier run had made it."));
    assert_eq!(scene.board().counts().accepted, 1);
}

#[test]
fn a_ballot_of_another_device_is_replaced_and_shown() {
    let (scene, codes) = open(2);
    scene.vote(&codes[0], false);
    let voted = run(&scene, VOTE);
    assert!(
        voted.stderr.contains("was not cast from this folder") && voted.stderr.contains("tell the election authority")
    );
    assert!(voted.done().contains("ballot   2 of 2, the latest"));
}

#[test]
fn a_ballot_that_comes_in_between_is_replaced_too() {
    let (scene, codes) = open(2);
    let proxy = Proxy::before(&scene.address());
    let voter = program(&scene, &proxy.address, VOTE).spawn().unwrap();
    proxy.wait();
    scene.vote(&codes[0], false);
    proxy.decide(Fate::Passes);
    proxy.decide(Fate::Passes);
    let voted = ended(voter);
    assert!(voted.stderr.contains("another ballot with your code came in between"), "{}", voted.stderr);
    assert!(voted.done().contains("ballot   2 of 2, the latest"));
}

#[test]
fn what_is_no_vote_is_refused_before_anything_is_encrypted() {
    let (scene, _) = open(2);
    let told = |command: &str| run(&scene, &format!("{command} --yes")).failed();
    let code = "--code-file code-0";
    for (choices, reason) in [
        ("--choose mayor=1,2 --choose park=1", "this is no vote in “Who is to be mayor?”: choose at most 1"),
        ("--choose mayor= --choose park=1", "choose at least 1"),
        (
            "--choose mayor=eve --choose park=1",
            "there is no option “eve” in\nWho is to be mayor? (mayor): choose 1, or vote blank",
        ),
        ("--choose mayor=1 --blank park", "this contest has no blank vote"),
        ("--choose mayor=1 --blank mayor", "contest “mayor” is named twice"),
        ("--choose chair=1", "there is no contest “chair” on this ballot; there is\nWho is to be mayor? (mayor)"),
        ("--choose mayor", "`mayor` is not CONTEST=ANSWER"),
        (
            "--choose mayor=1",
            "a choice is missing, and there is no terminal to ask at: give --choose or --blank\nWhich parks? (park): choose up to 2",
        ),
    ] {
        let found = told(&format!("vote {choices} {code}"));
        assert!(found.contains(reason), "{found}");
    }
    // A guest has one contest.
    assert!(told("vote --choose mayor=1 --code-file code-1").contains("there is no contest “mayor” on this ballot"));
    assert_eq!(scene.board().counts().accepted, 0);
}

#[test]
fn a_code_is_asked_for_its_place() {
    let (scene, codes) = open(2);
    scene.write("wrong", &codes[0].replacen(&codes[0][..4], "0000", 1));
    let told = run(&scene, "vote --yes --code-file wrong").failed();
    assert!(told.contains("this is not a voter's code: there is a mistake in it"), "{told}");
    assert!(run(&scene, "vote --yes --code-file missing").failed().contains("there is no missing"));
    assert!(run(&scene, "vote --yes").failed().contains("give --code-file FILE or --code-fd NUMBER"));
    assert!(run(&scene, "vote --code-file code-0").failed().contains("give --yes if it is meant"));
    scene.write("none", &strangers_code());
    assert!(
        run(&scene, "vote --yes --code-file none").failed().contains("this code is not on the roll of this election")
    );
    // The code stands in no file of the folder.
    run(&scene, VOTE).done();
    let found = Command::new("grep").args(["-r", &codes[0]]).arg(scene.path("home")).output().unwrap();
    assert!(found.stdout.is_empty());
}

#[test]
fn an_election_that_is_not_open_or_another_one_is_told_apart() {
    let scene = Scene::with_manifest();
    scene.write("code-0", &strangers_code());
    assert!(run(&scene, VOTE).failed().contains("voting has not begun yet"));
    let mut other = Command::new(env!("CARGO_BIN_EXE_tabella"));
    other.current_dir(scene.path("")).stdin(Stdio::null()).args(["voter"]).args(VOTE.split_whitespace());
    other.args(["--dir", "home", "--board", &scene.address(), "--expect", "0000-0000-0000-0000-0000-0000-0000-0000"]);
    let told = String::from_utf8(other.output().unwrap().stderr).unwrap();
    assert!(told.contains("shows another election") && told.contains("001-fingerprint_differs"), "{told}");
}
