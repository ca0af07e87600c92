//! Mirrors and parcels: what is copied from a board, and what is carried to it.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use tabella_client::parcel::Parcel;
use tabella_election::{Kind, authority};
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

use crate::scene::{Ended, Scene, authority_key};

fn run(scene: &Scene, command: &str) -> Ended {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tabella"));
    program.current_dir(scene.path("")).args(command.split_whitespace()).stdin(Stdio::null());
    let output = program.output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_mirror_is_a_record_that_anybody_can_verify_and_carry() {
    let mut scene = Scene::with_keys();
    let (address, fingerprint) = (scene.address(), scene.fingerprint());
    let told = run(&scene, &format!("mirror {address} copy")).done();
    assert!(told.contains("City of Trees") && told.contains("Compare the fingerprint"), "{told}");
    scene.write("voters.csv", "id,weight,style\n1,1,all\n");
    scene.registrar("roll voters.csv").done();
    let told = run(&scene, &format!("mirror {address} copy --expect {fingerprint} --tar a.tar")).done();
    assert!(!told.contains("Compare the fingerprint") && told.contains("a.tar"), "{told}");
    run(&scene, &format!("mirror {address} copy --tar b.tar")).done();
    assert_eq!(fs::read(scene.path("a.tar")).unwrap(), fs::read(scene.path("b.tar")).unwrap());

    let options = Options { expected: Some(fingerprint), unfinished: true, seed: [3; 32] };
    let report = verify(&Directory::open(&scene.path("copy/record")).unwrap(), &options, &|_, _| ()).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
    // The same comes out of the tar.
    let unpacked = tabella_client::source::Folder::unpack(&scene.path("a.tar"), &scene.path("unpacked"));
    assert!(unpacked.is_ok());
    let same = Command::new("diff").arg("-r").arg(scene.path("copy/record")).arg(scene.path("unpacked")).status();
    assert!(same.unwrap().success());
    let view: Value = serde_json::from_str(&run(&scene, &format!("mirror {address} copy --json")).done()).unwrap();
    assert_eq!((&view["size"], &view["phase"]), (&scene.size().into(), &"setup".into()));
    // Whoever compares roots finds the same text everywhere.
    let status = ureq::get(&format!("{address}/status")).call().unwrap().body_mut().read_to_string().unwrap();
    assert_eq!(view["root"], serde_json::from_str::<Value>(&status).unwrap()["root"]);
    assert_eq!(view["root"], report.record.unwrap().root);
    scene.stop();
}

#[test]
fn a_mirror_of_another_election_is_refused() {
    let scene = Scene::with_manifest();
    let other = "0000-0000-0000-0000-0000-0000-0000-0000";
    let told = run(&scene, &format!("mirror {} copy --expect {other}", scene.address())).failed();
    assert_eq!(told.matches("shows another election").count(), 1, "{told}");
    assert!(scene.path("copy/evidence/001-fingerprint_differs/README.txt").is_file());
    run(&scene, &format!("mirror {} copy --expect {}", scene.address(), scene.fingerprint())).done();
    let told = run(&scene, &format!("mirror {} copy --expect {other}", scene.address())).failed();
    assert!(told.contains("is for the election with the fingerprint"), "{told}");
}

#[test]
fn a_parcel_is_handed_in_once_and_only_where_it_belongs() {
    let scene = Scene::with_manifest();
    let board = scene.board();
    let election = board.election().id();
    let rehearse = authority::restart(&board, &authority_key());
    let write = |name: &str, parcel: &Parcel| parcel.write(&scene.path(name)).unwrap();
    write("good", &Parcel { election, payloads: vec![(Kind::Restart, rehearse.clone())] });
    write("other", &Parcel { election: [7; 32].into(), payloads: vec![(Kind::Restart, rehearse.clone())] });
    write("bad", &Parcel { election, payloads: vec![(Kind::Restart, rehearse), (Kind::Commit, vec![0xa0])] });

    let send = |parcel: &str| run(&scene, &format!("send {} {parcel} --dir home", scene.address()));
    let told = send("other").failed();
    assert!(told.contains("the parcel is for the election 0707"), "{told}");
    assert_eq!(scene.size(), 1);
    assert_eq!(send("good").done(), "All of the parcel is on the board:\n  restart is entry 1\n");
    assert_eq!(send("good").done(), "All of the parcel is on the board:\n  restart is entry 1, as before\n");
    let told = send("bad").failed();
    assert!(told.contains("payload 2 of 2 (`commit`) was not handed in; the one before it was taken"), "{told}");
    assert!(told.contains("(payload_malformed)"), "{told}");
    assert!(send("missing").failed().contains("there is no missing"));
    assert_eq!(scene.size(), 2);
}

#[test]
fn a_manifest_can_be_carried_to_an_empty_board() {
    let made = Scene::with_manifest();
    let (_, record) = made.ledger();
    let entry = tabella_record::entries::EntryReader::entry(&record, 0).unwrap().unwrap();
    let payload = tabella_board::entry::Entry::parse(&entry).unwrap().payload;
    let election = made.board().election().id();
    let empty = Scene::new();
    let parcel = Parcel { election, payloads: vec![(Kind::Manifest, payload)] };
    parcel.write(&empty.path("parcel")).unwrap();
    for end in ["", ", as before"] {
        let told = run(&empty, &format!("send {} parcel --dir home", empty.address())).done();
        assert_eq!(told, format!("All of the parcel is on the board:\n  manifest is entry 0{end}\n"));
    }
}
