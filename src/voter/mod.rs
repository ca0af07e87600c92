//! `tabella voter`: voting for those who trust no page. Everything that the server says is checked against the record.
//!
//! The way of a ballot: `command` reads what is wanted, `code` the secret, `choices` the vote; `polling_place` the record; `cast` encrypts, stores
//! and sends; `track` looks at it afterwards, with what `kept` has of it.

mod cast;
mod choices;
mod code;
mod command;
mod kept;
mod polling_place;
mod track;

pub use self::command::Arguments;
