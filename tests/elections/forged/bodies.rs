//! For every field of every entry, by specs/entries.cddl, a forged record in which it has another value.

use std::collections::BTreeMap;

/// The records, in the order of the fields.
const BODIES: [(&str, &[&str]); 19] = [
    (
        "entry",
        &[
            "headers: header: another format",
            "headers: header: another origin",
            "headers: header: the next index",
            "headers: header: another prev",
            "headers: header: an unknown kind",
            "headers: header: no payload",
        ],
    ),
    (
        "manifest",
        &[
            "manifests: manifest at 0: version 2",
            "manifests: manifest at 0: another id",
            "elections: manifest: another title",
            "elections: manifest: another simulation",
            "manifests: manifest at 0: another host",
            "manifests: manifest at 0: a key of order 4",
            "elections: manifest: another policy",
            "elections: manifest: another rule of a contest",
            "elections: manifest: another name of a style",
            "elections: manifest: another authority",
            "elections: manifest: another registrar",
            "elections: manifest: another trustee",
            "elections: manifest: another threshold",
            "manifests: manifest at 0: a quorum above the trustees",
            "elections: manifest: another minimum",
            "elections: manifest: another asset",
        ],
    ),
    (
        "roll",
        &[
            "setup: roll at 1: another election",
            "setup: roll at 1: revision 2",
            "setup: roll at 1: chunk 2",
            "setup: open at 20: after half a roll",
            "setup: open at 20: after another roll",
            "setup: roll at 2: the second: after another first",
        ],
    ),
    (
        "open",
        &[
            "setup: open at 20: another election",
            "anchors: open at 21: anchor: of another root",
            "setup: open at 20: another keys hash",
            "setup: open at 20: another roll hash",
        ],
    ),
    (
        "close",
        &[
            "tally: close at 26: another election",
            "anchors: close at 24: anchor: of another root",
            "tally: close at 26: a ballot too few",
            "tally: close at 26: another last",
        ],
    ),
    (
        "final",
        &[
            "tally: final at 31: another election",
            "anchors: final at 28: anchor: of another root",
            "tally: final at 31: another result",
        ],
    ),
    (
        "commit",
        &[
            "ceremony: commit at 2: another election",
            "ceremony: commit at 2: attempt 2",
            "ceremony: commit at 2: another history",
            "ceremony: commit at 2: in the name of another trustee",
            "ceremony: deal at 5: another A",
            "ceremony: commit at 2: another trustee's envelope key",
        ],
    ),
    (
        "round",
        &[
            "ceremony: round at 3: another election",
            "ceremony: round at 3: another attempt",
            "ceremony: round at 3: another history",
            "ceremony: round at 3: nobody left out",
        ],
    ),
    (
        "restart",
        &[
            "ceremony: restart at 3: another election",
            "ceremony: restart at 3: the same attempt",
            "ceremony: restart at 3: another history",
        ],
    ),
    (
        "deal",
        &[
            "ceremony: deal at 5: another election",
            "ceremony: deal at 5: another attempt",
            "ceremony: deal at 5: another history",
            "ceremony: deal at 5: in the name of another trustee",
            "ceremony: deal at 5: chunk 2",
            "ceremony: deal at 5: two chunks",
            "ceremony: deal at 5: another z",
        ],
    ),
    (
        "confirm",
        &[
            "ceremony: confirm at 9: another election",
            "ceremony: confirm at 9: attempt 0",
            "ceremony: confirm at 9: another history",
            "fields: keys: another value hashed as envelope/P",
            "ceremony: confirm at 9: another hash",
            "ceremony: confirm at 9: another key",
        ],
    ),
    (
        "keys",
        &[
            "ceremony: keys at 24: another election",
            "ceremony: keys at 24: attempt 1",
            "ceremony: keys at 24: another history",
            "ceremony: keys: of a trustee that was left out",
            "ceremony: keys at 24: another hash",
        ],
    ),
    (
        "rehearse",
        &[
            "rehearsals: rehearse at 12: another election",
            "rehearsals: rehearse at 12: another hash",
            "rehearsals: rehearse at 12: round 2",
        ],
    ),
    (
        "rehearsal",
        &[
            "rehearsals: rehearsal at 14: another election",
            "rehearsals: rehearsal at 14: another hash",
            "rehearsals: rehearsal at 14: round 2",
            "rehearsals: rehearsal: of a trustee that was left out",
            "rehearsals: rehearsal at 14: another D",
            "rehearsals: rehearsal at 14: another z",
        ],
    ),
    (
        "ballot",
        &[
            "votes: ballot at 23: another member's K",
            "votes: ballot at 25: another link",
            "votes: ballot at 23: another R",
            "votes: ballot at 23: contest 1, C_3: another",
            "votes: ballot at 23: R and B exchanged",
            "votes: ballot at 23: z: another",
        ],
    ),
    (
        "challenge",
        &[
            "challenges: challenge at 24: another member's K",
            "challenges: challenge at 24: a link",
            "challenges: challenge at 24: another R",
            "challenges: challenge at 24: another ciphertext",
            "challenges: challenge at 24: another B",
            "challenges: challenge at 24: another vote",
            "challenges: challenge at 24: another r",
            "challenges: challenge at 24: another ω",
        ],
    ),
    (
        "share",
        &[
            "tally: share at 28: another election",
            "tally: share at 28: another keys hash",
            "tally: share at 28: another counted hash",
            "tally: share at 28: in the name of another trustee",
            "tally: share at 28: another D_1",
            "tally: share at 28: another z_1",
            "anchors: share at 26: anchor: of another root",
        ],
    ),
    (
        "result",
        &[
            "tally: result at 29: another election",
            "anchors: result at 27: anchor: of another root",
            "tally: result at 29: another counted hash",
            "tally: result at 29: a vote more",
        ],
    ),
    (
        "signed-payload",
        &["encodings: close's body: a hash of 31 bytes", "encodings: close's signature: with another bit"],
    ),
];

/// The record of each field, by `kind/number of the field`, as the table says.
pub fn shown() -> BTreeMap<String, &'static str> {
    let of_kind = |(kind, records): (&str, &'static [&str])| -> Vec<(String, &'static str)> {
        records.iter().enumerate().map(|(number, record)| (format!("{kind}/{number}"), *record)).collect()
    };
    BODIES.into_iter().flat_map(of_kind).collect()
}

/// The fields of what stands in a record, as specs/entries.cddl says.
pub fn specified() -> Vec<String> {
    // What stands in other fields, and what is no entry.
    let parts =
        ["contest", "option", "list", "style", "trustee", "asset", "voter", "counting", "contest-result", "closing"];
    let text = include_str!("../../../specs/entries.cddl");
    let code: String = text.lines().map(|line| format!("{} ", line.split(';').next().unwrap())).collect();
    let mut fields = Vec::new();
    for (place, _) in code.match_indices(" = ") {
        let name = code[..place].rsplit(' ').next().unwrap();
        let body = code[place + 3..].trim_start();
        // Of kinds of contests the first item is their name.
        let is_entry = body.starts_with(['{', '[']) && !body.starts_with("[ \"") && !parts.contains(&name);
        if is_entry {
            fields.extend((0..items(body)).map(|number| format!("{name}/{number}")));
        }
    }
    fields
}

/// How many items the array or map has that begins here.
fn items(body: &str) -> usize {
    let (mut depth, mut items) = (0, 1);
    for letter in body.chars() {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth == 1 => items += 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    items
}
