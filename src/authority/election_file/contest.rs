//! The questions of an election file. Each kind has its own fields (specs/election.md#contest).

use serde::Deserialize;
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Positional, Quadratic, Ranking,
    Score,
};
use toml::Spanned;

use super::super::amount_proof::AmountProof;
use super::{ElectionFileFault, Text};

/// The kind of a contest that names none.
const USUAL_KIND: &str = "choice";

/// One question, with the fields of all kinds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContestTable {
    pub(super) id: Spanned<String>,
    title: Spanned<String>,
    kind: Option<Spanned<String>>,
    min: Option<Spanned<u64>>,
    max: Option<Spanned<u64>>,
    blank: Option<Spanned<bool>>,
    most: Option<Spanned<u64>>,
    weights: Option<Spanned<Vec<u64>>>,
    credits: Option<Spanned<u64>>,
    ties: Option<Spanned<bool>>,
    amount: Option<Spanned<u64>>,
    proof: Option<Spanned<String>>,
    options: Option<Spanned<Vec<OptionTable>>>,
    lists: Option<Spanned<Vec<ListTable>>>,
    pub(super) counting: Option<Spanned<String>>,
    pub(super) seats: Option<Spanned<u64>>,
    pub(super) tie_break: Option<Spanned<Vec<Spanned<String>>>>,
}

/// One answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionTable {
    pub(super) id: Spanned<String>,
    title: Spanned<String>,
}

/// One list, with its options.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListTable {
    pub(super) id: Spanned<String>,
    title: Spanned<String>,
    options: Vec<OptionTable>,
}

/// What a table of some kind may hold.
struct KindFields {
    name: &'static str,
    /// Beside `id`, `title`, `kind`, and those of the counting.
    fields: &'static [&'static str],
    /// What such fields look like.
    example: &'static str,
    /// What their numbers must be (specs/election.md#contest).
    right: &'static str,
}

const KINDS: [KindFields; 7] = [
    KindFields {
        name: "choice",
        fields: &["min", "max", "blank", "options"],
        example: "min = 1, max = 3",
        right: "Right is min ≤ max ≤ the number of options, and max ≥ 1",
    },
    KindFields {
        name: "score",
        fields: &["most", "min", "max", "options"],
        example: "most = 5, min = 0, max = 10",
        right: "Right is min ≤ max, 1 ≤ max ≤ most × the number of options, and 1 ≤ most ≤ 1000000",
    },
    KindFields {
        name: "positional",
        fields: &["min", "weights", "options"],
        example: "min = 1, weights = [3, 2, 1]",
        right: "Right are weights for at most as many ranks as there are options, which begin with 1 to 1000000 and never \
                ascend, and a min of at most as many",
    },
    KindFields {
        name: "quadratic",
        fields: &["credits", "options"],
        example: "credits = 100",
        right: "Right is 1 ≤ credits ≤ 1000000",
    },
    KindFields {
        name: "ranking",
        fields: &["ties", "options"],
        example: "ties = false",
        right: "Right are 2 options or more",
    },
    KindFields {
        name: "lists",
        fields: &["lists", "min", "max"],
        example: "min = 0, max = 3",
        right: "Right are 1 to 500 lists, each of min options or more, min ≤ max, and max ≥ 1",
    },
    KindFields {
        name: "allocation",
        fields: &["amount", "proof", "options"],
        example: "amount = 100",
        right: "Right is 1 ≤ amount ≤ 4294967295",
    },
];

impl ContestTable {
    /// All options, those of lists too.
    pub(super) fn options(&self) -> impl Iterator<Item = &OptionTable> {
        let listed = self.lists().flat_map(|list| &list.options);
        self.options.iter().flat_map(|options| options.get_ref()).chain(listed)
    }

    /// The lists.
    pub(super) fn lists(&self) -> impl Iterator<Item = &ListTable> {
        self.lists.iter().flat_map(|lists| lists.get_ref())
    }

