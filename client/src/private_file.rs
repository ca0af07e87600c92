//! Files that must not be lost, and that nobody but their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// The file system failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct FileFault {
    /// What was to be done.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// Why it failed.
    pub source: io::Error,
}

impl FileFault {
    /// Names the file at which something failed.
    pub fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { action, path, source }
    }
}

/// Writes a file whole or not at all, readable by its owner only, and returns when it is durable. Replaces what was there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileFault> {
    let mut incoming = path.to_owned().into_os_string();
    incoming.push(".incoming");
    let incoming = PathBuf::from(incoming);
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    // What a killed process left behind is of no use to anybody.
    match fs::remove_file(&incoming) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(FileFault::at("replace", &incoming)(error));
        }
        _ => {}
    }
    let mut file = private(&mut OpenOptions::new()).open(&incoming).map_err(FileFault::at("create", &incoming))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(FileFault::at("write", &incoming))?;
    fs::rename(&incoming, path).map_err(FileFault::at("write", path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Reads a file of at most `limit` bytes; `None` if there is none. What was read is wiped when dropped.
pub fn read(path: &Path, limit: u64) -> Result<Option<Zeroizing<Vec<u8>>>, FileFault> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileFault::at("read", path)(error)),
    };
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(FileFault::at("read", path))?;
    if bytes.len() as u64 > limit {
        let error = io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {limit} bytes"));
        return Err(FileFault::at("read", path)(error));
    }
    Ok(Some(bytes))
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> Result<(), FileFault> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileFault::at("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner may enter, with those above it; leaves an existing one as it is. It is
/// durable when this returns.
pub fn create_folder(folder: &Path) -> Result<(), FileFault> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let new: Vec<&Path> =
        folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.is_dir()).collect();
    builder.recursive(true).create(folder).map_err(FileFault::at("create", folder))?;
    // A file is not durable in a folder that is not.
    new.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true).create_new(true)
}

/// Makes the names in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), FileFault> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|opened| opened.sync_all()).map_err(FileFault::at("write", folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/key");
        write(&path, b"first").unwrap();
        fs::write(folder.path().join("below/key.incoming"), b"of a killed process").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(**read(&path, 6).unwrap().unwrap(), *b"second");
        assert_eq!(fs::read_dir(folder.path().join("below")).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode =
                |path: &Path| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
            assert_eq!(mode(&path) & 0o777, 0o600);
            assert_eq!(mode(path.parent().unwrap()) & 0o777, 0o700);
        }
    }

    #[test]
    fn what_is_too_large_or_missing_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(read(&path, 5).unwrap().is_none());
        write(&path, b"123456").unwrap();
        assert!(read(&path, 5).unwrap_err().to_string().contains("more than 5 bytes"));
    }
}
