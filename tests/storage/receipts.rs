//! Receipts out of the published files. Tests specs/board.md#receipt.

use std::fs;

use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, Standing};
use tabella_record::directory::RecordDirectory;
use tabella_record::files::{Record, TileError};
use tabella_record::receipts::{ReceiptError, published_receipt as receipt};

use crate::scene::{Disk, StoreKind, log_of, manifest_body, roll};

fn policy() -> Policy {
    Policy::parse(&manifest_body().policy).unwrap()
}

/// Every entry of the published log has a receipt that says so.
fn check_all(disk: &Disk) {
    let record = Record::open(disk.record()).unwrap();
    for index in 0..disk.published().unverified().head.size {
        let made = receipt(&record, index).unwrap();
        let read = Receipt::parse(&made.receipt.to_bytes()).unwrap();
        assert_eq!(read.index, index);
        assert_eq!(read.verify(&made.entry, &policy()), Ok(Standing::Recorded(vec![])));
    }
}

#[tokio::test]
async fn every_entry_has_a_receipt() {
    let disk = Disk::new(StoreKind::Sqlite);
    disk.run(log_of(200)).await;
    let shorter = disk.copy();
    check_all(&disk);
    disk.run((200..258).map(roll)).await;
    check_all(&disk);
    // A reader of the checkpoint before finds full tiles where its partial ones were.
    fs::copy(shorter.record().join("checkpoint"), disk.record().join("checkpoint")).unwrap();
    check_all(&disk);
}

#[tokio::test]
async fn what_is_not_published_has_no_receipt() {
    let disk = Disk::new(StoreKind::Sqlite);
    let directory = RecordDirectory::open(disk.record()).unwrap();
    assert!(matches!(receipt(directory.record(), 0), Err(ReceiptError::NoEntry(0))));
    drop(directory);
    disk.run(log_of(3)).await;
    let record = Record::open(disk.record()).unwrap();
    assert!(matches!(receipt(&record, 3), Err(ReceiptError::NoEntry(3))));
    assert!(matches!(receipt(&record, u64::MAX), Err(ReceiptError::NoEntry(u64::MAX))));
}

#[tokio::test]
async fn a_damaged_record_gives_no_receipt() {
    let disk = Disk::new(StoreKind::Sqlite);
    disk.run(log_of(3)).await;
    let record = Record::open(disk.record()).unwrap();
    let bundle = disk.record().join("tile/entries/000.p/3");
    let mut bytes = fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&bundle, &bytes).unwrap();
    assert!(receipt(&record, 1).is_ok());
    assert!(matches!(receipt(&record, 2), Err(ReceiptError::Entry(_))));
    fs::write(&bundle, &bytes[1..]).unwrap();
    assert!(matches!(receipt(&record, 2), Err(ReceiptError::File(TileError::Bundle { .. }))));
    fs::remove_file(&bundle).unwrap();
    assert!(matches!(receipt(&record, 2), Err(ReceiptError::File(TileError::Missing(path))) if path == bundle));
}
