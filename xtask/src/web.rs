//! `cargo xtask web`: the pages, with the modules of WebAssembly that they load, in one folder for `tabella serve --pages`.

mod twice;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

use crate::needs::{WASM_LINKER, WASM_STD, install};
use crate::run::{cargo, root, say, step, target_directory};

pub use twice::twice;

const TARGET: &str = "wasm32-unknown-unknown";

/// A module that pages load.
struct Module {
    file: &'static str,
    package: &'static str,
    features: &'static [&'static str],
}

/// Cargo's profile for what browsers load: small, and fast where it computes.
const PROFILE: &str = "page";

/// The voter's, for every kind of contest but one, and for all; the observer's.
const MODULES: [Module; 3] = [
    Module { file: "tabella.wasm", package: "tabella-web", features: &[] },
    Module { file: "tabella-range.wasm", package: "tabella-web", features: &["--features", "range"] },
    Module { file: "tabella-verify.wasm", package: "tabella-verify-page", features: &[] },
];

/// Where modules are built.
struct Place {
    /// The root of a workspace.
    sources: PathBuf,
    /// Where cargo puts what it builds.
    target: PathBuf,
    /// Cargo's own folder, with the sources of crates.
    home: PathBuf,
}

impl Place {
    fn here() -> Result<Self> {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
        let home = home.context("where is cargo's home? Set CARGO_HOME")?;
        Ok(Self { sources: root(), target: target_directory().join("wasm"), home })
    }

    /// Where a module is when it is built.
    fn built(&self, module: &Module) -> PathBuf {
        self.target.join(TARGET).join(PROFILE).join(module.package.replace('-', "_") + ".wasm")
    }
}

/// Where the pages are when they are complete.
pub fn folder() -> PathBuf {
    target_directory().join("pages")
}

/// Builds the modules, and puts them beside the files of `web/pages`.
pub fn web() -> Result<()> {
    let (toolchain, here) = (Toolchain::find()?, Place::here()?);
    // The sources must be there before their paths are written out of what is built.
    step("Fetching what the lock file names", &mut cargo(&["fetch", "--locked"]))?;
    let (folder, underway) = (folder(), target_directory().join("pages.underway"));
    clear(&underway)?;
    copy(Path::new("web/pages"), &underway)?;
    for module in &MODULES {
        step(&format!("Building {}", module.file), &mut toolchain.build(module, &here)?)?;
        let built = here.built(module);
        fs::copy(&built, underway.join("assets").join(module.file))
            .with_context(|| format!("no {}", built.display()))?;
    }
    say("Compressing");
    compress(&underway)?;
    // Nobody finds pages without their modules.
    clear(&folder)?;
    fs::rename(&underway, &folder).with_context(|| format!("could not make {}", folder.display()))?;
    say(&format!("The pages are in {}", folder.display()));
    Ok(())
}

/// What compiles for browsers. No Rust toolchain is changed for it.
enum Toolchain {
    /// The active one can.
    Active,
    /// Debian's own, which builds the standard library from its source.
    Debian,
}

impl Toolchain {
    fn find() -> Result<Self> {
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
        if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
            return Ok(Self::Active);
        }
        say(&format!("The active Rust toolchain has no {TARGET}; Debian's builds the pages' modules instead."));
        install(&[WASM_STD, WASM_LINKER])?;
        Ok(Self::Debian)
    }

    /// The command that builds a module in a place.
    fn build(&self, module: &Module, place: &Place) -> Result<Command> {
        let (mut command, compiler) = match self {
            Self::Active => (cargo(&[]), "rustc"),
            Self::Debian => {
                let mut command = Command::new("/usr/bin/cargo");
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
                command.env_remove("RUSTUP_TOOLCHAIN");
                (command, "/usr/bin/rustc")
            }
        };
        command.args(["build", "--locked", "--target", TARGET]);
        command.args(["--package", module.package, "--profile", PROFILE]).args(module.features);
        command.current_dir(&place.sources).env("CARGO_HOME", &place.home).arg("--target-dir").arg(&place.target);
        if matches!(self, Self::Debian) {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", remapped(compiler, place)?);
        Ok(command)
    }
}

/// No path of the machine stands in what is built: it has the same hash in whatever folder it is built with one toolchain.
fn remapped(compiler: &str, place: &Place) -> Result<String> {
    let library = PathBuf::from(output(Command::new(compiler).args(["--print", "sysroot"]))?).join("lib/rustlib/src");
    let mut paths = vec![(place.sources.clone(), "/tabella"), (library, "/rust")];
    // Each registry has its folder of sources.
    for registry in fs::read_dir(place.home.join("registry/src")).context("no sources of crates")? {
        paths.push((registry?.path(), "/crates"));
    }
    let flags = paths.iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("could not start {:?}", command.get_program()))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not empty {}", folder.display()))?;
    }
    Ok(())
}

/// Leaves each file of a folder compressed beside itself, as small as can be.
fn compress(folder: &Path) -> Result<()> {
    for found in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = found?.path();
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        let plain = fs::read(&path)?;
        let parameters = BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: plain.len(), ..Default::default() };
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut plain.as_slice(), &mut packed, &parameters)?;
        let mut beside = path.into_os_string();
        beside.push(".br");
        fs::write(beside, packed)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for found in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = found?.path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            fs::copy(&path, to)?;
        }
    }
    Ok(())
}
