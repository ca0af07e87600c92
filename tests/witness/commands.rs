//! The commands of the operator.

use crate::scene::{Log, Witness};

#[test]
fn a_witness_is_made_once() {
    let witness = Witness::of(&[]);
    let again = witness.run(&["new", "witness.example/w"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is the folder of a witness already"), "{again:?}");
    let no_name = witness.run_in("other", &["new", "two words"]);
    assert!(String::from_utf8_lossy(&no_name.stderr).contains("cannot name a witness"), "{no_name:?}");
}

#[test]
fn only_logs_are_added_and_each_once() {
    let log = Log::new("once");
    let witness = Witness::of(&[&log]);
    let again = witness.run(&["add", &log.key.verifier().to_string()]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("knows the log log.example/once already"), "{again:?}");
    let of_a_witness = witness.run(&["add", &witness.verifier.to_string()]);
    assert!(String::from_utf8_lossy(&of_a_witness.stderr).contains("no key of a log"), "{of_a_witness:?}");
}

#[test]
fn status_tells_what_was_cosigned() {
    let log = Log::new("told");
    let witness = Witness::of(&[&log]);
    let status = witness.run(&["status"]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("log.example/told  nothing cosigned yet"), "{status:?}");
    let nowhere = witness.run_in("nowhere", &["status"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("is no folder of a witness"), "{nowhere:?}");
}
