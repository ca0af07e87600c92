//! The manifest as JSON. Implements specs/server.md#manifest.

use serde::Serialize;
use tabella_election::Election;
use tabella_election::message::{Asset, Contest, ContestKind, ContestOption, Manifest, Style, Trustee};

use super::hex;

/// A view of the manifest; what is signed is entry 0.
#[derive(Debug, Serialize)]
pub struct ManifestView {
    manifest_hash: String,
    fingerprint: String,
    version: u64,
    id: String,
    title: String,
    simulation: bool,
    origin: String,
    log: String,
    policy: String,
    contests: Vec<ContestView>,
    styles: Vec<StyleView>,
    authority: String,
    registrar: String,
    trustees: Vec<TrusteeView>,
    threshold: u64,
    quorum: u64,
    minimum: u64,
    assets: Vec<AssetView>,
}

#[derive(Debug, Serialize)]
struct ContestView {
    id: String,
    title: String,
    options: Vec<OptionView>,
    kind: KindView,
}

#[derive(Debug, Serialize)]
struct OptionView {
    id: String,
    title: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "name", rename_all = "lowercase")]
enum KindView {
    Choice { min: u64, max: u64, blank: bool },
}

#[derive(Debug, Serialize)]
struct StyleView {
    name: String,
    contests: Vec<u64>,
}

#[derive(Debug, Serialize)]
struct TrusteeView {
    name: String,
    key: String,
}

#[derive(Debug, Serialize)]
struct AssetView {
    path: String,
    hash: String,
}

impl ManifestView {
    /// The manifest of an election.
    pub fn new(election: &Election) -> Self {
        let manifest: &Manifest = election.manifest();
        Self {
            manifest_hash: election.id().to_hex(),
            fingerprint: election.fingerprint().to_string(),
            version: manifest.version,
            id: manifest.id.clone(),
            title: manifest.title.clone(),
            simulation: manifest.simulation,
            origin: manifest.origin.clone(),
            log: hex(manifest.log),
            policy: manifest.policy.clone(),
            contests: manifest.contests.iter().map(ContestView::new).collect(),
            styles: manifest.styles.iter().map(StyleView::new).collect(),
            authority: hex(manifest.authority),
            registrar: hex(manifest.registrar),
            trustees: manifest.trustees.iter().map(TrusteeView::new).collect(),
            threshold: manifest.threshold,
            quorum: manifest.quorum,
            minimum: manifest.minimum,
            assets: manifest.assets.iter().map(AssetView::new).collect(),
        }
    }
}

impl ContestView {
    fn new(contest: &Contest) -> Self {
        let ContestKind::Choice(choice) = contest.kind;
        let option = |option: &ContestOption| OptionView { id: option.id.clone(), title: option.title.clone() };
        Self {
            id: contest.id.clone(),
            title: contest.title.clone(),
            options: contest.options.iter().map(option).collect(),
            kind: KindView::Choice { min: choice.min, max: choice.max, blank: choice.blank },
        }
    }
}

impl StyleView {
    fn new(style: &Style) -> Self {
        Self { name: style.name.clone(), contests: style.contests.clone() }
    }
}

impl TrusteeView {
    fn new(trustee: &Trustee) -> Self {
        Self { name: trustee.name.clone(), key: hex(trustee.key) }
    }
}

impl AssetView {
    fn new(asset: &Asset) -> Self {
        Self { path: asset.path.clone(), hash: hex(asset.hash) }
    }
}
