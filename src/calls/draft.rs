//! What is being typed during a call: kept in the database at every pause, field by field, so that two people can write
//! at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The fields of a live call and what stands in them; a field that is empty is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Draft(BTreeMap<String, String>);

/// The longest text of a field, in characters: more is cut, and the check at the end says so of what has a limit.
const LONGEST: usize = 4_000;

/// The most fields: a form of ours has far fewer.
const MOST: usize = 2_000;

impl Draft {
    /// What a form sent, as pairs of name and value; only fields whose name `is_ours`. A license key pack ID comes in seven
    /// boxes of one name, chosen transfers in as many ticks.
    pub fn of_pairs(pairs: &[(String, String)], is_ours: impl Fn(&str) -> bool) -> Draft {
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pairs.iter().filter(|(name, _)| is_ours(name)).take(MOST) {
            let value: String = value.chars().take(LONGEST).collect();
            let field = fields.entry(name.clone()).or_default();
            if name.starts_with("take-") && !field.is_empty() {
                field.push(',');
            }
            field.push_str(&value);
        }
        fields.retain(|_, value| !value.trim().is_empty());
        Draft(fields)
    }

    /// The draft that is stored as `text`; an empty one where it cannot be read.
    pub fn parse(text: &str) -> Draft {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What stands in a field.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// With this in a field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<String>) -> Draft {
        let value = value.into();
        if value.is_empty() {
            self.0.remove(field);
        } else {
            self.0.insert(field.to_owned(), value);
        }
        self
    }

    /// The numbers behind a name: of `granted-17` and `granted-18` under `granted-`, 17 and 18.
    pub fn numbers(&self, prefix: &str) -> Vec<usize> {
        let number = |name: &String| name.strip_prefix(prefix)?.parse().ok();
        let mut numbers: Vec<usize> = self.0.keys().filter_map(number).collect();
        numbers.sort_unstable();
        numbers
    }

    /// What somebody typed, laid over what stands by now: only the fields that they changed. The names of the fields that
    /// both changed, each otherwise, come beside it; there what they typed stands.
    pub fn laid_over(&self, base: &Draft, now: &Draft) -> (Draft, Vec<String>) {
        let mut merged = now.clone();
        let mut both = Vec::new();
        let names = self.0.keys().chain(base.0.keys());
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            let (mine, was, theirs) = (self.get(name), base.get(name), now.get(name));
            if mine == was || mine == theirs {
                continue;
            }
            if theirs != was {
                both.push(name.clone());
            }
            merged = merged.with(name, mine);
        }
        (merged, both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft(fields: &[(&str, &str)]) -> Draft {
        fields.iter().fold(Draft::default(), |draft, (name, value)| draft.with(name, *value))
    }

    #[test]
    fn two_people_write_into_one_call_and_neither_loses_a_field() {
        let base = draft(&[("representative", "Ann"), ("case_reference", "")]);
        let theirs = draft(&[("representative", "Ann"), ("case_reference", "C-1")]);
        let mine = draft(&[("representative", "Anna")]);
        let (merged, both) = mine.laid_over(&base, &theirs);
        assert_eq!((merged, both), (draft(&[("representative", "Anna"), ("case_reference", "C-1")]), vec![]));
    }

    #[test]
    fn a_field_that_both_changed_is_named() {
        let (merged, both) = draft(&[("note", "mine")]).laid_over(&draft(&[]), &draft(&[("note", "theirs")]));
        assert_eq!((merged, both), (draft(&[("note", "mine")]), vec!["note".to_owned()]));
    }

    #[test]
    fn seven_boxes_are_one_id_and_ticks_are_a_list() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let pairs = [
            pair("id-1-0", "ABCDE"),
            pair("id-1-0", "FGHIJ"),
            pair("take-1", "3"),
            pair("take-1", "5"),
            pair("x", "y"),
        ];
        let draft = Draft::of_pairs(&pairs, |name| name != "x");
        assert_eq!((draft.get("id-1-0"), draft.get("take-1"), draft.get("x")), ("ABCDEFGHIJ", "3,5", ""));
    }

    proptest! {
        #[test]
        fn a_draft_comes_back_as_it_was_kept(fields in proptest::collection::btree_map("[a-z-]{1,8}", ".{0,20}", 0..6)) {
            let draft = fields.iter().fold(Draft::default(), |draft, (name, value)| draft.with(name, value.clone()));
            prop_assert_eq!(Draft::parse(&draft.text()), draft);
        }

        #[test]
        fn laying_over_keeps_every_field_that_only_one_changed(
            base in proptest::collection::btree_map("[a-d]", "[x-z]{0,1}", 0..4),
            mine in proptest::collection::btree_map("[a-d]", "[x-z]{0,1}", 0..4),
            theirs in proptest::collection::btree_map("[a-d]", "[x-z]{0,1}", 0..4),
        ) {
            let of = |fields: &BTreeMap<String, String>| fields.iter().fold(Draft::default(), |d, (n, v)| d.with(n, v.clone()));
            let (base, mine, theirs) = (of(&base), of(&mine), of(&theirs));
            let (merged, both) = mine.laid_over(&base, &theirs);
            for name in ["a", "b", "c", "d"] {
                let expected = if mine.get(name) == base.get(name) { theirs.get(name) } else { mine.get(name) };
                prop_assert_eq!(merged.get(name), expected);
                let split = mine.get(name) != base.get(name) && theirs.get(name) != base.get(name) && mine.get(name) != theirs.get(name);
                prop_assert_eq!(both.contains(&name.to_owned()), split);
            }
        }
    }
}
