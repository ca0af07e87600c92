//! The lines below the header: an order, and how many voters gave it.

use std::collections::BTreeSet;

use super::DataType;
use super::fault::Fault;
use crate::votes::{TooManyVoters, text};

/// An order of options, by their indexes from 0.
pub struct Order {
    /// The options of each rank, the best rank first.
    pub ranks: Vec<BTreeSet<usize>>,
    /// Whether two options share a rank: one of these, or the last, which is that of the options left out.
    pub is_tied: bool,
}

/// Reads orders of a type.
pub struct Reader {
    data_type: DataType,
    /// For each option, the number of the order that named it last.
    named: Vec<u64>,
    orders: u64,
}

impl Reader {
    /// A reader of orders of so many options.
    pub fn new(data_type: DataType, options: usize) -> Self {
        Self { data_type, named: vec![0; options], orders: 0 }
    }

    /// Reads a line: how many voters, and their order.
    pub fn read(&mut self, line: &str) -> Result<(u64, Order), Fault> {
        let (count, order) = line.split_once(':').ok_or_else(|| Fault::NoOrder(line.to_owned()))?;
        let voters = voters(count.trim())?;
        self.orders += 1;
        let mut ranks = Vec::new();
        for rank in (Ranks { rest: Some(order.trim()).filter(|order| !order.is_empty()) }) {
            ranks.push(rank?.split(',').map(|option| self.option(option.trim())).collect::<Result<BTreeSet<_>, _>>()?);
        }
        let shared = ranks.iter().any(|rank| rank.len() > 1);
        if shared && !self.data_type.has_ties() {
            return Err(Fault::Tie(self.data_type));
        }
        let left_out = self.named.len().saturating_sub(ranks.iter().map(BTreeSet::len).sum());
        if left_out > 0 && self.data_type.is_complete() {
            return Err(Fault::Incomplete { data_type: self.data_type, left_out });
        }
        Ok((voters, Order { ranks, is_tied: shared || left_out > 1 }))
    }

    /// The index of an option that this order has not named yet.
    fn option(&mut self, text: &str) -> Result<usize, Fault> {
        if text.is_empty() {
            return Err(Fault::NoOption);
        }
        let number = text::whole(text).ok_or_else(|| Fault::number("an alternative", text))?;
        let unknown = Fault::UnknownOption { number, options: self.named.len() as u64 };
        let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let Some((index, named)) = index.and_then(|index| Some((index, self.named.get_mut(index)?))) else {
            return Err(unknown);
        };
        if *named == self.orders {
            return Err(Fault::RepeatedOption(number));
        }
        *named = self.orders;
        Ok(index)
    }
}

fn voters(count: &str) -> Result<u64, Fault> {
    match text::whole(count) {
        Some(0) => Err(Fault::NoVoters),
        Some(voters) => Ok(voters),
        // More digits than any number of voters has.
        None if text::is_digits(count) => Err(TooManyVoters.into()),
        None => Err(Fault::number("the count of an order", count)),
    }
}

/// The ranks of an order, cut at its commas: one option, or several that stood in braces.
struct Ranks<'a> {
    /// What is not cut yet.
    rest: Option<&'a str>,
}

impl<'a> Iterator for Ranks<'a> {
    type Item = Result<&'a str, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let cut = cut(self.rest.take()?);
        Some(cut.map(|(rank, rest)| {
            self.rest = rest;
            rank
        }))
    }
}

/// The first rank of an order, and the ranks after it if a comma follows.
fn cut(order: &str) -> Result<(&str, Option<&str>), Fault> {
    let (rank, after) = match order.strip_prefix('{') {
        Some(rank) => rank.split_once('}').ok_or(Fault::Braces)?,
        None => order.find(',').map_or((order, ""), |end| order.split_at(end)),
    };
    if rank.contains(['{', '}']) {
        return Err(Fault::Braces);
    }
    match after.trim_start() {
        "" => Ok((rank, None)),
        after => Ok((rank, Some(after.strip_prefix(',').ok_or(Fault::Braces)?.trim_start()))),
    }
}
