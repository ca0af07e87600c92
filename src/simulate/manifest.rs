//! The manifest of an election on the votes of a file.

use std::path::Path;

use tabella_election::bytes::SignerKey;
use tabella_election::message::{Contest, ContestOption, Counting, Manifest, Style, Trustee};

use super::contest;
use crate::votes::{FileOption, Rule, VoteFile};

/// Longest id of an election (specs/election.md#manifest).
const ID_LENGTH: usize = 64;

/// Longest text of a manifest (specs/conventions.md#encoding).
const TEXT_LENGTH: usize = 1_000;

/// Bytes that all titles of options may have together, so that the manifest fits into one entry.
const TITLES_LENGTH: usize = 40_000;

/// The public keys of those who sign.
pub struct PublicKeys {
    /// The log's.
    pub log: SignerKey,
    /// The authority's.
    pub authority: SignerKey,
    /// The registrar's.
    pub registrar: SignerKey,
    /// The trustees', in the order of their indexes.
    pub trustees: Vec<SignerKey>,
}

/// An id made of a file's name: `a`–`z`, `0`–`9` and `-`.
pub fn id_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let words: Vec<&str> =
        stem.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut id = words.join("-");
    id.truncate(ID_LENGTH);
    if id.is_empty() { "election".to_owned() } else { id }
}

/// The origin of a simulated log: under a name that no host ever has (RFC 2606).
pub fn origin_of(id: &str) -> String {
    format!("simulation.invalid/{id}")
}

/// The contest with the options and the rule of the file.
pub fn contest(file: &VoteFile, counting: Counting) -> Contest {
    let id = if matches!(file.rule, Rule::Ranking { .. }) { "ranking" } else { "projects" };
    let title = text(&file.title, TEXT_LENGTH);
    Contest { id: id.to_owned(), title, options: options(file), kind: contest::kind(&file.rule), counting }
}

/// The manifest: one contest, one style, every voter of weight 1.
pub fn manifest(
    contest: Contest,
    id: String,
    policy: String,
    keys: PublicKeys,
    threshold: u64,
    minimum: u64,
) -> Manifest {
    let trustees = (1..).zip(keys.trustees);
    Manifest {
        version: 1,
        title: contest.title.clone(),
        simulation: true,
        origin: origin_of(&id),
        id,
        log: keys.log,
        policy,
        contests: vec![contest],
        styles: vec![Style { name: "all voters".to_owned(), contests: vec![0] }],
        authority: keys.authority,
        registrar: keys.registrar,
        trustees: trustees.map(|(number, key)| Trustee { name: format!("Trustee {number}"), key }).collect(),
        threshold,
        quorum: threshold,
        minimum,
        assets: Vec::new(),
    }
}

fn options(file: &VoteFile) -> Vec<ContestOption> {
    let all: usize = file.options.iter().map(|option| option.title.len()).sum();
    let longest = if all <= TITLES_LENGTH { TEXT_LENGTH } else { TITLES_LENGTH / file.options.len().max(1) };
    let option = |option: &FileOption| ContestOption { id: option.id.clone(), title: text(&option.title, longest) };
    file.options.iter().map(option).collect()
}

/// A text without control characters, cut at a character if it is too long.
fn text(text: &str, longest: usize) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.len() <= longest {
        return text;
    }
    let room = longest.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_file_names() {
        assert_eq!(id_of(Path::new("a/Netherlands_Amsterdam_643.pb")), "netherlands-amsterdam-643");
        assert_eq!(id_of(Path::new("__Łódź (2).pb")), "d-2");
        assert_eq!(id_of(Path::new("选举.pb")), "election");
        assert_eq!(id_of(Path::new(&"x".repeat(90))).len(), ID_LENGTH);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(text("short", 10), "short");
        assert_eq!(text("tab\there", 10), "tab here");
        assert_eq!(text("łłłłłł", 10), "łłł…");
    }
}
