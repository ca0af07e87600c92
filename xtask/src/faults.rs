//! `cargo xtask kill` and `cargo xtask flood`: two tests of `tests/faults`, for longer than `cargo xtask test` has time for.

use anyhow::{Context, Result, bail};

use crate::needs::{C_COMPILER, POSTGRES, install};
use crate::run::{cargo, step};

/// Kills servers, witnesses and their database in so many rounds while voters vote, half of them with each store.
pub fn kill(arguments: &[&str]) -> Result<()> {
    let [rounds, seed] = numbers(arguments, [("--rounds", "200"), ("--seed", "1")])?;
    run("killed::", &[("TABELLA_KILLS", rounds), ("TABELLA_SEED", seed)])
}

/// Hands in so many payloads that no server takes, while voters vote.
pub fn flood(arguments: &[&str]) -> Result<()> {
    let [posts] = numbers(arguments, [("--posts", "100000")])?;
    run("hostile::voters_get_receipts_in_a_flood", &[("TABELLA_FLOOD", posts)])
}

fn run(tests: &str, variables: &[(&str, &str)]) -> Result<()> {
    install(&[C_COMPILER, POSTGRES])?;
    step("Programs", &mut cargo(&["build", "--locked", "--workspace", "--bins"]))?;
    let mut test = cargo(&["test", "--locked", "--workspace", "--test", "faults", tests, "--", "--nocapture"]);
    step("Faults", test.envs(variables.iter().copied()))
}

/// The values of these options, in their order.
fn numbers<'a, const N: usize>(arguments: &[&'a str], options: [(&str, &'a str); N]) -> Result<[&'a str; N]> {
    let mut values = options.map(|(_, value)| value);
    for pair in arguments.chunks(2) {
        let place = options.iter().position(|(name, _)| pair.first() == Some(name));
        match (place.and_then(|place| values.get_mut(place)), pair) {
            (Some(value), [name, number]) => {
                number.parse::<u64>().with_context(|| format!("{name} takes a whole number"))?;
                *value = number;
            }
            _ => bail!("no argument `{}`; `cargo xtask help` names them", pair.join(" ")),
        }
    }
    Ok(values)
}
