//! How a contest of an election file is counted. Implements specs/counting.md#rule for whoever writes it by hand.

use tabella_counting::rule::{CountingRule, Method};
use tabella_election::message::{Contest, ContestKind, Counting};
use toml::Spanned;

use super::contest::ContestTable;
use super::{ElectionFileFault, Text};

impl Text<'_> {
    /// The counting rule of a contest that keeps the rule of its kind.
    pub(super) fn counting(
        &self,
        table: &ContestTable,
        contest: &Contest,
    ) -> Result<Option<CountingRule>, ElectionFileFault> {
        let Some(counting) = &table.counting else {
            let seats = table.seats.as_ref().map(|seats| ("seats", seats.span().start));
            let tie_break = table.tie_break.as_ref().map(|order| ("tie_break", order.span().start));
            return match seats.or(tie_break) {
                Some((field, place)) => {
                    let text = format!(
                        "`{field}` needs the field `counting` beside it: one of {}. Without it the totals are the outcome",
                        names(&methods(contest))
                    );
                    Err(self.fault(place, text))
                }
                None => Ok(None),
            };
        };
        let method = self.method(counting, contest)?;
        let seats = self.seats(table.seats.as_ref(), method, contest)?;
        let tie_break = table.tie_break.as_ref().map(|order| self.tie_break(order, method, contest)).transpose()?;
        let rule = CountingRule { method, seats, tie_break };
        let counted = with(contest, rule.clone());
        // Nothing is left to be wrong; were it, the rule itself would say so.
        counted.judge().map_err(|rejection| self.fault(counting.span().start, rejection.message))?;
        Ok(Some(rule))
    }

    fn method(&self, counting: &Spanned<String>, contest: &Contest) -> Result<Method, ElectionFileFault> {
        let name = counting.get_ref();
        let methods = methods(contest);
        let kind = contest.kind.name();
        let reason = match name.parse::<Method>() {
            Ok(method) if methods.contains(&method) => return Ok(method),
            Ok(_) => format!("a contest of the kind “{kind}” cannot be counted by “{name}”"),
            Err(_) => format!("there is no counting method “{name}”"),
        };
        Err(self.fault(counting.span().start, format!("{reason}; the methods of “{kind}” are {}", names(&methods))))
    }

    fn seats(&self, seats: Option<&Spanned<u64>>, method: Method, contest: &Contest) -> Result<u64, ElectionFileFault> {
        let Some(seats) = seats else { return Ok(1) };
        let rule = CountingRule { method, seats: *seats.get_ref(), tie_break: None };
        with(contest, rule).judge().map_err(|rejection| self.fault(seats.span().start, rejection.message))?;
        Ok(*seats.get_ref())
    }

    /// The numbers of the entrants. Ids of options come first, then those of lists: an option and a list may share an id.
    fn tie_break(
        &self,
        order: &Spanned<Vec<Spanned<String>>>,
        method: Method,
        contest: &Contest,
    ) -> Result<Vec<u64>, ElectionFileFault> {
        if method == Method::Condorcet {
            let text = "“condorcet” has no tie-break: either an option beats every other, or nobody is elected";
            return Err(self.fault(order.span().start, text.to_owned()));
        }
        let options: Vec<&str> = contest.options.iter().map(|option| option.id.as_str()).collect();
        let lists: Vec<&str> = match &contest.kind {
            ContestKind::Lists(lists) => lists.lists.iter().map(|list| list.id.as_str()).collect(),
            _ => Vec::new(),
        };
        let mut places: Vec<usize> = Vec::new();
        for id in order.get_ref() {
            let place = next_place(&options, &lists, &places, id.get_ref());
            places.push(place.map_err(|reason| self.fault(id.span().start, reason))?);
        }
        let missing = (0..options.len() + lists.len()).find(|entrant| !places.contains(entrant));
        if let Some(missing) = missing {
            let option = options.get(missing).map(|id| format!("option “{id}”"));
            let list = || lists.get(missing.saturating_sub(options.len())).map(|id| format!("list “{id}”"));
            let entrant = option.or_else(list).unwrap_or_default();
            let all = if lists.is_empty() { "every option" } else { "every option, and then every list," };
            let text = format!("the tie-break leaves out the {entrant}: {all} must stand in it once");
            return Err(self.fault(order.span().start, text));
        }
        Ok(places.into_iter().map(|place| place as u64).collect())
    }
}

/// The entrant that an id of a tie-break names, after those before it; lists are numbered on from the options.
fn next_place(options: &[&str], lists: &[&str], before: &[usize], id: &str) -> Result<usize, String> {
    let of = |ids: &[&str]| ids.iter().position(|found| *found == id);
    let is_new = |place: &usize| !before.contains(place);
    let option = of(options);
    let list = of(lists).map(|list| options.len() + list);
    let lists_began = before.last().is_some_and(|last| *last >= options.len());
    match (option, list) {
        (Some(option), _) if is_new(&option) && !lists_began => Ok(option),
        (_, Some(list)) if is_new(&list) => Ok(list),
        (None, None) if lists.is_empty() => Err(format!("there is no option with the id “{id}”")),
        (None, None) => Err(format!("there is no option and no list with the id “{id}”")),
        (Some(option), None) if is_new(&option) => {
            Err(format!("“{id}” is an option: first all options stand, and then the lists"))
        }
        _ => Err(format!("“{id}” stands twice in the tie-break")),
    }
}

/// The methods that the contest can be counted by.
fn methods(contest: &Contest) -> Vec<Method> {
    let has =
        |method: &Method| with(contest, CountingRule { method: *method, seats: 1, tie_break: None }).judge().is_ok();
    Method::ALL.iter().copied().filter(has).collect()
}

fn names(methods: &[Method]) -> String {
    let names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    names.join(", ")
}

fn with(contest: &Contest, rule: CountingRule) -> Contest {
    Contest { counting: Counting(Some(rule)), ..contest.clone() }
}
