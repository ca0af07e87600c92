//! The policy of a log: which witnesses must have cosigned a checkpoint. Implements specs/board.md#policy.

use crate::note::{LOG, Malformed, Note, VerifierKey, WITNESS};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Together with the log's own line, what one note can bear.
const MOST_WITNESSES: usize = 99;

/// A parsed policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub log: VerifierKey,
    members: BTreeMap<String, Member>,
    /// `None` is `quorum none`.
    quorum: Option<String>,
}

/// Who cosigns the log.
#[derive(Clone, Debug)]
pub struct Witness {
    pub name: String,
    pub key: VerifierKey,
    /// Where it can be asked; without one it is asked by nobody.
    pub address: Option<String>,
}

/// What a policy asks of its witnesses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quorum {
    /// For people: "3 of north, south, east, west"; groups in groups stand in parentheses.
    pub rule: String,
    /// The fewest witnesses that must cheat together with the log so that two histories meet the policy.
    pub cheaters: u64,
}

#[derive(Clone, Debug)]
enum Member {
    Witness(Witness),
    Group { threshold: usize, names: Vec<String> },
}

impl Policy {
    /// Reads a policy: exactly one `log`, any number of `witness` and `group`, and after them exactly one `quorum`.
    /// Empty lines and comments (`#`) say nothing, and the final newline may be missing.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.contains(|letter: char| letter.is_ascii_control() && letter != '\n' && letter != '\t') {
            return Err(Malformed);
        }
        let mut reader = Reader::default();
        for line in text.split('\n') {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            if words.first().is_some_and(|word| !word.starts_with('#')) {
                reader.line(&words)?;
            }
        }
        let (Some(log), Some(quorum)) = (reader.log, reader.quorum) else {
            return Err(Malformed);
        };
        Ok(Self { log, members: reader.members, quorum })
    }

    /// Whether the policy asks for no witness.
    pub fn asks_for_none(&self) -> bool {
        self.quorum.is_none()
    }

    /// All witnesses, by name.
    pub fn witnesses(&self) -> Vec<&Witness> {
        let witnesses = self.members.values().filter_map(|member| match member {
            Member::Witness(witness) => Some(witness),
            Member::Group { .. } => None,
        });
        witnesses.collect()
    }

    /// Names of the witnesses whose cosignatures are on the note, ascending.
    pub fn cosigners(&self, note: &Note) -> BTreeSet<String> {
        let cosigned = self.witnesses().into_iter().filter(|witness| note.is_cosigned_by(&witness.key));
        cosigned.map(|witness| witness.name.clone()).collect()
    }

    /// Whether the note has the cosignatures that the quorum asks for.
    pub fn is_met_by(&self, note: &Note) -> bool {
        let witnessed = self.cosigners(note);
        self.quorum.as_ref().is_none_or(|quorum| self.has_witnessed(quorum, &witnessed))
    }

    /// What the policy asks for and how much that guarantees; none if it asks for no witness.
    pub fn quorum(&self) -> Option<Quorum> {
        let quorum = self.quorum.as_ref()?;
        Some(Quorum { rule: self.rule(quorum), cheaters: self.cheaters(quorum) as u64 })
    }

    fn rule(&self, name: &str) -> String {
        let Some(Member::Group { threshold, names }) = self.members.get(name) else {
            return name.to_owned();
        };
        let member = |name: &String| match self.members.get(name) {
            Some(Member::Group { .. }) => format!("({})", self.rule(name)),
            _ => name.clone(),
        };
        format!("{threshold} of {}", names.iter().map(member).collect::<Vec<_>>().join(", "))
    }

    /// Of two quorums of k of m members, at least 2k − m are in both.
    fn cheaters(&self, name: &str) -> usize {
        let Some(Member::Group { threshold, names }) = self.members.get(name) else {
            return 1;
        };
        let mut of_members: Vec<usize> = names.iter().map(|name| self.cheaters(name)).collect();
        of_members.sort_unstable();
        of_members.iter().take((2 * threshold).saturating_sub(names.len())).sum()
    }

    /// Groups name only what stands before them and each name is a member once, so that this ends.
    fn has_witnessed(&self, name: &str, witnessed: &BTreeSet<String>) -> bool {
        match self.members.get(name) {
            Some(Member::Group { threshold, names }) => {
                names.iter().filter(|name| self.has_witnessed(name, witnessed)).count() >= *threshold
            }
            _ => witnessed.contains(name),
        }
    }
}

#[derive(Default)]
struct Reader {
    log: Option<VerifierKey>,
    members: BTreeMap<String, Member>,
    witness_keys: BTreeSet<[u8; 32]>,
    grouped: BTreeSet<String>,
    quorum: Option<Option<String>>,
}

