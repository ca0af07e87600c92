//! Numbering, and what becomes of it when the process is killed. Tests specs/board.md#sequencing.

use std::fs;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::sequencer::{Numbered, SequencerError, SubmitError};
use tabella::storage::{Store, StoreError};
use tabella_board::hash::Hash;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::tree::Tree;
use tabella_election::log::Log;
use tabella_election::{Code, Kind};
use tabella_record::examination::Seeds;
use tabella_record::files::{Record, TileError};
use tabella_record::ledger::Ledger;

use crate::scene::{Disk, ORIGIN, StoreKind, code, disk_with, files, for_both_stores, log_key, log_of, manifest, roll};

for_both_stores! {
    a_payload_is_numbered_signed_and_published
    the_same_payload_has_the_same_index
    a_rejected_payload_is_told_its_code_and_leaves_no_trace
    what_cannot_be_an_entry_is_rejected_at_the_door
    a_log_begins_with_a_manifest_that_names_its_key
    the_same_submissions_make_the_same_record
    full_tiles_supersede_partial_ones
    killed_between_commit_and_tiles
    killed_between_tiles_and_checkpoint
    killed_before_anything_was_published
    missing_tiles_are_written_again
    a_damaged_tile_is_not_overwritten
    of_two_sequencers_the_slower_stops_and_shows_nothing
    of_two_sequencers_one_has_the_directory
    a_published_checkpoint_never_becomes_smaller
    a_flipped_bit_in_an_entry_is_found_before_anything_is_signed
    a_flipped_bit_is_found_while_the_sequencer_runs
    a_damaged_head_is_found
    a_store_older_than_what_was_published_is_refused
    a_store_of_another_history_is_refused
    a_directory_of_another_log_is_refused
    another_key_for_the_same_log_is_refused
    a_reader_judges_the_anchor_over_any_part_of_what_it_has_read
}

async fn a_payload_is_numbered_signed_and_published(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let first = running.sequencer.submit(Kind::Manifest, manifest().payload).await.unwrap();
    assert_eq!(first, Numbered { index: 0, is_repeated: false });
    assert_eq!(running.submit(roll(1)).await.unwrap(), 1);

    let published = disk.published();
    let head = published.verify(log_key().verifier()).unwrap().head;
    let entries = disk.entries();
    assert_eq!(entries.iter().map(|entry| Hash::of_entry(entry)).collect::<Tree>().head(), head);
    assert_eq!((head.size, entries.len()), (2, 2));
    running.stop().await.unwrap();
}

async fn the_same_payload_has_the_same_index(kind: StoreKind) {
    let disk = disk_with(kind, 2).await;
    let running = disk.start().await.unwrap();
    let again = running.sequencer.submit(Kind::Manifest, manifest().payload).await.unwrap();
    assert_eq!(again, Numbered { index: 0, is_repeated: true });
    assert_eq!(disk.published().unverified().head.size, 2);
}

async fn a_rejected_payload_is_told_its_code_and_leaves_no_trace(kind: StoreKind) {
    let disk = disk_with(kind, 1).await;
    let running = disk.start().await.unwrap();
    assert_eq!(code(running.submit(roll(2)).await.unwrap_err()), Code::RollChunk);
    let log = running.store.find_log(ORIGIN).await.unwrap().unwrap();
    assert_eq!(running.store.pending(log, 1).await.unwrap(), []);
    assert_eq!(running.submit(roll(1)).await.unwrap(), 1);
    assert_eq!(running.submit(roll(2)).await.unwrap(), 2, "what was too early once may come again");
}

async fn what_cannot_be_an_entry_is_rejected_at_the_door(kind: StoreKind) {
    let disk = disk_with(kind, 1).await;
    let running = disk.start().await.unwrap();
    let too_large = running.sequencer.submit(Kind::Roll, vec![0; 65_001]).await.unwrap_err();
    assert_eq!(code(too_large), Code::PayloadTooLarge);
    let malformed = running.sequencer.submit(Kind::Ballot, vec![0; 65_000]).await.unwrap_err();
    assert_eq!(code(malformed), Code::PayloadMalformed);
}

async fn a_log_begins_with_a_manifest_that_names_its_key(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    assert_eq!(code(running.submit(roll(1)).await.unwrap_err()), Code::OutOfPhase);
    running.stop().await.unwrap();

    let other_key = LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &[8; 32]);
    let running = disk.start_with(other_key, &disk.record().join("other")).await.unwrap();
    assert_eq!(code(running.submit(manifest()).await.unwrap_err()), Code::ManifestPolicy);
}

async fn the_same_submissions_make_the_same_record(kind: StoreKind) {
    let (one, other) = (disk_with(kind, 3).await, disk_with(kind, 3).await);
    assert_eq!(one.finished_record(), other.finished_record());
}

