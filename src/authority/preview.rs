//! What a manifest means, in sentences: shown before it is signed.

use std::fmt::Write;

use tabella_board::policy::{Guarantee, Policy};
use tabella_client::remote::Address;
use tabella_election::Election;
use tabella_election::message::{Contest, ContestKind, ContestOption, Manifest, Trustee};

use super::amount_proof::AmountProof;
use crate::wording::{self, join, wrap};

/// Totals of fewer ballots than this tell too much of each.
const FEW_BALLOTS: u64 = 5;

/// The whole preview: what is voted on, who holds which key, and who could break what.
pub fn preview(election: &Election, address: &Address) -> String {
    let manifest = election.manifest();
    let mut text = format!("{}\n", manifest.title);
    if manifest.simulation {
        text.push_str("SIMULATION: every report will say that no real voters take part.\n");
    }
    let _ = writeln!(text, "\nAddress      {address}\nFingerprint  {}", election.fingerprint());
    manifest.contests.iter().for_each(|contest| text.push_str(&contest_text(contest)));
    text.push_str(&styles_text(manifest));
    text.push_str(&people_text(manifest));
    text.push_str("\nWho could break what, with these settings:\n");
    for danger in dangers(manifest, address) {
        let _ = writeln!(text, "{}", wrap("  – ", &danger));
    }
    text
}

/// Who could break the secrecy of votes, or what everybody sees of the election: one sentence or two for each.
pub fn dangers(manifest: &Manifest, address: &Address) -> Vec<String> {
    let mut dangers = vec![readers(manifest)];
    dangers.extend(losses(manifest));
    dangers.push(witnesses(manifest));
    dangers.push(
        "The registrar makes every voter's code, and can vote for those who do not vote until it has destroyed the \
         codes (`tabella registrar forget`)."
            .to_owned(),
    );
    if manifest.minimum < FEW_BALLOTS {
        dangers.push(match manifest.minimum {
            1 => "minimum = 1: if only one voter answers a question, the total shows that voter's vote.".to_owned(),
            few => format!("minimum = {few}: the totals of only {few} ballots may show how each of them voted."),
        });
    }
    if manifest.styles.len() > 1 {
        dangers.push(
            "There is more than one style: if few voters share a style and a weight, totals may show how they voted. \
             `tabella authority open` names such small classes before it opens the voting."
                .to_owned(),
        );
    }
    dangers.extend(numbers(manifest));
    if manifest.assets.is_empty() {
        dangers.push(
            "The manifest fixes no voting page: nobody can compare the page that a voter gets with the right one."
                .to_owned(),
        );
    }
    if address.to_string().starts_with("http:") {
        dangers.push(
            "The address begins with http: whoever sits between a voter and the board can change the page, and so read \
             and change that vote. Use https."
                .to_owned(),
        );
    }
    dangers.extend(other_host(manifest, address));
    dangers
}

/// Who together can read votes.
fn readers(manifest: &Manifest) -> String {
    let names: Vec<&str> = manifest.trustees.iter().map(|trustee| trustee.name.as_str()).collect();
    match (manifest.threshold, names.as_slice()) {
        (1, [only]) => format!("1 of 1 trustee: {only} alone can read every vote."),
        (1, _) => format!("1 of {} trustees: each of {} alone can read every vote.", names.len(), join(&names, "and")),
        (threshold, _) if threshold == names.len() as u64 => format!(
            "{threshold} of {threshold} trustees: {} together can read every vote; fewer of them can read none.",
            join(&names, "and")
        ),
        (threshold, _) => format!(
            "{threshold} of {} trustees: any {threshold} of {} together can read every vote; fewer of them can read none.",
            names.len(),
            join(&names, "and")
        ),
    }
}

/// Numbers that a voter picks can be recognised in a total.
fn numbers(manifest: &Manifest) -> Option<String> {
    let has_numbers = |contest: &&Contest| match &contest.kind {
        ContestKind::Score(_) | ContestKind::Quadratic(_) | ContestKind::Allocation(_) => contest.largest().option > 1,
        _ => false,
    };
    let ids: Vec<&str> = manifest.contests.iter().filter(has_numbers).map(|contest| contest.id.as_str()).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "In {} voters give numbers: where only one voter gives anything to an option, its total is that number. \
             Whoever buys votes can ask for a certain number and look for it.",
            join(&ids, "and")
        )
    })
}

/// What stops the election when keys are lost.
fn losses(manifest: &Manifest) -> Vec<String> {
    let trustees = manifest.trustees.len() as u64;
    let mut losses = Vec::new();
    if manifest.threshold == trustees {
        losses.push("If one trustee loses the key, nobody can count.".to_owned());
    } else if manifest.quorum == manifest.threshold {
        losses.push(format!(
            "quorum = threshold = {}: the key ceremony may end with only {} trustees. Then, if one of them loses the key, \
             nobody can count.",
            manifest.quorum, manifest.quorum
        ));
    }
    if manifest.quorum == trustees && trustees > 1 {
        losses.push("Every trustee must take part in the key ceremony: if one is absent, it fails.".to_owned());
    }
    losses
}

