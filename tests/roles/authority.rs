//! The authority from the manifest to the result, with commands that are killed, repeated, or come too early.

use serde_json::Value;
use tabella_election::authority;

use crate::proxy::{Fate, Proxy};
use crate::scene::{Scene, authority_key, hex};

#[test]
fn an_election_goes_from_the_manifest_to_the_result() {
    let mut scene = Scene::new();
    let told = scene.authority("manifest").failed();
    assert!(
        told.contains("any 2 of Alice, Bob and Carol together") && told.contains("give --yes if it is meant"),
        "{told}"
    );
    let told = scene.authority("manifest --yes").done();
    assert!(told.contains(&scene.fingerprint()), "{told}");
    assert!(scene.authority("close --yes").failed().contains("the voting is not open yet"));

    // The ceremony: who is late is named, and left out only by name.
    let told = scene.authority("ceremony").waits();
    assert!(told.contains("Waiting for `commit` of Alice, Bob and Carol"), "{told}");
    scene.trustees(&[0, 1]);
    assert!(scene.authority("ceremony").waits().contains("Waiting for `commit` of Carol"));
    let told = scene.authority("ceremony --leave-out Carl").failed();
    assert!(told.contains("there is no trustee “Carl”; the trustees are Alice, Bob and Carol"), "{told}");
    assert!(scene.authority("ceremony --leave-out Carol").failed().contains("give --yes if it is meant"));
    let told = scene.authority("ceremony --leave-out Carol --yes").waits();
    assert!(told.contains("Left out: Carol") && told.contains("Waiting for `deal` of Alice and Bob"), "{told}");
    for _ in 0..3 {
        scene.trustees(&[0, 1]);
        scene.authority("ceremony").waits();
    }
    assert!(scene.authority("open --yes").waits().contains("Waiting for `rehearsal` of Alice, Bob"));
    scene.trustees(&[0, 1]);
    assert!(scene.authority("ceremony").done().contains("Qualified: Alice and Bob"));
    let told = scene.authority("open --yes").waits();
    assert_eq!(told, "Waiting for `roll` of the registrar.\n");

    scene.write("voters.csv", "id,weight,style\n1,1,all\n2,1,all\n3,2,guests\n");
    scene.registrar("roll voters.csv").done();
    scene.registrar("letters --out letters.html").done();
    let told = scene.authority("open").failed();
    assert!(told.contains("Only 1 voter has the style “guests” and the weight 2"), "{told}");
    assert!(told.contains("Carol was left out of the key ceremony."), "{told}");
    scene.authority("open --yes").done();
    let size = scene.size();
    let own: Value = serde_json::from_str(&scene.authority("status --json").done()).unwrap();
    let url = format!("{}/status", scene.address());
    let servers: Value =
        serde_json::from_str(&ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap()).unwrap();
    assert_eq!(own["warnings"], servers["warnings"]);
    assert!(own["warnings"].to_string().contains("Only 1 voter has the style “guests” and the weight 2"));
    assert!(scene.authority("open --yes").done().contains("opened before"));
    assert_eq!(scene.size(), size);

    // A rehearsal while the voting goes on; asked twice, it is one until somebody has answered.
    assert!(scene.authority("rehearse").done().starts_with("Rehearsal 2 "));
    assert!(scene.authority("rehearse").done().starts_with("Rehearsal 2 "));
    scene.trustees(&[0]);
    assert!(scene.authority("rehearse").done().starts_with("Rehearsal 3 "));

    let codes = scene.codes("letters.html");
    scene.vote(&codes["1"], true);
    scene.vote(&codes["3"], false);
    assert!(scene.authority("publish").failed().contains("there is nothing to count yet"));
    let status: Value = serde_json::from_str(&scene.authority("status --json").done()).unwrap();
    assert_eq!(status["phase"], "voting");
    assert_eq!(status["counts"]["superseded"], 1);
    assert!(scene.authority("status").done().contains("Ballots      3 accepted, 1 of them replaced"));

    let told = scene.authority("close").failed();
    assert!(told.contains("give --yes if it is meant"), "{told}");
    assert!(!scene.remote().status().unwrap().closing.is_closing, "nothing was asked of the board");
    let told = scene.authority("close --yes").done();
    assert!(told.contains("3 ballots were accepted, 1 of them replaced by later ones; 2 count"), "{told}");
    assert!(scene.authority("close --yes").done().contains("2 count"));
    assert!(scene.authority("close --withdraw").failed().contains("cannot be taken back"));

    assert!(scene.authority("publish").waits().contains("0 of 2 shares are there. Waiting for `share` of Alice, Bob"));
    scene.trustees(&[0, 1]);
    let result: Value = serde_json::from_str(&scene.authority("publish --json").done()).unwrap();
    assert_eq!(result["contests"][0]["options"][0]["total"], 1);
    assert_eq!(result["contests"][0]["blank"], 0);
    assert_eq!(result["contests"][1]["options"][0]["total"], 3, "a guest counts twice");
    let alike = "In the contest “park” every counted ballot voted alike: the totals show how each voted.";
    assert!(result["warnings"].to_string().contains(alike));
    let told = scene.authority("publish").done();
    assert!(told.contains("The result is published") && told.contains("Ada"), "{told}");
    assert!(told.contains(&format!("\nNote: {alike}")), "{told}");
}

