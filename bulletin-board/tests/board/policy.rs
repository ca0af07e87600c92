use base64::prelude::{BASE64_STANDARD, Engine as _};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tabella_board::key::KeyFault;
use tabella_board::policy::{Cosignature, Policy, PolicyFault, QuorumFault};

use crate::samples::{TIME, checkpoint, entries, head, last_line, log_key, policy_text, truncations, witness_key};

fn parse(witnesses: u8, rest: &str) -> Result<Policy, PolicyFault> {
    Policy::parse(&policy_text(witnesses, rest))
}

/// Whether these witnesses' signatures meet the policy.
fn is_met(policy: &Policy, witnesses: &[u8]) -> bool {
    let checkpoint = checkpoint(head(&entries(3)), witnesses);
    let names: Vec<String> = policy.cosignatures(&checkpoint).into_iter().map(|one| one.witness).collect();
    assert_eq!(names, witnesses.iter().map(|number| format!("w{number}")).collect::<Vec<_>>());
    match policy.require_quorum(&checkpoint) {
        Ok(cosignatures) => {
            assert_eq!(cosignatures, policy.cosignatures(&checkpoint));
            true
        }
        Err(QuorumFault) => false,
    }
}

/// All sets of witnesses below `count`.
fn subsets(count: u8) -> impl Iterator<Item = Vec<u8>> {
    (0..1_u32 << count).map(move |set| (0..count).filter(|number| set >> number & 1 == 1).collect())
}

#[test]
fn quorums_are_met_by_the_sets_that_they_describe() {
    type Rule = fn(&[u8]) -> bool;
    let cases: [(&str, Rule); 9] = [
        ("quorum none\n", |_| true),
        ("quorum w0\n", |set| set.contains(&0)),
        ("group g any w0 w1 w2 w3\nquorum g\n", |set| !set.is_empty()),
        ("group g all w0 w1 w2 w3\nquorum g\n", |set| set.len() == 4),
        ("group g 1 w0 w1 w2 w3\nquorum g\n", |set| !set.is_empty()),
        ("group g 3 w0 w1 w2 w3\nquorum g\n", |set| set.len() >= 3),
        ("group g 2 w1 w2\nquorum g\n", |set| set.contains(&1) && set.contains(&2)),
        ("group a any w0 w1\ngroup b any w2 w3\ngroup both all a b\nquorum both\n", |set| {
            (set.contains(&0) || set.contains(&1)) && (set.contains(&2) || set.contains(&3))
        }),
        ("group a all w0 w1\ngroup g any a w2\nquorum g\n", |set| {
            (set.contains(&0) && set.contains(&1)) || set.contains(&2)
        }),
    ];
    for (text, rule) in cases {
        let policy = parse(4, text).unwrap();
        assert_eq!(policy.is_quorum_none(), text == "quorum none\n");
        for set in subsets(4) {
            assert_eq!(is_met(&policy, &set), rule(&set), "{text} with {set:?}");
        }
    }
}

#[test]
fn cosignatures_come_with_name_and_time_in_the_order_of_the_policy() {
    let policy = parse(3, "quorum none\n").unwrap();
    let cosignatures = policy.cosignatures(&checkpoint(head(&entries(3)), &[2, 0]));
    let expected = [("w0", TIME), ("w2", TIME + 2)];
    assert_eq!(cosignatures, expected.map(|(witness, time)| Cosignature { witness: witness.into(), time }));
}

#[test]
fn strangers_do_not_count() {
    let policy = parse(1, "quorum w0\n").unwrap();
    let by_stranger = checkpoint(head(&entries(3)), &[7]);
    assert_eq!(policy.cosignatures(&by_stranger), []);
    assert_eq!(policy.require_quorum(&by_stranger), Err(QuorumFault));
    assert_eq!(QuorumFault.code(), "checkpoint_quorum");
}

#[test]
fn there_is_room_for_99_witnesses() {
    assert_eq!(parse(99, "quorum none\n").unwrap().witnesses().len(), 99);
    // The log and 99 witnesses stand on the lines before.
    assert_eq!(parse(100, "quorum none\n"), Err(PolicyFault::TooManyWitnesses(101)));
}

#[test]
fn a_witness_counts_once_however_often_it_signs() {
    let policy = parse(2, "group g all w0 w1\nquorum g\n").unwrap();
    let twice = checkpoint(head(&entries(3)), &[0, 0]);
    assert_eq!(policy.cosignatures(&twice).len(), 1);
    assert_eq!(policy.require_quorum(&twice), Err(QuorumFault));
}

