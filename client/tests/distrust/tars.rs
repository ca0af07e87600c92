//! Records that are carried in a tar: nothing but a record comes out of it, and nothing outside its folder.

use std::fs::{self, File};
use std::path::Path;

use tabella_client::source::{Folder, RecordSource};
use tar::{Builder, EntryType, Header};

use crate::election::Election;
use crate::role::read_all;

struct Item<'a> {
    name: &'a str,
    kind: EntryType,
    content: &'a [u8],
}

fn file<'a>(name: &'a str, content: &'a [u8]) -> Item<'a> {
    Item { name, kind: EntryType::Regular, content }
}

/// Writes names as they are, which a good program would not.
fn tar_of(path: &Path, items: &[Item<'_>]) {
    let mut builder = Builder::new(File::create(path).unwrap());
    for item in items {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..item.name.len()].copy_from_slice(item.name.as_bytes());
        header.set_entry_type(item.kind);
        header.set_mode(0o644);
        if item.kind.is_symlink() || item.kind.is_hard_link() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_size(item.content.len() as u64);
        header.set_cksum();
        builder.append(&header, item.content).unwrap();
    }
    builder.finish().unwrap();
}

fn unpack(items: &[Item<'_>]) -> Result<(tempfile::TempDir, Folder), String> {
    let place = tempfile::tempdir().unwrap();
    let tar = place.path().join("record.tar");
    tar_of(&tar, items);
    let unpacked = Folder::unpack(&tar, &place.path().join("inner/unpacked")).map_err(|error| error.to_string());
    // Whatever happened, nothing is outside.
    let outside: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(outside.iter().all(|name| name == "record.tar" || name == "inner"), "{outside:?}");
    assert!(fs::read_dir(place.path().join("inner")).into_iter().flatten().count() <= 1);
    Ok((place, unpacked?))
}

#[test]
fn a_record_is_unpacked_wherever_it_stands_in_the_tar() {
    let files = Election::open().files();
    for above in ["", "./", "record/", "./record/"] {
        let names: Vec<String> = files.keys().map(|name| format!("{above}{name}")).collect();
        let items: Vec<_> = names.iter().zip(files.values()).map(|(name, bytes)| file(name, bytes)).collect();
        let (place, folder) = unpack(&items).unwrap();
        assert_eq!(read_all(&place.path().join("inner/unpacked")), files);
        assert_eq!(folder.file("checkpoint", 1_000).unwrap().as_ref(), files.get("checkpoint"));
    }
}

#[test]
fn what_is_no_record_is_refused() {
    let huge = vec![0; 100_001];
    let link = |kind| Item { name: "checkpoint", kind, content: b"" };
    for (items, told) in [
        (vec![file("../checkpoint", b"x")], "it holds ../checkpoint"),
        (vec![file("/checkpoint", b"x")], "it holds /checkpoint"),
        (vec![file("record/../../checkpoint", b"x")], "it holds record/../../checkpoint"),
        (vec![file("notes.txt", b"x")], "it holds notes.txt"),
        (vec![file("a/b/checkpoint", b"x")], "it holds a/b/checkpoint"),
        (vec![link(EntryType::Symlink)], "it holds checkpoint"),
        (vec![link(EntryType::Link)], "it holds checkpoint"),
        (vec![link(EntryType::Fifo)], "it holds checkpoint"),
        (vec![file("checkpoint", b"x"), file("./checkpoint", b"y")], "it holds checkpoint twice"),
        (vec![file("a/checkpoint", b"x"), file("b/log.vkey", b"y")], "it holds b/log.vkey"),
        (vec![file("checkpoint", &huge)], "checkpoint is too long"),
        (vec![file("tile/0/000", &huge)], "tile/0/000 is too long"),
    ] {
        let error = unpack(&items).err().unwrap();
        assert!(error.contains("is no record") && error.contains(told), "{error}");
    }
}

#[test]
fn a_tar_that_is_cut_off_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let tar = place.path().join("record.tar");
    tar_of(&tar, &[file("checkpoint", &[b'x'; 2_000])]);
    let whole = fs::read(&tar).unwrap();
    fs::write(&tar, &whole[..1_500]).unwrap();
    let error = Folder::unpack(&tar, &place.path().join("unpacked")).unwrap_err().to_string();
    assert!(error.contains("cut off"), "{error}");
}

#[test]
fn a_carried_folder_gives_files_and_no_more_of_them_than_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let file = |to: &str| {
        let path = place.path().join("checkpoint");
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(to, &path).unwrap();
        Folder::new(place.path()).file("checkpoint", 100).map(|bytes| bytes.map(|bytes| bytes.len()))
    };
    // Says that it is empty, and is not.
    assert!(file("/proc/meminfo").is_err());
    // Has no end.
    assert!(file("/dev/zero").is_err());
    assert!(file("/").is_err());
    assert_eq!(file("/nowhere").unwrap(), None);
}
