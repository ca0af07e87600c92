//! The bytes of messages, field by field: one of each feature of specs/entries.cddl.

use tabella_counting::rule::{CountingRule, Method};

use super::*;
use crate::message::tests::hex;

#[track_caller]
fn assert_bytes<T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + std::fmt::Debug>(message: &T, expected: &str) {
    let expected = hex(expected);
    assert_eq!(data_encoding::HEXLOWER.encode(&encode(message)), data_encoding::HEXLOWER.encode(&expected));
    assert_eq!(decode::<T>(&expected).as_ref(), Ok(message));
}

#[test]
fn a_signed_payload() {
    let signed = Signed::sign(rehearse(), &samples::authority());
    let payload = signed.payload();
    let body = hex("
        a3              # map of 3
        00 5820 e1(32)  # 0: election
        01 5820 02(32)  # 1: keys hash
        02 05           # 2: round
    ");
    assert_eq!(signed.body_bytes(), body);
    assert_eq!(payload[..3], hex("82 58 49"), "array of 2, the body's 73 bytes");
    assert_eq!(payload[3..76], body);
    assert_eq!(payload[76..78], hex("58 40"), "the signature's 64 bytes");
    assert_eq!(payload.len(), 78 + 64);
}

#[test]
fn a_chunk_of_the_roll() {
    assert_bytes(
        &roll(),
        "
        a6                  # map of 6
        00 5820 e1(32)      # 0: election
        01 01               # 1: revision
        02 02               # 2: chunk
        03 1903e8           # 3: chunks
        04 81               # 4: voters, one
           83 5820 08(32)   #    credential
              01            #    weight
              19012c        #    style
        05 5820 09(32)      # 5: previous
        ",
    );
}

#[test]
fn a_commit_with_its_map_of_keys() {
    let commit = Commit {
        election: ELECTION,
        attempt: 1,
        history: hash(1),
        trustee: 2,
        commitment: hash(4),
        envelope_keys: BTreeMap::from([(1, point(0xa1)), (u64::MAX, point(0xa3))]),
    };
    assert_bytes(
        &commit,
        "
        a6 00 5820 e1(32) 01 01 02 5820 01(32) 03 02 04 5820 04(32)
        05 a2                               # 5: envelope keys
           01 5820 a1(32)
           1bffffffffffffffff 5820 a3(32)   #    unsigned integers have 64 bits
        ",
    );
}

#[test]
fn a_deal_with_its_bytes() {
    let deal = Deal {
        election: ELECTION,
        attempt: 1,
        history: hash(1),
        trustee: 2,
        chunk: 1,
        chunks: 2,
        bytes: vec![0xdd; 300].into(),
    };
    assert_bytes(&deal, "a7 00 5820 e1(32) 01 01 02 5820 01(32) 03 02 04 01 05 02 06 59012c dd(300)");
}

#[test]
fn a_first_ballot() {
    assert_bytes(
        &ballot(),
        "
        86                      # array of 6
        5820 01(32)             # K
        f6                      # no link
        5820 02(32)             # R
        a2 00 42 c0(2)          # contests
           19012c 5840 c1(64)
        5820 03(32)             # B
        43 aa(3)                # proof
        ",
    );
}

#[test]
fn a_challenge_with_a_link() {
    assert_bytes(
        &challenge(),
        "
        88                      # array of 8
        5820 01(32)             # K
        54 07(20)               # link
        5820 02(32)             # R
        a2 00 42 c0(2) 19012c 5840 c1(64)
        5820 03(32)             # B
        82 00 01                # opening
        5820 04(32)             # r
        5840 05(64)             # K_a, ω
        ",
    );
}

#[test]
fn a_result_with_totals_and_without() {
    assert_bytes(
        &result(),
        "
        a4 00 5820 e1(32)
        01 62 610a                              # 1: anchor
        02 5820 03(32)                          # 2: counted hash
        03 83                                   # 3: contests
           83 00 1818 1bffffffffffffffff        #    totals
           80                                   #    of no slots
           f6                                   #    withheld
        ",
    );
}

#[test]
fn a_manifest() {
    let mut manifest = samples::manifest();
    manifest.contests = vec![samples::contest("c", 1, Choice { min: 0, max: 1, blank: true })];
    manifest.styles.truncate(1);
    manifest.styles[0].contests = vec![0];
    manifest.trustees.truncate(1);
    manifest.trustees[0].key = [0xb1; 32].into();
    manifest.assets.truncate(1);
    (manifest.title, manifest.origin, manifest.policy) = ("é".to_owned(), "h/e".to_owned(), String::new());
    (manifest.log, manifest.authority, manifest.registrar) = ([0xb2; 32].into(), [0xb3; 32].into(), [0xb4; 32].into());
    assert_bytes(
        &manifest,
        "
        b0                                              # map of 16
        00 01                                           # 0: version
        01 6a 626f6172642d32303236                      # 1: id \"board-2026\"
        02 62 c3a9                                      # 2: title
        03 f5                                           # 3: simulation
        04 63 682f65                                    # 4: origin
        05 5820 b2(32)                                  # 5: log
        06 60                                           # 6: policy
        07 81                                           # 7: contests
           a5 00 61 63                                  #    id \"c\"
              01 6a 5175657374696f6e2063                #    \"Question c\"
              02 81                                     #    options
                 a2 00 62 6331                          #       \"c1\"
                    01 68 4f7074696f6e2031              #       \"Option 1\"
              03 82 66 63686f696365                     #    kind: \"choice\"
                 a3 00 00 01 01 02 f5                   #       min 0, max 1, blank
              04 f6                                     #    counting: null
        08 81                                           # 8: styles
           a2 00 67 4d656d62657273                      #    \"Members\"
              01 81 00                                  #    contests
        09 5820 b3(32)                                  # 9: authority
        0a 5820 b4(32)                                  # 10: registrar
        0b 81                                           # 11: trustees
           a2 00 69 547275737465652031                  #    \"Trustee 1\"
              01 5820 b1(32)
        0c 02                                           # 12: threshold
        0d 02                                           # 13: quorum
        0e 03                                           # 14: minimum
        0f 81                                           # 15: assets
           a2 00 66 6170702e6a73                        #    \"app.js\"
              01 5820 09(32)
        ",
    );
}

#[test]
fn contests_of_every_kind() {
    let list = |id: &str, options| List { id: id.to_owned(), title: "L".to_owned(), options };
    let kinds = [
        (ContestKind::Choice(Choice { min: 0, max: 1, blank: true }), "82 66 63686f696365 a3 00 00 01 01 02 f5"),
        (ContestKind::Score(Score { most: 5, min: 0, max: 300 }), "82 65 73636f7265 a3 00 05 01 00 02 19012c"),
        (
            ContestKind::Positional(Positional { min: 2, weights: vec![3, 2, 1] }),
            "82 6a 706f736974696f6e616c a2 00 02 01 83 03 02 01",
        ),
        (ContestKind::Quadratic(Quadratic { credits: 99 }), "82 69 717561647261746963 a1 00 1863"),
        (ContestKind::Ranking(Ranking { ties: false }), "82 67 72616e6b696e67 a1 00 f4"),
        (
            ContestKind::Lists(Lists { lists: vec![list("a", 2), list("b", 0)], min: 0, max: 2 }),
            "82 65 6c69737473 a3 00 82 a3 00 61 61 01 61 4c 02 02 a3 00 61 62 01 61 4c 02 00 01 00 02 02",
        ),
        (
            ContestKind::Allocation(Allocation { amount: 4_294_967_295, range: true }),
            "82 6a 616c6c6f636174696f6e a2 00 1affffffff 01 f5",
        ),
    ];
    for (kind, bytes) in kinds {
        assert_bytes(&kind, bytes);
    }
}

#[test]
fn counting_rules() {
    let rule = |method, seats, tie_break| Counting(Some(CountingRule { method, seats, tie_break }));
    assert_bytes(&Counting(None), "f6");
    assert_bytes(&rule(Method::Schulze, 1, None), "83 67 736368756c7a65 01 f6");
    assert_bytes(&rule(Method::DHondt, 24, Some(vec![1, 0])), "83 66 64686f6e6474 1818 82 01 00");
}

#[test]
fn a_request_to_close_is_signed_under_its_own_word() {
    let body = Closing { election: ELECTION, number: 300, is_closing: true };
    let expected = [&[0xa3, 0x00, 0x58, 0x20][..], &ELECTION.0, &[0x01, 0x19, 0x01, 0x2c, 0x02, 0xf5]].concat();
    let key = samples::authority();
    let signed = Signed::sign(body, &key);
    assert_eq!(signed.body_bytes(), expected);
    let read = Signed::<Closing>::decode(&signed.payload()).unwrap();
    let authority = crate::bytes::SignerKey(key.verifying_key().to_bytes());
    read.judge_signature(&authority).unwrap();
    // The same bytes signed as anything else are no request to close.
    let mut message = b"tabella/1/close\0".to_vec();
    message.extend_from_slice(&expected);
    let other = ed25519_dalek::Signer::sign(&key, &message).to_bytes();
    let mut payload = signed.payload();
    let end = payload.len() - 64;
    payload[end..].copy_from_slice(&other);
    let forged = Signed::<Closing>::decode(&payload).unwrap();
    assert_eq!(forged.judge_signature(&authority).unwrap_err().code, Code::SignatureInvalid);
}
