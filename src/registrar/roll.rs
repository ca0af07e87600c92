//! `tabella registrar roll`: from the list of voters to the roll on the board.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use tabella_client::confirm::Step;
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_client::randomness;
use tabella_election::kind::Phase;

use super::codes::{CodedVoter, Codes};
use super::command::Office;
use super::enrolment::{Standing, compare};
use super::voter_list::{self, ListedVoter};
use crate::folder::Folder;
use crate::outcome::Outcome;

/// How many names are listed of those who are added, removed or changed.
const NAMED: usize = 20;

/// Make a code for each voter of a list, and put the roll on the board
///
/// The list is a CSV file with a header and the columns id, weight and style. Every voter gets one code, however often you run this with the same
/// list. Until the voting is open you may run it with a changed list: the codes of voters who stay are kept.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella registrar roll voters.csv --dir registrar --board ADDRESS --expect FINGERPRINT
  tabella registrar roll voters.csv --dir registrar --check
A list:
  id,weight,style
  1001,1,all
  1002,1,all")]
pub(super) struct Arguments {
    /// The list of voters
    #[arg(value_name = "VOTERS.csv")]
    list: PathBuf,
    /// Only say what is wrong with the list, or what would change
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        let list = voter_list::read(&self.list, office.visit.board()?.election())?;
        let codes = office.codes()?;
        let is_setup = office.visit.board()?.phase() == Phase::Setup;
        let change = Change::between(codes.as_ref().map_or(&[][..], |codes| &codes.voters), &list);
        match codes {
            Some(codes) if change.is_none() => {
                let found = compare(office.visit.board()?.roll(), codes.revision, &codes.roll()?);
                match found {
                    Standing::Complete => {}
                    _ if !is_setup => office.ensure_setup()?,
                    _ if self.check => return Ok(checked(&list, "The roll still is to be sent.\n")),
                    Standing::Begun => office.send(&codes)?,
                    Standing::Other => {
                        folder.confirm.confirm(Step::Final, &printable(&replaces(&office)?))?;
                        let revision = office.next_revision()?;
                        office.publish(&Codes { revision, ..codes })?;
                    }
                }
            }
            codes => {
                office.ensure_setup()?;
                let question = match &codes {
                    Some(_) => Some((change.step(), change.question())),
                    None if office.visit.board()?.roll().revision() > 0 => Some((Step::Final, replaces(&office)?)),
                    None => None,
                };
                if self.check {
                    return Ok(checked(&list, &question.map_or_else(String::new, |(_, question)| question)));
                }
                if let Some((step, question)) = question {
                    folder.confirm.confirm(step, &printable(&question))?;
                }
                let revision = office.next_revision()?;
                let election = office.visit.board()?.election().id();
                let voters = assign(codes, list, &election)?;
                office.publish(&Codes { election, revision, voters })?;
            }
        }
        let text = format!(
            "{}The codes are sealed in {}.\nNext: `tabella registrar letters --out FOLDER`\n",
            office.roll_text()?,
            office.codes_path().display()
        );
        Ok(Outcome::done(printable(&text)))
    }
}

/// Each voter of the list with the code that it has, or a fresh one.
fn assign(
    codes: Option<Codes>,
    list: Vec<ListedVoter>,
    election: &tabella_election::ElectionId,
) -> Result<Vec<CodedVoter>> {
    let held = codes.map_or_else(Vec::new, |codes| codes.voters);
    let mut held: HashMap<String, CodedVoter> =
        held.into_iter().map(|voter| (voter.listed.id.clone(), voter)).collect();
    let mut rng = randomness::fresh()?;
    let assign = |listed: ListedVoter| match held.remove(&listed.id) {
        Some(voter) => Ok(CodedVoter { listed, code: voter.code }),
        None => CodedVoter::draw(listed, election, &mut rng),
    };
    list.into_iter().map(assign).collect()
}

fn checked(list: &[ListedVoter], note: &str) -> Outcome {
    let text = format!("The list is right: {} voters. Nothing was sent.\n{note}", list.len());
    Outcome::done(printable(&text))
}

/// The board has a roll that this folder has no codes for.
fn replaces(office: &Office) -> Result<String> {
    let roll = office.visit.board()?.roll();
    if roll.revision() == 0 {
        bail!("the codes in {} are of a later roll than the board's", office.codes_path().display());
    }
    Ok(format!(
        "The board has a roll of {} voters (revision {}) that was not made of the codes in {}.\nGoing on replaces it: all \
         codes that were given out for it are void, and those voters need new letters.\n",
        roll.voters().len(),
        roll.revision(),
        office.codes_path().display()
    ))
}

/// What a new list changes.
#[derive(Debug, Default)]
struct Change {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
}

impl Change {
    fn between(held: &[CodedVoter], list: &[ListedVoter]) -> Self {
        let mut before: HashMap<&str, &ListedVoter> =
            held.iter().map(|voter| (voter.listed.id.as_str(), &voter.listed)).collect();
        let mut change = Self::default();
        for voter in list {
            match before.remove(voter.id.as_str()) {
                None => change.added.push(voter.id.clone()),
                Some(held) if held != voter => change.changed.push(voter.id.clone()),
                Some(_) => {}
            }
        }
        let gone = held.iter().filter(|voter| before.contains_key(voter.listed.id.as_str()));
        change.removed = gone.map(|voter| voter.listed.id.clone()).collect();
        change
    }

    fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// Who is removed has no code any more, and gets another one if added again; all else can be changed back.
    fn step(&self) -> Step {
        if self.removed.is_empty() { Step::Reversible } else { Step::Final }
    }

    fn question(&self) -> String {
        let mut text = "The list has changed:\n".to_owned();
        for (what, ids) in [
            ("added, with new codes", &self.added),
            ("removed, whose codes are void", &self.removed),
            ("with another weight or style, whose codes stay", &self.changed),
        ] {
            if !ids.is_empty() {
                let named: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
                let more = if ids.len() > NAMED { ", …" } else { "" };
                text.push_str(&format!("  {} {what}: {}{more}\n", ids.len(), named.join(", ")));
            }
        }
        text.push_str("All others keep their codes. Publish the changed roll?\n");
        text
    }
}