impl Reader {
    fn line(&mut self, words: &[&str]) -> Result<(), Malformed> {
        if self.quorum.is_some() {
            return Err(Malformed);
        }
        match words {
            ["log", key] | ["log", key, _] if self.log.is_none() => {
                self.log = Some(VerifierKey::parse(key, LOG)?);
                Ok(())
            }
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, address] => self.witness(name, key, Some(address)),
            ["group", name, threshold, names @ ..] => self.group(name, threshold, names),
            ["quorum", "none"] => {
                self.quorum = Some(None);
                Ok(())
            }
            ["quorum", name] if self.members.contains_key(*name) => {
                self.quorum = Some(Some((*name).to_owned()));
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    fn witness(&mut self, name: &str, key: &str, address: Option<&str>) -> Result<(), Malformed> {
        let key = VerifierKey::parse(key, WITNESS)?;
        if !self.witness_keys.insert(key.key) || self.witness_keys.len() > MOST_WITNESSES {
            return Err(Malformed);
        }
        let address = address.map(str::to_owned);
        self.define(name, Member::Witness(Witness { name: name.to_owned(), key, address }))
    }

    fn group(&mut self, name: &str, threshold: &str, names: &[&str]) -> Result<(), Malformed> {
        let threshold = match threshold {
            "all" => names.len(),
            "any" => 1,
            number => decimal(number)?,
        };
        let fresh =
            names.iter().all(|name| self.members.contains_key(*name) && self.grouped.insert((*name).to_owned()));
        if !fresh || threshold == 0 || threshold > names.len() {
            return Err(Malformed);
        }
        self.define(name, Member::Group { threshold, names: names.iter().map(|name| (*name).to_owned()).collect() })
    }

    fn define(&mut self, name: &str, member: Member) -> Result<(), Malformed> {
        let taken = name == "none" || self.members.insert(name.to_owned(), member).is_some();
        if taken { Err(Malformed) } else { Ok(()) }
    }
}

fn decimal(text: &str) -> Result<usize, Malformed> {
    let number: usize = text.parse().map_err(|_| Malformed)?;
    if number.to_string() == text { Ok(number) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, kind: u8, seed: u8) -> String {
        let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes();
        VerifierKey { name: name.to_owned(), kind, key }.text()
    }

    /// A policy with two witnesses `a` and `b`, then `lines`.
    fn parse(lines: &str) -> Result<Policy, Malformed> {
        let (log, a, b) = (key("o/e", LOG, 1), key("w/a", WITNESS, 2), key("w/b", WITNESS, 3));
        Policy::parse(&format!("# who\nlog {log} https://o/e\n\nwitness a {a}\n witness\tb {b}\n{lines}"))
    }

    #[test]
    fn quorums_are_counted() {
        let counted = |lines: &str, witnesses: &[&str]| {
            let policy = parse(lines).unwrap();
            let witnessed = witnesses.iter().map(|name| (*name).to_owned()).collect();
            policy.quorum.as_ref().is_none_or(|name| policy.has_witnessed(name, &witnessed))
        };
        assert!(counted("quorum none", &[]));
        assert!(counted("quorum a\n", &["a"]) && !counted("quorum a\n", &["b"]));
        assert!(counted("group g any a b\nquorum g\n", &["b"]) && !counted("group g any a b\nquorum g\n", &[]));
        assert!(counted("group g 2 a b\nquorum g\n", &["a", "b"]) && !counted("group g 2 a b\nquorum g\n", &["a"]));
        assert!(counted("group g all a\ngroup h all g b\nquorum h\n", &["a", "b"]));
        assert!(!counted("group g all a\ngroup h all g b\nquorum h\n", &["b"]));
    }

    #[test]
    fn a_quorum_says_what_it_asks_for_and_guarantees() {
        let of = |lines: &str| parse(lines).unwrap().quorum().map(|quorum| (quorum.rule, quorum.cheaters));
        assert_eq!(of("quorum none"), None);
        assert_eq!(of("quorum a"), Some(("a".to_owned(), 1)));
        assert_eq!(of("group g any a b\nquorum g"), Some(("1 of a, b".to_owned(), 0)));
        assert_eq!(of("group g all a b\nquorum g"), Some(("2 of a, b".to_owned(), 2)));
        let (c, d, e) = (key("w/c", WITNESS, 4), key("w/d", WITNESS, 5), key("w/e", WITNESS, 6));
        let five = format!("witness c {c}\nwitness d {d}\nwitness e {e}\n");
        let counted = |lines: &str| of(&format!("{five}{lines}")).unwrap();
        assert_eq!(counted("group g 4 a b c d e\nquorum g").1, 3);
        // Two quorums of h share g and d; two of g may share nobody.
        let nested = counted("group g 1 a b c\ngroup h all g d\nquorum h");
        assert_eq!(nested, ("2 of (1 of a, b, c), d".to_owned(), 1));
        assert_eq!(counted("group g 2 a b c\ngroup h 2 g d e\nquorum h").1, 1);
    }

    /// A note with these cosignatures: name and secret of the key, then the time.
    fn cosigned(lines: &[(&str, u8, u64)]) -> Note {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD as BASE64;
        use ed25519_dalek::{Signer, SigningKey};
        let line = |(name, seed, time): &(&str, u8, u64)| {
            let secret = SigningKey::from_bytes(&[*seed; 32]);
            let id = key(name, WITNESS, *seed).split('+').nth(1).unwrap().to_owned();
            let id = data_encoding::HEXLOWER.decode(id.as_bytes()).unwrap();
            let signature = secret.sign(format!("cosignature/v1\ntime {time}\ntext\n").as_bytes());
            let bytes = [&id[..], &time.to_be_bytes(), &signature.to_bytes()].concat();
            format!("— {name} {}\n", BASE64.encode(bytes))
        };
        Note::parse(format!("text\n\n{}", lines.iter().map(line).collect::<String>()).as_bytes()).unwrap()
    }

    #[test]
    fn a_witness_counts_once_and_under_its_own_name_only() {
        let both = parse("group g 2 a b\nquorum g\n").unwrap();
        assert!(both.is_met_by(&cosigned(&[("w/a", 2, 1), ("w/b", 3, 1)])));
        assert!(!both.is_met_by(&cosigned(&[("w/a", 2, 1), ("w/a", 2, 1)])), "the same line twice");
        assert!(!both.is_met_by(&cosigned(&[("w/a", 2, 1), ("w/a", 2, 9)])), "at two times");
        assert!(
            !both.is_met_by(&cosigned(&[("w/a", 2, 1), ("w/b", 2, 1)])),
            "the key of one under the name of the other"
        );
        assert!(!both.is_met_by(&cosigned(&[("w/a", 2, 1), ("w/c", 4, 1)])), "a witness that the policy does not name");
        let nested = parse("group any any a\ngroup all all any b\nquorum all\n").unwrap();
        assert!(nested.is_met_by(&cosigned(&[("w/b", 3, 7), ("w/a", 2, 5)])));
        assert!(!nested.is_met_by(&cosigned(&[("w/b", 3, 7), ("w/b", 3, 8)])));
    }

    #[test]
    fn a_witness_can_have_an_address_and_nothing_more() {
        let c = key("w/c", WITNESS, 4);
        let policy = parse(&format!("witness c {c} https://w.example/c\nquorum c\n")).unwrap();
        assert!(policy.is_met_by(&cosigned(&[("w/c", 4, 1)])));
        assert_eq!(parse(&format!("witness c {c} https://w.example/c more\nquorum c\n")).map(|_| ()), Err(Malformed));
    }

    #[test]
    fn at_most_99_witnesses_are_named() {
        // Two stand in every policy of these tests.
        let more = |last: u8| -> String {
            let lines = (4..=last).map(|seed| format!("witness w{seed} {}\n", key("w/more", WITNESS, seed)));
            lines.chain(["quorum none\n".to_owned()]).collect()
        };
        assert!(parse(&more(100)).is_ok());
        assert_eq!(parse(&more(101)).map(|_| ()), Err(Malformed));
    }

    #[test]
    fn malformed_policies_are_refused() {
        let again = format!("witness c {}\nquorum none\n", key("w/c", WITNESS, 2));
        let second = format!("log {}\nquorum none\n", key("o/e", LOG, 1));
        let bad = [
            "",
            "quorum none\nquorum none\n",
            "quorum c\n",
            "quorum none\ngroup g any a\n",
            "group g 3 a b\nquorum g\n",
            "group g 0 a b\nquorum g\n",
            "group g 01 a b\nquorum g\n",
            "group g any\nquorum g\n",
            "group g any c\nquorum g\n",
            "group g any a a\nquorum g\n",
            "group g any a\ngroup h any a\nquorum h\n",
            "group a any b\nquorum a\n",
            "group none any b\nquorum none\n",
            "quorum none\r\n",
            "unknown\nquorum none\n",
            &again,
            &second,
        ];
        for lines in bad {
            assert_eq!(parse(lines).map(|_| ()), Err(Malformed), "{lines:?}");
        }
    }
}
