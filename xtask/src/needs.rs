//! Installing what a command needs and the machine lacks.

use std::process::Command;

use anyhow::{Result, bail};

use crate::run::{say, step, works};

/// A program from outside and the Debian packages that bring it.
pub struct Need {
    program: &'static str,
    /// With these the program runs, and succeeds if nothing is missing.
    arguments: &'static [&'static str],
    packages: &'static [&'static str],
    what_for: &'static str,
}

/// SQLite is compiled from its C source.
pub const C_COMPILER: Need = Need {
    program: "cc",
    arguments: &["--version"],
    packages: &["gcc", "libc6-dev"],
    what_for: "to compile SQLite, which the board stores in",
};

/// The tests make clusters of their own.
pub const POSTGRES: Need = Need {
    program: "sh",
    arguments: &["-c", "ls /usr/lib/postgresql/*/bin/initdb"],
    packages: &["postgresql"],
    what_for: "to test the board's store in PostgreSQL",
};

/// The vectors are checked by a program that shares nothing with this project's code.
pub const PYTHON: Need =
    Need { program: "python3", arguments: &["--version"], packages: &["python3"], what_for: "to check specs/vectors" };

/// Schemathesis, and programs of others that count, live in Python environments of their own.
pub const PYTHON_ENVIRONMENT: Need = Need {
    program: "python3",
    arguments: &["-c", "import ensurepip, venv"],
    packages: &["python3-venv"],
    what_for: "to make requests up from specs/openapi.json, and to have votes counted and logs judged by programs of others",
};

/// The log is judged by a program over Go's x/mod/sumdb.
pub const GO: Need = Need {
    program: "go",
    arguments: &["version"],
    packages: &["golang-go"],
    what_for: "to have the log judged by Go's x/mod/sumdb",
};

/// That package.
pub const GO_SUMDB: Need = Need {
    program: "test",
    arguments: &["-d", "/usr/share/gocode/src/golang.org/x/mod/sumdb"],
    packages: &["golang-golang-x-mod-dev"],
    what_for: "for the same",
};

/// The tests of the pages are JavaScript, as the pages are.
pub const NODE: Need =
    Need { program: "node", arguments: &["--version"], packages: &["nodejs"], what_for: "to test the pages" };

/// What they need comes with it.
pub const NPM: Need =
    Need { program: "npm", arguments: &["--version"], packages: &["npm"], what_for: "to test the pages" };

/// A real browser.
pub const BROWSER: Need = Need {
    program: "chromium",
    arguments: &["--version"],
    packages: &["chromium"],
    what_for: "to test the pages as people see them",
};

/// A Rust toolchain that can build the standard library for browsers, and is no older than the sources ask for.
pub const WASM_STD: Need = Need {
    program: "sh",
    arguments: &["-c", "test -d /usr/lib/rustlib/src/rust/library && dpkg -s rustc-web cargo-web"],
    packages: &["rustc-web", "cargo-web", "rust-web-src"],
    what_for: "to build what the pages load",
};

/// The linker for it.
pub const WASM_LINKER: Need =
    Need { program: "wasm-ld-19", arguments: &["--version"], packages: &["lld-19"], what_for: "for the same" };

/// Installs the needs that are not there.
pub fn install(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !works(need.program, need.arguments)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        say(&format!("{} is needed {} and is not installed.", need.packages.join(", "), need.what_for));
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if !works("apt-get", &["--version"]) {
        bail!("this machine has no apt-get: install {} with its own means and try again", packages.join(", "));
    }
    step("Updating Debian's list of packages", Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&packages);
    step(&format!("Installing {}", packages.join(", ")), &mut install)
}
