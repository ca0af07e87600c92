//! What the voting page computes: it holds the opening of the election against the record, encrypts the voter's choices, and verifies
//! what the board answers. The page itself shows, asks and fetches.
//!
//! A call is `u32` little-endian of the length of a JSON object ‖ the object ‖ bytes that belong to it. The object has one member: the
//! name of the call, with its parameters. The answer is one of
//!
//! ```text
//! {"done": …}                                what was asked for
//! {"need": ["tile/0/000.p/7", …]}            files of the record without which there is no answer: give them and ask again
//! {"fault": {"code", "detail", "numbers"}}   why there is none; the page has words for the code, in the voter's language
//! ```
//!
//! Whoever calls gives the randomness, from the browser's `crypto.getRandomValues`; the module has no other. Read the modules in
//! this order:
//!
//! 1. [`call`]: what can be asked, and the answers;
//! 2. [`files`]: files of the record as the page fetched them;
//! 3. [`place`]: the opening, held against the record, and who votes;
//! 4. [`selection`]: what a voter chose, as the page says it;
//! 5. [`desk`]: an encryption, which is then cast or opened;
//! 6. [`memory`]: checkpoints that must continue each other, and receipts under them;
//! 7. [`picture`]: QR codes.

pub mod call;

mod fault;

pub mod files;

pub mod place;

pub mod selection;

pub mod desk;

pub mod memory;

pub mod picture;

tabella_border::border!(crate::call::answer);
