//! Addresses within the console: a path and what its list is filtered by.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A path and its query, in order. Every filter of a list lives here, so that a list can be shared as a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    path: String,
    query: Vec<(String, String)>,
}

impl Address {
    /// A path without a query.
    pub fn new(path: impl Into<String>) -> Address {
        Address { path: path.into(), query: Vec::new() }
    }

    /// With this value for a name; an empty value takes the name away.
    #[must_use]
    pub fn with(&self, name: &str, value: impl ToString) -> Address {
        let mut address = self.without(name);
        let value = value.to_string();
        if !value.is_empty() {
            address.query.push((name.to_owned(), value));
        }
        address
    }

    /// Without a name.
    #[must_use]
    pub fn without(&self, name: &str) -> Address {
        let query = self.query.iter().filter(|(other, _)| other != name).cloned().collect();
        Address { path: self.path.clone(), query }
    }

    /// The same query at another path.
    #[must_use]
    pub fn at(&self, path: impl Into<String>) -> Address {
        Address { path: path.into(), query: self.query.clone() }
    }

    /// The path alone.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The names and values, as hidden fields of a form repeat them.
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        for (n, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{}={}", if n == 0 { '?' } else { '&' }, escape(name), escape(value))?;
        }
        Ok(())
    }
}

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A text as it stands in an address: letters, digits and `-_.~` as they are, everything else as `%xx`.
pub fn escape(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// Whether an address is one of this console, and never one of another site.
pub fn is_here(address: &str) -> bool {
    let here = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\");
    here && !address.chars().any(char::is_control)
}

/// The text that [`escape`] wrote.
pub fn unescape(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_replaces_and_removes_what_it_filters_by() {
        let list = Address::new("/clients").with("q", "PC 1&2").with("sort", "name");
        assert_eq!(list.to_string(), "/clients?q=PC%201%262&sort=name");
        assert_eq!(list.with("sort", "-name").without("q").to_string(), "/clients?sort=-name");
        assert_eq!(list.with("q", "").to_string(), "/clients?sort=name");
    }
}
