//! The voting page, file by file.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tabella_election::message::Asset;
use toml::Spanned;

use super::{ElectionFileFault, Text};
use crate::server::pages::PACKED;

impl Text<'_> {
    /// The hashes of all files of the voting page, by path.
    pub(super) fn assets(&self, page: Option<&Spanned<PathBuf>>) -> Result<Vec<Asset>, ElectionFileFault> {
        let Some(page) = page else { return Ok(Vec::new()) };
        let root = self.path.parent().unwrap_or(Path::new("")).join(page.get_ref());
        let mut assets = Vec::new();
        collect(&root, "", &mut assets)
            .map_err(|error| self.fault(page.span().start, format!("cannot read {}: {error}", root.display())))?;
        assets.sort_by(|one, next| one.path.cmp(&next.path));
        Ok(assets)
    }
}

fn collect(folder: &Path, prefix: &str, assets: &mut Vec<Asset>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| std::io::ErrorKind::InvalidFilename)?;
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), assets)?;
        } else if entry.path().extension().is_none_or(|ending| ending != PACKED) {
            let hash: [u8; 32] = Sha256::digest(fs::read(entry.path())?).into();
            assets.push(Asset { path, hash: hash.into() });
        }
    }
    Ok(())
}
