//! What the board did that no honest one does, and the folder in which what shows it is saved. Implements
//! specs/follow.md#alarms.

use crate::durable;
use anyhow::Context;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use tabella_verifier::evidence::{Files, Verdict, judge};
use tabella_verifier::text::printable;

/// What is told to people, and saved.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// A code of specs/follow.md#alarms.
    pub code: &'static str,
    /// What the board did, after its address.
    pub message: String,
    /// The evidence.
    pub files: Files,
}

impl Alarm {
    /// What whoever sees it does next.
    fn advice(&self) -> &'static str {
        match self.code {
            "log_key_mismatch" | "fingerprint_differs" => {
                "Compare the fingerprint with the one on paper, and the address with the one that you were given. If they are \
                 right, tell the election authority"
            }
            "file_missing" | "file_malformed" | "checkpoint_quorum" | "witness_ahead" => {
                "This is no proof of a lie: a fault of the server or of the network may be the cause. Ask whoever runs the board, \
                 and follow it again when it is mended"
            }
            "rollback" => {
                "A cache may be late, or a backup was restored. Follow it again in a few minutes; if it stays so, tell the election \
                 authority, the trustees and the other observers, and give them the evidence"
            }
            _ => {
                "Do not trust this board. Tell the election authority, the trustees and the other observers, and give them the \
                 evidence"
            }
        }
    }
}

/// An alarm, and what became of its evidence.
pub struct Saved {
    pub alarm: Alarm,
    /// The folder in which the evidence lies; or why it could not be saved.
    pub evidence: Result<PathBuf, String>,
    /// Whether the evidence is proof for those who have nothing else.
    pub is_proof: bool,
}

impl Saved {
    /// The alarm for people; `address` is the board's.
    pub fn text(&self, address: &str) -> String {
        let Alarm { code, message, .. } = &self.alarm;
        let (message, advice) = (printable(message), self.alarm.advice());
        let evidence = match &self.evidence {
            Ok(folder) => format!("The evidence is in {}. {}", folder.display(), self.worth()),
            Err(why) => format!("The evidence could not be saved: {why}. Make room, and run the same command again"),
        };
        format!("ALARM ({code}): the board at {address} {message}.\n{advice}.\n{evidence}.\n")
    }

    fn worth(&self) -> &'static str {
        if self.is_proof {
            "It is proof for everybody, as `tabella-verify evidence` shows"
        } else {
            "It shows what you saw, and is no proof for those who did not see it themselves"
        }
    }
}

const README: &str = "README.txt";

/// Saves the evidence in a new folder below `folder`, durably; or finds the one in which the same was saved before. That a disk is
/// full silences no alarm.
pub fn save(folder: &Path, alarm: Alarm, address: &str) -> Saved {
    let read = |name: &str, most| Ok::<_, Infallible>(alarm.files.get(name).filter(|file| file.len() <= most).cloned());
    let is_proof = judge(read).is_ok_and(|judgement| judgement.verdict == Verdict::Proved);
    let found = place(folder, &alarm);
    let mut saved = Saved { alarm, evidence: found.map_err(|error| format!("{error:#}")), is_proof };
    if let Ok(place) = &saved.evidence
        && let Err(error) = fill(place, &saved, address)
    {
        saved.evidence = Err(format!("{error:#}"));
    }
    saved
}

/// The folder for this evidence: the one that holds it, or a new one.
fn place(folder: &Path, alarm: &Alarm) -> anyhow::Result<PathBuf> {
    let known = folders(folder)?;
    let is_same =
        |name: &&String| name.ends_with(&format!("-{}", alarm.code)) && holds(&folder.join(name), &alarm.files);
    if let Some(name) = known.iter().find(is_same) {
        return Ok(folder.join(name));
    }
    let last = known.iter().filter_map(|name| name.split('-').next()?.parse::<u32>().ok()).max();
    Ok(folder.join(format!("{:03}-{}", last.unwrap_or(0) + 1, alarm.code)))
}

fn fill(place: &Path, saved: &Saved, address: &str) -> anyhow::Result<()> {
    if place.exists() {
        return Ok(());
    }
    for (name, bytes) in &saved.alarm.files {
        durable::write(&place.join(name), bytes)?;
    }
    durable::write(&place.join(README), saved.text(address).as_bytes())
}

/// The names of the folders of evidence.
fn folders(folder: &Path) -> anyhow::Result<Vec<String>> {
    let failed = || format!("cannot read {}", folder.display());
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let items = fs::read_dir(folder).with_context(failed)?;
    let mut names = Vec::new();
    for item in items {
        names.push(item.with_context(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Whether the folder holds these files, and was finished.
fn holds(folder: &Path, files: &Files) -> bool {
    folder.join(README).is_file()
        && files.iter().all(|(name, bytes)| fs::read(folder.join(name)).is_ok_and(|found| found == *bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_never_overwritten_and_the_same_is_not_saved_twice() {
        let folder = tempfile::tempdir().unwrap();
        let alarm = |bytes: &[u8]| Alarm {
            code: "rollback",
            message: "shows fewer entries".to_owned(),
            files: Files::from([("checkpoint".to_owned(), bytes.to_owned())]),
        };
        let saved = |bytes| save(folder.path(), alarm(bytes), "https://a.example/e").evidence.unwrap();
        let first = saved(b"one");
        assert_eq!(first, folder.path().join("001-rollback"));
        assert_eq!(saved(b"two"), folder.path().join("002-rollback"));
        assert_eq!(saved(b"one"), first);
        // One that was not finished is left as it is.
        fs::remove_file(first.join(README)).unwrap();
        assert_eq!(saved(b"one"), folder.path().join("003-rollback"));
        // A place in which nothing can be saved silences nothing.
        let saved = save(&first.join("checkpoint"), alarm(b"one"), "https://a.example/e");
        assert!(saved.text("https://a.example/e").contains("could not be saved"));
    }
}
