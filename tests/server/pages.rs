//! The pages, and that an election is shown those that its manifest fixes. Tests specs/server.md#pages.

use std::path::Path;

use sha2::{Digest, Sha256};
use tabella_election::message::Asset;
use tabella_election::{Kind, authority};
use tempfile::TempDir;

use crate::host::{self, Host};
use crate::play::Play;
use crate::web::Answer;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tabella";

/// A folder of pages; `words` stands in its first page.
fn pages(words: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir_all(folder.path().join("assets/i18n")).unwrap();
    write("index.html", &format!("<!DOCTYPE html><title>{words}</title>{}", " ".repeat(1000)));
    write("observe.html", "<!DOCTYPE html><title>Observe</title>");
    write("check.html", "<!DOCTYPE html><title>Check</title>");
    write("assets/voter.js", "export {};");
    write("assets/worker.js", "export {};");
    write("assets/icon.svg", "<svg/>");
    write("assets/i18n/en.json", "{}");
    write("assets/core.wasm", "\0asm");
    folder
}

/// What a manifest says of them.
fn assets(folder: &Path) -> Vec<Asset> {
    let names = [
        "assets/core.wasm",
        "assets/i18n/en.json",
        "assets/icon.svg",
        "assets/voter.js",
        "assets/worker.js",
        "check.html",
        "index.html",
        "observe.html",
    ];
    let asset = |name: &str| {
        let hash: [u8; 32] = Sha256::digest(std::fs::read(folder.join(name)).unwrap()).into();
        Asset { path: name.to_owned(), hash: hash.into() }
    };
    names.map(asset).to_vec()
}

fn is_strict(answer: &Answer, has_policy: bool) {
    assert_eq!(answer.header("content-security-policy"), has_policy.then_some(POLICY));
    assert_eq!(answer.header("referrer-policy"), has_policy.then_some("no-referrer"));
    assert_eq!(answer.header("cross-origin-opener-policy"), has_policy.then_some("same-origin"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(answer.header("set-cookie"), None);
}

#[test]
fn pages_are_served_with_a_strict_policy() {
    let folder = pages("Vote");
    let host = Host::new(&["e"]).with_pages(&[folder.path()]);
    let server = host.start();
    for (path, file, media_type, has_policy) in [
        ("/e/", "index.html", "text/html; charset=utf-8", true),
        ("/e/observe", "observe.html", "text/html; charset=utf-8", true),
        ("/e/check", "check.html", "text/html; charset=utf-8", true),
        ("/e/assets/voter.js", "assets/voter.js", "text/javascript; charset=utf-8", false),
        ("/e/assets/worker.js", "assets/worker.js", "text/javascript; charset=utf-8", true),
        ("/e/assets/icon.svg", "assets/icon.svg", "image/svg+xml", true),
        ("/e/assets/i18n/en.json", "assets/i18n/en.json", "application/json", false),
        ("/e/assets/core.wasm", "assets/core.wasm", "application/wasm", false),
    ] {
        let answer = server.web.get(path);
        assert_eq!((answer.status, &answer.body), (200, &std::fs::read(folder.path().join(file)).unwrap()), "{path}");
        assert_eq!(answer.header("content-type"), Some(media_type));
        is_strict(&answer, has_policy);
        let tag = answer.header("etag").unwrap();
        let again = server.web.ask("GET", path, &[("if-none-match", tag)], None);
        assert_eq!((again.status, again.body.len()), (304, 0));
        is_strict(&again, has_policy);
    }
    let answer = server.web.get("/e");
    assert_eq!((answer.status, answer.header("location")), (308, Some("e/")));
}

#[test]
fn whoever_takes_it_is_given_less_to_load() {
    let folder = pages("Vote");
    let host = Host::new(&["e"]).with_pages(&[folder.path()]);
    let server = host.start();
    let packed = server.web.ask("GET", "/e/", &[("accept-encoding", "gzip, br;q=0.5")], None);
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), (Some("br"), Some("Accept-Encoding")));
    assert!(packed.body.len() < 200, "{}", packed.body.len());
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut packed.body.as_slice(), &mut plain).unwrap();
    assert_eq!(plain, std::fs::read(folder.path().join("index.html")).unwrap());
    for refused in ["gzip", "br;q=0", "identity"] {
        let answer = server.web.ask("GET", "/e/", &[("accept-encoding", refused)], None);
        assert_eq!(answer.header("content-encoding"), None, "{refused}");
    }
}

