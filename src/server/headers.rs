//! What the files of the record are, and how long they may be kept: the same from the server and from a bucket. Implements
//! specs/server.md#files.

/// The type of notes and keys.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

/// The type of tiles.
pub(crate) const BYTES: &str = "application/octet-stream";

/// How long what never changes may be kept.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// How long what may have changed may be kept: until it is asked for again.
pub(crate) const NO_CACHE: &str = "no-cache";
