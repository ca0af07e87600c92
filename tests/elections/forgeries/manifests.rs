//! Entry 0.

use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_election::message::{Choice, ContestKind, Manifest, Signed};
use tabella_election::{Code, Kind, SignerKey, authority};

use super::{IDENTITY, NEITHER, Subject, Table};
use crate::scene::Scene;
use crate::scene::samples::{
    self, contest, log_key, log_line, manifest, policy, stranger, style, trustees, witness_key,
};

/// The encoding of the point with y = −1, which has the order 2.
const SMALL_ORDER: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xec;
    bytes[31] = 0x7f;
    bytes
};

/// 32 bytes that no point of the curve has.
fn no_point() -> [u8; 32] {
    let bytes = (0..=u8::MAX).map(|byte| [byte & 0x7f; 32]);
    let mut none = bytes.filter(|bytes| VerifyingKey::from_bytes(bytes).is_err());
    none.next().unwrap()
}

pub(super) fn forge(table: &mut Table) {
    let empty = Arc::new(Scene::empty());
    let payload = authority::manifest(manifest(), &samples::authority());
    let mut subject = table.signed::<Manifest>(&empty, &payload, samples::authority());
    versions_and_texts(&mut subject);
    counts(&mut subject);
    origins_and_keys(&mut subject);
    policies(&mut subject);
    contests_and_styles(&mut subject);
    thresholds_and_sizes(&mut subject);

    // Only entry 0 is a manifest, and entry 0 is nothing else.
    let founded = Arc::new(Scene::new(manifest()));
    table.payload("a second manifest", Code::OutOfPhase, &founded, Kind::Manifest, &payload);
    let restart = authority::restart(founded.board(), &samples::authority());
    table.payload("no manifest at first", Code::OutOfPhase, &empty, Kind::Restart, &restart);
    let mut finished = Scene::clone(&founded);
    finished.play_on();
    let finished = Arc::new(finished);
    table.payload("a manifest at the end", Code::OutOfPhase, &finished, Kind::Manifest, &payload);
    table.payload("a restart at the end", Code::AfterFinal, &finished, Kind::Restart, &restart);
}

fn versions_and_texts(subject: &mut Subject<'_, Manifest>) {
    subject
        .with("version 0", Code::ManifestVersion, |manifest| manifest.version = 0)
        .with("version 2", Code::ManifestVersion, |manifest| manifest.version = 2)
        .with("version of 64 bits", Code::ManifestVersion, |manifest| manifest.version = u64::MAX)
        .with("no id", Code::ManifestText, |manifest| manifest.id.clear())
        .with("a capital in the id", Code::ManifestText, |manifest| manifest.id = "Board".to_owned())
        .with("an id of 65", Code::ManifestText, |manifest| manifest.id = "a".repeat(65))
        .with("no title", Code::ManifestText, |manifest| manifest.title.clear())
        .with("a title of 1,001 bytes", Code::ManifestText, |manifest| manifest.title = "é".repeat(501))
        .with("a newline in the title", Code::ManifestText, |manifest| manifest.title.push('\n'))
        .with("U+007F in the title", Code::ManifestText, |manifest| manifest.title.push('\u{7f}'))
        .with("U+009F in the title", Code::ManifestText, |manifest| manifest.title.push('\u{9f}'))
        .with("a NUL in a contest's title", Code::ManifestText, |manifest| {
            manifest.contests[1].title.push('\0');
        })
        .with("no id of an option", Code::ManifestText, |manifest| manifest.contests[0].options[1].id.clear())
        .with("no title of an option", Code::ManifestText, |manifest| {
            manifest.contests[1].options[3].title.clear();
        })
        .with("no name of a style", Code::ManifestText, |manifest| manifest.styles[1].name.clear())
        .with("no name of a trustee", Code::ManifestText, |manifest| manifest.trustees[2].name.clear())
        .with("no path of an asset", Code::ManifestText, |manifest| manifest.assets[0].path.clear())
        .with("a contest's id twice", Code::ManifestText, |manifest| {
            manifest.contests[1].id = manifest.contests[0].id.clone();
        })
        .with("an option's id twice", Code::ManifestText, |manifest| {
            manifest.contests[0].options[2].id = manifest.contests[0].options[0].id.clone();
        })
        .with("a style's name twice", Code::ManifestText, |manifest| {
            manifest.styles[1].name = manifest.styles[0].name.clone();
        })
        .with("a trustee's name twice", Code::ManifestText, |manifest| {
            manifest.trustees[1].name = manifest.trustees[0].name.clone();
        })
        .with("assets that descend", Code::ManifestText, |manifest| manifest.assets.reverse())
        .with("an asset twice", Code::ManifestText, |manifest| {
            manifest.assets[1] = manifest.assets[0].clone();
        });
}

