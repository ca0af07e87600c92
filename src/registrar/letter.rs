//! A voter's letter: a page of HTML that prints on A4 and holds everything it needs. No script, nothing from elsewhere.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The style of all letters, and the frame of the file.
const STYLE: &str = include_str!("letter.css");

/// What is the same on all letters of an election.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// The election's title.
    pub title: String,
    /// Where the voters vote.
    pub address: String,
    /// The election's fingerprint.
    pub fingerprint: String,
    /// Whom to ask, if the registrar says so.
    pub contact: Option<String>,
    /// The voters are not real.
    pub simulation: bool,
}

/// What is on one letter only.
pub struct Letter<'a> {
    /// What the registrar calls the voter.
    pub id: &'a str,
    /// The secret code, in groups.
    pub code: &'a str,
    /// The name of the voter's style; `None` if there is only one.
    pub style: Option<&'a str>,
    /// How often the ballot counts.
    pub weight: u64,
    /// The fingerprint of the voter's credential.
    pub credential: &'a str,
}

/// Letters in one file, a page for each voter.
///
/// # Errors
/// If an address is so long that it fits no QR code.
pub fn file(head: &Letterhead, letters: &[Letter<'_>]) -> Result<Zeroizing<String>, qrcode::types::QrError> {
    let title = escape(&head.title);
    // Room enough, so that codes are not copied about in memory while it grows.
    let mut text = Zeroizing::new(String::with_capacity(STYLE.len() + 4_096 + letters.len() * 24_576));
    let _ = write!(
        text,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" \
         content=\"no-referrer\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n<title>{title}: letters to voters (secret)</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    for letter in letters {
        write_letter(&mut text, head, letter)?;
    }
    text.push_str("</body>\n</html>\n");
    Ok(text)
}

fn write_letter(text: &mut String, head: &Letterhead, letter: &Letter<'_>) -> Result<(), qrcode::types::QrError> {
    let Letterhead { title, address, fingerprint, contact, simulation } = head;
    let (title, address, fingerprint) = (escape(title), escape(address), escape(fingerprint));
    let (id, code, credential) = (escape(letter.id), Zeroizing::new(escape(letter.code)), escape(letter.credential));
    let style = letter.style.map(|style| format!(" · Ballot: {}", escape(style))).unwrap_or_default();
    let weight = if letter.weight == 1 { String::new() } else { format!(" · Counts {} times", letter.weight) };
    let contact =
        contact.as_ref().map(|contact| format!("<p>Questions: {}</p>\n", escape(contact))).unwrap_or_default();
    let trial =
        if *simulation { "<p class=\"trial\">This is a trial. No vote in it decides anything.</p>\n" } else { "" };
    let link = Zeroizing::new(format!("{}/#{}", head.address, letter.code));
    let svg = qr(&link)?;
    let _ = write!(
        text,
        "\
<article>
<header>
<p class=\"kind\">Your voting letter</p>
<h1>{title}</h1>
<p class=\"voter\">For <b>{id}</b>{style}{weight}</p>
{trial}</header>
<section class=\"vote\">
<a class=\"qr\" href=\"{}\">{}</a>
<div>
<h2>Vote</h2>
<ol>
<li>Scan this code with a phone. Or open <b class=\"address\">{address}</b> and type your code:</li>
</ol>
<p class=\"code\">{}</p>
<ol start=\"2\">
<li>Compare the <b>election fingerprint</b> on the page with this one:<br><span class=\"print\">{fingerprint}</span></li>
<li>Choose, have the page encrypt your vote, and cast it.</li>
<li>Keep the <b>tracker</b> that the page shows you, and its receipt.</li>
</ol>
<p>You may vote again while the voting is open: only your last ballot counts.</p>
</div>
</section>
<section class=\"two\">
<div>
<h2>Check your device</h2>
<p>Before you cast, you may ask the page to <b>open</b> the encrypted ballot instead. It then shows what is inside, and that
ballot does not count. A device that cheats cannot know beforehand whether you will check. What is opened is public: check
with a choice that is not yours, and let another device look at it.</p>
</div>
<div>
<h2>Check the result</h2>
<p>Look up your tracker at the address above, best from another device: your ballot must be there as you cast it. After the
voting anybody can verify every step with the program <b>tabella-verify</b> and the fingerprint:</p>
<p class=\"command\">tabella-verify --expect {fingerprint} {address}</p>
</div>
</section>
<footer>
<p><b>Keep this letter to yourself until the voting has ended.</b> Whoever has the code can vote in your name. If the letter was
open when it came, or you have lost it, tell the registrar before the voting begins, for a new code.</p>
<p>On the public roll, your line is the credential <span class=\"print\">{credential}</span>. Your name is not on it, and nobody can
compute your code from it.</p>
{contact}</footer>
</article>
",
        Zeroizing::new(escape(&link)).as_str(),
        svg.as_str(),
        grouped(&code).as_str(),
    );
    Ok(())
}

/// The code in two lines of groups.
fn grouped(code: &str) -> Zeroizing<String> {
    /// Groups in the first line.
    const IN_LINE: usize = 4;
    let mut text = Zeroizing::new(String::with_capacity(40 * code.len()));
    for (position, group) in code.split('-').enumerate() {
        match position {
            0 => {}
            IN_LINE => text.push_str("<i>-</i><br>"),
            _ => text.push_str("<i>-</i>"),
        }
        text.push_str(group);
    }
    text
}

/// A QR code as a picture of one path: runs of dark modules, row by row.
fn qr(text: &str) -> Result<Zeroizing<String>, qrcode::types::QrError> {
    /// The quiet zone that readers ask for.
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = Zeroizing::new(String::with_capacity(16 * 1024));
    for (y, row) in code.to_colors().chunks(width.max(1)).enumerate() {
        let mut x = 0;
        while let Some(start) = row.iter().skip(x).position(|color| *color == Color::Dark).map(|found| x + found) {
            let length = row.iter().skip(start).take_while(|color| **color == Color::Dark).count();
            let _ = write!(path, "M{} {}h{length}v1h-{length}z", start + QUIET, y + QUIET);
            x = start + length;
        }
    }
    Ok(Zeroizing::new(format!(
        "<svg viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"QR code of your voting link\" \
         shape-rendering=\"crispEdges\"><path d=\"{}\"/></svg>",
        path.as_str()
    )))
}

/// Text that cannot become markup, wherever it stands.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(id: &str, title: &str) -> String {
        let head = Letterhead {
            title: title.to_owned(),
            address: "https://vote.example.org/city-2026".to_owned(),
            fingerprint: "F2KQ-7H3M-0W5X-9RNB-4TDA-C6ZE-8PJG-1VYS".to_owned(),
            contact: Some("office <office@example.org>".to_owned()),
            simulation: false,
        };
        let letter = Letter { id, code: "ABCD-EFGH", style: Some("<all>"), weight: 3, credential: "CRED" };
        file(&head, &[letter]).unwrap().to_string()
    }

    #[test]
    fn what_people_wrote_cannot_become_markup() {
        let text = letters("\"><script>alert('1')</script>", "Trees & <b>parks</b>");
        assert!(!text.contains("<script") && !text.contains("<b>parks"), "{text}");
        assert!(text.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
        assert!(text.contains("Trees &amp; &lt;b&gt;parks&lt;/b&gt;"));
        assert!(text.contains("Questions: office &lt;office@example.org&gt;"));
        assert!(text.contains("Ballot: &lt;all&gt;") && text.contains("Counts 3 times"));
    }

    #[test]
    fn a_letter_needs_nothing_from_elsewhere() {
        let text = letters("1001", "Trees");
        for word in ["<script", "<link", "<img", "@import", "url(", " src="] {
            assert!(!text.contains(word), "{word}");
        }
        assert_eq!(text.matches(" href=").count(), 1);
        assert!(text.contains("href=\"https://vote.example.org/city-2026/#ABCD-EFGH\""));
    }

    #[test]
    fn the_picture_is_the_code_of_the_link() {
        let svg = qr("https://vote.example.org/city-2026/#ABCD-EFGH").unwrap();
        let code =
            QrCode::with_error_correction_level("https://vote.example.org/city-2026/#ABCD-EFGH", EcLevel::M).unwrap();
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        let runs = svg.split('h').skip(1).filter_map(|run| run.split('v').next()?.parse::<usize>().ok());
        assert_eq!(runs.filter(|length| *length < 100).sum::<usize>(), dark);
    }
}
