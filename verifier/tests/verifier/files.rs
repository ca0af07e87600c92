//! The files of a record: more, fewer or others than its checkpoint calls for, and where they are read from.

use crate::world::{Draft, Plan, Tamper, build, signing_key};
use crate::{Files, failures, options, report};
use tabella_verifier::report::Status;
use tabella_verifier::source::{Directory, Memory, Source, SourceError, Tar};
use tabella_verifier::{Options, verify};
use tar::EntryType;

fn files() -> Files {
    build(Plan::default(), None).board.files()
}

#[test]
fn a_record_of_more_than_one_tile_is_valid() {
    let world = build(Plan { idle_rounds: 500, ..Plan::default() }, None);
    let files = world.board.files();
    assert!(files.contains_key("tile/1/000.p/2"));
    assert_eq!(failures(&report(files.clone())), []);

    let mut changed = files.clone();
    changed.get_mut("tile/1/000.p/2").unwrap()[40] ^= 1;
    assert_eq!(failures(&report(changed)), [("tile_mismatch".to_owned(), None, Some("tile/1/000.p/2".to_owned()))]);

    let mut missing = files;
    missing.remove("tile/entries/000");
    let found = failures(&report(missing));
    assert!(found.contains(&("file_missing".to_owned(), None, Some("tile/entries/000".to_owned()))));
    assert!(!found.iter().any(|(code, ..)| code == "root_mismatch" || code == "entry_prev"), "{found:?}");
}

#[test]
fn files_more_or_less_or_cut_are_named() {
    let one = |change: fn(&mut Files)| {
        let mut files = files();
        change(&mut files);
        failures(&report(files)).first().map(|(code, _, file)| (code.clone(), file.clone().unwrap_or_default()))
    };
    let named = |code: &str, file: &str| Some((code.to_owned(), file.to_owned()));
    let surplus = |files: &mut Files| drop(files.insert("tile/0/001.p/1".to_owned(), vec![0; 32]));
    assert_eq!(one(surplus), named("file_surplus", "tile/0/001.p/1"));
    let mut without = files();
    without.remove("log.vkey");
    assert_eq!(failures(&report(without)), [("file_missing".to_owned(), None, Some("log.vkey".to_owned()))]);
    let tile = files().keys().find(|name| name.starts_with("tile/0/")).unwrap().clone();
    let cut = |files: &mut Files| files.range_mut("tile/0/".to_owned()..).next().unwrap().1.truncate(31);
    assert_eq!(one(cut), named("file_malformed", &tile));
    let bundle = files().keys().find(|name| name.starts_with("tile/entries/")).unwrap().clone();
    let cut = |files: &mut Files| {
        files.range_mut("tile/entries/".to_owned()..).next().unwrap().1.truncate(31);
    };
    assert_eq!(one(cut), named("file_malformed", &bundle));
}

#[test]
fn checkpoints_and_log_keys_have_their_codes() {
    let world = build(Plan::default(), None);
    let files = world.board.files();
    let with = |name: &str, bytes: Vec<u8>| {
        let mut files = files.clone();
        files.insert(name.to_owned(), bytes);
        failures(&report(files))
    };
    let on = |code: &str, file: &str| (code.to_owned(), None, Some(file.to_owned()));
    let checkpoint = world.board.checkpoint();
    let text = checkpoint.split_once("\n\n").unwrap().0.to_owned() + "\n";
    assert_eq!(with("checkpoint", b"?".to_vec()), [on("checkpoint_malformed", "checkpoint")]);
    let empty = world.board.note(&text.replace(&format!("\n{}\n", world.board.entries.len()), "\n0\n"), true);
    assert_eq!(with("checkpoint", empty.into_bytes()), [on("checkpoint_malformed", "checkpoint")]);
    assert_eq!(
        with("checkpoint", world.board.note(&text, false).into_bytes()),
        [on("checkpoint_quorum", "checkpoint")]
    );
    let unsigned = checkpoint.lines().filter(|line| !line.starts_with("— board")).map(|line| format!("{line}\n"));
    assert_eq!(
        with("checkpoint", unsigned.collect::<String>().into_bytes()),
        [on("checkpoint_signature", "checkpoint")]
    );
    let mut other_root: Vec<&str> = text.lines().collect();
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    other_root[2] = zero;
    let other_root = world.board.note(&(other_root.join("\n") + "\n"), true);
    assert_eq!(with("checkpoint", other_root.into_bytes()), [on("root_mismatch", "checkpoint")]);
    assert!(with("log.vkey", b"?\n".to_vec()).contains(&on("log_key_mismatch", "log.vkey")));
    let other = crate::board::verifier_key(crate::board::ORIGIN, 1, &signing_key("other")) + "\n";
    let found = with("log.vkey", other.into_bytes());
    assert_eq!(found, [on("checkpoint_signature", "checkpoint"), on("log_key_mismatch", "log.vkey")]);
}

