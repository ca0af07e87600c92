//! Contests: the questions, how voters may answer, and how the answers are counted. Implements
//! specs/election.md#contest.

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use tabella_counting::rule::CountingRule;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Contest {
    /// Names the contest in reports.
    #[n(0)]
    pub id: String,
    /// The question.
    #[n(1)]
    pub title: String,
    /// The answers, in the order of the ballot.
    #[n(2)]
    pub options: Vec<ContestOption>,
    /// How voters may answer.
    #[n(3)]
    pub kind: ContestKind,
    /// How the totals become an outcome.
    #[n(4)]
    pub counting: Counting,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContestOption {
    /// Names the option in reports.
    #[n(0)]
    pub id: String,
    /// The answer.
    #[n(1)]
    pub title: String,
}

/// `"choice"`: min..max of the options or, if offered, an explicit blank vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Choice {
    /// The fewest options that a vote other than blank holds.
    #[n(0)]
    pub min: u64,
    /// The most.
    #[n(1)]
    pub max: u64,
    /// Whether an explicit blank vote is offered.
    #[n(2)]
    pub blank: bool,
}

/// `"score"`: points for each option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Score {
    /// The most points for one option.
    #[n(0)]
    pub most: u64,
    /// The fewest points in all.
    #[n(1)]
    pub min: u64,
    /// The most points in all.
    #[n(2)]
    pub max: u64,
}

/// `"positional"`: a ranking of some options, in which each rank earns points.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Positional {
    /// The fewest options to be ranked.
    #[n(0)]
    pub min: u64,
    /// What the first rank earns, the second, …; as many ranks as there are.
    #[n(1)]
    pub weights: Vec<u64>,
}

/// `"quadratic"`: votes that cost their squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Quadratic {
    /// What a voter may spend.
    #[n(0)]
    pub credits: u64,
}

/// `"ranking"`: an order of all options, of which only the pairwise wins are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ranking {
    /// Whether several options may share a place.
    #[n(0)]
    pub ties: bool,
}

/// `"lists"`: one list, and min..max of its options.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Lists {
    /// The lists; together they have all options, in their order.
    #[n(0)]
    pub lists: Vec<List>,
    /// The fewest options to be chosen of the list.
    #[n(1)]
    pub min: u64,
    /// The most.
    #[n(2)]
    pub max: u64,
}

/// One list of a [`Lists`] contest.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct List {
    /// Names the list in reports.
    #[n(0)]
    pub id: String,
    /// What people call it.
    #[n(1)]
    pub title: String,
    /// How many options it has: those that follow the options of the lists before.
    #[n(2)]
    pub options: u64,
}

/// `"allocation"`: an amount, split over the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Allocation {
    /// What each voter splits.
    #[n(0)]
    pub amount: u64,
    /// Whether a ballot proves its amounts by a range proof; else by bits.
    #[n(1)]
    pub range: bool,
}

/// How the totals become an outcome: `[method, seats, tie-break]`, or `null`: the totals are the outcome. Implements
/// specs/counting.md#rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting(pub Option<CountingRule>);

/// Makes the sum of all kinds, and how each is encoded, from one table.
macro_rules! kinds {
    ($($name:literal $kind:ident $about:literal;)*) => {
        /// How voters may answer: `[name, parameters]`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ContestKind {
            $(#[doc = $about] $kind($kind),)*
        }

        impl ContestKind {
            /// Its name in the manifest and in reports.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name,)*
                }
            }
        }

        impl<C> Encode<C> for ContestKind {
            fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
                match self {
                    $(Self::$kind(parameters) => ($name, parameters).encode(encoder, context),)*
                }
            }
        }

        impl<'b, C> Decode<'b, C> for ContestKind {
            fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
                let position = decoder.position();
                let length = decoder.array()?;
                match (decoder.str()?, length) {
                    $(($name, Some(2)) => $kind::decode(decoder, context).map(Self::$kind),)*
                    _ => Err(DecodeError::message("no kind of contest of this version").at(position)),
                }
            }
        }
    };
}

kinds! {
    "choice" Choice "Some of the options, or blank.";
    "score" Score "Points for each option.";
    "positional" Positional "The best options in order; each rank earns points.";
    "quadratic" Quadratic "Votes that cost their squares.";
    "ranking" Ranking "An order of all options.";
    "lists" Lists "A list, and some of its options.";
    "allocation" Allocation "An amount, split over the options.";
}

impl<C> Encode<C> for Counting {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        let rule = self.0.as_ref();
        rule.map(|rule| (rule.method.as_str(), rule.seats, &rule.tie_break)).encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for Counting {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        let position = decoder.position();
        let Some((name, seats, tie_break)): Option<(&str, u64, Option<Vec<u64>>)> = Decode::decode(decoder, context)?
        else {
            return Ok(Self(None));
        };
        let unknown = |_| DecodeError::message("no counting method of this version").at(position);
        Ok(Self(Some(CountingRule { method: name.parse().map_err(unknown)?, seats, tie_break })))
    }
}