#[test]
fn a_wrong_cosignature_does_not_count_and_does_not_hide_a_right_one() {
    let three = checkpoint(head(&entries(3)), &[]);
    let wrong = last_line(&checkpoint(head(&entries(2)), &[0]));
    let right = last_line(&checkpoint(head(&entries(3)), &[0]));
    let policy = parse(2, "quorum w0\n").unwrap();
    let is_met = |lines: &str| policy.require_quorum(&three.with_signature_lines(lines).unwrap()).is_ok();
    assert!(!is_met(&wrong));
    assert!(is_met(&right));
    assert!(is_met(&(wrong.clone() + &right)));
    assert!(is_met(&(right + &wrong)));
}

#[test]
fn a_cosignature_is_for_its_time() {
    let right = last_line(&checkpoint(head(&entries(3)), &[0]));
    let (start, encoded) = right.trim_end().rsplit_once(' ').unwrap();
    let mut signature = BASE64_STANDARD.decode(encoded).unwrap();
    signature[11] ^= 1; // after the key ID, the last byte of the time
    let other_time = format!("{start} {}\n", BASE64_STANDARD.encode(signature));
    let checkpoint = checkpoint(head(&entries(3)), &[]).with_signature_lines(&other_time).unwrap();
    assert_eq!(parse(1, "quorum w0\n").unwrap().cosignatures(&checkpoint), []);
}

#[test]
fn comments_spaces_and_addresses_are_allowed() {
    let text = format!(
        "# the policy\n\n \t\n  log\t{}  https://example.org/log \n\t# w\nwitness w0 {} https://w.example/\nquorum  w0\t\n#end\n\n",
        log_key().verifier(),
        witness_key(0).verifier()
    );
    let policy = Policy::parse(&text).unwrap();
    assert_eq!(policy.log(), log_key().verifier());
    assert_eq!(policy.log_address(), Some("https://example.org/log"));
    let [witness] = policy.witnesses() else { panic!("one witness") };
    assert_eq!(witness.name, "w0");
    assert_eq!(&witness.verifier, witness_key(0).verifier());
    assert_eq!(witness.address.as_deref(), Some("https://w.example/"));
    assert!(is_met(&policy, &[0]));
}

#[test]
fn the_final_newline_may_be_missing() {
    assert_eq!(parse(1, "quorum w0"), parse(1, "quorum w0\n"));
    assert_eq!(Policy::parse(""), Err(PolicyFault::LogMissing));
}

#[test]
fn names_are_opaque() {
    let key = witness_key(0).verifier().to_string();
    let text = format!("log {}\nwitness \u{212a} {key}\ngroup K any \u{212a}\nquorum K\n", log_key().verifier());
    assert_eq!(Policy::parse(&text).unwrap().witnesses()[0].name, "\u{212a}");
}

#[test]
fn each_fault_is_told_with_its_line() {
    let log = log_key().verifier().to_string();
    let w9 = witness_key(9).verifier().to_string();
    let w0 = witness_key(0).verifier().to_string();
    // After two lines for the log and witness w0.
    let cases: [(&str, PolicyFault); 26] = [
        ("", PolicyFault::QuorumMissing),
        ("quorum w0\r\n", PolicyFault::Text),
        ("# \u{7f}\nquorum w0\n", PolicyFault::Text),
        ("quorum\n", PolicyFault::Line(3)),
        ("quorum w0 w0\n", PolicyFault::Line(3)),
        ("Quorum w0\n", PolicyFault::Line(3)),
        ("quorum w0 # w0\n", PolicyFault::Line(3)),
        ("log\nquorum w0\n", PolicyFault::Line(3)),
        (&format!("witness w9\t{w9} a b\nquorum w0\n"), PolicyFault::Line(3)),
        ("quorum w1\n", PolicyFault::NameUnknown(3)),
        ("quorum g\ngroup g any w0\n", PolicyFault::NameUnknown(3)),
        ("quorum w0\nquorum w0\n", PolicyFault::AfterQuorum(4)),
        ("quorum none\ngroup g any w0\n", PolicyFault::AfterQuorum(4)),
        (&format!("\nlog {log}\nquorum none\n"), PolicyFault::Repeated(4)),
        (&format!("witness w9 {w0}\nquorum none\n"), PolicyFault::Repeated(3)),
        (&format!("witness w0 {w9}\nquorum none\n"), PolicyFault::NameTaken(3)),
        (&format!("witness none {w9}\nquorum none\n"), PolicyFault::NameTaken(3)),
        ("group w0 any w0\nquorum none\n", PolicyFault::NameTaken(3)),
        ("group g any none\nquorum g\n", PolicyFault::NameUnknown(3)),
        ("group g any g\nquorum g\n", PolicyFault::NameUnknown(3)),
        ("group g any w0 w0\nquorum g\n", PolicyFault::MemberTwice(3)),
        ("group g any w0\ngroup h any w0\nquorum h\n", PolicyFault::MemberTwice(4)),
        ("group g any\nquorum g\n", PolicyFault::Threshold(3)),
        ("group g 0 w0\nquorum g\n", PolicyFault::Threshold(3)),
        ("group g 2 w0\nquorum g\n", PolicyFault::Threshold(3)),
        ("group g 01 w0\nquorum g\n", PolicyFault::Threshold(3)),
    ];
    for (rest, fault) in cases {
        assert_eq!(parse(1, rest), Err(fault.clone()), "{rest:?}");
        assert_eq!(fault.code(), "manifest_policy");
    }
    assert_eq!(Policy::parse("quorum none\n"), Err(PolicyFault::LogMissing));
}

