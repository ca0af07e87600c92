//! The pages that voters and observers load: files that are read once, when the server starts. Implements specs/server.md#pages.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use brotli::enc::BrotliEncoderParams;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tabella_election::bytes::Hash;
use tabella_election::message::{Asset, Manifest};

use super::problem::{Problem, ProblemCode};

/// Where the pages are if nobody says: beside the program, or beside its folder.
const FOLDER: &str = "pages";

/// How the files are named that run beside a page.
const WORKER: &str = "worker.js";

/// What compresses well enough in the second that a start may take, where nobody did it before.
const QUALITY: i32 = 9;

/// How a file is named that is another one, compressed before. It is no file of a page.
pub const PACKED: &str = "br";

/// The pages cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PagesFault {
    /// A file or folder cannot be read.
    #[error("the pages in {} cannot be read: {error}; build them with `cargo xtask web`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Nobody knows what a browser should take a file for.
    #[error("{} is no file of a page: the server knows html, js, css, json, svg and wasm", .0.display())]
    MediaType(PathBuf),
    /// A file was compressed, and changed since.
    #[error("{}.{PACKED} is not what lies beside it, compressed; build the pages anew with `cargo xtask web`", .0.display())]
    Packed(PathBuf),
}

/// A file of the pages.
#[derive(Debug)]
pub struct PageFile {
    /// As it is in the folder.
    pub plain: Bytes,
    /// Compressed with brotli, if that is shorter.
    pub brotli: Option<Bytes>,
    /// What a browser takes it for.
    pub media_type: &'static str,
    hash: Hash,
    /// A page, a picture that could be one, or a worker: a browser asks of these alone what they may do.
    pub has_policy: bool,
}

/// All files of a folder, by their paths in it.
pub type Edition = BTreeMap<String, PageFile>;

/// What the server has to show: an election's page is the edition that its manifest fixes.
#[derive(Debug, Default)]
pub struct Pages(Vec<Edition>);

impl Pages {
    /// Reads these folders. If there are none, the pages that lie beside the program, where there are any.
    pub fn read(folders: &[PathBuf]) -> Result<Self, PagesFault> {
        if !folders.is_empty() {
            return Ok(Self(folders.iter().map(|folder| read(folder)).collect::<Result<_, _>>()?));
        }
        let program = std::env::current_exe().unwrap_or_default();
        let beside = program.ancestors().skip(1).take(2).map(|folder| folder.join(FOLDER));
        let found = beside.filter(|folder| folder.join("index.html").is_file()).map(|folder| read(&folder)).next();
        Ok(Self(found.transpose()?.into_iter().collect()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The edition for an election: the one that its manifest fixes; the first, if it fixes none, or is not there yet.
    pub fn edition(&self, manifest: Option<&Manifest>) -> Result<&Edition, Problem> {
        let fixed = manifest.map(|manifest| manifest.assets.as_slice()).filter(|assets| !assets.is_empty());
        let found = match fixed {
            Some(assets) => self.0.iter().find(|edition| is_fixed(edition, assets)),
            None => self.0.first(),
        };
        found.ok_or_else(|| match self.is_empty() {
            true => Problem::new(ProblemCode::PageUnavailable, "This server has no pages. Vote with the program `tabella voter`."),
            false => Problem::new(
                ProblemCode::PageUnavailable,
                "The manifest fixes a page that this server does not have. Its operator starts it with that page: `tabella serve --pages`. \
                 Until then, vote with the program `tabella voter`.",
            ),
        })
    }
}

impl PageFile {
    /// The file that stands in the pages at `place`.
    fn read(path: &Path, place: &str) -> Result<Self, PagesFault> {
        let at = |error| PagesFault::Read { path: path.to_owned(), error };
        let media_type = media_type(path).ok_or_else(|| PagesFault::MediaType(path.to_owned()))?;
        let plain = fs::read(path).map_err(at)?;
        let packed = match fs::read(beside(path)) {
            Ok(packed) if unpacked(&packed, plain.len()).is_some_and(|unpacked| unpacked == plain) => packed,
            Ok(_) => return Err(PagesFault::Packed(path.to_owned())),
            Err(_) => pack(&plain).map_err(at)?,
        };
        let hash: [u8; 32] = Sha256::digest(&plain).into();
        let brotli = (packed.len() < plain.len()).then(|| packed.into());
        let has_policy = [".html", ".svg", WORKER].iter().any(|ending| place.ends_with(ending));
        Ok(Self { plain: plain.into(), brotli, media_type, hash: hash.into(), has_policy })
    }

    /// Changes whenever the file does.
    pub fn tag(&self) -> String {
        format!("\"{}\"", HEXLOWER.encode(&self.hash.0))
    }
}

/// Where a file lies compressed, if it does.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(PACKED);
    name.into()
}

fn pack(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = BrotliEncoderParams { quality: QUALITY, ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut Cursor::new(plain), &mut packed, &parameters)?;
    Ok(packed)
}

/// None if it is not compressed, or has another length.
fn unpacked(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::with_capacity(length);
    let most = length as u64 + 1;
    brotli::Decompressor::new(packed, 4096).take(most).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

/// Whether these are just the files that a manifest fixes.
fn is_fixed(edition: &Edition, assets: &[Asset]) -> bool {
    let files = edition.iter().map(|(path, file)| (path, &file.hash));
    files.eq(assets.iter().map(|asset| (&asset.path, &asset.hash)))
}

fn read(folder: &Path) -> Result<Edition, PagesFault> {
    let mut edition = Edition::new();
    collect(folder, "", &mut edition)?;
    Ok(edition)
}

fn collect(folder: &Path, prefix: &str, edition: &mut Edition) -> Result<(), PagesFault> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| PagesFault::Read { path, error }
    };
    for found in fs::read_dir(folder).map_err(at(folder))? {
        let path = found.map_err(at(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), edition)?;
            continue;
        }
        if path.extension().is_some_and(|ending| ending == PACKED) {
            continue;
        }
        let place = format!("{prefix}{name}");
        edition.insert(place.clone(), PageFile::read(&path, &place)?);
    }
    Ok(())
}

fn media_type(path: &Path) -> Option<&'static str> {
    Some(match path.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => return None,
    })
}
