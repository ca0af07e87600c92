//! The result beside the one that the organisers published.

use tabella_election::message::{ContestResult, TallyResult};

use crate::votes::VoteFile;

/// Whether the result is the one that the file's organisers published, for people.
pub fn published(file: &VoteFile, result: &TallyResult) -> Option<String> {
    let published: Vec<u64> = file.options.iter().map(|option| option.published).collect::<Option<_>>()?;
    let ContestResult::Totals(totals) = result.contests.first()? else { return None };
    if *totals == published {
        return Some("Each total is the one that the organisers published.".to_owned());
    }
    let differing = file.options.iter().zip(totals.iter().zip(&published)).filter(|(_, (ours, theirs))| ours != theirs);
    let lines: Vec<String> = differing
        .map(|(option, (ours, theirs))| format!("  {}: counted {ours}, published {theirs}", option.id))
        .collect();
    Some(format!(
        "The totals are those of the votes in the file, but the file's own totals differ:\n{}",
        lines.join("\n")
    ))
}