async fn full_tiles_supersede_partial_ones(kind: StoreKind) {
    let disk = disk_with(kind, 258).await;
    assert!(!disk.record().join("tile/entries/000.p").exists());
    assert!(disk.record().join("tile/entries/001.p/1").exists(), "a published size keeps its partial tile");
    let names: Vec<_> = disk.finished_record().into_keys().map(|path| path.to_str().unwrap().to_owned()).collect();
    let tiles = ["tile/0/000", "tile/0/001.p/2", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/2"];
    assert_eq!(names, [&["checkpoint", "log.vkey"][..], &tiles].concat());
    assert_eq!(disk.entries().len(), 258);
}

async fn killed_between_commit_and_tiles(kind: StoreKind) {
    let before = disk_with(kind, 256).await;
    let disk = before.copy();
    disk.run([roll(256), roll(257)]).await;
    let expected = disk.copy().finished_record();
    // The store has what was committed; the directory is as it was before.
    disk.take_record(&before);
    disk.start().await.unwrap().stop().await.unwrap();
    assert_eq!(disk.finished_record(), expected);
}

async fn killed_between_tiles_and_checkpoint(kind: StoreKind) {
    let before = disk_with(kind, 2).await;
    let disk = before.copy();
    disk.run([roll(2)]).await;
    let expected = disk.copy().finished_record();
    fs::copy(before.record().join("checkpoint"), disk.record().join("checkpoint")).unwrap();
    disk.start().await.unwrap().stop().await.unwrap();
    assert_eq!(disk.finished_record(), expected);
}

async fn killed_before_anything_was_published(kind: StoreKind) {
    let disk = disk_with(kind, 3).await;
    let expected = disk.copy().finished_record();
    fs::remove_dir_all(disk.record()).unwrap();
    disk.start().await.unwrap().stop().await.unwrap();
    assert_eq!(files(&disk.record()).len(), expected.len());
    assert_eq!(disk.finished_record(), expected);
}

async fn missing_tiles_are_written_again(kind: StoreKind) {
    let disk = disk_with(kind, 258).await;
    let expected = disk.copy().finished_record();
    for missing in expected.keys().filter(|path| path.starts_with("tile")) {
        let disk = disk.copy();
        fs::remove_file(disk.record().join(missing)).unwrap();
        disk.start().await.unwrap().stop().await.unwrap();
        assert_eq!(disk.finished_record(), expected, "{}", missing.display());
    }
}

async fn a_damaged_tile_is_not_overwritten(kind: StoreKind) {
    let disk = disk_with(kind, 2).await;
    let tile = disk.record().join("tile/entries/000.p/2");
    fs::write(&tile, b"damaged").unwrap();
    assert!(matches!(disk.refusal().await, SequencerError::Tiles(TileError::Conflict(path)) if path == tile));
    assert_eq!(fs::read(&tile).unwrap(), b"damaged");
}

async fn of_two_sequencers_the_slower_stops_and_shows_nothing(kind: StoreKind) {
    let disk = disk_with(kind, 1).await;
    let faster = disk.start().await.unwrap();
    let record = disk.record().join("../other");
    let slower = disk.start_with(log_key(), &record).await.unwrap();
    faster.submit(roll(1)).await.unwrap();
    let before = files(&record);
    // An entry that would follow what the slower one knows, and that the faster one has not.
    let other = crate::scene::signed(
        tabella_election::message::Restart {
            election: crate::scene::election(),
            attempt: 2,
            history: (*leaf_of_manifest(&disk).as_bytes()).into(),
        },
        &crate::scene::authority(),
    );
    assert!(matches!(slower.submit(other).await, Err(SubmitError::Stopped)));
    assert!(matches!(slower.stop().await, Err(SequencerError::Store(StoreError::Fenced { .. }))));
    assert_eq!(files(&record), before);
    assert_eq!(disk.published().unverified().head.size, 2);
}

async fn of_two_sequencers_one_has_the_directory(kind: StoreKind) {
    let disk = disk_with(kind, 1).await;
    let running = disk.start().await.unwrap();
    assert!(matches!(disk.refusal().await, SequencerError::Tiles(TileError::InUse(_))));
    assert_eq!(running.submit(roll(1)).await.unwrap(), 1);
    running.stop().await.unwrap();
    disk.start().await.unwrap();
}

async fn a_published_checkpoint_never_becomes_smaller(kind: StoreKind) {
    let (disk, longer) = (disk_with(kind, 2).await, disk_with(kind, 4).await);
    let running = disk.start().await.unwrap();
    fs::copy(longer.record().join("checkpoint"), disk.record().join("checkpoint")).unwrap();
    assert!(matches!(running.submit(roll(2)).await, Err(SubmitError::Stopped)));
    assert!(matches!(running.stop().await, Err(SequencerError::PublishedAhead { published: 4, stored: 3 })));
    assert_eq!(disk.published().unverified().head.size, 4);
}

fn leaf_of_manifest(disk: &Disk) -> Hash {
    Hash::of_entry(&disk.entries()[0])
}

/// Changes the stored bytes of entry 1 at this position.
async fn flip(disk: &Disk, position: impl Fn(usize) -> usize) {
    let store = disk.open_store().await;
    let log = store.find_log(ORIGIN).await.unwrap().unwrap();
    let mut bytes = store.entry(log, 1).await.unwrap().unwrap().bytes;
    store.close().await;
    let position = position(bytes.len());
    bytes[position] ^= 1;
    disk.drop_trigger("entry_never_updated", "entry").await;
    disk.execute(format!("update entry set bytes = {} where entry_index = 1", disk.literal(&bytes))).await;
}

async fn a_flipped_bit_in_an_entry_is_found_before_anything_is_signed(kind: StoreKind) {
    let whole = disk_with(kind, 3).await;
    let positions: [fn(usize) -> usize; 3] = [|_| 0, |length| length / 2, |length| length - 1];
    for position in positions {
        let disk = whole.copy();
        flip(&disk, position).await;
        let before = files(&disk.record());
        assert!(matches!(disk.refusal().await, SequencerError::EntryDamaged(1)));
        assert_eq!(files(&disk.record()), before);
    }
}

async fn a_flipped_bit_is_found_while_the_sequencer_runs(kind: StoreKind) {
    let disk = disk_with(kind, 3).await;
    let running = disk.start().await.unwrap();
    flip(&disk, |length| length - 1).await;
    assert!(matches!(running.submit(roll(3)).await, Err(SubmitError::Stopped)));
    assert!(matches!(running.stop().await, Err(SequencerError::EntryDamaged(1))));
    assert_eq!(disk.published().unverified().head.size, 3, "nothing is published beside a damaged entry");
}

async fn a_damaged_head_is_found(kind: StoreKind) {
    let disk = disk_with(kind, 3).await;
    let shorter = disk_with(kind, 2).await;
    let store = shorter.open_store().await;
    let head = store.head(store.find_log(ORIGIN).await.unwrap().unwrap()).await.unwrap();
    let (root, checkpoint) = (disk.literal(head.tree.root.as_bytes()), disk.literal(&head.checkpoint.unwrap()));
    disk.drop_trigger("log_only_grows", "log").await;
    disk.execute(format!("update log set size = {}, root = {root}, checkpoint = {checkpoint}", head.tree.size)).await;
    assert!(matches!(disk.refusal().await, SequencerError::HeadDamaged(3)));
}

async fn a_store_older_than_what_was_published_is_refused(kind: StoreKind) {
    let backup = disk_with(kind, 2).await;
    let disk = backup.copy();
    disk.run([roll(2)]).await;
    backup.take_record(&disk);
    let error = backup.refusal().await;
    assert!(matches!(error, SequencerError::PublishedAhead { published: 3, stored: 2 }));
    let message = error.to_string();
    assert!(message.contains("Bring back the newest store"), "{message}");
}

async fn a_store_of_another_history_is_refused(kind: StoreKind) {
    let common = disk_with(kind, 2).await;
    let (one, other) = (common.copy(), common.copy());
    one.run([roll(2)]).await;
    other.run([crate::scene::roll_of(2, vec![voter()])]).await;
    one.take_record(&other);
    assert!(matches!(one.refusal().await, SequencerError::PublishedDiffers { size: 3 }));
}

fn voter() -> tabella_election::message::Voter {
    let credential = tabella_crypto::credential::VotingKey::derive(&[0; 32], &[0; 16]).unwrap().public();
    tabella_election::message::Voter { credential: credential.into(), weight: 1, style: 0 }
}

async fn a_directory_of_another_log_is_refused(kind: StoreKind) {
    let disk = disk_with(kind, 2).await;
    let other_key = LogKey::from_seed(Origin::parse("example.org/f").unwrap(), &[3; 32]);
    let error = disk.start_with(other_key, &disk.record()).await.err().unwrap();
    assert!(matches!(error, SequencerError::PublishedForeign(_)));
}

async fn another_key_for_the_same_log_is_refused(kind: StoreKind) {
    let disk = disk_with(kind, 2).await;
    let other_key = LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &[8; 32]);
    let error = disk.start_with(other_key, &disk.record().join("other")).await.err().unwrap();
    assert!(matches!(error, SequencerError::WrongKey(_)));
}

async fn a_reader_judges_the_anchor_over_any_part_of_what_it_has_read(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let mut anchors = Vec::new();
    for submission in log_of(5) {
        running.submit(submission).await.unwrap();
        anchors.push(disk.anchor());
    }
    let rng = ChaCha20Rng::from_seed([9; 32]);
    let record = Record::open(disk.record()).unwrap();
    let mut reader = Ledger::new(log_key().verifier().clone(), Seeds::new(rng));
    reader.catch_up(&record).unwrap();
    let judge = |anchor: &str, size| reader.log(&record).judge_anchor(anchor, size).map_err(|wrong| wrong.code);
    for (size, anchor) in (1..).zip(&anchors) {
        assert_eq!(judge(anchor, size), Ok(()), "{size}");
        assert_eq!(judge(anchor, size - 1), Err(Code::AnchorMismatch), "{size}");
        assert_eq!(judge(anchor, size + 1), Err(Code::AnchorMismatch), "{size}");
    }
}
