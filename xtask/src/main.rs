//! What a developer runs: `cargo xtask demo`, `cargo xtask test`, and parts of the latter alone.

mod bench;
mod browser;
mod demo;
mod faults;
mod foreign;
mod fuzz;
mod hostile;
mod mutants;
mod needs;
mod python;
mod recount;
mod run;
mod test;
mod town;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

  demo      build, run a whole election on 66 real ballots between separate programs, verify its record, and leave its
            board open to look at, with one of another election in which you can vote in a browser; with --once, end
  test      everything that must pass: format, lints, tests, documentation, vectors, recount, foreign code, hostile
            requests, the pages in a browser, licences
  web       build the pages that voters and observers load, for `tabella serve`; with --twice, build their modules in a second
            place too, and compare the hashes
  recount   have votes counted by tabella-counting and by programs of others, and compare
  foreign   build, vote, and have log, witness and receipt judged by Go's x/mod/sumdb, aics-tlog, aics-witness and
            proofbundle
  hostile   build, and ask the server what schemathesis makes up from specs/openapi.json
  browser   build, check the types of the pages, and drive a real browser through an election; with --bench, measure instead how
            long a browser encrypts
  town      FOLDER VOTERS PLAN: build nothing, hold an election open, and take commands from standard input (xtask/src/town.rs)
  bench     what ballots of every kind cost, and whole records, beside the least possible and beside peers; --json, --only WORD, --help
  fuzz      have both implementations judge entries, texts and files changed at random; --seconds N, --from ROUND
  kill      kill servers, witnesses and their database at random moments while voters vote; --rounds N, half of them with each
            store, --seed N
  flood     hand in payloads that no server takes while voters vote; --posts N
  mutants   change the verifier, the mathematics and the rules in every small way, and have their tests notice; --help
  vectors   write specs/vectors anew, forged records too, and check them with the independent script

What a command needs and the machine lacks is installed with apt-get (as root, on Debian); each command says so.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[&str]) -> Result<()> {
    std::env::set_current_dir(run::root())?;
    match arguments {
        ["demo"] => demo::demo(false),
        ["demo", "--once"] => demo::demo(true),
        ["test"] => test::test(),
        ["recount"] => test::recount(),
        ["foreign"] => test::foreign(),
        ["hostile"] => test::hostile(),
        ["browser"] => test::browser(browser::TESTS),
        ["browser", "--bench"] => test::browser(&["bench.test.js"]),
        ["town", folder, voters, plan] => town::town(std::path::Path::new(folder), voters.parse()?, plan),
        ["web"] => web::web(),
        ["web", "--twice"] => web::twice(),
        ["vectors"] => test::vectors(),
        ["fuzz", arguments @ ..] => fuzz::fuzz(arguments),
        ["kill", arguments @ ..] => faults::kill(arguments),
        ["flood", arguments @ ..] => faults::flood(arguments),
        ["mutants", arguments @ ..] => mutants::mutants(arguments),
        ["bench", arguments @ ..] => bench::bench(arguments),
        [] | ["help" | "--help" | "-h"] => {
            run::say(HELP);
            Ok(())
        }
        other => bail!("no command `{}`; `cargo xtask help` lists them", other.join(" ")),
    }
}
