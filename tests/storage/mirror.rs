//! A copy of the record that grows by entries from a stranger, and is read without a lock. Tests specs/board.md#record.

use std::fs;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_election::Code;
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::{EntryReader, Extended};
use tabella_record::examination::Seeds;
use tabella_record::files::{Record, TileError};
use tabella_record::ledger::{Ledger, LedgerError};
use tabella_record::publication::{Publication, PublicationError};

use crate::scene::{Disk, StoreKind, disk_with, files, log_key, roll};

/// A copy of a record, and all that its keeper knows of the log.
struct Mirror {
    _place: tempfile::TempDir,
    directory: RecordDirectory,
    ledger: Ledger,
}

impl Mirror {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let directory = RecordDirectory::open(place.path().join("mirror")).unwrap();
        directory.write_log_key(log_key().verifier()).unwrap();
        Self { _place: place, directory, ledger: ledger() }
    }

    /// Judges and publishes entries that were fetched together with their checkpoint.
    fn grow(&mut self, fetched: &[Vec<u8>], checkpoint: &SignedCheckpoint) -> Result<(), PublicationError<TileError>> {
        let old = self.ledger.chain().size();
        let entries = Extended { entries: self.directory.record(), size: old, more: fetched };
        self.ledger.catch_up(&entries).unwrap();
        checkpoint.verify(log_key().verifier()).unwrap();
        Publication { directory: &self.directory, chain: self.ledger.chain(), entries: &entries }
            .publish(old, checkpoint)
    }

    /// Fetches what the board has published since the last time.
    fn follow(&mut self, disk: &Disk) {
        let fetched = disk.entries().split_off(usize::try_from(self.ledger.chain().size()).unwrap());
        self.grow(&fetched, &disk.published()).unwrap();
    }
}

fn ledger() -> Ledger {
    Ledger::new(log_key().verifier().clone(), Seeds::new(ChaCha20Rng::from_seed([9; 32])))
}

#[tokio::test]
async fn a_mirror_grows_into_the_same_record() {
    let disk = disk_with(StoreKind::Sqlite, 3).await;
    let mut mirror = Mirror::new();
    mirror.follow(&disk);
    for sizes in [3..200, 200..258, 258..513] {
        disk.run(sizes.map(roll)).await;
        mirror.follow(&disk);
    }
    mirror.directory.finish(513).unwrap();
    assert_eq!(files(mirror.directory.record().root()), disk.finished_record());
}

#[tokio::test]
async fn a_mirror_takes_no_checkpoint_of_other_entries() {
    let disk = disk_with(StoreKind::Sqlite, 4).await;
    let mut mirror = Mirror::new();
    let fewer = &disk.entries()[..3];
    let error = mirror.grow(fewer, &disk.published()).unwrap_err();
    assert!(matches!(error, PublicationError::CheckpointDiffers(3)));
    let names: Vec<_> = files(mirror.directory.record().root()).into_keys().collect();
    assert_eq!(names, [std::path::PathBuf::from("log.vkey")]);
}

#[tokio::test]
async fn entries_are_read_from_a_record_that_is_being_written() {
    let disk = disk_with(StoreKind::Sqlite, 258).await;
    let running = disk.start().await.unwrap();
    let record = Record::open(disk.record()).unwrap();
    let all = disk.entries();
    for (index, limit) in [(0, 1), (0, 1024), (255, 2), (256, 1), (257, 5), (258, 1), (u64::MAX, usize::MAX), (0, 0)] {
        let expected: Vec<_> = all.iter().skip(usize::try_from(index).unwrap()).take(limit).cloned().collect();
        assert_eq!(record.entries_from(index, limit).unwrap(), expected, "{limit} from {index}");
        assert_eq!(record.entry(index).unwrap().as_ref(), all.get(usize::try_from(index).unwrap()), "{index}");
    }
    running.submit(roll(258)).await.unwrap();
    assert_eq!(record.entries_from(258, 9).unwrap(), disk.entries()[258..]);
}

#[tokio::test]
async fn a_ledger_stops_where_it_is_told_to() {
    let disk = disk_with(StoreKind::Sqlite, 5).await;
    let record = Record::open(disk.record()).unwrap();
    let mut ledger = ledger();
    let mut whole = ledger.chain().clone();
    disk.entries().iter().for_each(|entry| whole.append(entry));
    for (asked, size) in [(0, 0), (2, 2), (1, 2), (4, 4), (9, 5)] {
        ledger.catch_up_until(asked, &record).unwrap();
        assert_eq!(ledger.chain().size(), size);
        assert_eq!(Some(ledger.chain().head()), whole.head_at(size));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_record_is_told_by_its_entry() {
    let disk = disk_with(StoreKind::Sqlite, 4).await;
    let none = Record::open(disk.record().join("none")).unwrap_err();
    assert!(matches!(none, TileError::Missing(path) if path == disk.record().join("none")));

    let record = Record::open(disk.record()).unwrap();
    let mut judged = ledger();
    judged.catch_up(&record).unwrap();

    // An entry that is right but for its place.
    let repeated = disk.entries().split_off(3);
    let entries = Extended { entries: &record, size: 4, more: &repeated };
    let LedgerError::EntryRejected { index: 4, rejection } = judged.catch_up(&entries).unwrap_err() else { panic!() };
    assert_eq!(rejection.code, Code::RollChunk);

    let bundle = disk.record().join("tile/entries/000.p/4");
    let mut bytes = fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&bundle, &bytes).unwrap();
    let read_again = tabella_election::log::Log::payload(&judged.log(&record), 3).unwrap_err();
    assert!(matches!(read_again, LedgerError::EntryDamaged(3)));
    fs::write(&bundle, &bytes[1..]).unwrap();
    let damaged = ledger().catch_up(&record).unwrap_err();
    assert!(matches!(damaged, LedgerError::Reader(TileError::Bundle { path, .. }) if path == bundle));
}
