//! A file with all its mutants, each behind its switch.

use std::fmt::Write;
use std::ops::Range;

use crate::sites::{Meaning, Shape, Site};

/// The source with the mutants that `is_kept`. Marks tell errors of the compiler what they are about: `/*m7*/ … /*.*/` stands
/// around what mutant 7 puts in place, `/*s3*/ … /*.*/` around site 3.
pub fn render(text: &str, sites: &[Site], is_kept: &dyn Fn(u32) -> bool) -> String {
    Renderer { text, sites, is_kept }.part(0..text.len(), 0)
}

/// What the compiler's word about this byte is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    Mutant(u32),
    Site(usize),
}

/// The innermost mark around a byte of a rendered file.
pub fn blame(rendered: &str, at: usize) -> Option<Blame> {
    let mut open: Vec<Option<Blame>> = Vec::new();
    for (place, _) in rendered.match_indices("/*") {
        if place > at {
            break;
        }
        let rest = &rendered[place + 2..];
        let word = rest.split_once("*/").map_or("", |(word, _)| word);
        match (word, word.split_at_checked(1)) {
            (".", _) => _ = open.pop(),
            (_, Some(("m", number))) => open.extend(number.parse().ok().map(|number| Some(Blame::Mutant(number)))),
            (_, Some(("s", number))) => open.extend(number.parse().ok().map(|number| Some(Blame::Site(number)))),
            _ => {}
        }
    }
    open.pop().flatten()
}

struct Renderer<'a> {
    text: &'a str,
    sites: &'a [Site],
    is_kept: &'a dyn Fn(u32) -> bool,
}

/// Whether this mutant is switched on.
fn switch(number: u32) -> String {
    format!("crate::mutant_switch::is({number})")
}

impl Renderer<'_> {
    /// What stands in the range, the sites in it written anew, from the site of this number on.
    fn part(&self, range: Range<usize>, first: usize) -> String {
        let mut written = String::new();
        let mut at = range.start;
        for (number, site) in self.sites.iter().enumerate().skip(first) {
            if site.range.start >= range.end && !(site.range.is_empty() && site.range.start == range.end) {
                break;
            }
            if site.range.start < at || site.range.end > range.end {
                continue;
            }
            written.push_str(&self.text[at..site.range.start]);
            written.push_str(&self.site(number, site));
            at = site.range.end;
        }
        written + &self.text[at..range.end]
    }

    fn site(&self, number: usize, site: &Site) -> String {
        let kept: Vec<&(u32, String)> = site.mutants.iter().filter(|(mutant, _)| (self.is_kept)(*mutant)).collect();
        let inside = |range: &Range<usize>| self.part(range.clone(), number + 1);
        if kept.is_empty() {
            return inside(&site.range);
        }
        let written = match &site.shape {
            Shape::Binary { left, right, operator, meaning } => {
                binary(&inside(left), &inside(right), operator, *meaning, &kept)
            }
            Shape::Unary { operand } => {
                let whole = inside(&site.range);
                choice(&kept, &whole, |_| inside(operand))
            }
            Shape::Guard => choice(&kept, &inside(&site.range), str::to_owned),
            Shape::Arm => {
                kept.iter().fold(String::new(), |text, (mutant, _)| text + &format!(" if !{} ", switch(*mutant)))
            }
            Shape::Field { name, value, base } => {
                let value = value.as_ref().map_or_else(|| name.clone(), inside);
                let base = &self.text[base.clone()];
                format!("{name}: {}", choice(&kept, &value, |_| format!("({base}).{name}")))
            }
            Shape::Body => self.body(site, number, &kept),
        };
        format!("/*s{number}*/{written}/*.*/")
    }

    /// The block, with a way out at its beginning for each mutant.
    fn body(&self, site: &Site, number: usize, kept: &[&(u32, String)]) -> String {
        let inner = self.part(site.range.start + 1..site.range.end, number + 1);
        let mut text = "{ ".to_owned();
        for (mutant, replacement) in kept {
            // Writing to a string does not fail.
            let _ = write!(text, "if {} {{ return /*m{mutant}*/{replacement}/*.*/; }} ", switch(*mutant));
        }
        text + &inner
    }
}