#[test]
fn after_a_malformed_checkpoint_all_other_checks_are_skipped() {
    let mut files = files();
    files.insert("checkpoint".to_owned(), b"?".to_vec());
    files.remove("log.vkey");
    let found = report(files);
    assert_eq!(failures(&found), [("checkpoint_malformed".to_owned(), None, Some("checkpoint".to_owned()))]);
    let made: Vec<&str> =
        found.checks.iter().filter(|check| check.status != Status::Skipped).map(|check| check.id.as_str()).collect();
    assert_eq!(made, ["2"]);
}

#[test]
fn what_needs_no_election_is_checked_though_the_manifest_is_refused() {
    let change = |draft: &mut Draft| draft.signer = Some(signing_key("another"));
    let found = report(build(Plan::default(), Some(Tamper { label: "manifest", change })).board.files());
    let passed: Vec<&str> =
        found.checks.iter().filter(|check| check.status == Status::Pass).map(|check| check.id.as_str()).collect();
    assert_eq!(passed, ["1", "2", "3", "4", "5"]);
}

#[test]
fn of_very_many_missing_files_the_rest_is_counted() {
    let world = build(Plan::default(), None);
    let text = format!("{}\n2560000\n{}=\n", crate::board::ORIGIN, "A".repeat(43));
    let mut files = Files::new();
    files.insert("checkpoint".to_owned(), world.board.note(&text, true).into_bytes());
    files.insert("log.vkey".to_owned(), world.board.files()["log.vkey"].clone());
    let found = report(files);
    // 10,000 bundles, and 10,000 + 40 + 1 tiles of levels 0, 1 and 2.
    let missing = &found.checks[0].failures;
    let (named, rest): (Vec<_>, Vec<_>) = missing.iter().partition(|failure| failure.file.is_some());
    assert_eq!((named.len(), rest.len()), (1_000, 1));
    assert!(rest[0].message.contains("19041 more"), "{}", rest[0].message);
    // There is no manifest: nothing can be said of how the election ended.
    assert!(failures(&found).iter().all(|(code, ..)| code == "file_missing"));
    assert_eq!(found.warnings.last().unwrap().code, "registrar_trusted");
}

#[test]
fn directories_and_tars_are_read_alike() {
    let files = files();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let directory = Directory::open(folder.path()).unwrap();
    assert_eq!(failures(&verify(&directory, &options(), &|_, _| ()).unwrap()), []);
    for prefix in ["", "./", "council/", "./council/"] {
        let source = tar(prefix, &files).unwrap();
        assert_eq!(failures(&verify(&source, &options(), &|_, _| ()).unwrap()), [], "{prefix}");
    }
    let mut without = files.clone();
    without.remove("checkpoint");
    assert!(matches!(tar("", &without).map(|_| ()), Err(SourceError::NoCheckpoint(_))));
    std::fs::remove_file(folder.path().join("checkpoint")).unwrap();
    assert!(matches!(Directory::open(folder.path()).map(|_| ()), Err(SourceError::NoCheckpoint(_))));
}

fn tar(prefix: &str, files: &Files) -> Result<impl Source, SourceError> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, format!("{prefix}{name}"), bytes.as_slice()).unwrap();
    }
    Tar::open("test", std::io::Cursor::new(builder.into_inner().unwrap()))
}

/// A tar of these members: kind, name, and how many bytes.
fn tar_of(members: &[(EntryType, &str, usize)]) -> Result<impl Source + use<>, SourceError> {
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, name, length) in members {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(*length as u64);
        let bytes = vec![b'n'; *length];
        match kind {
            EntryType::Symlink => builder.append_link(&mut header, name, "elsewhere").unwrap(),
            _ => builder.append_data(&mut header, name, bytes.as_slice()).unwrap(),
        }
    }
    Tar::open("test", std::io::Cursor::new(builder.into_inner().unwrap()))
}

#[test]
fn of_a_tar_only_the_first_file_of_a_name_belongs_to_the_record() {
    let listing = |members: &[(EntryType, &str, usize)]| {
        let source = tar_of(&[&[(EntryType::Regular, "checkpoint", 1)], members].concat()).unwrap();
        let files: Vec<String> = source.listing().files.keys().cloned().collect();
        assert_eq!(source.read("checkpoint").unwrap(), b"n");
        (files.join(" "), source.listing().irregular.join(" "))
    };
    let is = |files: &str, irregular: &str| (files.to_owned(), irregular.to_owned());
    assert_eq!(listing(&[(EntryType::Regular, "a", 2)]), is("a checkpoint", ""));
    assert_eq!(listing(&[(EntryType::Regular, "checkpoint", 2)]), is("checkpoint", "checkpoint"));
    assert_eq!(listing(&[(EntryType::Symlink, "a", 0)]), is("checkpoint", "a"));
    // Folders, and what is said of all that follows, are no members.
    assert_eq!(listing(&[(EntryType::Directory, "tile/", 0)]), is("checkpoint", ""));
    assert_eq!(listing(&[(EntryType::XGlobalHeader, "pax", 0)]), is("checkpoint", ""));
}

