//! Everything that the rules refuse: entries that are valid but for one thing, and the one code of each.

mod ceremony;
mod closing;
mod manifests;
mod opening;
mod voting;

use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;
use tabella_election::message::{Body, Signed, decode, encode};
use tabella_election::{Code, ElectionId, Kind};

use crate::samples::stranger;
use crate::world::World;

/// The codes that were seen.
type Seen = BTreeSet<Code>;

/// An entry that the board accepts as it is.
struct Subject<'a, T> {
    seen: &'a mut Seen,
    world: &'a World,
    kind: Kind,
    valid: T,
    write: Box<dyn Fn(T) -> Vec<u8> + 'a>,
}

impl<'a, T: Body + Clone> Subject<'a, T> {
    /// A signed entry. That its signature and its encoding matter is seen at once.
    #[track_caller]
    fn signed(seen: &'a mut Seen, world: &'a World, payload: &[u8], key: SigningKey) -> Self {
        let signed = Signed::<T>::decode(payload).unwrap();
        let write = Box::new(move |body| Signed::sign(body, &key).payload());
        let mut subject = Self { seen, world, kind: T::KIND, valid: signed.body().clone(), write };
        subject.accepted();
        let forged = Signed::sign(subject.valid.clone(), &stranger()).payload();
        subject.refused(Code::SignatureInvalid, &forged);
        subject.refused(Code::PayloadMalformed, &payload[..payload.len() - 1]);
        subject
    }
}

impl<'a, T: Clone> Subject<'a, T> {
    /// A ballot or a challenge.
    #[track_caller]
    fn vote(seen: &'a mut Seen, world: &'a World, kind: Kind, payload: &[u8]) -> Self
    where
        T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()>,
    {
        let write = Box::new(|vote| encode(&vote));
        let mut subject = Self { seen, world, kind, valid: decode(payload).unwrap(), write };
        subject.accepted();
        subject.refused(Code::PayloadMalformed, &payload[..payload.len() - 1]);
        subject
    }

    #[track_caller]
    fn accepted(&self) {
        let payload = (self.write)(self.valid.clone());
        assert_eq!(self.world.clone().send(self.kind, &payload), Ok(()), "`{}` as it is", self.kind);
    }

    #[track_caller]
    fn refused(&mut self, code: Code, payload: &[u8]) -> &mut Self {
        assert_eq!(self.world.clone().send(self.kind, payload), Err(code), "`{}`", self.kind);
        self.seen.insert(code);
        self
    }

    /// The entry with one thing changed.
    #[track_caller]
    fn refuses(&mut self, code: Code, change: impl FnOnce(&mut T)) -> &mut Self {
        let mut changed = self.valid.clone();
        change(&mut changed);
        let payload = (self.write)(changed);
        self.refused(code, &payload)
    }

    /// The entry as it is, after something else.
    #[track_caller]
    fn refuses_after(&mut self, code: Code, change: impl FnOnce(&mut World)) -> &mut Self {
        let mut world = self.world.clone();
        change(&mut world);
        let payload = (self.write)(self.valid.clone());
        assert_eq!(world.send(self.kind, &payload), Err(code), "`{}`", self.kind);
        self.seen.insert(code);
        self
    }

    /// The entry as it is, a second time.
    #[track_caller]
    fn refuses_again(&mut self, code: Code) -> &mut Self {
        let payload = (self.write)(self.valid.clone());
        let kind = self.kind;
        self.refuses_after(code, |world| world.accept(kind, &payload))
    }
}

fn other_election() -> ElectionId {
    ElectionId([7; 32])
}

/// 32 bytes that encode no point and no scalar: above the order of the field and of the group.
const NEITHER: [u8; 32] = [0xff; 32];

/// The encoding of the identity.
const IDENTITY: [u8; 32] = [0; 32];

/// Overwrites 32 bytes from this place on.
fn overwrite(bytes: &mut [u8], place: usize, with: [u8; 32]) {
    bytes[place..place + 32].copy_from_slice(&with);
}

/// Whether a code is given by these rules: others are of files, of headers, of the whole record, or of a server.
fn is_of_the_rules(code: Code) -> bool {
    match code.check() {
        None | Some(1..=3 | 6) => false,
        Some(4) => code == Code::PayloadMalformed,
        Some(8) => code != Code::RecordUnfinished,
        Some(_) => true,
    }
}

#[test]
fn every_code_of_the_rules_is_given() {
    let mut seen = Seen::new();
    manifests::refusals(&mut seen);
    ceremony::refusals(&mut seen);
    opening::refusals(&mut seen);
    voting::refusals(&mut seen);
    closing::refusals(&mut seen);
    let expected: Seen = Code::ALL.iter().copied().filter(|code| is_of_the_rules(*code)).collect();
    assert_eq!(seen, expected);
}
