use super::*;
use crate::message::{Choice, Contest, ContestKind, List, Lists, Ranking, Roll, Trustee};
use crate::samples::{self, ORIGIN, SampleLog};

/// The code with which the sample manifest is refused after a change.
fn code_after(change: impl FnOnce(&mut Manifest)) -> Option<Code> {
    let mut manifest = samples::manifest();
    change(&mut manifest);
    let judged = Election::judge(&Signed::sign(manifest, &samples::authority()), ORIGIN, &SampleLog);
    judged.err().map(|rejection| rejection.code)
}

#[test]
fn the_sample_is_accepted() {
    assert_eq!(code_after(|_| {}), None);
}

#[test]
fn a_style_names_contests_that_there_are() {
    let naming = |contest: u64| {
        code_after(|manifest| {
            manifest.styles.truncate(1);
            manifest.styles[0].contests = (0..manifest.contests.len() as u64 - 1).chain([contest]).collect();
        })
    };
    let count = samples::manifest().contests.len() as u64;
    assert_eq!([count - 1, count, u64::MAX].map(naming), [None, Some(Code::ManifestStyle), Some(Code::ManifestStyle)]);
}

#[test]
fn an_origin_is_well_formed_though_it_stands_in_the_header_too() {
    let code = |host: &str| {
        let manifest = samples::manifest();
        let origin = format!("{host}/{}", manifest.id);
        let signed = Signed::sign(Manifest { origin: origin.clone(), ..manifest }, &samples::authority());
        Election::judge(&signed, &origin, &SampleLog).err().map(|rejection| rejection.code)
    };
    // 100 bytes in all.
    let longest = 100 - samples::manifest().id.len() - 1;
    // The policy, which is judged next, is of another log.
    assert_eq!(code(&"a".repeat(longest)), Some(Code::ManifestPolicy));
    for host in ["", "a b", "a+b", "é", "a\n", &"a".repeat(longest + 1)] {
        assert_eq!(code(host), Some(Code::ManifestOrigin), "{host:?}");
    }
}

#[test]
fn another_version_is_refused() {
    assert_eq!(code_after(|manifest| manifest.version = 2), Some(Code::ManifestVersion));
}

#[test]
fn each_text_rule_is_kept() {
    type Change = fn(&mut Manifest);
    let changes: [(&str, Change); 28] = [
        ("an empty id", |manifest| manifest.id.clear()),
        ("an id with a capital", |manifest| manifest.id = "Board".to_owned()),
        ("a long id", |manifest| manifest.id = "a".repeat(65)),
        ("no title", |manifest| manifest.title.clear()),
        ("a long title", |manifest| manifest.title = "a".repeat(1_001)),
        ("a long title of few characters", |manifest| {
            manifest.title = "é".repeat(501);
        }),
        ("a line break", |manifest| manifest.title.push('\n')),
        ("a C1 control", |manifest| manifest.title.push('\u{85}')),
        ("a long policy", |manifest| manifest.policy = "#".repeat(10_001)),
        ("no contest", |manifest| manifest.contests.clear()),
        ("two contests of one id", |manifest| {
            manifest.contests[1].id = manifest.contests[0].id.clone();
        }),
        ("a contest without title", |manifest| manifest.contests[2].title.clear()),
        ("no option", |manifest| manifest.contests[0].options.clear()),
        ("two options of one id", |manifest| {
            manifest.contests[0].options[1].id = manifest.contests[0].options[0].id.clone();
        }),
        ("an option without title", |manifest| {
            manifest.contests[0].options[0].title.clear();
        }),
        ("501 options", |manifest| {
            manifest.contests[0] = samples::contest("many", 501, Choice { min: 1, max: 1, blank: false });
        }),
        ("no list", |manifest| with_lists(manifest, |lists| lists.clear())),
        ("501 lists", |manifest| {
            with_lists(manifest, |lists| {
                lists.extend((0..500).map(|number| List { id: number.to_string(), title: "L".to_owned(), options: 0 }));
            });
        }),
        ("a list without title", |manifest| with_lists(manifest, |lists| lists[0].title.clear())),
        ("two lists of one id", |manifest| {
            with_lists(manifest, |lists| lists.push(List { options: 0, ..lists[0].clone() }));
        }),
        ("no style", |manifest| manifest.styles.clear()),
        ("two styles of one name", |manifest| {
            manifest.styles[1].name = manifest.styles[0].name.clone();
        }),
        ("no trustee", |manifest| manifest.trustees.clear()),
        ("two trustees of one name", |manifest| {
            manifest.trustees[1].name = manifest.trustees[0].name.clone();
        }),
        ("51 trustees", |manifest| {
            let trustee = manifest.trustees[0].clone();
            manifest.trustees = (0..51).map(|number| Trustee { name: number.to_string(), ..trustee.clone() }).collect();
        }),
        ("an asset without path", |manifest| manifest.assets[0].path.clear()),
        ("assets out of order", |manifest| manifest.assets.swap(0, 1)),
        ("an asset twice", |manifest| {
            manifest.assets[1].path = manifest.assets[0].path.clone();
        }),
    ];
    for (what, change) in changes {
        assert_eq!(code_after(change), Some(Code::ManifestText), "{what}");
    }
}

