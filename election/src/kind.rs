//! Kinds of entries, who writes them, and when. Implements specs/election.md#kinds.

use std::fmt;
use std::str::FromStr;

use crate::code::{Code, Rejection};

/// Who writes an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the election: manifest, opening, closing, result.
    Authority,
    /// Says who may vote.
    Registrar,
    /// Holds a part of the keys.
    Trustee,
    /// Votes, and signs nothing: a ballot carries its own proof of authorship.
    Voter,
}

/// Where an election stands after its last accepted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The ceremony and the roll.
    Setup,
    /// From `open` to `close`.
    Voting,
    /// From `close` to `result`.
    Tally,
    /// From `result` to `final`.
    Published,
    /// After `final`, for ever.
    Finished,
}

/// Makes the enum of kinds and its properties from one table.
macro_rules! kinds {
    ($($variant:ident = $name:literal by $role:ident in [$($phase:ident),*];)*) => {
        /// The kind of an entry: says how its payload is read and signed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $(#[doc = concat!("`", $name, "`")] $variant,)* }

        impl Kind {
            /// Every kind, in the order of the specification.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The kind as it stands in entries and in the domain of signatures.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Who writes it.
            pub const fn author(self) -> Role {
                match self { $(Self::$variant => Role::$role,)* }
            }

            /// The phases in which it may stand; none for `manifest`, which is entry 0 and no other.
            pub const fn phases(self) -> &'static [Phase] {
                match self { $(Self::$variant => &[$(Phase::$phase),*],)* }
            }
        }
    };
}

kinds! {
    Manifest = "manifest" by Authority in [];
    Commit = "commit" by Trustee in [Setup];
    Deal = "deal" by Trustee in [Setup];
    Confirm = "confirm" by Trustee in [Setup];
    Keys = "keys" by Trustee in [Setup];
    Round = "round" by Authority in [Setup];
    Restart = "restart" by Authority in [Setup];
    Rehearse = "rehearse" by Authority in [Setup, Voting];
    Rehearsal = "rehearsal" by Trustee in [Setup, Voting];
    Roll = "roll" by Registrar in [Setup];
    Open = "open" by Authority in [Setup];
    Ballot = "ballot" by Voter in [Voting];
    Challenge = "challenge" by Voter in [Voting];
    Close = "close" by Authority in [Voting];
    Share = "share" by Trustee in [Tally];
    Result = "result" by Authority in [Tally];
    Final = "final" by Authority in [Published];
}

impl Kind {
    /// Whether an entry of this kind may follow in `phase`; `None` is the empty log.
    /// Implements step 3 of specs/election.md#rules.
    pub fn judge_phase(self, phase: Option<Phase>) -> Result<(), Rejection> {
        let Some(phase) = phase else {
            return match self {
                Self::Manifest => Ok(()),
                _ => Rejection::refuse(Code::OutOfPhase, format!("The first entry must be a manifest, not `{self}`.")),
            };
        };
        if self == Self::Manifest {
            return Rejection::refuse(Code::OutOfPhase, "A manifest can only be the first entry.");
        }
        if phase == Phase::Finished {
            return Rejection::refuse(
                Code::AfterFinal,
                "The election is finished: nothing can be added to its record.",
            );
        }
        if self.phases().contains(&phase) {
            return Ok(());
        }
        match (self.author(), phase) {
            (Role::Voter, Phase::Setup) => {
                Rejection::refuse(Code::ElectionNotOpen, "Voting has not begun yet. Try again when it has.")
            }
            (Role::Voter, _) => {
                Rejection::refuse(Code::ElectionClosed, "Voting has ended: no ballot is taken any more.")
            }
            _ => Rejection::refuse(Code::OutOfPhase, format!("A `{self}` entry cannot stand here ({phase}).")),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Rejection;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| Rejection::new(Code::KindUnknown, "The entry's kind is none of this version."))
    }
}

impl Phase {
    /// The phase as it stands in JSON: specs/server.md#status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Voting => "voting",
            Self::Tally => "tally",
            Self::Published => "published",
            Self::Finished => "finished",
        }
    }
}

impl fmt::Display for Phase {
    /// As a part of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Setup => "the election is being set up",
            Self::Voting => "voting is going on",
            Self::Tally => "the votes are being counted",
            Self::Published => "the result is published",
            Self::Finished => "the election is finished",
        })
    }
}

#[cfg(test)]
mod tests;
