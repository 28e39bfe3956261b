//! What is named in a sentence, as links: `T-12`, `R-3`, `K-27`, `F-4`, `call 7`.

use super::subject;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// The page of what it names; empty where it names nothing.
    pub href: String,
}

/// The signs before numbers, and what they number.
const SIGNS: [(&str, &str); 5] =
    [("T-", "transfer"), ("R-", "reissue"), ("K-", "key_pack"), ("F-", "finding"), ("call ", "call")];

/// A sentence in pieces, those that name something with its page.
pub fn pieces(text: impl AsRef<str>) -> Vec<Piece> {
    let text = text.as_ref();
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    let plain = |text: &str| Some(text).filter(|text| !text.is_empty()).map(|text| (text.to_owned(), String::new()));
    while let Some(letter) = text[at..].chars().next() {
        let sign = SIGNS.iter().find(|(sign, _)| text[at..].starts_with(sign));
        match sign.and_then(|(sign, kind)| named(text, at, sign, kind)) {
            Some((to, href)) => {
                pieces.extend(plain(&text[from..at]));
                pieces.push((text[at..to].to_owned(), href));
                (from, at) = (to, to);
            }
            None => at += letter.len_utf8(),
        }
    }
    pieces.extend(plain(&text[from..]));
    pieces.into_iter().map(|(text, href)| Piece { text, href }).collect()
}

/// What is named here, unless it is part of another word: of a computer's name or of an ID.
fn named(text: &str, at: usize, sign: &str, kind: &str) -> Option<(usize, String)> {
    let rest = &text[at + sign.len()..];
    let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let id: i64 = rest[..digits].parse().ok().filter(|id| *id > 0)?;
    let within = |letter: char| letter.is_alphanumeric() || "-_./\\".contains(letter);
    let mut after = rest[digits..].chars();
    // At its end a sentence has a point.
    let next =
        after.next().filter(|letter| *letter != '.' || after.next().is_some_and(|letter| !letter.is_whitespace()));
    let apart = !text[..at].chars().next_back().is_some_and(within) && !next.is_some_and(within);
    // “call 7 people” is no call.
    let is_noun = kind != "call" || next.is_none_or(|letter| !letter.is_whitespace());
    (apart && is_noun).then(|| (at + sign.len() + digits, subject::address(kind, id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<(String, String)> {
        let all = pieces(text);
        assert_eq!(all.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        all.into_iter().filter(|piece| !piece.href.is_empty()).map(|piece| (piece.text, piece.href)).collect()
    }

    #[test]
    fn what_a_sentence_names_is_a_link_and_parts_of_other_words_are_not() {
        for (text, found) in [
            ("S-4 is already on its way (T-12).", &[("T-12", "/transfers/12")] as &[(&str, &str)]),
            ("T-1, R-22 and K-3.", &[("T-1", "/transfers/1"), ("R-22", "/reissues/22"), ("K-3", "/key-packs/3")]),
            ("Hedda calls (call 7).", &[("call 7", "/calls/7")]),
            ("Hedda has ended call 7 already.", &[]),
            ("F-9", &[("F-9", "/reports/findings/9")]),
            ("PC-T-12 and T-12-A, K-27B, call 7 people, T-0, T-99999999999999999999, K-", &[]),
            ("BCDFG-HJKMP-K-234", &[]),
            ("ä T-2… ü", &[("T-2", "/transfers/2")]),
            ("", &[]),
        ] {
            let found: Vec<(String, String)> =
                found.iter().map(|(text, href)| ((*text).to_owned(), (*href).to_owned())).collect();
            assert_eq!(links(text), found, "{text}");
        }
    }
}
