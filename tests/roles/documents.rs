//! The commands in the pages for authority, registrar and witness, in the helps, and in what systemd runs, are commands.

use clap::{CommandFactory, Parser, Subcommand};
use tabella::{authority, registrar, server, witness};

#[derive(Debug, Parser)]
struct Program {
    #[command(subcommand)]
    _command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Authority(authority::Arguments),
    Registrar(registrar::Arguments),
    Serve(Box<server::ServeArguments>),
    Witness(witness::Arguments),
}

/// Whether the words are a command, once what stands for something has been filled in.
fn judge(command: &str) {
    let command = command.replace("ADDRESS", "https://vote.example.org/city-2026").replace("VOTERS", "voters");
    let command = command.replace("FINGERPRINT", "F2KQ-7H3M-0W5X-9RNB-4TDA-C6ZE-8PJG-1VYS");
    let mut words: Vec<String> = Vec::new();
    for (number, part) in command.split('"').enumerate() {
        match number % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    let parsed = Program::try_parse_from(words).map_err(|error| error.to_string());
    assert!(parsed.is_ok(), "{command}: {parsed:?}");
}

/// Lines of code, and code in sentences, that name one of our commands with its arguments.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| line.starts_with("    ") || line.starts_with("  tabella")).map(str::trim);
    let in_sentences = text.split('`').skip(1).step_by(2).filter(|code| code.contains(" --dir "));
    lines.chain(in_sentences).filter(|code| {
        ["authority", "registrar", "witness"].iter().any(|role| code.starts_with(&format!("tabella {role} ")))
    })
}

#[test]
fn every_command_of_the_pages_is_one() {
    let root = env!("CARGO_MANIFEST_DIR");
    for (page, least) in [("authority", 10), ("registrar", 7), ("witness", 5)] {
        let text = std::fs::read_to_string(format!("{root}/docs/{page}.md")).unwrap();
        let found: Vec<&str> = commands(&text).collect();
        assert!(found.len() >= least, "{found:?}");
        found.into_iter().for_each(judge);
    }
}

#[test]
fn every_example_of_the_helps_is_one() {
    let mut count = 0;
    for mut role in Program::command().get_subcommands().cloned() {
        let mut helps = vec![role.render_long_help().to_string()];
        let own = role.get_subcommands_mut().filter(|command| command.get_name() != "help");
        helps.extend(own.map(|command| command.render_long_help().to_string()));
        for help in &helps {
            assert!(help.contains("Example"), "{help}");
            count += commands(help).count();
            commands(help).for_each(judge);
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn what_systemd_runs_is_a_command() {
    for unit in ["tabella", "tabella-witness"] {
        let text = std::fs::read_to_string(format!("{}/deploy/{unit}.service", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let run = text.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/")).unwrap();
        judge(run.trim_end_matches(" $TABELLA_SERVE_ARGUMENTS"));
    }
}
