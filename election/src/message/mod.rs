//! The messages of an election: what entries carry. Implements specs/entries.cddl.
//!
//! Decoding goes through one border, [`decode`], which takes nothing but the one encoding of a message. It answers for
//! types and for sizes that the CDDL fixes; ranges are judged by the rules of each kind.

mod ballot;
mod ceremony;
mod closing;
mod contest;
mod control;
mod manifest;
mod roll;
mod signed;
mod tally;

use minicbor::{Decode, Encode};

pub use ballot::{Ballot, Challenge, Prefix};
pub use ceremony::{Commit, Confirm, Deal, Keys, Rehearsal, Rehearse, Restart, Round};
pub use closing::Closing;
pub use contest::{
    Allocation, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Positional, Quadratic, Ranking,
    Score,
};
pub use control::{Close, Final, Open};
pub use manifest::{Asset, Manifest, Style, Trustee};
pub use minicbor::bytes::ByteVec;
pub use roll::{Roll, Voter};
pub use signed::{Authored, Body, Signed, verifying_key};
pub use tally::{ContestResult, Share, TallyResult};

use crate::code::{Code, Rejection};
use crate::kind::Kind;

/// Decodes a message that is exactly its own deterministic encoding. Implements specs/conventions.md#encoding.
///
/// # Errors
/// `payload_malformed` for anything else: another type, an unknown or missing key, trailing bytes, a longer encoding.
pub fn decode<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, Rejection> {
    let message =
        minicbor::decode(bytes).map_err(|fault| malformed(format!("The message does not decode: {fault}.")))?;
    // Only the encoder knows every rule of the encoding: what it would not have written is refused.
    if encode(&message) != bytes {
        return Err(malformed("The message is not in its deterministic encoding."));
    }
    Ok(message)
}

/// The one encoding of a message.
#[expect(clippy::expect_used, reason = "a vector takes all bytes and no message has an encoder that can fail")]
pub fn encode<T: Encode<()>>(message: &T) -> Vec<u8> {
    minicbor::to_vec(message).expect("messages always encode")
}

fn malformed(message: impl Into<String>) -> Rejection {
    Rejection::new(Code::PayloadMalformed, message)
}

/// Makes the sum of all messages, how each is decoded, and what signed bodies have in common, from one table.
macro_rules! messages {
    (
        signed { $($signed:ident($body:ty): election $election:expr, trustee $trustee:expr;)* }
        unsigned { $($unsigned:ident($message:ty);)* }
    ) => {
        /// The payload of an entry, decoded.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Message {
            $(#[doc = concat!("A signed `", stringify!($body), "`.")] $signed(Signed<$body>),)*
            $(#[doc = concat!("A `", stringify!($message), "`.")] $unsigned($message),)*
        }

        impl Message {
            /// Decodes the payload of an entry of a kind. Step 2 of specs/election.md#rules.
            ///
            /// # Errors
            /// `payload_malformed`.
            pub fn decode(kind: Kind, payload: &[u8]) -> Result<Self, Rejection> {
                match kind {
                    $(Kind::$signed => Signed::decode(payload).map(Self::$signed),)*
                    $(Kind::$unsigned => decode(payload).map(Self::$unsigned),)*
                }
            }

            /// The payload that decodes to this message.
            pub fn payload(&self) -> Vec<u8> {
                match self {
                    $(Self::$signed(signed) => signed.payload(),)*
                    $(Self::$unsigned(message) => encode(message),)*
                }
            }
        }

        $(impl Authored for $body {
            const DOMAIN: &'static str = Kind::$signed.as_str();
            const AUTHOR: crate::kind::Role = Kind::$signed.author();

            fn election(&self) -> Option<crate::bytes::ElectionId> {
                let of: fn(&Self) -> Option<crate::bytes::ElectionId> = $election;
                of(self)
            }

            fn trustee(&self) -> Option<u64> {
                let of: fn(&Self) -> Option<u64> = $trustee;
                of(self)
            }
        }

        impl Body for $body {
            const KIND: Kind = Kind::$signed;
        })*
    };
}

messages! {
    signed {
        Manifest(Manifest): election |_| None, trustee |_| None;
        Commit(Commit): election |body| Some(body.election), trustee |body| Some(body.trustee);
        Deal(Deal): election |body| Some(body.election), trustee |body| Some(body.trustee);
        Confirm(Confirm): election |body| Some(body.election), trustee |body| Some(body.trustee);
        Keys(Keys): election |body| Some(body.election), trustee |body| Some(body.trustee);
        Round(Round): election |body| Some(body.election), trustee |_| None;
        Restart(Restart): election |body| Some(body.election), trustee |_| None;
        Rehearse(Rehearse): election |body| Some(body.election), trustee |_| None;
        Rehearsal(Rehearsal): election |body| Some(body.election), trustee |body| Some(body.trustee);
        Roll(Roll): election |body| Some(body.election), trustee |_| None;
        Open(Open): election |body| Some(body.election), trustee |_| None;
        Close(Close): election |body| Some(body.election), trustee |_| None;
        Share(Share): election |body| Some(body.election), trustee |body| Some(body.trustee);
        Result(TallyResult): election |body| Some(body.election), trustee |_| None;
        Final(Final): election |body| Some(body.election), trustee |_| None;
    }
    unsigned {
        Ballot(Ballot);
        Challenge(Challenge);
    }
}

#[cfg(test)]
mod tests;
