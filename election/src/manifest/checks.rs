//! The checks of a manifest, in their order. Implements specs/election.md#manifest, 1 to 9.

use std::collections::BTreeSet;

use crate::code::{Code, Rejection};
use crate::contest::Size;
use crate::log::Log;
use crate::message::{Contest, ContestKind, ContestOption, Manifest, Style, verifying_key};

/// The version of the protocol.
const VERSION: u64 = 1;

const ID_BYTES: usize = 64;
const TEXT_BYTES: usize = 1_000;
const POLICY_BYTES: usize = 10_000;
const ORIGIN_BYTES: usize = 100;

const CONTESTS: usize = 100;
const OPTIONS: usize = 500;
const LISTS: usize = 500;
const STYLES: usize = 1_000;
const TRUSTEES: usize = 50;

/// Slots over all contests.
const SLOTS: usize = 1_000;
/// Coordinates, slots and ranged slots of a style's ballot: it must fit an entry.
const BALLOT: usize = 1_900;
/// Coordinates, slots and constraints of the ballots of all styles: everybody who verifies holds them in memory.
const SHAPES: usize = 1_000_000;
/// Ranged slots of a style's ballot: a range proof takes time.
const RANGED: usize = 128;

pub(super) fn judge(manifest: &Manifest, origin: &str, log: &impl Log) -> Result<(), Rejection> {
    judge_version(manifest)?;
    judge_texts(manifest)?;
    judge_origin(manifest, origin)?;
    judge_keys(manifest)?;
    log.judge_policy(&manifest.policy, &manifest.origin, &manifest.log)?;
    manifest.contests.iter().try_for_each(Contest::judge)?;
    judge_styles(manifest)?;
    judge_threshold(manifest)?;
    judge_size(manifest)
}

fn judge_version(manifest: &Manifest) -> Result<(), Rejection> {
    demand(manifest.version == VERSION, Code::ManifestVersion, || {
        format!("The manifest is of version {}; this program knows version {VERSION}.", manifest.version)
    })
}

fn judge_texts(manifest: &Manifest) -> Result<(), Rejection> {
    judge_id(&manifest.id)?;
    judge_text("The title", &manifest.title)?;
    demand(manifest.policy.len() <= POLICY_BYTES, Code::ManifestText, || {
        format!("The policy is longer than {POLICY_BYTES} bytes.")
    })?;

    judge_count("contests", &manifest.contests, 1, CONTESTS)?;
    judge_names("ids of contests", &manifest.contests, |contest| &contest.id)?;
    manifest.contests.iter().try_for_each(judge_contest_texts)?;

    judge_count("styles", &manifest.styles, 1, STYLES)?;
    judge_names("names of styles", &manifest.styles, |style| &style.name)?;

    judge_count("trustees", &manifest.trustees, 1, TRUSTEES)?;
    judge_names("names of trustees", &manifest.trustees, |trustee| &trustee.name)?;

    manifest.assets.iter().try_for_each(|asset| judge_text("The path of an asset", &asset.path))?;
    demand(manifest.assets.is_sorted_by(|one, next| one.path < next.path), Code::ManifestText, || {
        "The assets are not in the ascending order of their paths.".to_owned()
    })
}

fn judge_contest_texts(contest: &Contest) -> Result<(), Rejection> {
    judge_text("The title of a contest", &contest.title)?;
    let ContestKind::Lists(lists) = &contest.kind else {
        return judge_options(contest, 1);
    };
    judge_options(contest, 0)?;
    judge_count("lists of a contest", &lists.lists, 1, LISTS)?;
    judge_names("ids of the lists of a contest", &lists.lists, |list| &list.id)?;
    lists.lists.iter().try_for_each(|list| judge_text("The title of a list", &list.title))
}

fn judge_options(contest: &Contest, least: usize) -> Result<(), Rejection> {
    judge_count("options of a contest", &contest.options, least, OPTIONS)?;
    judge_names("ids of the options of a contest", &contest.options, |option| &option.id)?;
    let title = |option: &ContestOption| judge_text("The title of an option", &option.title);
    contest.options.iter().try_for_each(title)
}

fn judge_id(id: &str) -> Result<(), Rejection> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    demand((1..=ID_BYTES).contains(&id.len()) && id.bytes().all(allowed), Code::ManifestText, || {
        format!("The election's id must have 1 to {ID_BYTES} of the characters a–z, 0–9 and `-`.")
    })
}

/// Implements "text in a manifest" of specs/conventions.md#encoding.
fn judge_text(what: &str, text: &str) -> Result<(), Rejection> {
    demand((1..=TEXT_BYTES).contains(&text.len()) && !text.contains(char::is_control), Code::ManifestText, || {
        format!("{what} must have 1 to {TEXT_BYTES} bytes and no control character.")
    })
}

fn judge_count<T>(what: &str, list: &[T], least: usize, most: usize) -> Result<(), Rejection> {
    demand((least..=most).contains(&list.len()), Code::ManifestText, || {
        format!("The number of {what} must be {least} to {most}, not {}.", list.len())
    })
}