#[test]
fn texts_of_the_largest_size_are_accepted() {
    assert_eq!(code_after(|manifest| manifest.title = "a".repeat(1_000)), None);
    assert_eq!(code_after(|manifest| manifest.assets.clear()), None);
}

#[test]
fn the_origin_is_that_of_the_log_and_the_id() {
    for origin in ["", "/board-2026", "board-2026", "example.org/board", "example org/board-2026", "a+b/board-2026"] {
        let code = code_after(|manifest| manifest.origin = origin.to_owned());
        assert_eq!(code, Some(Code::ManifestOrigin), "{origin}");
    }
    let long = format!("{}/board-2026", "a".repeat(90));
    assert_eq!(code_after(|manifest| manifest.origin = long), Some(Code::ManifestOrigin));
    let other = |manifest: &mut Manifest| manifest.origin = "example.com/board-2026".to_owned();
    assert_eq!(code_after(other), Some(Code::ManifestOrigin), "well-formed, but not the header's");
}

#[test]
fn keys_are_safe_and_distinct() {
    let twice = |manifest: &mut Manifest| manifest.trustees[1].key = manifest.registrar;
    assert_eq!(code_after(twice), Some(Code::ManifestKeys));
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(code_after(|manifest| manifest.log = SignerKey(identity)), Some(Code::ManifestKeys), "small order");
    assert_eq!(code_after(|manifest| manifest.log = SignerKey([2; 32])), Some(Code::ManifestKeys), "no point");
    // y = p + 3 is a point's y coordinate, but not reduced.
    let mut unreduced = [0xff; 32];
    (unreduced[0], unreduced[31]) = (0xf0, 0x7f);
    assert_eq!(code_after(|manifest| manifest.log = SignerKey(unreduced)), Some(Code::ManifestKeys), "not canonical");
}

#[test]
fn the_policy_is_judged_by_the_log() {
    assert_eq!(code_after(|manifest| manifest.policy = "another".to_owned()), Some(Code::ManifestPolicy));
}

#[test]
fn a_contest_keeps_the_rules_of_its_kind() {
    let kind = ContestKind::Choice(Choice { min: 2, max: 1, blank: true });
    assert_eq!(code_after(|manifest| manifest.contests[1].kind = kind), Some(Code::ManifestContest));
}

