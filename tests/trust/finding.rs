//! What came of a lie, and the table in which people read it.

use std::path::Path;

use serde_json::Value;

/// A line of the table.
pub struct Finding {
    /// What the board does.
    pub lie: &'static str,
    /// Who notices.
    pub who: &'static str,
    /// When.
    pub when: &'static str,
    /// What the program said: a code of specs/server.md, or its words.
    pub said: String,
    /// What others can judge by themselves.
    pub proof: Proof,
}

/// What others can judge by themselves.
pub enum Proof {
    /// `tabella-verify evidence` says that this is proved.
    Proved(String),
    /// It says that nothing is.
    NotProved,
    /// Everybody who has the record sees the same.
    Everybody,
    /// Nothing was saved: nothing is wrong yet, or nobody can tell.
    None,
}

impl Proof {
    /// What the verifier says of a folder of evidence.
    pub fn of(judged: &Value) -> Self {
        match judged["verdict"].as_str() {
            Some("proved") => Self::Proved(judged["code"].as_str().unwrap().to_owned()),
            Some("not proved") => Self::NotProved,
            _ => panic!("the evidence cannot be judged: {judged}"),
        }
    }
}

impl Finding {
    fn line(&self) -> String {
        let proof = match &self.proof {
            Proof::Proved(code) => format!("yes: `{code}`"),
            Proof::NotProved => "no".to_owned(),
            Proof::Everybody => "the record itself".to_owned(),
            Proof::None => "–".to_owned(),
        };
        format!("| {} | {} | {} | {} | {proof} |", self.lie, self.who, self.when, self.said)
    }
}

/// The table below this heading of docs/trust.md has just these lines.
pub fn assert_table(heading: &str, findings: &[Finding]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trust.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split("\n## ").find(|section| section.lines().next() == Some(heading));
    let section = section.unwrap_or_else(|| panic!("docs/trust.md has no heading “{heading}”"));
    let table: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    let found: Vec<String> = findings.iter().map(Finding::line).collect();
    assert_eq!(table, found, "the table below “{heading}” should be\n{}\n", found.join("\n"));
}
