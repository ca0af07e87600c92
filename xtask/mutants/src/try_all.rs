//! Trying mutants, one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use crate::build::Programs;

use crate::cases::{Case, Ready, Said, order};
use crate::list::{Key, Mutant};
use crate::packages::{Package, Suite};
use crate::results::{Line, Outcome, Results, equivalents};
use crate::tree::Tree;
use crate::{Options, build, say};

/// Tries the mutants of these packages that were not tried before.
pub fn try_all(
    options: &Options,
    root: &Path,
    folder: &Path,
    wanted: &[&'static Package],
    lists: &BTreeMap<&str, Vec<Mutant>>,
) -> Result<()> {
    let listed = equivalents(&root.join("xtask/mutants/equivalent.toml"))?;
    let listed: BTreeSet<Key> = listed.into_iter().map(|one| one.key).collect();
    let all: Vec<Mutant> = lists.values().flatten().cloned().collect();
    let mut tree = Tree::new(root, folder.join("tree"), &all)?;
    for package in wanted {
        let mut results = Results::open(folder.join(format!("{}.jsonl", package.name)))?;
        let is_due = |mutant: &&Mutant| match results.lines.get(&mutant.key).map(|line| line.outcome) {
            None => true,
            Some(Outcome::Survived | Outcome::Unmet) => options.again && !listed.contains(&mutant.key),
            Some(_) => false,
        };
        let is_asked = |mutant: &&Mutant| {
            options.file.as_ref().is_none_or(|part| mutant.key.file.contains(part))
                && options.shard.is_none_or(|(shard, of)| mutant.number as usize % of == shard)
        };
        let due: Vec<&Mutant> = lists[package.name].iter().filter(is_due).filter(is_asked).collect();
        say(&format!("{}: {} of {} mutants to try", package.name, due.len(), lists[package.name].len()));
        if !due.is_empty() {
            say("building all mutants at once");
            let is_used = |suite: &&Suite| !options.own || suite.package == package.name;
            let suites: Vec<&'static Suite> = package.suites.iter().filter(is_used).collect();
            let programs = build::all_at_once(&mut tree, &all, &suites)?;
            // Only now it is known which could not be built with all others.
            let due = due.into_iter().filter(|mutant| !options.alone || tree.apart.contains_key(&mutant.number));
            let trial =
                Trial { tree: &tree, folder, package, suites, most: options.most, mutants: &lists[package.name] };
            trial.run(&programs, &due.collect::<Vec<_>>(), &mut results)?;
        }
    }
    Ok(())
}

struct Trial<'a> {
    tree: &'a Tree,
    folder: &'a Path,
    package: &'static Package,
    suites: Vec<&'static Suite>,
    most: Option<usize>,
    /// All of this package.
    mutants: &'a [Mutant],
}

impl Trial<'_> {
    fn run(&self, programs: &Programs, due: &[&Mutant], results: &mut Results) -> Result<()> {
        let (apart, together): (Vec<&Mutant>, Vec<&Mutant>) =
            due.iter().partition(|mutant| self.tree.apart.contains_key(&mutant.number));
        let is_unviable = |mutant: &&Mutant| self.tree.apart.get(&mutant.number) == Some(&true);
        let (unviable, alone): (Vec<&Mutant>, Vec<&Mutant>) = apart.into_iter().partition(is_unviable);
        for mutant in unviable {
            note(mutant, (Outcome::Unviable, None), results)?;
        }
        let measure = |suite| Ready::measure(suite, programs, &self.tree.folder, self.folder);
        let ready: Vec<Ready> = self.suites.iter().copied().map(measure).collect::<Result<_>>()?;
        for (done, mutant) in together.iter().enumerate() {
            let is_met = |case: &Case| case.met.contains(&mutant.number);
            note(mutant, self.judge(&ready, mutant, Some(mutant.number), &is_met, results)?, results)?;
            if done % 100 == 99 {
                say(&format!("{} of {}", done + 1, due.len()));
            }
        }
        for mutant in alone {
            note(mutant, self.alone(mutant, &ready, results)?, results)?;
        }
        Ok(())
    }

    /// A mutant that has no switch is built by itself, and concerns all cases that meet its file.
    fn alone(&self, mutant: &Mutant, ready: &[Ready], results: &Results) -> Result<(Outcome, Option<String>)> {
        self.tree.write_alone(mutant)?;
        let of_file = self.mutants.iter().filter(|other| other.key.file == mutant.key.file);
        let numbers: BTreeSet<u32> = of_file.map(|other| other.number).collect();
        let library = build::run(&self.tree.folder, &["build", "--lib", "--package", self.package.name])?;
        let found = if library.success && build::programs(&self.tree.folder, &self.suites)?.is_ok() {
            self.judge(ready, mutant, None, &|case| !case.met.is_disjoint(&numbers), results)
        } else {
            Ok((Outcome::Unviable, None))
        };
        self.tree.write_file(&mutant.key.file)?;
        found
    }

    /// Runs the cases that meet a mutant, until one fails.
    fn judge(
        &self,
        ready: &[Ready],
        mutant: &Mutant,
        number: Option<u32>,
        is_met: &dyn Fn(&Case) -> bool,
        results: &Results,
    ) -> Result<(Outcome, Option<String>)> {
        let finds = results.finds(&mutant.key.file);
        let mut outcome = Outcome::Unmet;
        for suite in ready {
            let mut cases = order(&suite.cases, is_met, &finds);
            cases.truncate(self.most.unwrap_or(usize::MAX));
            if !cases.is_empty() {
                outcome = Outcome::Survived;
            }
            match suite.judge(number, &cases)? {
                Said::Passed(_) => {}
                Said::Failed(case) => return Ok((Outcome::Caught, Some(case))),
                Said::TimedOut => return Ok((Outcome::TimedOut, None)),
            }
        }
        Ok((outcome, None))
    }
}

fn note(mutant: &Mutant, (outcome, by): (Outcome, Option<String>), results: &mut Results) -> Result<()> {
    if matches!(outcome, Outcome::Survived | Outcome::Unmet) {
        say(&format!("{outcome:?}: {}", mutant.name));
    }
    results.add(Line { key: mutant.key.clone(), outcome, by })
}