#[test]
fn names_and_extensions_in_a_tar_are_only_so_long() {
    let of = |name: &str| tar_of(&[(EntryType::Regular, "council/checkpoint", 1), (EntryType::Regular, name, 1)]);
    let longest = format!("council/{}", "n".repeat(992));
    assert_eq!(of(&longest).unwrap().listing().files.len(), 2);
    assert!(matches!(of(&format!("{longest}n")).map(|_| ()), Err(SourceError::TooManyFiles)));

    let extension = |kind, length| {
        let members =
            [(EntryType::Regular, "checkpoint", 1), (kind, "extension", length), (EntryType::Regular, "a", 1)];
        match tar_of(&members).map(|_| ()) {
            Err(SourceError::Io { error, .. }) => error.to_string(),
            _ => String::new(),
        }
    };
    for kind in [EntryType::GNULongName, EntryType::GNULongLink, EntryType::XHeader, EntryType::XGlobalHeader] {
        let too_long = "an extension header is too long";
        assert_ne!(extension(kind, 65_536), too_long, "{kind:?}");
        assert_eq!(extension(kind, 65_537), too_long, "{kind:?}");
    }
}

#[test]
fn a_tar_that_gives_sizes_in_extensions_is_not_read() {
    let mut builder = tar::Builder::new(Vec::new());
    for (key, read) in [("mtime", true), ("size", false)] {
        builder.append_pax_extensions([(key, b"1".as_slice())]).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        builder.append_data(&mut header, format!("checkpoint{key}"), b"x".as_slice()).unwrap();
        let packed = builder.get_ref().clone();
        let found = Tar::open("test", std::io::Cursor::new(packed)).map(|_| ());
        assert_eq!(matches!(found, Err(SourceError::NoCheckpoint(_))), read, "{key}: {found:?}");
        assert_eq!(matches!(found, Err(SourceError::Io { .. })), !read, "{key}: {found:?}");
    }
}

#[test]
fn folders_in_a_directory_are_only_so_deep() {
    let folder = tempfile::tempdir().unwrap();
    let deepest = ["d"; 10].join("/");
    std::fs::create_dir_all(folder.path().join(&deepest).join("deeper/still")).unwrap();
    for name in ["checkpoint".to_owned(), format!("{deepest}/file")] {
        std::fs::write(folder.path().join(name), b"x").unwrap();
    }
    let mut found = Directory::open(folder.path()).unwrap();
    let names = |found: &Directory| found.listing().files.keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&found), format!("checkpoint {deepest}/file"));
    assert_eq!(found.listing().irregular, [format!("{deepest}/deeper")]);
    // What its reader writes and removes since then.
    found.add("log.vkey", 2);
    found.remove(&format!("{deepest}/file"));
    assert_eq!((names(&found), found.listing().files["log.vkey"]), ("checkpoint log.vkey".to_owned(), 2));
}

#[test]
fn links_in_a_directory_are_not_followed() {
    let files = files();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::rename(folder.path().join("log.vkey"), folder.path().join("key")).unwrap();
    std::os::unix::fs::symlink("key", folder.path().join("log.vkey")).unwrap();
    let found = verify(&Directory::open(folder.path()).unwrap(), &options(), &|_, _| ()).unwrap();
    let found = failures(&found);
    for expected in [("file_missing", "log.vkey"), ("file_surplus", "log.vkey"), ("file_surplus", "key")] {
        assert!(
            found.contains(&(expected.0.to_owned(), None, Some(expected.1.to_owned()))),
            "{expected:?} in {found:?}"
        );
    }
}

#[test]
fn tiles_of_other_sizes_are_passed_over_while_a_log_grows() {
    let mut board = build(Plan::default(), None).board;
    board.entries.truncate(25);
    let with = |name: &str, unfinished: bool| {
        let mut files = board.files();
        files.insert(name.to_owned(), vec![0; 32]);
        let options = Options { unfinished, ..options() };
        failures(&verify(&Memory::new(files), &options, &|_, _| ()).unwrap())
    };
    // Those of smaller sizes, and those of the signed head that waits for its witnesses.
    for tile in [
        "tile/0/000.p/1",
        "tile/entries/000.p/24",
        "tile/0/000.p/26",
        "tile/0/000",
        "tile/1/000.p/1",
        "tile/entries/x001/234.p/5",
    ] {
        assert_eq!(with(tile, true), [], "{tile}");
        let surplus = ("file_surplus".to_owned(), None, Some(tile.to_owned()));
        assert!(with(tile, false).contains(&surplus), "{tile}");
    }
    for other in [
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/9/000",
        "tile/entries/000.p",
        "tile/000",
    ] {
        let surplus = ("file_surplus".to_owned(), None, Some(other.to_owned()));
        assert_eq!(with(other, true), [surplus], "{other}");
    }
}
