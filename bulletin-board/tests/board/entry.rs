use tabella_board::entry::{EncodeFault, Entry, EntryFault, MAX_PAYLOAD_LENGTH, Place, genesis_hash};
use tabella_board::hash::Hash;
use tabella_board::origin::{Origin, OriginFault};
use tabella_board::tile::EntryTooLarge;

use crate::samples::{bit_flips, entries, origin, truncations};

fn is_known(kind: &str) -> bool {
    kind == "note"
}

fn first() -> Entry {
    Entry { place: Place::first(origin()), kind: "note".into(), payload: vec![0xaa, 0xbb] }
}

fn decode(bytes: &[u8]) -> Result<Entry, EntryFault> {
    Entry::decode(bytes, &Place::first(origin()), is_known)
}

/// The parts of [`first`] as they stand in the bytes.
fn parts() -> Vec<Vec<u8>> {
    vec![
        vec![0x86],                                                             // array of 6
        [&[0x69], "tabella/1".as_bytes()].concat(),                             // format: text of 9 bytes
        [&[0x6d], "example.org/e".as_bytes()].concat(),                         // origin: text of 13 bytes
        vec![0x00],                                                             // index: 0
        [[0x58, 0x20].as_slice(), genesis_hash(&origin()).as_bytes()].concat(), // prev: 32 bytes
        [&[0x64], "note".as_bytes()].concat(),                                  // kind: text of 4 bytes
        vec![0x42, 0xaa, 0xbb],                                                 // payload: 2 bytes
    ]
}

fn with_part(position: usize, part: &[u8]) -> Vec<u8> {
    let mut parts = parts();
    parts[position] = part.to_vec();
    parts.concat()
}

#[test]
fn an_entry_has_the_bytes_of_the_specification() {
    assert_eq!(first().encode().unwrap(), parts().concat());
    assert_eq!(decode(&parts().concat()), Ok(first()));
}

#[test]
fn the_genesis_hash_is_that_of_tag_and_origin() {
    // printf 'tabella/1 genesis\nexample.org/e\n' | sha256sum | xxd -r -p | base64
    assert_eq!(genesis_hash(&origin()).to_string(), "G3E9pA+LkFwosC1rT6AnOOLxBoYQ3BigjOZl3cVL8Rg=");
}

#[test]
fn entries_chain_by_their_leaf_hashes() {
    let entries = entries(3);
    let mut place = Place::first(origin());
    for bytes in &entries {
        let entry = Entry::decode(bytes, &place, is_known).unwrap();
        assert_eq!(entry.place, place);
        place = place.next(bytes);
    }
    assert_eq!((place.index, place.prev), (3, Hash::of_entry(&entries[2])));
}

#[test]
fn each_wrong_field_has_its_code() {
    let wrong_prev = [[0x58, 0x20].as_slice(), &[7; 32]].concat();
    let cases: [(usize, &[u8], EntryFault, &str); 8] = [
        (0, &[0x85], EntryFault::Malformed, "entry_malformed"),
        (1, b"\x69tabella/2", EntryFault::Format, "entry_format"),
        (2, b"\x6dexample.org/f", EntryFault::Origin, "entry_origin"),
        (2, b"\x63a+b", EntryFault::Origin, "entry_origin"),
        (3, &[0x01], EntryFault::Index, "entry_index"),
        (4, &wrong_prev, EntryFault::Prev, "entry_prev"),
        (5, b"\x64nope", EntryFault::Kind, "kind_unknown"),
        (6, &large_payload(MAX_PAYLOAD_LENGTH + 1), EntryFault::PayloadTooLarge, "payload_too_large"),
    ];
    for (position, part, fault, code) in cases {
        assert_eq!(decode(&with_part(position, part)), Err(fault), "part {position}");
        assert_eq!(fault.code(), code);
    }
}

#[test]
fn the_first_wrong_field_names_the_fault() {
    let faults = [
        EntryFault::Format,
        EntryFault::Origin,
        EntryFault::Index,
        EntryFault::Prev,
        EntryFault::Kind,
        EntryFault::PayloadTooLarge,
    ];
    let wrong_prev = [[0x58, 0x20].as_slice(), &[7; 32]].concat();
    let large = large_payload(MAX_PAYLOAD_LENGTH + 1);
    let wrong: [&[u8]; 6] = [b"\x69tabella/2", b"\x6dexample.org/f", &[0x01], &wrong_prev, b"\x64nope", &large];
    for (first_wrong, fault) in faults.into_iter().enumerate() {
        let mut parts = parts();
        for (position, part) in wrong.iter().enumerate().skip(first_wrong) {
            parts[position + 1] = part.to_vec();
        }
        assert_eq!(decode(&parts.concat()), Err(fault));
    }
}

