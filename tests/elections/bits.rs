//! No bit of a record can be turned without being found.

use rayon::prelude::*;
use tabella_election::message::Manifest;
use tabella_verifier::report::Verdict;

use crate::scene::Scene;
use crate::scene::record::{Record, failures};
use crate::scene::samples::{MEMBERS, contest, log_line, manifest, style, trustees};

/// The smallest whole election: every byte of its record is verified once for each bit.
fn small() -> Record {
    let mut scene = Scene::new(Manifest {
        contests: vec![contest("q", 2, 1, 1, false)],
        styles: vec![style("All", &[0])],
        trustees: trustees(1),
        threshold: 1,
        quorum: 1,
        minimum: 1,
        assets: Vec::new(),
        ..manifest()
    });
    scene.play_to(tabella_election::Kind::Roll);
    scene.enrol(&[(1, MEMBERS), (1, MEMBERS)]);
    scene.play_to(tabella_election::Kind::Close);
    for voter in [0, 1] {
        scene.vote(voter, &[(0, crate::scene::samples::options(&[voter]))].into());
    }
    scene.play_on();
    scene.record()
}

/// The record with one bit turned is found to be wrong, and something is named.
fn is_found(record: &Record, file: &str, place: usize, bit: u8) -> Result<(), String> {
    let mut changed = record.clone();
    changed.file(file)[place] ^= 1 << bit;
    let report = changed.verify();
    let named = failures(&report).iter().any(|failure| failure.entry.is_some() || failure.file.is_some());
    if report.verdict == Verdict::Invalid && named {
        return Ok(());
    }
    Err(format!("bit {bit} of byte {place} of {file}: {:?}", failures(&report)))
}

#[test]
fn every_bit_of_checkpoint_key_and_hashes_matters() {
    let record = small();
    let files = record.files.iter().filter(|(name, _)| !name.starts_with("tile/entries"));
    let bits: Vec<(&str, usize, u8)> = files
        .flat_map(|(name, bytes)| {
            (0..bytes.len()).flat_map(move |place| (0..8).map(move |bit| (name.as_str(), place, bit)))
        })
        .collect();
    let missed: Vec<String> =
        bits.par_iter().filter_map(|(file, place, bit)| is_found(&record, file, *place, *bit).err()).collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
fn every_bit_of_the_entries_matters() {
    let record = small();
    let (name, bundle) = record.files.iter().find(|(name, _)| name.starts_with("tile/entries")).unwrap();
    let bits: Vec<(usize, u8)> = (0..bundle.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))).collect();
    let missed: Vec<String> =
        bits.par_iter().filter_map(|(place, bit)| is_found(&record, name, *place, *bit).err()).collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
fn the_smallest_election_is_valid_without_witnesses_too() {
    let mut scene = Scene::new(Manifest { policy: format!("{}quorum none", log_line()), ..manifest() });
    scene.play_on();
    let report = scene.record().verify();
    assert_eq!(failures(&report), []);
    assert!(report.warnings.iter().any(|warning| warning.code == "quorum_none"));
}
