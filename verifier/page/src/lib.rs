//! The verifier as the observer's page runs it: [`tabella_verifier`], and what passes its border. Implements
//! specs/checks.md#shared.
//!
//! A page starts as many workers as it likes, each with this module. One judges the record in its order; the others examine the
//! proofs of bundles that come later, and it takes their word for those. A call is `u32` little-endian of the length of a JSON
//! object ‖ the object ‖ bytes that belong to it; the answer is `{"done": …}` or `{"fault": {"code", "detail", "numbers"}}`.
//!
//! The page gives the files of the record and the randomness, from the browser's `crypto.getRandomValues`; the module has no other.

mod call;

mod desk;

pub use call::{Desk, answer};

tabella_border::border!(crate::call::answer);
