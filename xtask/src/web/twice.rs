//! `cargo xtask web --twice`: two builds, one hash.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{MODULES, Place, Toolchain, clear, copy, folder, web};
use crate::run::{root, say, step, target_directory};

/// Builds the pages, and their modules once more where every path is another one: nothing built before is used. Fails unless
/// each module has the same hash in both places, so that whoever has the sources and the toolchain can tell what a server gives.
pub fn twice() -> Result<()> {
    web()?;
    let elsewhere = std::path::absolute(target_directory())?.join("elsewhere");
    clear(&elsewhere)?;
    let place = make(&elsewhere)?;
    let toolchain = Toolchain::find()?;
    for module in &MODULES {
        let name = module.file;
        step(&format!("Building {name} elsewhere"), &mut toolchain.build(module, &place)?)?;
        let (here, there) = (folder().join("assets").join(name), place.built(module));
        let (hash_here, hash_there) = (hash(&here)?, hash(&there)?);
        ensure!(
            hash_here == hash_there,
            "{name} depends on where it is built: {} has the SHA-256 {hash_here}, and {} has {hash_there}. \
             `strings` of both, compared, may show a path that xtask/src/web.rs does not write out of what is built",
            here.display(),
            there.display(),
        );
        say(&format!("{name} in both places: {hash_here}"));
    }
    clear(&elsewhere)
}

/// A copy of the sources, a directory of cargo's with nothing in it, and another way to cargo's home.
fn make(folder: &Path) -> Result<Place> {
    let home = Place::here()?.home;
    let place = Place { sources: folder.join("sources"), target: folder.join("built"), home: folder.join("home") };
    fs::create_dir_all(&place.sources)?;
    std::os::unix::fs::symlink(&home, &place.home).with_context(|| format!("no way to {}", home.display()))?;
    for found in fs::read_dir(root())? {
        let found = found?;
        let (name, path) = (found.file_name(), found.path());
        let is_source = !name.to_string_lossy().starts_with('.') && name != "target" && !folder.starts_with(&path);
        if is_source && path.is_dir() {
            copy(&path, &place.sources.join(name))?;
        } else if is_source {
            fs::copy(&path, place.sources.join(name))?;
        }
    }
    Ok(place)
}

fn hash(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("no {}", file.display()))?;
    Ok(HEXLOWER.encode(&Sha256::digest(bytes)))
}
