//! The result beside the one that the organisers published.

use crate::result::Results;
use crate::votes::VoteFile;

/// Whether the totals are those that the file's organisers published, for people; nothing if they published none.
pub fn published(file: &VoteFile, results: &Results) -> Option<String> {
    let totals = &results.contests.first()?.totals.as_ref()?.options;
    compare(file, totals)
}

fn compare(file: &VoteFile, totals: &[u64]) -> Option<String> {
    let published: Vec<u64> = file.options.iter().map(|option| option.published).collect::<Option<_>>()?;
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
