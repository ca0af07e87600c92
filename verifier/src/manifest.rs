//! The manifest: the rules of one election. Implements specs/election.md#manifest.

use crate::cbor::{self, Malformed};
use crate::checks::Code;
use crate::contest::Contest;
use crate::entry;
use crate::note;
use crate::policy::Policy;
use crate::roll::Limits;
use crate::tree::Hash;
use ciborium::Value;
use std::collections::BTreeSet;
use std::ops::Range;

const LONGEST_TEXT: usize = 1_000;
const LONGEST_POLICY: usize = 10_000;
const MOST_SLOTS: u64 = 1_000;
/// Coordinates, slots and ranged slots of one ballot, together.
const LARGEST_BALLOT: u64 = 1_900;
const MOST_RANGED_SLOTS: u64 = 128;
/// Coordinates, slots and constraints of the ballots of all styles, together.
const LARGEST_SHAPES: u64 = 1_000_000;

/// A decoded manifest.
#[derive(Clone, Debug)]
pub struct Manifest {
    version: u64,
    pub id: String,
    pub title: String,
    pub simulation: bool,
    pub origin: String,
    pub log: [u8; 32],
    pub policy: String,
    pub contests: Vec<Contest>,
    pub styles: Vec<Style>,
    pub authority: [u8; 32],
    pub registrar: [u8; 32],
    pub trustees: Vec<Trustee>,
    pub threshold: u64,
    pub quorum: u64,
    pub minimum: u64,
    pub assets: Vec<(String, Hash)>,
}

/// A set of contests that a voter sees.
#[derive(Clone, Debug)]
pub struct Style {
    name: String,
    /// Contest indexes, ascending.
    pub contests: Vec<u64>,
}

/// A trustee; the i-th has index i = 1, 2, …
#[derive(Clone, Debug)]
pub struct Trustee {
    pub name: String,
    pub key: [u8; 32],
}

impl Manifest {
    /// Decodes the body of a manifest: types and fixed sizes, nothing more.
    pub fn decode(body: &Value) -> Result<Self, Malformed> {
        let [
            version,
            id,
            title,
            simulation,
            origin,
            log,
            policy,
            contests,
            styles,
            authority,
            registrar,
            trustees,
            threshold,
            quorum,
            minimum,
            assets,
        ] = cbor::record(body)?;
        Ok(Self {
            version: cbor::uint(version)?,
            id: cbor::text(id)?.to_owned(),
            title: cbor::text(title)?.to_owned(),
            simulation: cbor::boolean(simulation)?,
            origin: cbor::text(origin)?.to_owned(),
            log: cbor::fixed(log)?,
            policy: cbor::text(policy)?.to_owned(),
            contests: cbor::list(contests, Contest::decode)?,
            styles: cbor::list(styles, style)?,
            authority: cbor::fixed(authority)?,
            registrar: cbor::fixed(registrar)?,
            trustees: cbor::list(trustees, trustee)?,
            threshold: cbor::uint(threshold)?,
            quorum: cbor::uint(quorum)?,
            minimum: cbor::uint(minimum)?,
            assets: cbor::list(assets, asset)?,
        })
    }

    /// Checks 1–9 of specs/election.md#manifest in their order; gives the policy.
    pub fn check(&self, origin: &str) -> Result<Policy, Code> {
        let require = |holds: bool, code: Code| if holds { Ok(()) } else { Err(code) };
        require(self.version == 1, Code::ManifestVersion)?;
        require(self.texts_are_right(), Code::ManifestText)?;
        require(self.origin_is_right(origin), Code::ManifestOrigin)?;
        require(self.keys_are_right(), Code::ManifestKeys)?;
        let policy = Policy::parse(&self.policy).map_err(|_| Code::ManifestPolicy)?;
        require(policy.log.name == self.origin && policy.log.key == self.log, Code::ManifestPolicy)?;
        require(self.contests.iter().all(Contest::keeps_its_rules), Code::ManifestContest)?;
        require(self.styles_are_right(), Code::ManifestStyle)?;
        let trustees = self.trustees.len() as u64;
        let ordered = 1 <= self.threshold && self.threshold <= self.quorum && self.quorum <= trustees;
        require(ordered && self.minimum >= 1, Code::ManifestThreshold)?;
        require(self.size_is_right(), Code::ManifestSize)?;
        Ok(policy)
    }

    fn texts_are_right(&self) -> bool {
        let id_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let mut texts = std::iter::once(&self.title)
            .chain(self.contests.iter().flat_map(Contest::texts))
            .chain(self.styles.iter().map(|style| &style.name))
            .chain(self.trustees.iter().map(|trustee| &trustee.name))
            .chain(self.assets.iter().map(|(path, _)| path));
        (1..=64).contains(&self.id.len())
            && self.id.bytes().all(id_letter)
            && texts.all(|text| is_text(text))
            && self.policy.len() <= LONGEST_POLICY
            && (1..=100).contains(&self.contests.len())
            && self.contests.iter().all(Contest::counts_are_right)
            && (1..=1_000).contains(&self.styles.len())
            && (1..=50).contains(&self.trustees.len())
            && distinct(self.styles.iter().map(|style| &style.name))
            && distinct(self.trustees.iter().map(|trustee| &trustee.name))
            && distinct(self.contests.iter().map(|contest| &contest.id))
            && self.contests.iter().all(|contest| distinct(contest.options.iter().map(|option| &option.id)))
            && self.contests.iter().all(|contest| distinct(contest.lists().iter().map(|list| &list.id)))
            && self.assets.is_sorted_by(|(a, _), (b, _)| a < b)
    }

