use super::*;

#[test]
fn the_table_and_the_specification_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/election.md");
    let specification = std::fs::read_to_string(path).unwrap();
    let section = specification.split("## ").find(|section| section.starts_with("Kinds")).unwrap();
    let mut seen = Vec::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for name in cells[1].split('`').skip(1).step_by(2) {
            let kind: Kind = name.parse().unwrap();
            assert_eq!(format!("{:?}", kind.author()).to_lowercase(), cells[2], "{name}");
            let phases: Vec<String> = kind.phases().iter().map(|phase| format!("{phase:?}").to_lowercase()).collect();
            let expected = if kind == Kind::Manifest { "" } else { cells[3] };
            assert_eq!(phases.join(", "), expected, "{name}");
            seen.push(kind);
        }
    }
    seen.sort();
    let mut all = Kind::ALL.to_vec();
    all.sort();
    assert_eq!(seen, all);
}

#[test]
fn another_word_is_no_kind() {
    assert_eq!("Ballot".parse::<Kind>().unwrap_err().code, Code::KindUnknown);
}

#[test]
fn each_kind_is_refused_outside_its_phase() {
    let code = |kind: Kind, phase| kind.judge_phase(phase).err().map(|rejection| rejection.code);
    let cases = [
        (Kind::Manifest, None, None),
        (Kind::Roll, None, Some(Code::OutOfPhase)),
        (Kind::Ballot, None, Some(Code::OutOfPhase)),
        (Kind::Manifest, Some(Phase::Setup), Some(Code::OutOfPhase)),
        (Kind::Ballot, Some(Phase::Setup), Some(Code::ElectionNotOpen)),
        (Kind::Challenge, Some(Phase::Setup), Some(Code::ElectionNotOpen)),
        (Kind::Ballot, Some(Phase::Voting), None),
        (Kind::Ballot, Some(Phase::Tally), Some(Code::ElectionClosed)),
        (Kind::Challenge, Some(Phase::Published), Some(Code::ElectionClosed)),
        (Kind::Rehearse, Some(Phase::Voting), None),
        (Kind::Rehearse, Some(Phase::Tally), Some(Code::OutOfPhase)),
        (Kind::Final, Some(Phase::Tally), Some(Code::OutOfPhase)),
        (Kind::Final, Some(Phase::Published), None),
        (Kind::Ballot, Some(Phase::Finished), Some(Code::AfterFinal)),
        (Kind::Final, Some(Phase::Finished), Some(Code::AfterFinal)),
        (Kind::Manifest, Some(Phase::Finished), Some(Code::OutOfPhase)),
    ];
    for (kind, phase, expected) in cases {
        assert_eq!(code(kind, phase), expected, "{kind} {phase:?}");
    }
}

#[test]
fn phases_have_the_words_of_the_specification() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/server.md");
    let specification = std::fs::read_to_string(path).unwrap();
    let phases = [Phase::Setup, Phase::Voting, Phase::Tally, Phase::Published, Phase::Finished];
    let words = phases.map(|phase| format!("\"{}\"", phase.as_str())).join(" | ");
    assert!(specification.contains(&format!("\"phase\": \"empty\" | {words},")), "{words}");
}