fn counts(subject: &mut Subject<'_, Manifest>) {
    subject
        .with("no contest", Code::ManifestText, |manifest| manifest.contests.clear())
        .with("101 contests", Code::ManifestText, |manifest| {
            manifest.contests = (0..101).map(|number| contest(&format!("c{number}"), 1, 0, 1, false)).collect();
            manifest.styles = vec![style("All", &(0..101).collect::<Vec<u64>>())];
        })
        .with("no option", Code::ManifestText, |manifest| manifest.contests[0].options.clear())
        .with("501 options", Code::ManifestText, |manifest| {
            manifest.contests[0] = contest("chair", 501, 1, 1, true);
        })
        .with("no style", Code::ManifestText, |manifest| manifest.styles.clear())
        .with("1,001 styles", Code::ManifestText, |manifest| {
            manifest.styles = (0..1_001).map(|number| style(&format!("s{number}"), &[0])).collect();
        })
        .with("no trustee", Code::ManifestText, |manifest| manifest.trustees.clear())
        .with("51 trustees", Code::ManifestText, |manifest| manifest.trustees = trustees(51))
        .with("a policy of 10,001 bytes", Code::ManifestText, |manifest| {
            manifest.policy = format!("{}{}", "#".repeat(10_000 - policy().len()), "\n") + &policy();
        });
}

fn origins_and_keys(subject: &mut Subject<'_, Manifest>) {
    subject
        .with("another host", Code::ManifestOrigin, |manifest| {
            manifest.origin = "other.org/board-2026".to_owned();
        })
        .with("another id", Code::ManifestOrigin, |manifest| manifest.id = "board-2027".to_owned())
        .with("an id that is only the end", Code::ManifestOrigin, |manifest| manifest.id = "2026".to_owned())
        .with("no host", Code::ManifestOrigin, |manifest| manifest.origin = "/board-2026".to_owned())
        .with("a space in the origin", Code::ManifestOrigin, |manifest| manifest.origin.insert(0, ' '))
        .with("a plus in the origin", Code::ManifestOrigin, |manifest| manifest.origin.insert(0, '+'))
        .with("an origin of 101", Code::ManifestOrigin, |manifest| {
            manifest.origin = format!("{}/board-2026", "h".repeat(90));
        })
        .with("a key twice", Code::ManifestKeys, |manifest| manifest.registrar = manifest.authority)
        .with("the log's key for a trustee", Code::ManifestKeys, |manifest| {
            manifest.trustees[1].key = manifest.log;
        })
        .with("a trustee's key twice", Code::ManifestKeys, |manifest| {
            manifest.trustees[1].key = manifest.trustees[0].key;
        })
        .with("a key of order 4", Code::ManifestKeys, |manifest| manifest.log = SignerKey(IDENTITY))
        .with("a key of order 2", Code::ManifestKeys, |manifest| manifest.registrar = SignerKey(SMALL_ORDER))
        .with("a key that is no point", Code::ManifestKeys, |manifest| {
            manifest.trustees[0].key = SignerKey(no_point());
        })
        .with("a key with y above the prime", Code::ManifestKeys, |manifest| {
            manifest.trustees[0].key = SignerKey(NEITHER);
        })
        .with("the neutral point with a sign", Code::ManifestKeys, |manifest| {
            manifest.registrar.0 = IDENTITY;
            manifest.registrar.0[0] = 1;
            manifest.registrar.0[31] = 0x80;
        });
}