#[test]
fn what_is_not_deterministic_is_malformed() {
    let prev = genesis_hash(&origin());
    let long_prev = [[0x59, 0x00, 0x20].as_slice(), prev.as_bytes()].concat();
    let short_prev = [[0x58, 0x1f].as_slice(), &prev.as_bytes()[1..]].concat();
    let not_text = [&[0x64], [0xff; 4].as_slice()].concat();
    let cases: [(usize, &[u8]); 13] = [
        (0, &[0x98, 0x06]),                         // long head
        (0, &[0x9f]),                               // indefinite length
        (0, &[0x87]),                               // a seventh field is missing
        (0, &[0xa6]),                               // a map
        (0, &[]),                                   // no array
        (3, &[0x18, 0x00]),                         // long head
        (3, &[0x20]),                               // negative
        (3, &[0xf9, 0x00, 0x00]),                   // float
        (4, &long_prev),                            // long head
        (4, &short_prev),                           // 31 bytes
        (5, &not_text),                             // not UTF-8
        (6, &[0x42, 0xaa, 0xbb, 0x00]),             // trailing byte
        (6, &[0x5f, 0x41, 0xaa, 0x41, 0xbb, 0xff]), // in chunks
    ];
    for (position, part) in cases {
        assert_eq!(decode(&with_part(position, part)), Err(EntryFault::Malformed), "part {position}: {part:02x?}");
    }
}

#[test]
fn an_index_may_have_64_bits() {
    let place = Place { index: u64::MAX, ..Place::first(origin()) };
    let entry = Entry { place: place.clone(), ..first() };
    let bytes = entry.encode().unwrap();
    assert_eq!(Entry::decode(&bytes, &place, is_known), Ok(entry));
    assert_eq!(place.next(&bytes).index, u64::MAX);
}

#[test]
fn limits_hold_when_writing() {
    let largest = Entry { payload: vec![0; MAX_PAYLOAD_LENGTH], ..first() };
    assert_eq!(decode(&largest.encode().unwrap()), Ok(largest));

    let too_large = Entry { payload: vec![0; MAX_PAYLOAD_LENGTH + 1], ..first() };
    assert_eq!(too_large.encode(), Err(EncodeFault::PayloadTooLarge));
    assert_eq!(EncodeFault::PayloadTooLarge.code(), "payload_too_large");

    let long_kind = Entry { kind: "k".repeat(70_000), ..first() };
    let fault = long_kind.encode().unwrap_err();
    assert!(matches!(fault, EncodeFault::EntryTooLarge(EntryTooLarge(length)) if length > 70_000));
    assert_eq!(fault.code(), "entry_too_large");
}

#[test]
fn a_damaged_entry_is_never_accepted() {
    let bytes = first().encode().unwrap();
    let payload_starts = bytes.len() - 2;
    for (bit, flipped) in bit_flips(&bytes).enumerate() {
        match decode(&flipped) {
            // The payload is the author's own; the leaf hash protects it.
            Ok(entry) => assert!(bit / 8 >= payload_starts && entry.payload != first().payload, "bit {bit}"),
            Err(_) => assert!(bit / 8 < payload_starts, "bit {bit}"),
        }
    }
    for truncated in truncations(&bytes) {
        assert_eq!(decode(truncated), Err(EntryFault::Malformed));
    }
}

#[test]
fn an_origin_is_short_visible_ascii_without_plus() {
    for good in ["a", "example.org/e", "!~", &"x".repeat(100)] {
        assert_eq!(Origin::parse(good).unwrap().as_str(), good);
    }
    for bad in ["", "a b", "a+b", "a\n", "\u{7f}", "ä", &"x".repeat(101)] {
        assert_eq!(Origin::parse(bad), Err(OriginFault), "{bad:?}");
    }
}

/// The head and bytes of a payload of this length, for lengths of two bytes.
fn large_payload(length: usize) -> Vec<u8> {
    let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
    [[0x59, high, low].as_slice(), &vec![0; length]].concat()
}
