//! Attacks on other systems, and on voting in general, and what they come to here.

/// An attack, who described it, and records in which it is tried.
pub struct Attack {
    pub name: &'static str,
    pub source: &'static str,
    pub records: &'static [&'static str],
}

const fn attack(name: &'static str, source: &'static str, records: &'static [&'static str]) -> Attack {
    Attack { name, source, records }
}

pub const ATTACKS: [Attack; 20] = [
    attack(
        "Weak Fiat–Shamir: the proof is made first, then the statement to which it belongs",
        "Bernhard, Pereira, Warinschi 2012 (Helios); Lewis, Pereira, Teague 2019 (Scytl)",
        &[
            "soundness: ballot: a mended B",
            "soundness: ballot: a thousand votes by another R",
            "fields: share: another value hashed as share/R",
        ],
    ),
    attack(
        "A ballot worth more than one vote, or less than none",
        "Cohen, Fischer 1985",
        &["soundness: ballot: two votes for one candidate", "soundness: ballot: a vote taken from a candidate"],
    ),
    attack(
        "Ballot copying: somebody else's ballot under the own name shows how she voted",
        "Cortier, Smyth 2011 (Helios)",
        &[
            "replays: ballot at 23: a copy under another K",
            "replays: ballot at 23: encrypted again, with the copied proof",
        ],
    ),
    attack(
        "A ballot of another election cast again",
        "Cortier, Smyth 2011",
        &["replays: ballot: of another election, with this K", "replays: ballot: of another election, with its roll"],
    ),
    attack(
        "A ciphertext of one contest moved to another",
        "Bernhard, Pereira, Warinschi 2012",
        &["votes: ballot at 23: both contests the same", "fields: ballot: another value hashed as ballot/shape"],
    ),
    attack(
        "What was challenged is cast, or a cast ballot opened",
        "Benaloh 2006",
        &["votes: ballot at 25: what was challenged, cast", "challenges: challenge at 24: a cast ballot, opened"],
    ),
    attack(
        "A challenge opened as another vote than it holds",
        "Benaloh 2006",
        &["challenges: challenge at 24: another vote", "fields: challenge: another value hashed as challenge/opening"],
    ),
    attack(
        "Clash: one tracker for two voters",
        "Küsters, Truderung, Vogt 2012",
        &[
            "fields: ballot: another value hashed as tracker/credential",
            "votes: ballot at 25: the R of another voter's ballot",
        ],
    ),
    attack(
        "An old ballot delivered late, in place of the last",
        "–",
        &[
            "operator: an old ballot after the one that replaced it",
            "votes: ballot at 25: the link of the ballot before the last",
        ],
    ),
    attack(
        "Ballots dropped, added or exchanged after the voting",
        "Hirschi, Schmid, Basin 2021",
        &["operator: a ballot left out", "operator: two ballots exchanged", "operator: a ballot after the close"],
    ),
    attack(
        "Two histories: what was signed is not what is shown",
        "Hirschi, Schmid, Basin 2021",
        &["anchors: close at 24: anchor: of another root", "anchors: share at 26: anchor: of another root"],
    ),
    attack(
        "Points of small order, or not canonical",
        "Lim, Lee 1997",
        &[
            "votes: ballot at 23: R negative",
            "manifests: manifest at 0: a key of order 2",
            "encodings: close's signature: with R of small order",
        ],
    ),
    attack(
        "The identity as key, as credential, as R",
        "–",
        &[
            "votes: ballot at 23: an R that is the identity",
            "setup: roll at 1: a K that is the identity",
            "ceremony: deal at 5: a first A that is the identity",
        ],
    ),
    attack(
        "A scalar plus the order of the group: other bytes, the same proof",
        "RFC 8032, section 8.4",
        &["votes: ballot at 23: f_1: q more", "encodings: close's signature: with S above the order"],
    ),
    attack(
        "Other bytes for the same message",
        "RFC 8949, section 4.2",
        &["encodings: close's body: a key twice", "headers: header: a trailing byte"],
    ),
    attack(
        "Rogue key: a trustee chooses its points after it has seen those of the others",
        "Gennaro, Jarecki, Krawczyk, Rabin 1999",
        &[
            "ceremony: deal at 5: another A",
            "fields: deal: another value hashed as commitment/dealer",
            "fields: deal: another value hashed as deal/points",
        ],
    ),
    attack(
        "A dealer who gives a trustee a share that does not fit",
        "Pedersen 1991",
        &["fields: keys: another value hashed as envelope/recipient", "ceremony: confirm at 9: another key"],
    ),
    attack(
        "False decryption proven by another statement",
        "Lewis, Pereira, Teague 2019 (Scytl)",
        &[
            "tally: share at 28: another D_1",
            "fields: share: another value hashed as share/ciphertexts",
            "fields: share: another value hashed as share/decryption",
        ],
    ),
    attack(
        "Too few trustees, or one twice",
        "–",
        &[
            "tally: result: with one share",
            "tally: share at 28: a second time",
            "tally: share: another trustee's, signed as the own",
        ],
    ),
    attack(
        "A wrong result beside right proofs",
        "–",
        &["tally: result at 29: a vote more", "tally: result at 29: totals exchanged"],
    ),
];

/// The records in which attacks are tried.
pub fn records() -> impl Iterator<Item = &'static str> {
    ATTACKS.iter().flat_map(|attack| attack.records).copied()
}
