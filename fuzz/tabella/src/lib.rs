//! The module of results of the package `tabella`, under its name.

#[path = "../../../src/result/mod.rs"]
pub mod result;
#[path = "../../../src/wording/mod.rs"]
mod wording;