    /// All titles.
    pub(super) fn titles(&self) -> impl Iterator<Item = &Spanned<String>> {
        let options = self.options().map(|option| &option.title);
        [&self.title].into_iter().chain(self.lists().map(|list| &list.title)).chain(options)
    }

    /// Where the contest says what it is.
    fn place(&self) -> usize {
        self.kind.as_ref().unwrap_or(&self.id).span().start
    }

    /// The fields that not every kind has, and where they stand.
    fn particular(&self) -> [(&'static str, Option<usize>); 11] {
        [
            ("min", start(self.min.as_ref())),
            ("max", start(self.max.as_ref())),
            ("blank", start(self.blank.as_ref())),
            ("most", start(self.most.as_ref())),
            ("weights", start(self.weights.as_ref())),
            ("credits", start(self.credits.as_ref())),
            ("ties", start(self.ties.as_ref())),
            ("amount", start(self.amount.as_ref())),
            ("proof", start(self.proof.as_ref())),
            ("options", start(self.options.as_ref())),
            ("lists", start(self.lists.as_ref())),
        ]
    }

    /// Where it stands that a contest breaks the rule of its kind.
    fn broken(&self, kind: &ContestKind) -> usize {
        let found = match kind {
            ContestKind::Score(Score { most: 1..=1_000_000, .. }) | ContestKind::Choice(_) => start(self.max.as_ref()),
            ContestKind::Score(_) => start(self.most.as_ref()),
            ContestKind::Positional(Positional { min, weights }) if *min > weights.len() as u64 => {
                start(self.min.as_ref())
            }
            ContestKind::Positional(_) => start(self.weights.as_ref()),
            ContestKind::Quadratic(_) => start(self.credits.as_ref()),
            ContestKind::Ranking(_) => start(self.options.as_ref()),
            ContestKind::Lists(Lists { min, max, .. }) if *min > *max || *max == 0 => start(self.max.as_ref()),
            ContestKind::Lists(Lists { min, .. }) => {
                let short = self.lists().find(|list| (list.options.len() as u64) < *min);
                short.map(|list| list.id.span().start).or(start(self.lists.as_ref()))
            }
            ContestKind::Allocation(_) => start(self.amount.as_ref()),
        };
        found.unwrap_or(self.place())
    }
}

fn start<T>(field: Option<&Spanned<T>>) -> Option<usize> {
    field.map(|field| field.span().start)
}

impl Text<'_> {
    /// A question, which keeps the rules of its kind and of its counting.
    pub(super) fn contest(&self, table: &ContestTable) -> Result<Contest, ElectionFileFault> {
        let known = self.known_kind(table)?;
        self.judge_fields(table, known)?;
        let option = |option: &OptionTable| ContestOption {
            id: option.id.get_ref().clone(),
            title: option.title.get_ref().clone(),
        };
        let mut contest = Contest {
            id: table.id.get_ref().clone(),
            title: table.title.get_ref().clone(),
            options: table.options().map(option).collect(),
            kind: self.kind(table, known)?,
            counting: Counting(None),
        };
        self.judge_kind(table, known, &contest)?;
        if let ContestKind::Allocation(allocation) = contest.kind {
            let range = self.range(table, &contest, allocation)?;
            contest.kind = ContestKind::Allocation(Allocation { range, ..allocation });
        }
        contest.counting = Counting(self.counting(table, &contest)?);
        Ok(contest)
    }

