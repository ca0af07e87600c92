//! `tabella registrar`: whoever keeps the list of voters makes one code for each, puts its public half on the roll, and prints
//! the letters.
//!
//! The list comes from [`voter_list`]; the codes lie sealed in `codes` before anything that depends on them leaves the machine,
//! so that no voter ever gets two. `enrolment` brings the roll onto the board, `letters` makes the [`letter`]s.

mod command;

mod new;

mod codes;
pub mod voter_list;

mod enrolment;
mod reissue;
mod roll;

pub mod letter;
mod letters;

mod forget;
mod status;

pub use self::command::Arguments;
