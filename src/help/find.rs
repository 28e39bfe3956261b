//! The search in help: sections whose words fit, the best first. A pure function over the pages; no database.

use super::page::{Page, Section};
use crate::search::found::{Piece, pieces};

/// About how many characters of a section are shown.
const EXCERPT: usize = 220;

/// A section that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it is.
    pub href: String,
    /// Its heading.
    pub heading: Vec<Piece>,
    /// The title of its page.
    pub page: String,
    /// A piece of what it says.
    pub excerpt: Vec<Piece>,
}

/// The sections that hold every word of a text, in their heading or below it: those named so first, then those whose heading
/// fits, then the others, each in the order of the pages.
pub fn find(pages: &[Page], text: &str) -> Vec<Hit> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let phrase = words.join(" ");
    let mut found = Vec::new();
    for page in pages {
        for section in &page.sections {
            if let Some(rank) = rank(section, &words, &phrase) {
                found.push((rank, hit(page, section, &words)));
            }
        }
    }
    // A stable sort: within a rank the order of the pages stays.
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, hit)| hit).collect()
}

/// How well a section fits, 0 the best; nothing where a word is missing.
fn rank(section: &Section, words: &[String], phrase: &str) -> Option<usize> {
    let (heading, text) = (section.heading.to_lowercase(), section.text.to_lowercase());
    if !words.iter().all(|word| heading.contains(word) || text.contains(word)) {
        return None;
    }
    let better = [
        heading == phrase,
        heading.contains(phrase),
        words.iter().all(|word| heading.contains(word)),
        text.contains(phrase),
        words.iter().any(|word| heading.contains(word)),
    ];
    Some(better.iter().position(|fits| *fits).unwrap_or(better.len()))
}

fn hit(page: &Page, section: &Section, words: &[String]) -> Hit {
    let href = if section.anchor.is_empty() { page.href() } else { format!("{}#{}", page.href(), section.anchor) };
    let excerpt = marked(&excerpt(&section.text, words), words);
    Hit { href, heading: marked(&section.heading, words), page: page.title.clone(), excerpt }
}

/// A text in pieces, of which those that are one of the words are marked.
fn marked(text: &str, words: &[String]) -> Vec<Piece> {
    let whole = vec![Piece { text: text.to_owned(), fits: false }];
    words.iter().fold(whole, |made, word| {
        made.into_iter().flat_map(|one| if one.fits { vec![one] } else { pieces(&one.text, word) }).collect()
    })
}

/// A stretch of a text around the first of the words, cut where words end.
fn excerpt(text: &str, words: &[String]) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let first = |word: &String| all.iter().position(|one| one.to_lowercase().contains(word));
    let around = words.iter().filter_map(first).min().unwrap_or(0);
    let from = around.saturating_sub(8);
    let from = if from < 4 { 0 } else { from };
    let mut made = String::new();
    for word in all.iter().skip(from) {
        if made.chars().count() + word.chars().count() >= EXCERPT {
            made.push('…');
            break;
        }
        if !made.is_empty() {
            made.push(' ');
        }
        made.push_str(word);
    }
    if from > 0 { format!("… {made}") } else { made }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "# Words\n\nThe words of the field.\n\n## License key pack ID\n\n35 characters, not the keypack ID.\n\n\
         ## Keypack ID\n\nThe server’s small number.\n";
    const TWO: &str = "# Steps\n\nWhat to do.\n\n## Install\n\nNote the keypack ID that the server shows.\n";

    fn pages() -> Vec<Page> {
        vec![Page::of("steps", TWO), Page::of("words", ONE)]
    }

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|one| if one.fits { format!("[{}]", one.text) } else { one.text.clone() }).collect()
    }

    fn hrefs(text: &str) -> Vec<String> {
        find(&pages(), text).into_iter().map(|hit| hit.href).collect()
    }

    #[test]
    fn what_is_named_so_comes_first_then_headings_that_fit_then_what_is_said() {
        let keypack = ["/help/words#keypack-id", "/help/steps#install", "/help/words#license-key-pack-id"];
        assert_eq!(hrefs("keypack ID"), keypack);
        assert_eq!(hrefs("  KEYPACK   id "), keypack);
        assert_eq!(hrefs("id"), [keypack[2], keypack[0], keypack[1]]);
        assert_eq!(hrefs("words"), ["/help/words"]);
    }

    #[test]
    fn every_word_must_fit_in_the_heading_or_below_it() {
        assert_eq!(hrefs("install server"), ["/help/steps#install"]);
        assert!(hrefs("install telephone").is_empty());
        assert!(hrefs("").is_empty() && hrefs("  ").is_empty());
    }

    #[test]
    fn what_fits_is_marked_in_heading_and_excerpt() {
        let hits = find(&pages(), "server keypack");
        let shown: Vec<_> = hits.iter().map(|hit| (shown(&hit.heading), shown(&hit.excerpt))).collect();
        assert_eq!(
            shown,
            [
                ("[Keypack] ID".to_owned(), "The [server]’s small number.".to_owned()),
                ("Install".to_owned(), "Note the [keypack] ID that the [server] shows.".to_owned()),
            ]
        );
    }

    #[test]
    fn an_excerpt_begins_near_the_first_word_that_fits_and_is_cut_where_words_end() {
        let long = format!("{}needle {}", "hay ".repeat(90), "straw ".repeat(90));
        let cut = excerpt(&long, &["needle".to_owned()]);
        assert!(cut.starts_with("… hay hay") && cut.contains(" needle straw") && cut.ends_with("straw…"), "{cut}");
        assert!(cut.chars().count() <= EXCERPT + 4, "{cut}");
        assert_eq!(excerpt("One needle.", &["needle".to_owned()]), "One needle.");
        assert_eq!(excerpt("", &["needle".to_owned()]), "");
    }
}