fn policies(subject: &mut Subject<'_, Manifest>) {
    let witness = witness_key().verifier().to_string();
    let named = |name: &str| format!("witness {name} {witness}\n");
    let other = LogKey::from_seed(samples::origin(), &[30; 32]).verifier().to_string();
    let elsewhere = Origin::parse("other.org/board-2026").unwrap();
    let elsewhere = LogKey::from_seed(elsewhere, &[3; 32]).verifier().to_string();
    let mut wrong_id = log_key().verifier().to_string();
    wrong_id = wrong_id.replacen("+", "+0", 1);
    let log = log_line();
    let wrong: Vec<(&str, String)> = vec![
        ("nothing", String::new()),
        ("no log", format!("{}quorum w\n", named("w"))),
        ("no quorum", format!("{log}{}", named("w"))),
        ("two logs", format!("{log}{log}quorum none\n")),
        ("another log's key", format!("log {other}\nquorum none\n")),
        ("another log's origin", format!("log {elsewhere}\nquorum none\n")),
        ("a key hash that is too long", format!("log {wrong_id}\nquorum none\n")),
        ("a log with a witness's type", format!("log {witness}\nquorum none\n")),
        ("a witness with the log's type", format!("{log}witness w {}\nquorum w\n", log_key().verifier())),
        ("two quorums", format!("{log}quorum none\nquorum none\n")),
        ("something after the quorum", format!("{log}quorum none\n{}", named("w"))),
        ("a quorum that nobody defines", format!("{log}{}quorum v\n", named("w"))),
        ("a witness called none", format!("{log}{}quorum none\n", named("none"))),
        ("a name twice", format!("{log}{}group w any w\nquorum w\n", named("w"))),
        ("a witness's key twice", format!("{log}{}{}quorum none\n", named("w"), named("v"))),
        ("a group of nobody", format!("{log}{}group g all\nquorum g\n", named("w"))),
        ("a threshold of 0", format!("{log}{}group g 0 w\nquorum g\n", named("w"))),
        ("a threshold of 01", format!("{log}{}group g 01 w\nquorum g\n", named("w"))),
        ("a threshold of +1", format!("{log}{}group g +1 w\nquorum g\n", named("w"))),
        ("a threshold above its members", format!("{log}{}group g 2 w\nquorum g\n", named("w"))),
        ("a member twice", format!("{log}{}group g any w w\nquorum g\n", named("w"))),
        ("a member of two groups", format!("{log}{}group g any w\ngroup h any w\nquorum h\n", named("w"))),
        ("a group before its member", format!("{log}group g any w\n{}quorum g\n", named("w"))),
        ("a group of itself", format!("{log}group g any g\nquorum g\n")),
        ("an unknown line", format!("{log}quorum none\nwhatever\n")),
        ("a carriage return", format!("{log}quorum none\r\n")),
        ("a NUL in a comment", format!("{log}# \0\nquorum none\n")),
        ("too many words", format!("{log}quorum none none\n")),
        ("a log without key", "log\nquorum none\n".to_owned()),
    ];
    for (name, policy) in wrong {
        subject.with(&format!("policy: {name}"), Code::ManifestPolicy, |manifest| manifest.policy = policy);
    }
}

fn contests_and_styles(subject: &mut Subject<'_, Manifest>) {
    let mut choice = |name: &str, min: u64, max: u64| {
        subject.with(name, Code::ManifestContest, |manifest| {
            manifest.contests[0].kind = ContestKind::Choice(Choice { min, max, blank: true });
        });
    };
    choice("more chosen than options", 1, 4);
    choice("a minimum above the maximum", 2, 1);
    choice("nothing to choose", 0, 0);
    choice("a maximum of 64 bits", 0, u64::MAX);
    choice("a minimum of 64 bits", u64::MAX, u64::MAX);
    subject
        .with("a style without contest", Code::ManifestStyle, |manifest| manifest.styles[1].contests.clear())
        .with("a style of an unknown contest", Code::ManifestStyle, |manifest| manifest.styles[1].contests.push(2))
        .with("a style of a contest of 64 bits", Code::ManifestStyle, |manifest| {
            manifest.styles[1].contests.push(u64::MAX);
        })
        .with("a style of the contest after the last", Code::ManifestStyle, |manifest| {
            // As many contests as there are have a style.
            manifest.styles[0].contests = vec![0, 2];
            manifest.styles[1].contests = vec![0];
        })
        .with("a style that descends", Code::ManifestStyle, |manifest| manifest.styles[0].contests = vec![1, 0])
        .with("a contest twice in a style", Code::ManifestStyle, |manifest| {
            manifest.styles[0].contests = vec![0, 1, 1];
        })
        .with("two styles of the same contests", Code::ManifestStyle, |manifest| {
            manifest.styles[1].contests = vec![0, 1];
        })
        .with("a contest without style", Code::ManifestStyle, |manifest| _ = manifest.styles.remove(0));
}

fn thresholds_and_sizes(subject: &mut Subject<'_, Manifest>) {
    subject
        .with("threshold 0", Code::ManifestThreshold, |manifest| manifest.threshold = 0)
        .with("a threshold above the quorum", Code::ManifestThreshold, |manifest| manifest.threshold = 3)
        .with("a threshold of 64 bits", Code::ManifestThreshold, |manifest| manifest.threshold = u64::MAX)
        .with("a quorum above the trustees", Code::ManifestThreshold, |manifest| manifest.quorum = 4)
        .with("a quorum of 64 bits", Code::ManifestThreshold, |manifest| manifest.quorum = u64::MAX)
        .with("minimum 0", Code::ManifestThreshold, |manifest| manifest.minimum = 0)
        .with("1,001 slots", Code::ManifestSize, |manifest| {
            manifest.contests = vec![contest("one", 500, 1, 1, true), contest("two", 500, 1, 1, false)];
        })
        .with("a ballot of 1,901 bits and slots", Code::ManifestSize, |manifest| {
            // n slots and n − 1 free bits for options; 2 and 1 for slack: 475 + 474 + 2 + 475 + 474 + 1.
            manifest.contests = vec![contest("one", 475, 0, 3, false), contest("two", 475, 0, 1, false)];
        });
    let by_stranger = Signed::sign(Manifest { version: 2, ..manifest() }, &stranger()).payload();
    subject.payload("a wrong version by a stranger", Code::ManifestVersion, &by_stranger);
}