#[test]
fn a_manifest_is_sent_again_and_never_changed() {
    let scene = Scene::new();
    let told = scene.authority("manifest --yes").done();
    // Killed before it had remembered the election: it asks nothing and sends the same bytes.
    std::fs::remove_file(scene.path("authority/election.json")).unwrap();
    assert_eq!(scene.authority("manifest").done(), told);
    assert_eq!(scene.size(), 1);
    let file = scene.read("authority/election.toml");
    scene.write("authority/election.toml", &file.replace("City of Trees", "City of Stones"));
    let told = scene.authority("manifest --yes").failed();
    assert!(told.contains("was changed after the election") && told.contains(&scene.fingerprint()), "{told}");
    scene.write("authority/election.toml", &file);
    scene.authority("manifest").done();
}

#[test]
fn a_manifest_that_the_board_never_took_may_change() {
    let mut scene = Scene::new();
    // The manifest is signed, and the board takes nothing.
    scene.start("--posts-per-minute 1");
    let address = format!("{}/entries/ballot", scene.address());
    assert!(ureq::post(&address).send(b"x".as_slice()).is_err());
    let told = scene.authority("manifest --yes --patience 0").failed();
    assert!(told.contains("the board did not take the manifest"), "{told}");
    assert!(scene.path("authority/manifest.payload").exists());
    scene.start("");
    let file = scene.read("authority/election.toml");
    scene.write("authority/election.toml", &file.replace("City of Trees", "City of Stones"));
    assert!(scene.authority("manifest").failed().contains("give --yes if it is meant"), "it is asked about again");
    scene.authority("manifest --yes").done();
    assert_eq!(scene.board().election().manifest().title, "City of Stones");
}

#[test]
fn another_board_or_another_key_is_told() {
    let scene = Scene::new();
    let file = scene.read("authority/election.toml");
    let log = tabella_board::key::LogKey::from_seed("vote.example.org/e".parse_origin(), &[4; 32]);
    let own = file.lines().find(|line| line.starts_with("log =")).unwrap();
    let other = format!("log = \"{}\"", log.verifier());
    scene.write("authority/election.toml", &file.replace(own, &other));
    let told = scene.authority("manifest --yes").failed();
    assert!(told.contains("has another key than") && told.contains(&log.verifier().to_string()), "{told}");
    scene.write("authority/election.toml", &file);
    scene.authority("manifest --yes").done();
    std::fs::copy(scene.path("registrar/registrar.age"), scene.path("authority/authority.age")).unwrap();
    assert!(scene.authority("ceremony").failed().contains("is not that of this election's authority"));
}

trait ParseOrigin {
    fn parse_origin(&self) -> tabella_board::origin::Origin;
}

impl ParseOrigin for str {
    fn parse_origin(&self) -> tabella_board::origin::Origin {
        tabella_board::origin::Origin::parse(self).unwrap()
    }
}

