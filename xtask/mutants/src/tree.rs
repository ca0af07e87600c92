//! A copy of the workspace, in which the sources have all their mutants.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::list::{Key, Mutant};
use crate::packages::PACKAGES;
use crate::render::render;
use crate::sites::{Site, sites};

/// What mutated code may do that nobody would write.
const ALLOWED: &str = "#![allow(warnings, arithmetic_overflow, unconditional_panic, unconditional_recursion)] ";

pub struct Tree {
    pub folder: PathBuf,
    root: PathBuf,
    files: BTreeMap<String, File>,
    /// Mutants that are not built with the others, and whether it is known that they cannot compile at all.
    pub apart: BTreeMap<u32, bool>,
    /// The keys of the same, from run to run.
    memory: PathBuf,
    keys: BTreeMap<u32, Key>,
}

/// A source file that has mutants.
struct File {
    text: String,
    sites: Vec<Site>,
}

impl Tree {
    /// Copies what git would keep of the workspace; what has not changed is left alone, so that it need not be built again.
    pub fn new(root: &Path, folder: PathBuf, mutants: &[Mutant]) -> Result<Self> {
        let mut by_file: BTreeMap<String, Vec<&Mutant>> = BTreeMap::new();
        for mutant in mutants {
            by_file.entry(mutant.key.file.clone()).or_default().push(mutant);
        }
        let memory = folder.with_extension("apart.jsonl");
        let known = std::fs::read_to_string(&memory).unwrap_or_default();
        let known: BTreeMap<Key, bool> = known.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let keys: BTreeMap<u32, Key> = mutants.iter().map(|mutant| (mutant.number, mutant.key.clone())).collect();
        let mut tree =
            Self { folder, root: root.to_owned(), files: BTreeMap::new(), apart: BTreeMap::new(), memory, keys };
        for (name, mutants) in by_file {
            let text = std::fs::read_to_string(root.join(&name)).with_context(|| name.clone())?;
            let (sites, apart) = sites(&text, &mutants).with_context(|| name.clone())?;
            tree.apart.extend(apart.into_iter().map(|number| (number, false)));
            tree.files.insert(name, File { text, sites });
        }
        let remembered = tree.keys.iter().filter_map(|(number, key)| Some((*number, *known.get(key)?)));
        tree.apart.extend(remembered);
        Ok(tree)
    }

    /// From now on these are not built with the others; `true`: they cannot compile at all.
    pub fn take_out(&mut self, apart: BTreeMap<u32, bool>) -> Result<()> {
        let mut file = std::fs::File::options().create(true).append(true).open(&self.memory)?;
        for (number, is_unviable) in &apart {
            if let Some(key) = self.keys.get(number) {
                writeln!(file, "{}", serde_json::to_string(&(key, is_unviable))?)?;
            }
        }
        self.apart.extend(apart);
        Ok(())
    }

    /// Writes everything, without the mutants that are apart.
    pub fn write(&self) -> Result<()> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root)
            .output()
            .context("could not start git")?;
        ensure!(output.status.success(), "git ls-files: {}", output.status);
        let names = String::from_utf8(output.stdout).context("a file whose name is not UTF-8")?;
        // Cargo finds the settings of the workspace, above the copy; those of a copy would be added to them, and all be built anew.
        let is_copied = |name: &&str| !name.starts_with(".cargo/") && self.root.join(name).is_file();
        for name in names.split('\0').filter(is_copied) {
            self.write_file(name)?;
        }
        Ok(())
    }

    /// Writes a file as it stands in the tree with all mutants.
    pub fn write_file(&self, name: &str) -> Result<()> {
        let bytes = match self.files.get(name) {
            Some(file) => self.dressed(name, &self.rendered(file)).into_bytes(),
            None => {
                let bytes = std::fs::read(self.root.join(name)).with_context(|| name.to_owned())?;
                if Self::is_library(name) { self.dressed(name, &String::from_utf8(bytes)?).into_bytes() } else { bytes }
            }
        };
        self.put(name, &bytes)
    }

    /// Writes the file with this mutant alone, as `cargo mutants` does.
    pub fn write_alone(&self, mutant: &Mutant) -> Result<()> {
        let name = &mutant.key.file;
        let text = &self.files.get(name).context("a mutant of no file")?.text;
        let (before, after) = (&text[..mutant.begin], &text[mutant.end..]);
        self.put(name, self.dressed(name, &format!("{before}{}{after}", mutant.replacement)).as_bytes())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        if std::fs::read(&path).is_ok_and(|found| found == bytes) {
            return Ok(());
        }
        std::fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())
    }

    fn rendered(&self, file: &File) -> String {
        render(&file.text, &file.sites, &|mutant| !self.apart.contains_key(&mutant))
    }

    fn is_library(name: &str) -> bool {
        PACKAGES.iter().any(|package| name == format!("{}/src/lib.rs", package.folder))
    }

    /// The root of a crate gets the switch.
    fn dressed(&self, name: &str, text: &str) -> String {
        if Self::is_library(name) {
            format!("{ALLOWED}{text}\n{}", include_str!("switch.rs").replace("//!", "//"))
        } else {
            text.to_owned()
        }
    }

    /// The mutants that an error at this byte of a file is about, and whether it stands in the very text that one of them puts
    /// in place.
    pub fn blamed(&self, name: &str, at: usize) -> Option<(Vec<u32>, bool)> {
        use crate::render::{Blame, blame};
        let file = self.files.get(name)?;
        match blame(&self.dressed(name, &self.rendered(file)), at)? {
            Blame::Mutant(number) => Some((vec![number], true)),
            Blame::Site(site) => {
                let mutants = file.sites.get(site)?.mutants.iter().map(|(mutant, _)| *mutant);
                Some((mutants.filter(|mutant| !self.apart.contains_key(mutant)).collect(), false))
            }
        }
    }
}