#[test]
fn styles_cover_the_contests() {
    let styles = |contests: [&[u64]; 2]| {
        let contests = contests.map(<[u64]>::to_vec);
        code_after(|manifest| {
            for (style, contests) in manifest.styles.iter_mut().zip(contests) {
                style.contests = contests;
            }
        })
    };
    assert_eq!(styles([&[0, 1, 2], &[]]), Some(Code::ManifestStyle), "no contest");
    assert_eq!(styles([&[0, 1, 2], &[3]]), Some(Code::ManifestStyle), "unknown contest");
    assert_eq!(styles([&[0, 1, 2], &[2, 1]]), Some(Code::ManifestStyle), "descending");
    assert_eq!(styles([&[0, 1, 2], &[1, 1]]), Some(Code::ManifestStyle), "repeated");
    assert_eq!(styles([&[0, 1, 2], &[0, 1, 2]]), Some(Code::ManifestStyle), "twice the same");
    assert_eq!(styles([&[0, 1], &[1]]), Some(Code::ManifestStyle), "contest 2 in no style");
    assert_eq!(styles([&[0, 1], &[1, 2]]), None);
}

#[test]
fn threshold_quorum_and_trustees_ascend() {
    let numbers = |threshold, quorum, minimum| {
        code_after(|manifest| (manifest.threshold, manifest.quorum, manifest.minimum) = (threshold, quorum, minimum))
    };
    assert_eq!(numbers(0, 2, 1), Some(Code::ManifestThreshold));
    assert_eq!(numbers(3, 2, 1), Some(Code::ManifestThreshold));
    assert_eq!(numbers(2, 4, 1), Some(Code::ManifestThreshold));
    assert_eq!(numbers(2, 2, 0), Some(Code::ManifestThreshold));
    assert_eq!(numbers(1, 3, u64::MAX), None);
}

/// Makes the contest of 4 options one of a list.
fn with_lists(manifest: &mut Manifest, change: fn(&mut Vec<List>)) {
    let mut lists = vec![List { id: "l".to_owned(), title: "L".to_owned(), options: 4 }];
    change(&mut lists);
    manifest.contests[1].kind = ContestKind::Lists(Lists { lists, min: 0, max: 1 });
}

/// A manifest with one contest after the other of 500 options and one slack bit each: 499 + 1 + 500 of a ballot's size.
fn with_large_contests(manifest: &mut Manifest, options: &[usize]) {
    let choice = Choice { min: 0, max: 1, blank: false };
    let contests = options.iter().enumerate();
    manifest.contests =
        contests.map(|(number, options)| samples::contest(&format!("c{number}-"), *options, choice)).collect();
    manifest.styles.truncate(1);
    manifest.styles[0].contests = (0..options.len() as u64).collect();
}

#[test]
fn ballots_are_of_bounded_size() {
    let code = |options: &[usize]| code_after(|manifest| with_large_contests(manifest, options));
    assert_eq!(code(&[500, 450]), None, "1,900 coordinates and slots");
    assert_eq!(code(&[500, 451]), Some(Code::ManifestSize), "1,902 coordinates and slots");
    let separate = |slots: usize| {
        code_after(|manifest| {
            with_large_contests(manifest, &[500, slots - 500]);
            let mut other = manifest.styles[0].clone();
            (manifest.styles[0].contests, other.contests) = (vec![0], vec![1]);
            other.name.push('2');
            manifest.styles.push(other);
        })
    };
    assert_eq!(separate(1_000), None);
    let three = code_after(|manifest| {
        with_large_contests(manifest, &[500, 500, 1]);
        let single = |contest: u64| Style { name: contest.to_string(), contests: vec![contest] };
        manifest.styles = (0..3).map(single).collect();
    });
    assert_eq!(three, Some(Code::ManifestSize), "1,001 slots over all contests");
}

#[test]
fn the_shapes_of_all_styles_are_bounded() {
    // A ranking of 31 with ties has 930 coordinates, as many slots, and 28,365 constraints; each style adds them again.
    let code = |styles: u64| {
        code_after(|manifest| {
            let ranking = ContestKind::Ranking(Ranking { ties: true });
            let choice = Choice { min: 0, max: 1, blank: false };
            manifest.contests = vec![Contest { kind: ranking, ..samples::contest("r", 31, choice) }];
            manifest.contests.extend((0..6).map(|number| samples::contest(&format!("c{number}-"), 1, choice)));
            let others = |set: u64| (1..7).filter(move |contest| set >> (contest - 1) & 1 == 1);
            let style =
                |set: u64| Style { name: set.to_string(), contests: [0].into_iter().chain(others(set)).collect() };
            manifest.styles = (0..64).rev().take(usize::try_from(styles).unwrap()).map(style).collect();
        })
    };
    assert_eq!(code(33), None);
    assert_eq!(code(34), Some(Code::ManifestSize));
}