    fn origin_is_right(&self, origin: &str) -> bool {
        let host = self.origin.strip_suffix(&self.id).and_then(|rest| rest.strip_suffix('/'));
        entry::is_origin(&self.origin) && host.is_some_and(|host| !host.is_empty()) && self.origin == origin
    }

    fn keys_are_right(&self) -> bool {
        let keys: Vec<&[u8; 32]> = [&self.log, &self.authority, &self.registrar]
            .into_iter()
            .chain(self.trustees.iter().map(|trustee| &trustee.key))
            .collect();
        keys.iter().all(|key| note::ed25519_key(key).is_some()) && distinct(keys)
    }

    fn styles_are_right(&self) -> bool {
        let count = self.contests.len() as u64;
        let each = self.styles.iter().all(|style| {
            !style.contests.is_empty()
                && style.contests.is_sorted_by(|a, b| a < b)
                && style.contests.iter().all(|contest| *contest < count)
        });
        let covered: BTreeSet<u64> = self.styles.iter().flat_map(|style| style.contests.iter().copied()).collect();
        each && distinct(self.styles.iter().map(|style| &style.contests)) && covered.len() as u64 == count
    }

    fn size_is_right(&self) -> bool {
        let of_style = |style: &Style, size: fn(&Contest) -> u64| -> u64 {
            self.contests_of(style).map(|(_, contest)| size(contest)).fold(0, u64::saturating_add)
        };
        let is_small = |style: &Style| {
            let ranged = of_style(style, |contest| contest.ranged_slots() as u64);
            let all = of_style(style, coordinates_and_slots);
            all.saturating_add(ranged) <= LARGEST_BALLOT && ranged <= MOST_RANGED_SLOTS
        };
        let shape = |contest: &Contest| coordinates_and_slots(contest).saturating_add(contest.constraints());
        let shapes = self.styles.iter().map(|style| of_style(style, shape)).fold(0, u64::saturating_add);
        self.slots() as u64 <= MOST_SLOTS && self.styles.iter().all(is_small) && shapes <= LARGEST_SHAPES
    }

    /// Slots over all contests: k of the ceremony.
    pub fn slots(&self) -> usize {
        self.contests.iter().map(Contest::slots).sum()
    }

    /// What the roll must fit to.
    pub fn limits(&self) -> Limits {
        let largest = |of: fn(&Contest) -> u64| self.contests.iter().map(of).max().unwrap_or(0);
        Limits {
            styles: self.styles.len(),
            largest_of_a_slot: largest(Contest::largest_of_a_slot),
            largest_of_an_option: largest(Contest::largest_of_an_option),
        }
    }

    /// The slots of each contest, counted from 0 through all contests.
    pub fn slot_ranges(&self) -> Vec<Range<usize>> {
        let mut next = 0;
        let range = |contest: &Contest| {
            let first = next;
            next += contest.slots();
            first..next
        };
        self.contests.iter().map(range).collect()
    }

    /// The contests of a style with their indexes, in order.
    pub fn contests_of<'a>(&'a self, style: &'a Style) -> impl Iterator<Item = (usize, &'a Contest)> {
        self.contests.iter().enumerate().filter(|(index, _)| style.contests.contains(&(*index as u64)))
    }

    /// The trustee with this index, counted from 1.
    pub fn trustee(&self, index: u64) -> Option<&Trustee> {
        self.trustees.get(usize::try_from(index.checked_sub(1)?).ok()?)
    }
}

fn coordinates_and_slots(contest: &Contest) -> u64 {
    contest.coordinates().saturating_add(contest.slots() as u64)
}

/// 1 to 1,000 bytes without control characters.
fn is_text(text: &str) -> bool {
    (1..=LONGEST_TEXT).contains(&text.len()) && !text.contains(char::is_control)
}

fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

fn style(value: &Value) -> Result<Style, Malformed> {
    let [name, contests] = cbor::record(value)?;
    Ok(Style { name: cbor::text(name)?.to_owned(), contests: cbor::list(contests, cbor::uint)? })
}

fn trustee(value: &Value) -> Result<Trustee, Malformed> {
    let [name, key] = cbor::record(value)?;
    Ok(Trustee { name: cbor::text(name)?.to_owned(), key: cbor::fixed(key)? })
}

fn asset(value: &Value) -> Result<(String, Hash), Malformed> {
    let [path, hash] = cbor::record(value)?;
    Ok((cbor::text(path)?.to_owned(), cbor::fixed(hash)?))
}
