//! Words in a row.

/// A paragraph with a mark before it, in lines that a terminal holds.
pub(crate) fn wrap(mark: &str, paragraph: &str) -> String {
    const WIDTH: usize = 96;
    let indent = mark.chars().count();
    let mut text = mark.to_owned();
    let mut column = indent;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column + 1 + length > WIDTH && column > indent {
            text.push_str(&format!("\n{:indent$}", ""));
            column = indent;
        } else if column > indent {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

/// Names for a sentence: "Alice", "Alice and Bob", "Alice, Bob and Carol".
pub(crate) fn join<T: AsRef<str>>(names: &[T], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., end] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", first.join(", "), end.as_ref())
        }
    }
}
