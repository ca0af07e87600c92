//! What the specification says is hashed.

/// The pages that say so.
const PAGES: [&str; 6] = [
    include_str!("../../../../specs/conventions.md"),
    include_str!("../../../../specs/ballot.md"),
    include_str!("../../../../specs/ceremony.md"),
    include_str!("../../../../specs/election.md"),
    include_str!("../../../../specs/tally.md"),
    include_str!("../../../../specs/range.md"),
];

/// The transcript of specs/range.md goes on in that of the ballot.
const RANGE: &str = "# The range proof";

/// The challenge's transcript begins with rows of the ballot's.
const ROWS: &str = "the rows of the ballot's transcript from \"election\" to \"B\"";

/// The decryption's transcript has one of two labels.
const DECRYPTION: &str = "transcript(label), label \"share\" (or \"rehearsal\")";

/// A value that a transcript absorbs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    pub transcript: String,
    /// Nothing for the name of the transcript itself.
    pub label: Option<String>,
    /// Which of the values of this label, from 1.
    pub number: usize,
}

impl Field {
    /// `transcript/label`, and the number but for the first.
    pub fn id(&self) -> String {
        let label = self.label.as_deref().unwrap_or("(name)");
        let number = if self.number > 1 { format!(" {}", self.number) } else { String::new() };
        format!("{}/{label}{number}", self.transcript)
    }
}

/// All values of all transcripts, and their names.
pub fn fields() -> Vec<Field> {
    let mut fields = Vec::new();
    PAGES.iter().for_each(|page| read(page, &mut fields));
    fields
}

/// The values of one transcript.
pub fn of(transcript: &str) -> Vec<Field> {
    fields().into_iter().filter(|field| field.transcript == transcript).collect()
}

fn read(page: &str, fields: &mut Vec<Field>) {
    let mut current: Vec<String> = if page.starts_with(RANGE) { vec!["ballot".to_owned()] } else { Vec::new() };
    let mut rest = page;
    while let Some(place) = ["transcript(", "absorb(\"", ROWS].iter().filter_map(|word| rest.find(word)).min() {
        rest = &rest[place..];
        if rest.starts_with(ROWS) {
            let of_ballot: Vec<String> = fields
                .iter()
                .filter(|field| field.transcript == "ballot")
                .filter_map(|field| field.label.clone())
                .collect();
            let end = of_ballot.iter().position(|label| label == "B").unwrap();
            of_ballot[..=end].iter().for_each(|label| add(fields, &current, Some(label.as_str())));
            rest = &rest[ROWS.len()..];
        } else if let Some(after) = rest.strip_prefix("absorb(\"") {
            let (label, after) = after.split_once('"').unwrap();
            add(fields, &current, Some(label));
            rest = after;
        } else {
            let named = rest.strip_prefix("transcript(\"").map(|after| after.split('"').next().unwrap());
            let begun: Vec<String> = match named {
                Some(name) => vec![name.to_owned()],
                None if rest.starts_with(DECRYPTION) => vec!["share".to_owned(), "rehearsal".to_owned()],
                // Of transcripts in general.
                None => Vec::new(),
            };
            let is_known = |name: &String| fields.iter().any(|field| field.transcript == *name);
            let new: Vec<String> = begun.iter().filter(|name| !is_known(name)).cloned().collect();
            add(fields, &new, None);
            current = begun;
            rest = &rest["transcript(".len()..];
        }
    }
}

fn add(fields: &mut Vec<Field>, transcripts: &[String], label: Option<&str>) {
    for transcript in transcripts {
        let same = |field: &&Field| field.transcript == *transcript && field.label.as_deref() == label;
        let number = fields.iter().filter(same).count() + 1;
        fields.push(Field { transcript: transcript.clone(), label: label.map(str::to_owned), number });
    }
}
