//! The mark on texts that a spreadsheet would run: an apostrophe in front, which the import takes off again.

/// Whether a spreadsheet would run a text, or it bears marks in front of such a text already.
fn would_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A text with the mark where it needs one. A text that begins with an apostrophe before such a sign gets one more, so
/// that what is taken off is always what was put on.
pub fn harmless(text: &str) -> String {
    if would_run(text) { format!("'{text}") } else { text.to_owned() }
}

/// A text without the mark that [`harmless`] gave it.
pub fn unmarked(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| would_run(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_marked_and_comes_back() {
        for (text, marked) in [
            ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
            ("+49 30", "'+49 30"),
            ("-1", "'-1"),
            ("@sum(A1)", "'@sum(A1)"),
            ("\tPC", "'\tPC"),
            ("\rPC", "'\rPC"),
            ("'=already", "''=already"),
            ("PC-0117", "PC-0117"),
            ("'quoted'", "'quoted'"),
            ("a=b", "a=b"),
            ("'", "'"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), marked);
            assert_eq!(unmarked(marked), text, "{marked}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@ab\t-]{0,6}") {
            let marked = harmless(&text);
            proptest::prop_assert_eq!(unmarked(&marked), text);
        }
    }
}