#[test]
fn a_file_that_was_compressed_before_is_given_so() {
    let folder = pages("Vote");
    let module = folder.path().join("assets/core.wasm");
    let plain = vec![7; 1000];
    std::fs::write(&module, &plain).unwrap();
    let mut packed = Vec::new();
    // Worse than the server would have done.
    let parameters = brotli::enc::BrotliEncoderParams { quality: 0, ..Default::default() };
    brotli::BrotliCompress(&mut plain.as_slice(), &mut packed, &parameters).unwrap();
    std::fs::write(module.with_extension("wasm.br"), &packed).unwrap();
    let host = Host::new(&["e"]).with_pages(&[folder.path()]);
    let server = host.start();
    let answer = server.web.ask("GET", "/e/assets/core.wasm", &[("accept-encoding", "br")], None);
    assert_eq!((answer.header("content-encoding"), &answer.body), (Some("br"), &packed));
    assert_eq!(server.web.get("/e/assets/core.wasm").body, plain);
    assert_eq!(server.web.get("/e/assets/core.wasm.br").problem(), (404, "not_found".to_owned()));
    server.stop().unwrap();

    for other in [vec![7; 999], vec![7; 1001], vec![8; 1000]] {
        std::fs::write(&module, other).unwrap();
        let error = host.try_start().err().unwrap().to_string();
        assert!(error.contains("core.wasm.br is not what lies beside it"), "{error}");
    }
}

#[test]
fn nothing_but_the_pages_is_served() {
    let folder = pages("Vote");
    std::fs::write(folder.path().parent().unwrap().join("secret.js"), "").unwrap();
    let host = Host::new(&["e"]).with_pages(&[folder.path()]);
    let server = host.start();
    for path in [
        "index.html",
        "../index.html",
        "..%2findex.html",
        "%2e%2e/index.html",
        "../../secret.js",
        "",
        "voter.js/",
        "/voter.js",
    ] {
        let answer = server.web.get(&format!("/e/assets/{path}"));
        assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
    }
    assert_eq!(server.web.get("/none/").problem().1, "election_unknown");
}

#[test]
fn an_election_is_shown_the_pages_that_its_manifest_fixes() {
    let (first, second) = (pages("first"), pages("second"));
    let host = Host::new(&["e"]).with_pages(&[first.path(), second.path()]);
    let server = host.start();
    // Nothing is fixed yet.
    assert!(server.web.get("/e/").text().contains("first"));
    let play = Play::new(&host, &server.web, "e");
    let manifest = tabella_election::message::Manifest { assets: assets(second.path()), ..play.manifest_body() };
    play.publish(Kind::Manifest, &authority::manifest(manifest, &host::authority()));
    let shown = server.web.get("/e/").text();
    assert!(shown.contains("second"), "{shown}");
    server.stop().unwrap();

    // One byte of one file.
    std::fs::write(second.path().join("assets/voter.js"), "export {}; ").unwrap();
    let server = host.start();
    for path in ["/e/", "/e/observe", "/e/assets/voter.js"] {
        assert_eq!(server.web.get(path).problem(), (503, "page_unavailable".to_owned()));
    }
    server.stop().unwrap();
    // One file more.
    std::fs::write(second.path().join("assets/voter.js"), "export {};").unwrap();
    std::fs::write(second.path().join("assets/more.js"), "export {};").unwrap();
    let server = host.start();
    assert_eq!(server.web.get("/e/").problem().1, "page_unavailable");
    // All else is as it was.
    server.web.get("/e/status").good();
}

#[test]
fn a_folder_without_pages_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |path: &Path| Host::new(&["e"]).with_pages(&[path]).try_start().err().unwrap().to_string();
    assert!(fails(&folder.path().join("none")).contains("cargo xtask web"));
    std::fs::write(folder.path().join("notes.txt"), "").unwrap();
    assert!(fails(folder.path()).contains("notes.txt is no file of a page"));
}
