//! The record on disk. Tests specs/board.md#record.

use std::fs;
use std::path::Path;

use tabella_board::tile::Tile;
use tabella_record::directory::RecordDirectory;
use tabella_record::files::TileError;
use tempfile::TempDir;

use crate::scene::{files, log_key};

/// A record of `size` entries, with the partial tiles of every smaller size. Contents are made up.
fn record(size: u64) -> (TempDir, RecordDirectory) {
    let place = tempfile::tempdir().unwrap();
    let directory = RecordDirectory::open(place.path()).unwrap();
    for size in 0..size {
        directory.write_tiles(Tile::added(size, size + 1), content).unwrap();
    }
    directory.write_log_key(log_key().verifier()).unwrap();
    directory.publish(b"checkpoint").unwrap();
    (place, directory)
}

fn content(tile: &Tile) -> Result<Vec<u8>, TileError> {
    Ok(tile.path().into_bytes())
}

fn names(place: &Path) -> Vec<String> {
    files(place).into_keys().map(|path| path.to_str().unwrap().to_owned()).collect()
}

#[test]
fn a_finished_directory_is_exactly_a_record() {
    let (place, directory) = record(258);
    directory.finish(258).unwrap();
    let expected = [
        "checkpoint",
        "log.vkey",
        "tile/0/000",
        "tile/0/001.p/2",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/2",
    ];
    assert_eq!(names(place.path()), expected);
    assert!(!place.path().join("tile/0/000.p").exists(), "an empty directory was left");
    assert!(!place.path().join(".incoming").exists());
}

#[test]
fn a_file_may_be_written_again_with_the_same_bytes_only() {
    let (place, directory) = record(3);
    directory.write_tiles(Tile::of_log(3), content).unwrap();
    let other = |_: &Tile| Ok::<_, TileError>(b"other".to_vec());
    let error = directory.write_tiles(Tile::of_log(3), other).unwrap_err();
    assert!(matches!(error, TileError::Conflict(path) if path == place.path().join("tile/0/000.p/3")));
}

#[test]
fn superseded_partial_tiles_go_and_full_ones_stay() {
    let (place, directory) = record(257);
    for full in Tile::of_log(257).filter(Tile::is_full) {
        directory.remove_superseded(&full).unwrap();
        directory.remove_superseded(&full).unwrap();
    }
    assert!(!place.path().join("tile/0/000.p").exists());
    assert!(place.path().join("tile/0/000").exists());
    assert!(place.path().join("tile/0/001.p/1").exists());
}

#[test]
fn a_record_with_a_file_too_many_is_not_finished() {
    for surplus in ["notes.txt", "tile/0/007", "tile/0/000.p/300", "tile/0/0000"] {
        let (place, directory) = record(3);
        let surplus = place.path().join(surplus);
        fs::write(&surplus, b"").unwrap();
        let error = directory.finish(3).unwrap_err();
        assert!(matches!(error, TileError::Surplus(path) if path == surplus), "{}", surplus.display());
    }
}

#[test]
fn a_record_with_a_file_too_few_is_not_finished() {
    for missing in ["checkpoint", "log.vkey", "tile/0/000.p/3", "tile/entries/000.p/3"] {
        let (place, directory) = record(3);
        let missing = place.path().join(missing);
        fs::remove_file(&missing).unwrap();
        let error = directory.finish(3).unwrap_err();
        assert!(matches!(error, TileError::Missing(path) if path == missing), "{}", missing.display());
    }
}

#[test]
fn what_a_killed_process_left_is_removed() {
    let (place, _) = record(1);
    fs::write(place.path().join(".incoming/file"), b"half a ti").unwrap();
    RecordDirectory::open(place.path()).unwrap().finish(1).unwrap();
    assert_eq!(names(place.path()), ["checkpoint", "log.vkey", "tile/0/000.p/1", "tile/entries/000.p/1"]);
}

#[test]
fn the_log_key_never_changes() {
    let (place, directory) = record(1);
    fs::write(place.path().join("log.vkey"), b"another\n").unwrap();
    let error = directory.write_log_key(log_key().verifier()).unwrap_err();
    assert!(matches!(error, TileError::Conflict(path) if path == place.path().join("log.vkey")));
}

#[test]
fn the_checkpoint_is_replaced() {
    let (_place, directory) = record(1);
    assert_eq!(directory.record().checkpoint().unwrap().unwrap(), b"checkpoint");
    directory.publish(b"the next").unwrap();
    assert_eq!(directory.record().checkpoint().unwrap().unwrap(), b"the next");
}

#[test]
fn a_directory_is_open_once() {
    let (place, directory) = record(1);
    fs::write(place.path().join(".incoming/file"), b"being written").unwrap();
    let error = RecordDirectory::open(place.path()).unwrap_err();
    assert!(error.to_string().contains("stop that one first"), "{error}");
    assert!(matches!(error, TileError::InUse(path) if path == place.path()));
    assert!(place.path().join(".incoming/file").exists());

    drop(directory);
    RecordDirectory::open(place.path()).unwrap().finish(1).unwrap();
}