#[test]
fn a_ceremony_that_fails_begins_anew_only_when_asked() {
    let mut scene = Scene::with_manifest();
    scene.trustees(&[0]);
    let told = scene.authority("ceremony --yes --leave-out Bob --leave-out Carol").waits();
    assert!(told.contains("Waiting for `deal` of Alice"), "{told}");
    for _ in 0..2 {
        scene.trustees(&[0]);
        let ended = scene.authority("ceremony");
        if ended.status == 1 {
            assert!(ended.stderr.contains("this attempt at the key ceremony has failed"), "{}", ended.stderr);
            assert!(ended.stderr.contains("Left out: Bob"), "{}", ended.stderr);
        }
    }
    assert!(scene.authority("ceremony").failed().contains("--restart"));
    assert!(scene.authority("ceremony --restart").failed().contains("give --yes if it is meant"));
    let told = scene.authority("ceremony --restart --yes").waits();
    assert!(told.contains("Waiting for `commit` of Alice, Bob and Carol"), "{told}");
    assert_eq!(scene.board().ceremony().attempt().number, 2);
}

#[test]
fn a_closing_that_was_cut_off_is_finished_or_taken_back() {
    let mut scene = Scene::with_keys();
    scene.write("voters.csv", "id,weight,style\n1,1,all\n");
    scene.registrar("roll voters.csv").done();
    scene.authority("open --yes").done();
    assert!(scene.authority("close --withdraw").done().contains("is not being closed"));
    // Killed after the board was asked, before `close` was signed.
    let request = authority::closing(&scene.board(), 1, true, &authority_key()).unwrap();
    scene.remote().closing(&request).unwrap();
    assert_eq!(scene.authority("close --withdraw").done(), "The voting goes on.\n");
    assert!(!scene.remote().status().unwrap().closing.is_closing);
    let request = authority::closing(&scene.board(), 3, true, &authority_key()).unwrap();
    scene.remote().closing(&request).unwrap();
    scene.start("");
    assert!(scene.authority("close --yes").done().contains("0 count"));
    // Nobody voted: there is nothing to decrypt, and nobody to wait for.
    assert!(scene.authority("publish").done().contains("The result is published"));
}

#[test]
fn nothing_is_closed_but_what_was_compared() {
    let mut scene = Scene::with_keys();
    scene.write("voters.csv", "id,weight,style\n1,1,all\n");
    scene.registrar("roll voters.csv").done();
    scene.registrar("letters --out letters.html").done();
    scene.authority("open --yes").done();
    let code = scene.codes("letters.html")["1"].clone();
    let proxy = Proxy::before(&scene.address());
    let command = format!("close --yes --patience 0 --board {}", proxy.address);
    let told = std::thread::scope(|scope| {
        let closing = scope.spawn(|| scene.run("authority", &command));
        proxy.wait();
        proxy.decide(Fate::Passes);
        // What is counted was compared, and `close` is on its way; meanwhile the board takes one more ballot, and
        // asks for another `close`.
        proxy.wait();
        let request = authority::closing(&scene.board(), 2, false, &authority_key()).unwrap();
        scene.remote().closing(&request).unwrap();
        scene.vote(&code, false);
        proxy.decide(Fate::Refused("anchor_mismatch"));
        proxy.decide(Fate::Passes);
        closing.join().unwrap().failed()
    });
    assert!(told.contains("Nothing was closed"), "{told}");
    assert!(scene.authority("close --yes").done().contains("1 count"));
    scene.stop();
}

#[test]
fn the_key_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = |passphrase: &str| {
        std::fs::write(folder.path().join("passphrase"), passphrase).unwrap();
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_tabella"));
        program.current_dir(folder.path()).args(["authority", "new", "--dir", "a", "--passphrase-file", "passphrase"]);
        let output = program.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    assert!(run("short").1.contains("at least 8 characters"));
    let (status, told) = run("correct horse battery");
    assert_eq!(status, 0, "{told}");
    std::fs::write(folder.path().join("a/election.toml"), "mine").unwrap();
    assert_eq!(run("correct horse battery").1, told);
    assert_eq!(std::fs::read_to_string(folder.path().join("a/election.toml")).unwrap(), "mine");
    let (status, told) = run("another passphrase");
    assert!(status == 1 && told.contains("the passphrase does not open a/authority.age"), "{told}");
    assert_eq!(hex(&authority_key()).len(), 64);
}
