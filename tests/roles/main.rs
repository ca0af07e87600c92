//! The programs of the roles, against a server that runs in the test.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test, as the test itself does")]

mod proxy;
mod scene;

mod authority;
mod authority_file;
mod registrar;
mod registrar_list;

mod carriers;
mod kinds;
mod page;
mod voter;

#[expect(dead_code, reason = "the tests of the server have worse witnesses")]
#[path = "../server/witness.rs"]
mod witness;
mod witnesses;

mod command_line;
mod documents;
