//! The folders of a simulation: what is public, and what each role would keep on a machine of its own.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

/// The folder that `--out` names.
pub struct Folders {
    out: PathBuf,
}

impl Folders {
    /// Makes the folder. One that holds something already is refused: nothing is ever overwritten.
    pub fn create(out: &Path) -> Result<Self> {
        if let Ok(mut content) = fs::read_dir(out) {
            ensure!(
                content.next().is_none(),
                "{} is not empty; name a folder that does not exist yet, or empty it",
                out.display()
            );
        }
        fs::create_dir_all(out).with_context(|| format!("could not create {}", out.display()))?;
        Ok(Self { out: out.to_path_buf() })
    }

    /// The public record.
    pub fn record(&self) -> PathBuf {
        self.out.join("record")
    }

    /// The election's fingerprint, as voters' letters would have it.
    pub fn write_fingerprint(&self, fingerprint: &str) -> Result<()> {
        let path = self.out.join("fingerprint");
        fs::write(&path, format!("{fingerprint}\n")).with_context(|| format!("could not write {}", path.display()))
    }

    /// The folder of a role, which only its owner can read.
    pub fn role(&self, name: &str) -> Result<RoleFolder> {
        let path = self.out.join("roles").join(name);
        private_folder(&path).with_context(|| format!("could not create {}", path.display()))?;
        Ok(RoleFolder { path })
    }
}

/// What a role keeps to itself.
pub struct RoleFolder {
    path: PathBuf,
}

impl RoleFolder {
    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a secret in hexadecimal, whole or not at all, for its owner alone.
    ///
    /// The secrets of a simulation protect nothing and are not encrypted; those of an election are.
    pub fn write_secret(&self, name: &str, secret: &[u8]) -> Result<()> {
        let mut text = Zeroizing::new(HEXLOWER.encode(secret));
        text.push('\n');
        let path = self.path(name);
        let part = self.path(&format!("{name}.part"));
        let written = private_file(&part).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&part, &path)
        });
        written.with_context(|| format!("could not write {}", path.display()))
    }

    /// A file that only its owner can read, to be written line by line.
    pub fn create(&self, name: &str) -> Result<File> {
        let path = self.path(name);
        private_file(&path).with_context(|| format!("could not create {}", path.display()))
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
