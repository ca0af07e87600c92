//! A copy of what is published, in a bucket of an S3-compatible store, for whoever serves it to the public. Implements
//! specs/server.md#bucket.
//!
//! The files of the record are what counts: they are written first, and nobody waits for the bucket. `address` says where it is,
//! `requests` how it is reached, `objects` how it is read and written, `copy` what is copied in which order.

mod address;
mod requests;

mod objects;

mod copy;

pub use self::address::{BucketAddress, BucketArguments, BucketFault};
pub use self::copy::{BucketState, Copied, Copier};
pub use self::objects::{Bucket, CopyError};
