//! What the border refuses: bytes that are nearly a message. Each case changes one thing of a valid encoding.

use super::*;
use crate::message::tests::hex;

/// Asserts that the bytes are refused as `T`, with the code of the border.
#[track_caller]
fn assert_refused<T: Encode<()> + for<'b> Decode<'b, ()> + std::fmt::Debug>(what: &str, bytes: &str) {
    let refused = decode::<T>(&hex(bytes)).map_err(|rejection| rejection.code);
    assert_eq!(refused.unwrap_err(), Code::PayloadMalformed, "{what}");
}

#[test]
fn a_map_has_one_encoding() {
    assert_eq!(decode(&hex("a3 00 5820 e1(32) 01 5820 02(32) 02 05")), Ok(rehearse()));
    let cases = [
        ("nothing", ""),
        ("the value in two bytes", "a3 00 5820 e1(32) 01 5820 02(32) 02 1805"),
        ("the value in three bytes", "a3 00 5820 e1(32) 01 5820 02(32) 02 190005"),
        ("the value in nine bytes", "a3 00 5820 e1(32) 01 5820 02(32) 02 1b0000000000000005"),
        ("a length in two bytes", "a3 00 590020 e1(32) 01 5820 02(32) 02 05"),
        ("a key in two bytes", "a3 1800 5820 e1(32) 01 5820 02(32) 02 05"),
        ("the map's head in two bytes", "b803 00 5820 e1(32) 01 5820 02(32) 02 05"),
        ("a map of indefinite length", "bf 00 5820 e1(32) 01 5820 02(32) 02 05 ff"),
        ("bytes of indefinite length", "a3 00 5f 5820 e1(32) ff 01 5820 02(32) 02 05"),
        ("an unknown key", "a4 00 5820 e1(32) 01 5820 02(32) 02 05 03 00"),
        ("an unknown key of text", "a4 00 5820 e1(32) 01 5820 02(32) 02 05 6161 00"),
        ("a missing key", "a2 00 5820 e1(32) 01 5820 02(32)"),
        ("a key twice", "a4 00 5820 e1(32) 01 5820 02(32) 02 05 02 05"),
        ("keys in another order", "a3 00 5820 e1(32) 02 05 01 5820 02(32)"),
        ("a byte behind it", "a3 00 5820 e1(32) 01 5820 02(32) 02 05 00"),
        ("a byte too few", "a3 00 5820 e1(32) 01 5820 02(32) 02"),
        ("a short hash", "a3 00 581f e1(31) 01 5820 02(32) 02 05"),
        ("a long hash", "a3 00 5821 e1(33) 01 5820 02(32) 02 05"),
        ("a tag", "c0 a3 00 5820 e1(32) 01 5820 02(32) 02 05"),
        ("a tag within", "a3 00 5820 e1(32) 01 5820 02(32) 02 c2 05"),
        ("a float", "a3 00 5820 e1(32) 01 5820 02(32) 02 f94500"),
        ("a long float", "a3 00 5820 e1(32) 01 5820 02(32) 02 fb4014000000000000"),
        ("a negative number", "a3 00 5820 e1(32) 01 5820 02(32) 02 24"),
        ("a larger number", "a3 00 5820 e1(32) 01 5820 02(32) 02 c249010000000000000000"),
        ("null", "a3 00 5820 e1(32) 01 5820 02(32) 02 f6"),
        ("text for bytes", "a3 00 7820 61(32) 01 5820 02(32) 02 05"),
        ("an array for the map", "83 5820 e1(32) 5820 02(32) 05"),
    ];
    for (what, bytes) in cases {
        assert_refused::<Rehearse>(what, bytes);
    }
}