    fn known_kind(&self, table: &ContestTable) -> Result<&'static KindFields, ElectionFileFault> {
        let name = table.kind.as_ref().map_or(USUAL_KIND, |kind| kind.get_ref().as_str());
        KINDS.iter().find(|known| known.name == name).ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|known| known.name).collect();
            self.fault(
                table.place(),
                format!("there is no kind of contest “{name}”; the kinds are {}", names.join(", ")),
            )
        })
    }

    /// The contest has no field of another kind, and an option if it must have one.
    fn judge_fields(&self, table: &ContestTable, known: &KindFields) -> Result<(), ElectionFileFault> {
        let given = table.particular().into_iter().filter_map(|(field, place)| Some((place?, field)));
        let foreign = given.filter(|(_, field)| !known.fields.contains(field)).min();
        if let Some((place, field)) = foreign {
            let KindFields { name, fields, .. } = known;
            let own = fields.join(", ");
            return Err(
                self.fault(place, format!("a contest of the kind “{name}” has no field `{field}`; its own are {own}"))
            );
        }
        match &table.options {
            Some(options) if options.get_ref().is_empty() => {
                Err(self.fault(options.span().start, "there are no options: name one or more".to_owned()))
            }
            None if known.fields.contains(&"options") => Err(self.lacking(table, known, "options")),
            _ => Ok(()),
        }
    }

    fn kind(&self, table: &ContestTable, known: &KindFields) -> Result<ContestKind, ElectionFileFault> {
        let number = |field: &Option<Spanned<u64>>, name| {
            field.as_ref().map(|number| *number.get_ref()).ok_or_else(|| self.lacking(table, known, name))
        };
        let is_set = |field: &Option<Spanned<bool>>| field.as_ref().is_some_and(|field| *field.get_ref());
        let (min, max) = (|| number(&table.min, "min"), || number(&table.max, "max"));
        Ok(match known.name {
            "score" => ContestKind::Score(Score { most: number(&table.most, "most")?, min: min()?, max: max()? }),
            "positional" => {
                let weights = table.weights.as_ref().ok_or_else(|| self.lacking(table, known, "weights"))?;
                ContestKind::Positional(Positional { min: min()?, weights: weights.get_ref().clone() })
            }
            "quadratic" => ContestKind::Quadratic(Quadratic { credits: number(&table.credits, "credits")? }),
            "ranking" => ContestKind::Ranking(Ranking { ties: is_set(&table.ties) }),
            "lists" => {
                let lists = table.lists.as_ref().ok_or_else(|| self.lacking(table, known, "lists"))?;
                let list = |list: &ListTable| List {
                    id: list.id.get_ref().clone(),
                    title: list.title.get_ref().clone(),
                    options: list.options.len() as u64,
                };
                let lists = lists.get_ref().iter().map(list).collect();
                ContestKind::Lists(Lists { lists, min: min()?, max: max()? })
            }
            "allocation" => {
                ContestKind::Allocation(Allocation { amount: number(&table.amount, "amount")?, range: false })
            }
            _ => ContestKind::Choice(Choice { min: min()?, max: max()?, blank: is_set(&table.blank) }),
        })
    }

    fn lacking(&self, table: &ContestTable, known: &KindFields, field: &str) -> ElectionFileFault {
        let KindFields { name, example, .. } = known;
        let example = match field {
            "options" => "options = [{ id = \"ada\", title = \"Ada Lovelace\" }]",
            "lists" => "lists = [{ id = \"green\", title = \"The Greens\", options = [] }]",
            _ => example,
        };
        let text = format!("a contest of the kind “{name}” needs the field `{field}`; for example: {example}");
        self.fault(table.place(), text)
    }

    fn judge_kind(&self, table: &ContestTable, known: &KindFields, contest: &Contest) -> Result<(), ElectionFileFault> {
        contest.judge().map_err(|rejection| {
            self.fault(table.broken(&contest.kind), format!("{} {}", rejection.message, known.right))
        })
    }

    /// Whether an allocation has a range proof: as the file says, or as its size suggests.
    fn range(
        &self,
        table: &ContestTable,
        contest: &Contest,
        allocation: Allocation,
    ) -> Result<bool, ElectionFileFault> {
        let Some(proof) = &table.proof else { return Ok(AmountProof::of(contest, allocation).suggests_range()) };
        match proof.get_ref().as_str() {
            "bits" => Ok(false),
            "range" => Ok(true),
            other => {
                let text = format!("there is no proof “{other}”: write \"bits\" or \"range\", or leave the field out");
                Err(self.fault(proof.span().start, text))
            }
        }
    }
}