#[test]
fn wrong_keys_are_told_with_their_fault() {
    let (log, witness) = (log_key().verifier().to_string(), witness_key(0).verifier().to_string());
    let key = |line, fault| Err(PolicyFault::Key { line, fault });
    assert_eq!(Policy::parse(&format!("log {witness}\nquorum none\n")), key(1, KeyFault::Type));
    assert_eq!(Policy::parse(&format!("log {log}\nwitness w {log}\nquorum none\n")), key(2, KeyFault::Type));
    assert_eq!(Policy::parse("log example.org/e\nquorum none\n"), key(1, KeyFault::Malformed));
}

#[test]
fn thirty_two_of_each_are_supported() {
    let mut rest = String::from("group g0 any w0\n");
    for number in 1..32 {
        rest += &format!("group g{number} all g{} w{number}\n", number - 1);
    }
    let policy = parse(32, &(rest + "quorum g31\n")).unwrap();
    let all: Vec<u8> = (0..32).collect();
    assert!(is_met(&policy, &all));
    assert!(!is_met(&policy, &all[1..]));
}

#[test]
fn no_prefix_of_a_policy_is_a_policy() {
    let text = policy_text(2, "group g 2 w0 w1\nquorum g");
    assert!(Policy::parse(&text).is_ok());
    for truncated in truncations(text.as_bytes()) {
        assert!(Policy::parse(std::str::from_utf8(truncated).unwrap()).is_err());
    }
}

#[test]
fn random_lines_do_no_harm() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let log = log_key().verifier().to_string();
    let words = ["log", "witness", "group", "quorum", "none", "any", "all", "w0", "w1", "1", "#", "\n", "\n", &log];
    let mut accepted = 0;
    for _ in 0..20_000 {
        let count = rng.next_u32() % 12;
        let noise: Vec<&str> = (0..count).map(|_| words[rng.next_u32() as usize % words.len()]).collect();
        match parse(2, &(noise.join(" ") + "\n")) {
            Ok(_) => accepted += 1,
            Err(fault) => assert_eq!(fault.code(), "manifest_policy"),
        }
    }
    assert!(accepted > 0, "the words make no policy at all");
}

#[test]
fn the_guarantee_is_that_of_all_pairs_of_quorums() {
    let texts = [
        "quorum w0\n",
        "group g any w0 w1 w2 w3\nquorum g\n",
        "group g 2 w0 w1 w2 w3\nquorum g\n",
        "group g 3 w0 w1 w2 w3\nquorum g\n",
        "group g all w0 w1 w2 w3 w4\nquorum g\n",
        "group g 4 w0 w1 w2 w3 w4\nquorum g\n",
        "group a 2 w0 w1 w2\ngroup b any w3 w4\ngroup both all a b\nquorum both\n",
        "group a all w0 w1\ngroup g 2 a w2 w3\nquorum g\n",
    ];
    for text in texts {
        let policy = parse(5, text).unwrap();
        let is_quorum = |set: &[u8]| policy.is_quorum(|witness| set.iter().any(|n| witness.name == format!("w{n}")));
        let quorums: Vec<Vec<u8>> = subsets(5).filter(|set| is_quorum(set)).collect();
        let common = |one: &Vec<u8>, other: &Vec<u8>| one.iter().filter(|witness| other.contains(witness)).count();
        let to_split = quorums.iter().flat_map(|one| quorums.iter().map(move |other| common(one, other))).min();
        let away = |set: &Vec<u8>| (0..5).filter(|witness| !set.contains(witness)).count();
        let to_stop = subsets(5).filter(|set| !is_quorum(set)).map(|set| away(&set)).min();
        let guarantee = policy.guarantee().unwrap();
        assert_eq!((Some(guarantee.to_split), Some(guarantee.to_stop)), (to_split, to_stop), "{text}");
    }
    assert_eq!(parse(4, "quorum none\n").unwrap().guarantee(), None);
}

#[test]
fn more_than_two_thirds_are_a_strong_quorum() {
    for n in 1..=10_u8 {
        for k in 1..=n {
            let members: String = (0..n).map(|number| format!(" w{number}")).collect();
            let policy = parse(n, &format!("group g {k}{members}\nquorum g\n")).unwrap();
            assert_eq!(policy.guarantee().unwrap().is_strong(), k > 2 * n / 3, "{k} of {n}");
        }
    }
}
