//! The checkpoints that control entries and shares carry.

use std::sync::Arc;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::key::{LogKey, WitnessKey};
use tabella_board::origin::Origin;
use tabella_board::tree::TreeHead;
use tabella_election::message::{Close, Final, Open, Share, TallyResult};
use tabella_election::{Code, Kind};

use super::{Subject, Table};
use crate::scene::Scene;
use crate::scene::log::{cosigned, text_of};
use crate::scene::samples::{self, GUESTS, MEMBERS, log_key, manifest, origin, trustee_key, witness_key};

/// The time of cosignatures.
const TIME: u64 = 1_790_000_000;

pub(super) fn forge(table: &mut Table) {
    let mut scene = Scene::ready(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    let (authority, stage) = (samples::authority, |scene: &Scene| Arc::new(scene.clone()));
    let open = scene.control(Kind::Open);
    anchors(&mut table.signed::<Open>(&stage(&scene), &open, authority()), |open| &mut open.anchor, None);
    scene.accept(Kind::Open, &open);
    scene.everybody_votes();
    let close = scene.control(Kind::Close);
    anchors(&mut table.signed::<Close>(&stage(&scene), &close, authority()), |close| &mut close.anchor, None);
    scene.accept(Kind::Close, &close);
    let size = scene.log.next.index;
    scene.steps(&[2], Kind::Share);
    let share = scene.one_step(1, Kind::Share);
    let mut subject = table.signed::<Share>(&stage(&scene), &share, trustee_key(1));
    anchors(&mut subject, |share| &mut share.anchor, Some(size));
    scene.accept(Kind::Share, &share);
    let result = scene.control(Kind::Result);
    let mut subject = table.signed::<TallyResult>(&stage(&scene), &result, authority());
    anchors(&mut subject, |result| &mut result.anchor, None);
    scene.accept(Kind::Result, &result);
    let last = scene.control(Kind::Final);
    anchors(&mut table.signed::<Final>(&stage(&scene), &last, authority()), |last| &mut last.anchor, None);
}

/// Forges the anchor of an entry, which must be of the first `size` entries, or of all.
fn anchors<T: Clone>(subject: &mut Subject<'_, T>, anchor: fn(&mut T) -> &mut String, size: Option<u64>) {
    let scene = Arc::clone(&subject.scene);
    let size = size.unwrap_or(scene.log.next.index);
    let head = scene.log.head(size);
    let mut forge = |code, (name, forged): (&str, String)| {
        subject.with(&format!("anchor: {name}"), code, |body| *anchor(body) = forged);
    };
    let valid = text_of(&cosigned(head));
    malformed(&valid, head).into_iter().for_each(|row| forge(Code::AnchorMalformed, row));
    unsigned(&valid, head).into_iter().for_each(|row| forge(Code::AnchorSignature, row));
    without_quorum(&valid, head).into_iter().for_each(|row| forge(Code::AnchorQuorum, row));

    let before = scene.log.head(size - 1);
    let (root, size) = (before.root, head.size);
    let mismatched = [
        ("of the entries before the last", text_of(&cosigned(before))),
        ("of another root", text_of(&cosigned(TreeHead { size, root }))),
        ("of one entry more", text_of(&cosigned(TreeHead { size: size + 1, ..head }))),
        ("of 64 bits of entries", text_of(&cosigned(TreeHead { size: u64::MAX, ..head }))),
        ("of nothing", text_of(&cosigned(TreeHead::empty()))),
        ("of another root, without cosignature", text_of(&SignedCheckpoint::sign(&log_key(), before))),
    ];
    mismatched.into_iter().for_each(|row| forge(Code::AnchorMismatch, row));
    if size < scene.log.next.index {
        forge(Code::AnchorMismatch, ("of all entries", scene.log.anchor()));
    }
}

fn malformed(valid: &str, head: TreeHead) -> Vec<(&'static str, String)> {
    let elsewhere = Origin::parse("other.org/board-2026").unwrap();
    let elsewhere = SignedCheckpoint::sign(&LogKey::from_seed(elsewhere, &[3; 32]), head);
    let (text, signatures) = valid.split_once("\n\n").unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    let with_text = |text: String| format!("{text}\n\n{signatures}");
    let log_line = signatures.lines().next().unwrap();
    let unknown_lines = |count: usize| {
        let line = |number: usize| format!("\u{2014} unknown{number} AAAAAAAA\n");
        (0..count).map(line).collect::<String>()
    };
    vec![
        ("nothing", String::new()),
        ("a word", "anchor".to_owned()),
        ("only the text", format!("{text}\n")),
        ("no signature lines", format!("{text}\n\n")),
        ("no last newline", valid.trim_end().to_owned()),
        ("no blank line", valid.replacen("\n\n", "\n", 1)),
        ("something after the signatures", format!("{valid}more\n")),
        ("a blank line after the signatures", format!("{valid}\n")),
        ("with carriage returns", valid.replace('\n', "\r\n")),
        ("with a tab", with_text(format!("{}\t\n{}\n{}", lines[0], lines[1], lines[2]))),
        ("an extension line", with_text(format!("{text}\nextension"))),
        ("a line too few", with_text(format!("{}\n{}", lines[0], lines[1]))),
        ("a size with a zero in front", with_text(format!("{}\n0{}\n{}", lines[0], lines[1], lines[2]))),
        ("a size with a sign", with_text(format!("{}\n+{}\n{}", lines[0], lines[1], lines[2]))),
        ("a size of 65 bits", with_text(format!("{}\n18446744073709551616\n{}", lines[0], lines[2]))),
        ("a size that is no number", with_text(format!("{}\nsize\n{}", lines[0], lines[2]))),
        ("a root without padding", with_text(text.trim_end_matches('=').to_owned())),
        ("a root of 31 bytes", with_text(format!("{}\n{}\n{}", lines[0], lines[1], "A".repeat(40) + "AA=="))),
        ("a root of 33 bytes", with_text(format!("{}\n{}\n{}", lines[0], lines[1], "A".repeat(44)))),
        ("an origin with a space", with_text(format!("a b\n{}\n{}", lines[1], lines[2]))),
        ("no origin", with_text(format!("\n{}\n{}", lines[1], lines[2]))),
        ("another log's", text_of(&elsewhere)),
        ("another origin under this log's line", with_text(format!("{}x\n{}\n{}", lines[0], lines[1], lines[2]))),
        ("a line that begins with a hyphen", format!("{valid}{}\n", log_line.replacen('\u{2014}', "-", 1))),
        ("a line without signature", format!("{valid}\u{2014} unknown\n")),
        ("a line with three bytes", format!("{valid}\u{2014} unknown AAAA\n")),
        ("a line that is no base64", format!("{valid}\u{2014} unknown AAAAAAA\n")),
        ("101 lines", format!("{valid}{}", unknown_lines(99))),
    ]
}

fn unsigned(valid: &str, head: TreeHead) -> Vec<(&'static str, String)> {
    let (text, signatures) = valid.split_once("\n\n").unwrap();
    let (log_line, witness_line) = signatures.split_once('\n').unwrap();
    let other_key = SignedCheckpoint::sign(&LogKey::from_seed(origin(), &[30; 32]), head);
    let other_head = TreeHead { size: head.size + 1, ..head };
    let of_other_head = text_of(&SignedCheckpoint::sign(&log_key(), other_head));
    let wrong_line = of_other_head.lines().last().unwrap();
    vec![
        ("no line of the log", format!("{text}\n\n{witness_line}")),
        ("signed by another key of this name", text_of(&other_key)),
        ("signed for another size", format!("{text}\n\n{wrong_line}\n{witness_line}")),
        ("a wrong line after a right one", format!("{text}\n\n{log_line}\n{witness_line}{wrong_line}\n")),
        ("a wrong line before a right one", format!("{text}\n\n{wrong_line}\n{log_line}\n{witness_line}")),
        ("signed for another size, which it has", {
            let wrong = text.replacen(&format!("\n{}\n", head.size), &format!("\n{}\n", head.size + 2), 1);
            format!("{wrong}\n\n{signatures}")
        }),
    ]
}

fn without_quorum(valid: &str, head: TreeHead) -> Vec<(&'static str, String)> {
    let signed = SignedCheckpoint::sign(&log_key(), head);
    let with = |key: &WitnessKey, of: &SignedCheckpoint| {
        text_of(&signed.with_signature_lines(&cosign(key, of, TIME).unwrap()).unwrap())
    };
    let other = SignedCheckpoint::sign(&log_key(), TreeHead { size: head.size + 1, ..head });
    let witness_line = valid.lines().last().unwrap();
    let (front, encoded) = witness_line.rsplit_once(' ').unwrap();
    let mut bytes = data_encoding::BASE64.decode(encoded.as_bytes()).unwrap();
    // Key ID, then the time: above 2^63 − 1.
    bytes[4] |= 0x80;
    let late = format!("{front} {}\n", data_encoding::BASE64.encode(&bytes));
    vec![
        ("without cosignature", text_of(&signed)),
        ("cosigned by a stranger", with(&WitnessKey::from_seed("witness.example/w", &[40; 32]).unwrap(), &signed)),
        ("cosigned under another name", with(&WitnessKey::from_seed("witness.example/v", &[4; 32]).unwrap(), &signed)),
        ("cosigned for another size", with(&witness_key(), &other)),
        ("cosigned at another time", valid.replace(witness_line, late.trim_end())),
        (
            "a cosignature of no bytes",
            format!("{}{front} {}\n", text_of(&signed), data_encoding::BASE64.encode(&bytes[..5])),
        ),
    ]
}