/// `(if is(1) { … } else { as it was })`.
fn choice(kept: &[&(u32, String)], original: &str, replaced: impl Fn(&str) -> String) -> String {
    let mut text = "(".to_owned();
    for (mutant, replacement) in kept {
        let _ = write!(text, "if {} {{ /*m{mutant}*/{}/*.*/ }} else ", switch(*mutant), replaced(replacement));
    }
    format!("{text}{{ {original} }})")
}

/// The operands stand once, whatever the operator, or what is nested would be written many times over.
fn binary(left: &str, right: &str, operator: &str, meaning: Meaning, kept: &[&(u32, String)]) -> String {
    match meaning {
        Meaning::Lazy => {
            let chosen = choice(kept, &format!("mutant_left {operator} ({right})"), |other| {
                format!("mutant_left {other} ({right})")
            });
            format!("(match ({left}) {{ mutant_left => {chosen} }})")
        }
        Meaning::Comparison => {
            let chosen = choice(kept, &format!("*mutant_left {operator} *mutant_right"), |other| {
                format!("*mutant_left {other} *mutant_right")
            });
            format!("(match (&({left}), &({right})) {{ (mutant_left, mutant_right) => {chosen} }})")
        }
        Meaning::Arithmetic => {
            let chosen = choice(kept, &format!("mutant_left {operator} mutant_right"), |other| {
                format!("mutant_left {other} mutant_right")
            });
            format!("(match (({left}), ({right})) {{ (mutant_left, mutant_right) => {chosen} }})")
        }
        Meaning::Assignment => {
            choice(kept, &format!("{left} {operator} {right};"), |other| format!("{left} {other} {right};"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Genre, Key, Mutant};
    use crate::sites::sites;

    const TEXT: &str =
        "fn f(a: u8, b: bool) -> bool {\n    !b && match a {\n        1 => true,\n        _ => a + 2 < 9,\n    }\n}\n";

    fn mutant(number: u32, genre: Genre, begin: &str, replacement: &str) -> Mutant {
        let begin = TEXT.find(begin).unwrap();
        let key = Key { file: "f.rs".to_owned(), change: String::new(), line: String::new(), nth: 1 };
        let (name, replacement, return_type) = (String::new(), replacement.to_owned(), "-> bool".to_owned());
        Mutant { number, key, name, genre, replacement, begin, end: begin + 1, return_type }
    }

    fn all() -> Vec<Mutant> {
        vec![
            mutant(1, Genre::FnValue, "!b", "true"),
            mutant(2, Genre::UnaryOperator, "!b", ""),
            mutant(3, Genre::BinaryOperator, "&&", "||"),
            mutant(4, Genre::MatchArm, "1 =>", ""),
            mutant(5, Genre::BinaryOperator, "+ 2", "-"),
            mutant(6, Genre::BinaryOperator, "< 9", "<="),
        ]
    }

    fn rendered(is_kept: &dyn Fn(u32) -> bool) -> String {
        let mutants = all();
        let (sites, apart) = sites(TEXT, &mutants.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(apart, [0; 0]);
        render(TEXT, &sites, is_kept)
    }

    #[test]
    fn every_mutant_has_its_switch_and_the_rest_stands() {
        let whole = rendered(&|_| true);
        for number in 1..=6 {
            assert_eq!(whole.matches(&switch(number)).count(), if number > 3 { 2 } else { 1 }, "{number}: {whole}");
        }
        assert!(syn::parse_file(&whole).is_ok(), "{whole}");
        assert_eq!(rendered(&|_| false), TEXT);
        assert!(!rendered(&|number| number != 5).contains(&switch(5)));
    }

    #[test]
    fn an_error_is_about_the_innermost_mark() {
        let whole = rendered(&|_| true);
        let at = |text: &str| blame(&whole, whole.find(text).unwrap());
        assert_eq!(at("true/*.*/"), Some(Blame::Mutant(1)));
        assert_eq!(at("mutant_left - mutant_right"), Some(Blame::Mutant(5)));
        assert!(matches!(at("mutant_left + mutant_right"), Some(Blame::Site(_))));
        assert_eq!(at("fn f"), None);
    }
}
