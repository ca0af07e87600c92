//! The manifest as JSON. Implements specs/server.md#manifest.

use data_encoding::HEXLOWER;
use serde::Serialize;
use tabella_counting::rule::CountingRule;
use tabella_election::Election;
use tabella_election::message::{
    Allocation, Asset, Choice, Contest, ContestKind, ContestOption, List, Lists, Manifest, Positional, Quadratic,
    Ranking, Score, Style, Trustee,
};

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
    counting: Option<CountingView>,
}

/// How seats follow from the totals; the tie-break by numbers, as in the manifest.
#[derive(Debug, Serialize)]
struct CountingView {
    method: &'static str,
    seats: u64,
    tie_break: Option<Vec<u64>>,
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
    Score { most: u64, min: u64, max: u64 },
    Positional { min: u64, weights: Vec<u64> },
    Quadratic { credits: u64 },
    Ranking { ties: bool },
    Lists { lists: Vec<ListView>, min: u64, max: u64 },
    Allocation { amount: u64, range: bool },
}

#[derive(Debug, Serialize)]
struct ListView {
    id: String,
    title: String,
    options: u64,
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
        let option = |option: &ContestOption| OptionView { id: option.id.clone(), title: option.title.clone() };
        Self {
            id: contest.id.clone(),
            title: contest.title.clone(),
            options: contest.options.iter().map(option).collect(),
            kind: KindView::new(&contest.kind),
            counting: contest.counting.0.as_ref().map(CountingView::new),
        }
    }
}

impl CountingView {
    fn new(rule: &CountingRule) -> Self {
        let CountingRule { method, seats, tie_break } = rule;
        Self { method: method.as_str(), seats: *seats, tie_break: tie_break.clone() }
    }
}

impl KindView {
    fn new(kind: &ContestKind) -> Self {
        match kind {
            ContestKind::Choice(Choice { min, max, blank }) => Self::Choice { min: *min, max: *max, blank: *blank },
            ContestKind::Score(Score { most, min, max }) => Self::Score { most: *most, min: *min, max: *max },
            ContestKind::Positional(Positional { min, weights }) => {
                Self::Positional { min: *min, weights: weights.clone() }
            }
            ContestKind::Quadratic(Quadratic { credits }) => Self::Quadratic { credits: *credits },
            ContestKind::Ranking(Ranking { ties }) => Self::Ranking { ties: *ties },
            ContestKind::Lists(Lists { lists, min, max }) => {
                Self::Lists { lists: lists.iter().map(ListView::new).collect(), min: *min, max: *max }
            }
            ContestKind::Allocation(Allocation { amount, range }) => {
                Self::Allocation { amount: *amount, range: *range }
            }
        }
    }
}

impl ListView {
    fn new(list: &List) -> Self {
        Self { id: list.id.clone(), title: list.title.clone(), options: list.options }
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

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tabella_counting::rule::Method;
    use tabella_election::message::Counting;

    use super::*;

    /// Every kind, and every method, is one of the contract's.
    #[test]
    fn every_contest_is_one_of_the_contract() {
        let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/openapi.json");
        let document: Value = serde_json::from_slice(&std::fs::read(document).unwrap()).unwrap();
        let schema = document.pointer("/components/schemas/Manifest/properties/contests/items").unwrap();
        let schema = jsonschema::validator_for(schema).unwrap();
        let list = List { id: "l".to_owned(), title: "L".to_owned(), options: 1 };
        let kinds = [
            ContestKind::Choice(Choice { min: 1, max: 1, blank: true }),
            ContestKind::Score(Score { most: 5, min: 0, max: 9 }),
            ContestKind::Positional(Positional { min: 1, weights: vec![2, 1] }),
            ContestKind::Quadratic(Quadratic { credits: 9 }),
            ContestKind::Ranking(Ranking { ties: true }),
            ContestKind::Lists(Lists { lists: vec![list], min: 0, max: 1 }),
            ContestKind::Allocation(Allocation { amount: 100, range: false }),
        ];
        let rule = |method: &Method| CountingRule { method: *method, seats: 1, tie_break: Some(vec![0]) };
        let rules = Method::ALL.iter().map(rule).map(Some).chain([None]);
        let rules: Vec<Option<CountingRule>> = rules.collect();
        for (kind, rule) in kinds.iter().flat_map(|kind| rules.iter().map(move |rule| (kind, rule))) {
            let view = ContestView::new(&Contest {
                id: "c".to_owned(),
                title: "C".to_owned(),
                options: vec![ContestOption { id: "a".to_owned(), title: "A".to_owned() }],
                kind: kind.clone(),
                counting: Counting(rule.clone()),
            });
            let view = serde_json::to_value(view).unwrap();
            let faults: Vec<String> = schema.iter_errors(&view).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{view:#}\n{faults:#?}");
            assert_eq!(view["kind"]["name"], kind.name());
            let method = view["counting"].get("method").map_or(&Value::Null, |method| method);
            assert_eq!(*method, json!(rule.as_ref().map(|rule| rule.method.as_str())));
        }
    }
}