#[test]
fn the_first_rule_that_is_broken_names_the_code() {
    let code = code_after(|manifest| {
        manifest.title.clear();
        manifest.threshold = 0;
    });
    assert_eq!(code, Some(Code::ManifestText));
}

#[test]
fn the_authority_of_the_manifest_signs_it() {
    let signed = Signed::sign(samples::manifest(), &samples::registrar());
    let rejection = Election::judge(&signed, ORIGIN, &SampleLog).unwrap_err();
    assert_eq!(rejection.code, Code::SignatureInvalid);
}

#[test]
fn slots_are_numbered_from_1_through_all_contests() {
    let election = samples::election();
    assert_eq!(election.slots(), 11);
    assert_eq!(election.contest_slots(0), 1..5, "three options and blank");
    assert_eq!(election.contest_slots(1), 5..9, "four options");
    assert_eq!(election.contest_slots(2), 9..12, "two options and blank");
    assert_eq!(election.contest_slots(3), 0..0);
    let guests = election.style(1).unwrap();
    assert_eq!(election.style_slots(guests).collect::<Vec<_>>(), [5, 6, 7, 8]);
    assert_eq!(election.style(2), None);
}

#[test]
fn expected_sizes_are_those_of_the_shape() {
    let election = samples::election();
    for style in &election.manifest().styles {
        let shape = election.shape(style).unwrap();
        assert_eq!(shape.slots().len(), election.style_slots(style).count());
        assert_eq!(shape.free(), election.size(style).coordinates);
    }
    assert_eq!(election.ciphertexts_length(0), 32 * 4);
}

#[test]
fn contests_of_the_same_styles_form_a_group() {
    let election = samples::election();
    let group = |contests: &[u64], styles: &[u64], slots: &[usize]| Group {
        contests: contests.to_vec(),
        styles: styles.iter().copied().collect(),
        slots: slots.to_vec(),
    };
    let members_only = group(&[0, 2], &[0], &[1, 2, 3, 4, 9, 10, 11]);
    let everybody = group(&[1], &[0, 1], &[5, 6, 7, 8]);
    assert_eq!(election.groups(), [members_only, everybody]);
}

#[test]
fn authors_are_judged_in_order() {
    let election = samples::election();
    let roll =
        |id| Roll { election: id, revision: 1, chunk: 1, chunks: 1, voters: Vec::new(), previous: [0; 32].into() };
    let code = |signed: &Signed<Roll>| election.judge_author(signed).err().map(|rejection| rejection.code);
    assert_eq!(code(&Signed::sign(roll(election.id()), &samples::registrar())), None);
    let by_other = Signed::sign(roll(election.id()), &samples::authority());
    assert_eq!(code(&by_other), Some(Code::SignatureInvalid));
    let for_other = Signed::sign(roll(ElectionId([0; 32])), &samples::authority());
    assert_eq!(code(&for_other), Some(Code::ElectionMismatch));
}

#[test]
fn a_trustee_signs_with_the_key_of_its_index() {
    let election = samples::election();
    let keys = |trustee| crate::message::Keys {
        election: election.id(),
        attempt: 1,
        history: [0; 32].into(),
        trustee,
        keys: [0; 32].into(),
    };
    let code = |trustee, key| election.judge_author(&Signed::sign(keys(trustee), &key)).err().map(|fault| fault.code);
    assert_eq!(code(3, samples::trustee(3)), None);
    assert_eq!(code(3, samples::trustee(2)), Some(Code::SignatureInvalid));
    assert_eq!(code(0, samples::trustee(1)), Some(Code::TrusteeUnknown));
    assert_eq!(code(4, samples::trustee(3)), Some(Code::TrusteeUnknown));
    assert_eq!(code(u64::MAX, samples::trustee(3)), Some(Code::TrusteeUnknown));
}
