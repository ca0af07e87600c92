//! Why a call has no answer.

use serde::Serialize;
use tabella_board::checkpoint::CheckpointFault;
use tabella_board::receipt::ReceiptFault;
use tabella_election::Rejection;
use tabella_election::contest::SelectionFault;
use tabella_election::text::TextFault;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Files of the record are needed first.
    Need(Vec<String>),
    /// Something is wrong.
    Wrong(Wrong),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// A code of specs/checks.md or specs/server.md#page.
    pub code: String,
    /// For whoever looks for the reason; voters read the page's own words for the code.
    pub detail: String,
    /// The numbers that the words speak of.
    pub numbers: Vec<u64>,
}

impl Fault {
    /// A fault with this code.
    pub fn new(code: &str, detail: impl ToString) -> Self {
        Self::Wrong(Wrong { code: code.to_owned(), detail: detail.to_string(), numbers: Vec::new() })
    }

    /// The page asked in the wrong order, or for something that there is not.
    pub fn call(detail: &str) -> Self {
        Self::new("call_malformed", detail)
    }

    /// The same fault with numbers.
    fn with(self, numbers: &[u64]) -> Self {
        match self {
            Self::Wrong(wrong) => Self::Wrong(Wrong { numbers: numbers.to_vec(), ..wrong }),
            need @ Self::Need(_) => need,
        }
    }
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::new(rejection.code.as_str(), rejection)
    }
}

impl From<CheckpointFault> for Fault {
    fn from(fault: CheckpointFault) -> Self {
        Self::new(fault.code(), fault)
    }
}

impl From<ReceiptFault> for Fault {
    fn from(fault: ReceiptFault) -> Self {
        Self::new(fault.code(), fault)
    }
}

impl From<TextFault> for Fault {
    fn from(fault: TextFault) -> Self {
        match fault {
            TextFault::Character(_) => Self::new("text_character", fault),
            TextFault::Length { expected, found } => {
                Self::new("text_length", fault).with(&[expected as u64, found as u64])
            }
            TextFault::Mistyped => Self::new("text_mistyped", fault),
        }
    }
}

impl From<SelectionFault> for Fault {
    fn from(fault: SelectionFault) -> Self {
        let (code, numbers) = match fault {
            SelectionFault::Kind => ("selection_kind", vec![]),
            SelectionFault::TooFew(least) => ("too_few", vec![least]),
            SelectionFault::TooMany(most) => ("too_many", vec![most]),
            SelectionFault::OptionUnknown => ("option_unknown", vec![]),
            SelectionFault::BlankNotOffered => ("blank_not_offered", vec![]),
            SelectionFault::Count(options) => ("number_missing", vec![options as u64]),
            SelectionFault::TooManyPoints(most) => ("too_many_points", vec![most]),
            SelectionFault::TotalTooSmall(least) => ("total_too_small", vec![least]),
            SelectionFault::TotalTooLarge(most) => ("total_too_large", vec![most]),
            SelectionFault::Credits { cost, credits } => {
                ("credits_exceeded", vec![u64::try_from(cost).unwrap_or(u64::MAX), credits])
            }
            SelectionFault::Amount(amount) => ("amount_differs", vec![amount]),
            SelectionFault::Tied => ("places_shared", vec![]),
            SelectionFault::Places => ("places_wrong", vec![]),
            SelectionFault::ListUnknown => ("list_unknown", vec![]),
            SelectionFault::OfAnotherList => ("list_other", vec![]),
        };
        Self::new(code, fault).with(&numbers)
    }
}