/// Each name is a text, and stands once.
fn judge_names<'a, T>(what: &str, list: &'a [T], name_of: fn(&'a T) -> &'a String) -> Result<(), Rejection> {
    let mut seen = BTreeSet::new();
    for name in list.iter().map(name_of) {
        judge_text(&format!("Each of the {what}"), name)?;
        demand(seen.insert(name), Code::ManifestText, || format!("“{name}” stands twice among the {what}."))?;
    }
    Ok(())
}

fn judge_origin(manifest: &Manifest, header: &str) -> Result<(), Rejection> {
    let origin = manifest.origin.as_str();
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'+';
    let well_formed = (1..=ORIGIN_BYTES).contains(&origin.len()) && origin.bytes().all(allowed);
    let host = origin.strip_suffix(&manifest.id).and_then(|rest| rest.strip_suffix('/'));
    demand(well_formed && host.is_some_and(|host| !host.is_empty()), Code::ManifestOrigin, || {
        format!(
            "The origin must be `<host>/{}`, of at most {ORIGIN_BYTES} visible ASCII characters, without `+`.",
            manifest.id
        )
    })?;
    demand(origin == header, Code::ManifestOrigin, || {
        format!("The manifest is for the log `{origin}` and stands in the log `{header}`.")
    })
}

fn judge_keys(manifest: &Manifest) -> Result<(), Rejection> {
    let trustees = manifest.trustees.iter().map(|trustee| &trustee.key);
    let keys = [&manifest.log, &manifest.authority, &manifest.registrar].into_iter().chain(trustees);
    let mut seen = BTreeSet::new();
    for key in keys {
        demand(verifying_key(key).is_some(), Code::ManifestKeys, || format!("{key:?} is no safe Ed25519 public key."))?;
        demand(seen.insert(key), Code::ManifestKeys, || {
            format!("{key:?} stands twice: log, authority, registrar and each trustee need a key of their own.")
        })?;
    }
    Ok(())
}

fn judge_styles(manifest: &Manifest) -> Result<(), Rejection> {
    let mut seen = BTreeSet::new();
    let mut used: BTreeSet<u64> = BTreeSet::new();
    for Style { name, contests } in &manifest.styles {
        demand(!contests.is_empty(), Code::ManifestStyle, || format!("Style “{name}” has no contest."))?;
        let known = contests.iter().all(|index| *index < manifest.contests.len() as u64);
        demand(known, Code::ManifestStyle, || format!("Style “{name}” names a contest that does not exist."))?;
        demand(contests.is_sorted_by(|one, next| one < next), Code::ManifestStyle, || {
            format!("The contests of style “{name}” are not in ascending order.")
        })?;
        demand(seen.insert(contests), Code::ManifestStyle, || {
            format!("Style “{name}” has the same contests as another style.")
        })?;
        used.extend(contests);
    }
    demand(used.len() == manifest.contests.len(), Code::ManifestStyle, || {
        "A contest is in no style: nobody could vote in it.".to_owned()
    })
}

fn judge_threshold(manifest: &Manifest) -> Result<(), Rejection> {
    let Manifest { threshold, quorum, minimum, .. } = *manifest;
    let trustees = manifest.trustees.len() as u64;
    demand(1 <= threshold && threshold <= quorum && quorum <= trustees, Code::ManifestThreshold, || {
        format!("Threshold {threshold}, quorum {quorum} and {trustees} trustees must ascend from 1.")
    })?;
    demand(minimum >= 1, Code::ManifestThreshold, || "The minimum of counted ballots must be at least 1.".to_owned())
}

fn judge_size(manifest: &Manifest) -> Result<(), Rejection> {
    let all: Size = manifest.contests.iter().map(Contest::size).sum();
    demand(all.slots <= SLOTS, Code::ManifestSize, || {
        format!("The contests have {} slots; {SLOTS} are allowed.", all.slots)
    })?;
    let mut shapes = 0_usize;
    for style in &manifest.styles {
        let contests = style.contests.iter().filter_map(|index| super::at(&manifest.contests, *index));
        let Size { coordinates, slots, ranged, constraints } = contests.map(Contest::size).sum();
        shapes = [coordinates, slots, constraints].into_iter().fold(shapes, usize::saturating_add);
        let size = coordinates.saturating_add(slots).saturating_add(ranged);
        demand(size <= BALLOT, Code::ManifestSize, || {
            format!("A ballot of style “{}” has {size} coordinates and slots; {BALLOT} are allowed.", style.name)
        })?;
        demand(ranged <= RANGED, Code::ManifestSize, || {
            format!("A ballot of style “{}” has {ranged} slots with a range proof; {RANGED} are allowed.", style.name)
        })?;
    }
    demand(shapes <= SHAPES, Code::ManifestSize, || {
        format!(
            "The ballots of all styles have {shapes} coordinates, slots and constraints together; {SHAPES} are allowed. \
             Use fewer styles, or rankings of fewer options."
        )
    })
}

fn demand(holds: bool, code: Code, message: impl FnOnce() -> String) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Rejection::refuse(code, message()) }
}
