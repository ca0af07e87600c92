//! What an election is about.

use std::path::PathBuf;

/// What an election is about.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its questions, as the election file writes them.
    pub contests: String,
    /// How many voters there are.
    pub voters: usize,
    /// How many trustees there are.
    pub trustees: usize,
    /// How many of them decrypt.
    pub threshold: usize,
    /// How many witnesses there are.
    pub witnesses: usize,
    /// How many of them must cosign.
    pub cosigning: usize,
    /// The folder of pages that the manifest fixes, if there are any.
    pub pages: Option<PathBuf>,
    /// The address of the database in which the board's store is, if it is in none of the server's files.
    pub database: Option<String>,
}

impl Plan {
    /// An election about these questions, without witnesses, which fixes no pages.
    pub fn about(id: &str, title: &str, contests: String, [voters, trustees, threshold]: [usize; 3]) -> Self {
        let (id, title) = (id.to_owned(), title.to_owned());
        Self {
            id,
            title,
            contests,
            voters,
            trustees,
            threshold,
            witnesses: 0,
            cosigning: 0,
            pages: None,
            database: None,
        }
    }

    /// Which tree is planted in the orchard: an apple, a pear or a plum.
    pub fn orchard(voters: usize, trustees: usize, threshold: usize) -> Self {
        let options = [("apple", "Apple"), ("pear", "Pear"), ("plum", "Plum")];
        let title = "Which tree is planted?";
        Self::about("orchard", title, question(title, options), [voters, trustees, threshold])
    }

    /// A village that asks its voters every kind of question.
    pub fn village(voters: usize, trustees: usize, threshold: usize) -> Self {
        let contests = include_str!("village.toml").to_owned();
        Self::about("village", "Village elections 2026", contests, [voters, trustees, threshold])
    }

    /// How 100 coins are divided, with a range proof: the voting page loads its larger module for it.
    pub fn purse(voters: usize, trustees: usize, threshold: usize) -> Self {
        let contests = include_str!("purse.toml").to_owned();
        Self::about("purse", "How is the purse divided?", contests, [voters, trustees, threshold])
    }

    /// One of so many options.
    pub fn options(options: usize, voters: usize, trustees: usize, threshold: usize) -> Self {
        let numbers: Vec<String> = (1..=options).map(|number| number.to_string()).collect();
        let title = format!("One of {options}");
        let contests = question(&title, numbers.iter().map(|number| (number.as_str(), number.as_str())));
        Self::about(&format!("options-{options}"), &title, contests, [voters, trustees, threshold])
    }

    /// The same with so many witnesses, of whom so many must cosign.
    pub fn witnessed(self, witnesses: usize, cosigning: usize) -> Self {
        Self { witnesses, cosigning, ..self }
    }

    /// The same with the pages of this folder fixed in the manifest, if there is such a folder.
    pub fn fixing(self, pages: PathBuf) -> Self {
        Self { pages: Some(pages).filter(|pages| pages.is_dir()), ..self }
    }

    /// The same with the board's store in the database at this address.
    pub fn stored_in(self, database: String) -> Self {
        Self { database: Some(database), ..self }
    }

    /// The ids of its questions, in their order.
    pub fn contest_ids(&self) -> Vec<&str> {
        // Those of options stand within a line.
        let ids = self.contests.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'));
        ids.collect()
    }
}

/// The contest `question`, in which each voter chooses one of some options, by their ids and titles.
pub fn question<'a>(title: &str, options: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let options: String =
        options.into_iter().map(|(id, title)| format!("    {{ id = {id:?}, title = {title:?} }},\n")).collect();
    format!(
        "[[contest]]\nid = \"question\"\ntitle = {title:?}\nmin = 1\nmax = 1\nblank = false\noptions = [\n{options}]\n"
    )
}
