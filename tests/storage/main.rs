//! What the board must never lose: the stores.

mod conformance;
mod sqlite;
