//! What a trustee keeps between its steps: all of it comes back, and nothing else is taken for it.

use tabella_crypto::secret::SecretFault;
use tabella_election::trustee::Trustee;

use crate::samples::manifest;
use crate::world::World;

/// The key file of a trustee who has made shares in two attempts and committed in a third.
fn file_of_two_shares() -> Vec<u8> {
    let mut world = World::new(manifest());
    for _ in 0..2 {
        world.make_keys(&[1, 2]);
        world.restart();
    }
    world.commit(1);
    world.trustee(1).to_secret_bytes().to_vec()
}

#[test]
fn a_key_file_holds_every_share() {
    let file = file_of_two_shares();
    let read_again = |file: &[u8]| Trustee::from_secret_bytes(file).map(|trustee| trustee.to_secret_bytes().to_vec());
    assert_eq!(read_again(&file), Ok(file.clone()));
    for length in 0..file.len() {
        let refused = read_again(&file[..length]).unwrap_err();
        assert!(matches!(refused, SecretFault::Length | SecretFault::Label), "{length}: {refused}");
    }

    // The count and the first share's length stand before its label.
    let label = b"tabella/1/key-share";
    let first = file.windows(label.len()).position(|bytes| bytes == label).unwrap();
    for number in [first - 16, first - 8] {
        let mut hostile = file.clone();
        hostile[number..number + 8].fill(0xff);
        assert_eq!(read_again(&hostile), Err(SecretFault::Length));
    }
    let length = u64::from_be_bytes(file[first - 8..first].try_into().unwrap());
    let length = 8 + usize::try_from(length).unwrap();
    let mut swapped = file.clone();
    swapped[first - 8..first - 8 + 2 * length].rotate_left(length);
    assert_eq!(read_again(&swapped), Err(SecretFault::Number));

    // Whatever one byte becomes, the file is refused or read as it stands.
    for place in 0..file.len() {
        let mut changed = file.clone();
        changed[place] ^= 0x81;
        if let Ok(read) = read_again(&changed) {
            assert!(read == changed, "{place}");
        }
    }
}

#[test]
fn a_key_file_of_something_else_is_refused() {
    let mut world = World::new(manifest());
    world.commit(1);
    let bytes = world.trustee(1).to_secret_bytes();
    assert_eq!(*Trustee::from_secret_bytes(&bytes).unwrap().to_secret_bytes(), *bytes);
    assert_eq!(Trustee::from_secret_bytes(&bytes[1..]).unwrap_err(), SecretFault::Label);
    assert_eq!(Trustee::from_secret_bytes(&bytes[..bytes.len() - 1]).unwrap_err(), SecretFault::Length);
    assert_eq!(Trustee::from_secret_bytes(&bytes[..40]).unwrap_err(), SecretFault::Length);
}
