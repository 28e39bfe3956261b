//! What somebody typed into the search, and what it can mean.

/// The longest text that is searched for, in characters.
const LONGEST: usize = 200;

/// What a number with a letter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `S-1042`: a seat, which is named by its first license.
    Seat,
    /// `T-88`: a transfer.
    Transfer,
    /// `R-17`: a request to reissue.
    Reissue,
    /// `K-3`: a key pack; its keypack ID is another number, which its server gave.
    KeyPack,
}

impl Named {
    /// Every kind of number with a letter.
    const ALL: [Named; 4] = [Named::Seat, Named::Transfer, Named::Reissue, Named::KeyPack];

    /// Its letter.
    pub fn letter(self) -> char {
        match self {
            Named::Seat => 'S',
            Named::Transfer => 'T',
            Named::Reissue => 'R',
            Named::KeyPack => 'K',
        }
    }

    /// As pages say it.
    pub fn label(self) -> &'static str {
        match self {
            Named::Seat => "seat",
            Named::Transfer => "transfer",
            Named::Reissue => "request",
            Named::KeyPack => "key pack",
        }
    }
}

/// A text to be searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As it was typed, without the blanks around it.
    pub text: String,
    /// In lower case, as names are compared.
    pub key: String,
    /// In upper case without blanks and hyphens, as long identifiers are compared.
    pub squeezed: String,
}

impl Term {
    /// What was typed; nothing for an empty text.
    pub fn of(text: &str) -> Option<Term> {
        let text: String = text.trim().chars().filter(|letter| *letter != '\0').take(LONGEST).collect();
        if text.is_empty() {
            return None;
        }
        let squeezed = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        Some(Term { key: text.to_lowercase(), squeezed: squeezed.collect::<String>().to_uppercase(), text })
    }

    /// The number, where it is nothing else: `1042`.
    pub fn number(&self) -> Option<i64> {
        whole(&self.text)
    }

    /// The number with a letter: `S-1042`, `s 1042`.
    pub fn named(&self) -> Option<(Named, i64)> {
        let mut letters = self.text.chars();
        let letter = letters.next()?.to_ascii_uppercase();
        let named = Named::ALL.into_iter().find(|named| named.letter() == letter)?;
        let rest = letters.as_str();
        let number = rest.strip_prefix(['-', ' '])?;
        Some((named, whole(number.trim_start())?))
    }

    /// The 35 characters of a license server ID or a license key pack ID.
    pub fn long_id(&self) -> Option<&str> {
        (self.squeezed.len() == 35 && self.is_plain()).then_some(self.squeezed.as_str())
    }

    /// The last of such an ID's seven groups of five.
    pub fn last_group(&self) -> Option<&str> {
        (self.squeezed.len() == 5 && self.is_plain()).then_some(self.squeezed.as_str())
    }

    fn is_plain(&self) -> bool {
        self.squeezed.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }
}

fn whole(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_a_letter_is_told_from_a_name() {
        for (text, named) in [
            ("S-1042", Some((Named::Seat, 1042))),
            (" s-7 ", Some((Named::Seat, 7))),
            ("T-88", Some((Named::Transfer, 88))),
            ("r 17", Some((Named::Reissue, 17))),
            ("k-3", Some((Named::KeyPack, 3))),
            ("S1042", None),
            ("S-", None),
            ("S-0", None),
            ("S-+4", None),
            ("S-99999999999999999999", None),
            ("SRV-1", None),
            ("ß-1", None),
        ] {
            assert_eq!(Term::of(text).and_then(|term| term.named()), named, "{text}");
        }
        assert_eq!(Term::of("1042").and_then(|term| term.number()), Some(1042));
        assert_eq!(Term::of("10 42").and_then(|term| term.number()), None);
        assert_eq!(Term::of(" \u{0} "), None);
    }

    #[test]
    fn an_id_is_read_with_and_without_its_hyphens() {
        let of = |text: &str| Term::of(text).unwrap();
        assert_eq!(of("abcde").last_group(), Some("ABCDE"));
        assert_eq!(of("ab-cd").last_group(), None);
        let typed = "abcde-fghij-klmno-pqrst-uvwxy-z0123-45678";
        assert_eq!(of(typed).long_id(), Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678"));
        assert_eq!(of("äöüßé").last_group(), None);
    }
}
