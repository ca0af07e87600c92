//! `cargo xtask demo`: a whole election on real ballots, between separate programs, from the first key to a verified record.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tabella_town::election::Election;
use tabella_town::plan::{Plan, question};
use tabella_town::programs::Programs;

use crate::needs::{C_COMPILER, install};
use crate::run::{cargo, say, step, target_directory};
use crate::web;

const VOTES: &str = "tests/data/pabulib/Netherlands_Amsterdam_643.pb";
const TRUSTEES: usize = 5;
const THRESHOLD: usize = 3;
const WITNESSES: usize = 4;
const COSIGNING: usize = 3;

/// How many people can try the pages.
const VISITORS: usize = 5;

/// Builds, runs the election in `target/demo`, verifies its record; then serves it, and another one in which the voting is open, until
/// it is stopped; or ends if `once`.
pub fn demo(once: bool) -> Result<()> {
    install(&[C_COMPILER])?;
    let packages = ["tabella", "tabella-trustee", "tabella-verifier"];
    let packages = packages.iter().flat_map(|package| ["--package", package]);
    step("Building", &mut cargo(&[&["build", "--locked", "--bins"], &packages.collect::<Vec<_>>()[..]].concat()))?;
    if !once && let Err(error) = web::web() {
        say(&format!("The demonstration goes on without pages: {error:#}"));
    }
    let folder = target_directory().join("demo");
    clear(&folder)?;
    let votes = Votes::read(Path::new(VOTES))?;
    let programs = Programs::in_folder(&target_directory().join("debug"))?;
    let mut election = hold(&programs, &folder, &votes)?;
    say(&format!("\nEverything that each role keeps is in {}", folder.display()));
    let (verifier, record) = (target_directory().join("debug/tabella-verify"), folder.join("board/buurtbudget/record"));
    say(&format!("The public record is in {}; verify it again:", record.display()));
    say(&format!("  {} --expect {} {}", verifier.display(), election.fingerprint()?, record.display()));
    if once {
        return election.server.stop();
    }
    let _open = invite(&programs, &folder.join("village"))?;
    let address = election.address();
    say(&format!(
        "\nThe board of the election that has ended:\n  observe  {address}/observe\n  track    {address}/#track"
    ));
    say("\nAll this is open to look at, until you press Ctrl-C.");
    election.server.wait()
}

/// An election with questions of every kind, in which the voting is open: its links are printed.
fn invite(programs: &Programs, folder: &Path) -> Result<Election> {
    say("\n── A village votes: questions of every kind, and you can vote in a browser");
    let plan = Plan::village(VISITORS, 3, 2).witnessed(2, 2).fixing(web::folder());
    let (election, codes) = Election::voting(programs, folder, plan)?;
    let address = election.address();
    codes.iter().for_each(|code| say(&format!("  vote     {address}/#{code}")));
    say(&format!("  observe  {address}/observe\n  check    {address}/check"));
    Ok(election)
}

/// The election, step by step.
fn hold(programs: &Programs, folder: &Path, votes: &Votes) -> Result<Election> {
    let voters = votes.choices.len();
    say(&format!("\n── {}: the {voters} ballots of a participatory budget of Amsterdam, 2022", votes.title));
    say(
        "· authority, registrar, five trustees and four witnesses make their keys; the operator makes the board and starts its server",
    );
    let contests = question(&votes.title, votes.options.iter().map(|(id, title)| (id.as_str(), title.as_str())));
    let plan = Plan::about("buurtbudget", &votes.title, contests, [voters, TRUSTEES, THRESHOLD]);
    let plan = plan.witnessed(WITNESSES, COSIGNING).fixing(web::folder());
    let mut election = Election::gather(programs, folder, plan)?;
    say("· the authority publishes the manifest; everybody gets the fingerprint");
    election.publish_manifest()?;
    say(&format!("  {}  {}", election.address(), election.fingerprint()?));
    say("· the trustees make the election's keys, and show that their shares work");
    election.make_keys(&(0..TRUSTEES).collect::<Vec<_>>())?;
    say("· the registrar makes a code for each voter, and the letters");
    let codes = election.enrol()?;
    election.open()?;
    say(&format!(
        "· voting is open: {voters} voters encrypt, cast, and wait until {COSIGNING} of {WITNESSES} witnesses have signed what they verify"
    ));
    for (number, (code, choice)) in codes.iter().zip(&votes.choices).enumerate() {
        if number == voters / 2 {
            say("  a witness is away from now on; three are enough");
            election.witnesses.last_mut().context("there is no witness")?.kill()?;
        }
        election.voter(number, code)?.vote(choice)?;
        if (number + 1) % 11 == 0 {
            say(&format!("  {} of {voters}", number + 1));
        }
    }
    say("· the first voter looks at what became of her ballot");
    say(&indented(&election.voter(0, codes.first().context("there is no voter")?)?.track()?));
    election.close()?;
    say(&format!(
        "· voting is closed: {THRESHOLD} of {TRUSTEES} trustees verify the record and decrypt the sums; two are away"
    ));
    election.decrypt(&[0, 2, 4])?;
    say("· the authority publishes the result");
    say(&indented(&election.publish()?));
    say("· an observer verifies the record with a program that shares no code with the others");
    let ended = election.verify()?;
    ensure!(ended.status == Some(0), "the record is not valid:\n{}", ended.stdout);
    say(&indented(&ended.stdout));
    Ok(election)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The real votes: of each voter the id of the one option.
struct Votes {
    title: String,
    options: Vec<(String, String)>,
    choices: Vec<String>,
}

impl Votes {
    /// Reads as much of a Pabulib file as a poll of one choice needs.
    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let title =
            text.lines().find_map(|line| line.strip_prefix("description;")).context("no description")?.to_owned();
        let name = column(&text, "PROJECTS", "name")?.into_iter();
        let options = column(&text, "PROJECTS", "project_id")?.into_iter().zip(name).collect();
        Ok(Self { title, options, choices: column(&text, "VOTES", "vote")? })
    }
}

/// The values of a column of a section.
fn column(text: &str, section: &str, name: &str) -> Result<Vec<String>> {
    let mut rows = text.lines().skip_while(|line| *line != section).skip(1);
    let header = rows.next().with_context(|| format!("no section {section}"))?;
    let place = header.split(';').position(|column| column == name).with_context(|| format!("no column {name}"))?;
    // A section ends where the next one begins.
    let rows = rows.take_while(|row| row.contains(';'));
    rows.map(|row| row.split(';').nth(place).map(str::to_owned).with_context(|| format!("no {name} in {row}")))
        .collect()
}

/// The demonstration begins anew each time; nothing else is kept in its folder.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("could not empty {}", folder.display()))?;
    }
    Ok(())
}
