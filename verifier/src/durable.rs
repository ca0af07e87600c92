//! Files that are whole, or as they were before, whenever the machine stops; and that stay once they are written.

use anyhow::{Context, ensure};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Writes a file; replaces what was there. It is durable when this returns.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut incoming = path.to_owned().into_os_string();
    incoming.push(".incoming");
    let incoming = PathBuf::from(incoming);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        make_folder(folder)?;
        let mut file = File::create(&incoming)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&incoming, path)?;
        File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Makes a folder with those above it. It is durable when this returns: a file is not, in a folder that is not.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    let is_new = |above: &&Path| !above.as_os_str().is_empty() && !above.is_dir();
    let new: Vec<&Path> = folder.ancestors().take_while(is_new).collect();
    fs::create_dir_all(folder)?;
    for above in new.into_iter().filter_map(Path::parent) {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        File::open(above)?.sync_all()?;
    }
    Ok(())
}

/// A file, of which a hostile sender decides the length; `None` if there is none.
pub fn read_at_most(path: &Path, most: usize) -> anyhow::Result<Option<Vec<u8>>> {
    let named = || format!("cannot read {}", path.display());
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        // To open a pipe is to wait for whoever may write into it.
        metadata => ensure!(metadata.with_context(named)?.is_file(), "{} is not a file", path.display()),
    }
    let file = File::open(path).with_context(named)?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).with_context(named)?;
    ensure!(bytes.len() <= most, "{} has more than {most} bytes", path.display());
    Ok(Some(bytes))
}