#[test]
fn an_array_has_one_encoding() {
    let valid = "86 5820 01(32) f6 5820 02(32) a2 00 42 c0(2) 19012c 5840 c1(64) 5820 03(32) 43 aa(3)";
    assert_eq!(decode(&hex(valid)), Ok(ballot()));
    let cases = [
        ("an element too many", "87 5820 01(32) f6 5820 02(32) a0 5820 03(32) 43 aa(3) 00"),
        ("an element too few", "85 5820 01(32) f6 5820 02(32) a0 5820 03(32)"),
        ("an array of indefinite length", "9f 5820 01(32) f6 5820 02(32) a0 5820 03(32) 43 aa(3) ff"),
        ("undefined for null", "86 5820 01(32) f7 5820 02(32) a0 5820 03(32) 43 aa(3)"),
        ("an empty link", "86 5820 01(32) 40 5820 02(32) a0 5820 03(32) 43 aa(3)"),
        ("a short link", "86 5820 01(32) 53 07(19) 5820 02(32) a0 5820 03(32) 43 aa(3)"),
        ("contests out of order", "86 5820 01(32) f6 5820 02(32) a2 01 41 c0 00 41 c0 5820 03(32) 43 aa(3)"),
        ("a contest twice", "86 5820 01(32) f6 5820 02(32) a2 00 41 c0 00 41 c0 5820 03(32) 43 aa(3)"),
        ("contests of indefinite length", "86 5820 01(32) f6 5820 02(32) bf 00 41 c0 ff 5820 03(32) 43 aa(3)"),
        ("a map for the array", "a6 00 5820 01(32) 01 f6 02 5820 02(32) 03 a0 04 5820 03(32) 05 43 aa(3)"),
    ];
    for (what, bytes) in cases {
        assert_refused::<Ballot>(what, bytes);
    }
}

#[test]
fn a_challenge_is_no_ballot() {
    assert_eq!(decode::<Ballot>(&encode(&challenge())).unwrap_err().code, Code::PayloadMalformed);
    assert_eq!(decode::<Challenge>(&encode(&ballot())).unwrap_err().code, Code::PayloadMalformed);
}

#[test]
fn a_union_takes_the_names_of_this_version() {
    assert_eq!(
        decode(&hex("82 66 63686f696365 a3 00 00 01 01 02 f4")),
        Ok(ContestKind::Choice(Choice { min: 0, max: 1, blank: false })),
    );
    let kinds = [
        ("another name", "82 64 72616e6b a3 00 00 01 01 02 f4"),
        ("the parameters of another kind", "82 67 72616e6b696e67 a3 00 00 01 01 02 f4"),
        ("a surplus parameter", "82 67 72616e6b696e67 a2 00 f4 01 00"),
        ("no parameters", "81 66 63686f696365"),
        ("a surplus element", "83 66 63686f696365 a3 00 00 01 01 02 f4 00"),
        ("no name", "80"),
        ("a number for the name", "82 00 a3 00 00 01 01 02 f4"),
        ("a number for the bool", "82 66 63686f696365 a3 00 00 01 01 02 00"),
        ("a long bool", "82 66 63686f696365 a3 00 00 01 01 02 f814"),
    ];
    for (what, bytes) in kinds {
        assert_refused::<ContestKind>(what, bytes);
    }

    for (what, bytes) in [
        ("another method", "83 63 737476 01 f6"),
        ("two elements", "82 67 736368756c7a65 01"),
        ("seats below 0", "83 67 736368756c7a65 20 f6"),
        ("false for null", "f4"),
    ] {
        assert_refused::<Counting>(what, bytes);
    }

    assert_eq!(decode(&hex("f6")), Ok(ContestResult::Withheld));
    let results = [
        ("a number", "00"),
        ("false for null", "f4"),
        ("undefined for null", "f7"),
        ("totals of indefinite length", "9f ff"),
        ("a total that is null", "81 f6"),
        ("a long total", "81 1800"),
    ];
    for (what, bytes) in results {
        assert_refused::<ContestResult>(what, bytes);
    }
}

#[test]
fn text_is_utf_8() {
    assert_eq!(decode(&hex("a2 00 61 61 01 62 c3a9")), Ok(ContestOption { id: "a".to_owned(), title: "é".to_owned() }),);
    assert_refused::<ContestOption>("half a character", "a2 00 61 61 01 61 c3");
    assert_refused::<ContestOption>("a surrogate", "a2 00 61 61 01 63 eda080");
    assert_refused::<ContestOption>("bytes for text", "a2 00 41 61 01 62 c3a9");
}

#[test]
fn a_voter_is_an_array_of_three() {
    assert_eq!(decode(&hex("83 5820 08(32) 01 00")), Ok(Voter { credential: point(8), weight: 1, style: 0 }));
    assert_refused::<Voter>("two elements", "82 5820 08(32) 01");
    assert_refused::<Voter>("four elements", "84 5820 08(32) 01 00 00");
    assert_refused::<Voter>("a map", "a3 00 5820 08(32) 01 01 02 00");
}

#[test]
fn a_length_that_is_not_there_is_refused_at_once() {
    assert_refused::<Vec<u64>>("2^64 − 1 elements", "9bffffffffffffffff");
    assert_refused::<ByteVec>("2^64 − 1 bytes", "5bffffffffffffffff 00");
    assert_refused::<BTreeMap<u64, Hash>>("2^64 − 1 keys", "bbffffffffffffffff");
}