fn witnesses(manifest: &Manifest) -> String {
    let policy = Policy::parse(&manifest.policy).ok();
    match policy.as_ref().and_then(|policy| Some((policy, policy.guarantee()?))) {
        Some((policy, guarantee)) => witnesses_text(policy, guarantee),
        None => {
            let others = match manifest.threshold - 1 {
                0 => String::new(),
                1 => " and one trustee".to_owned(),
                others => format!(" and {others} trustees"),
            };
            format!(
                "No witnesses: the board's operator could show different people different records, each valid in itself. \
                 Together with the authority{others} the operator could so learn single votes."
            )
        }
    }
}

/// What the quorum guarantees, and what it costs.
fn witnesses_text(policy: &Policy, guarantee: Guarantee) -> String {
    let names: Vec<&str> = policy.witnesses().iter().map(|witness| witness.name.as_str()).collect();
    let witnesses = |count| if count == 1 { "1 witness".to_owned() } else { format!("{count} witnesses") };
    let split = match guarantee.to_split {
        0 => {
            "The board's operator can show different people different records although no witness cheats: this quorum \
              guarantees nothing."
                .to_owned()
        }
        count => format!(
            "The board's operator can show different people different records only if at least {} cheat{} as well.",
            witnesses(count),
            if count == 1 { "s" } else { "" }
        ),
    };
    let stop = format!(
        "If {} {} away, ballots are received, but nothing is published and the voting cannot be closed.",
        witnesses(guarantee.to_stop),
        if guarantee.to_stop == 1 { "is" } else { "are" }
    );
    let advice = if guarantee.is_strong() {
        ""
    } else {
        " A quorum of more than two thirds is stronger than those who cheat, as long as they are too few to stop the board: \
         3 of 3, 3 of 4, 4 of 5, 5 of 7."
    };
    format!("Witnesses: {}. {split} {stop}{advice}", join(&names, "and"))
}

fn other_host(manifest: &Manifest, address: &Address) -> Option<String> {
    let address = address.to_string();
    let (_, place) = address.split_once("://")?;
    (place != manifest.origin).then(|| {
        format!(
            "The log is named {}, and the address leads elsewhere: voters may wonder. Is the address right?",
            manifest.origin
        )
    })
}

fn contest_text(contest: &Contest) -> String {
    let mut text = format!("\n{} ({}): {}\n", contest.title, contest.id, wording::rule(contest));
    match &contest.kind {
        ContestKind::Lists(lists) => {
            for (list, range) in lists.lists.iter().zip(lists.ranges()) {
                let _ = writeln!(text, "  {} ({})", list.title, list.id);
                text.push_str(&options_text("    ", contest.options.get(range).unwrap_or_default()));
            }
        }
        _ => text.push_str(&options_text("  ", &contest.options)),
    }
    let mut sentences = vec![wording::counting(contest)];
    sentences.extend(wording::tie_break(contest));
    if let ContestKind::Allocation(allocation) = contest.kind {
        sentences.push(AmountProof::of(contest, allocation).sentence());
    }
    for sentence in sentences {
        let _ = writeln!(text, "{}", wrap("  ", &sentence));
    }
    text
}

fn options_text(indent: &str, options: &[ContestOption]) -> String {
    options.iter().map(|option| format!("{indent}· {} ({})\n", option.title, option.id)).collect()
}

fn styles_text(manifest: &Manifest) -> String {
    let mut text = "\nStyles: which voters have which questions\n".to_owned();
    for style in &manifest.styles {
        let contests = style.contests.iter().filter_map(|index| manifest.contests.get(usize::try_from(*index).ok()?));
        let ids: Vec<&str> = contests.map(|contest| contest.id.as_str()).collect();
        let _ = writeln!(text, "  {}: {}", style.name, ids.join(", "));
    }
    text
}

fn people_text(manifest: &Manifest) -> String {
    let mut text = "\nKeys\n".to_owned();
    let hex = |key: &tabella_election::SignerKey| data_encoding::HEXLOWER.encode(&key.0);
    let others = [("authority", &manifest.authority), ("registrar", &manifest.registrar), ("log", &manifest.log)];
    let trustees = manifest.trustees.iter().map(|Trustee { name, key }| (format!("trustee {name}"), key));
    let all = others.into_iter().map(|(name, key)| (name.to_owned(), key)).chain(trustees);
    for (name, key) in all {
        let _ = writeln!(text, "  {}  {name}", hex(key));
    }
    let _ = writeln!(
        text,
        "\n{} of {} trustees decrypt; the key ceremony needs {} of them; no total is shown of fewer than {} ballots.",
        manifest.threshold,
        manifest.trustees.len(),
        manifest.quorum,
        manifest.minimum
    );
    text
}
