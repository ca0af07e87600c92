//! The elections that the tests hold.

use std::path::Path;

use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::Programs;

/// An election whose manifest stands on the board.
pub fn with_manifest(folder: &Path, plan: Plan) -> Election {
    let mut election = Election::gather(&Programs::beside_this_one().unwrap(), folder, plan).unwrap();
    election.publish_manifest().unwrap();
    election
}

/// An election in which the voting is open, and the voters' codes.
pub fn open(folder: &Path, plan: Plan) -> (Election, Vec<String>) {
    Election::voting(&Programs::beside_this_one().unwrap(), folder, plan).unwrap()
}

/// The totals of the options in the verifier's report.
pub fn totals(election: &Election) -> Vec<(String, u64)> {
    let report = election.report().unwrap();
    assert_eq!(report["verdict"], "valid", "{report:#}");
    let options = report["result"]["contests"][0]["options"].as_array().unwrap();
    options
        .iter()
        .map(|option| (option["id"].as_str().unwrap().to_owned(), option["total"].as_u64().unwrap()))
        .collect()
}
