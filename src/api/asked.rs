//! What a list's address asks for. A page takes what is said wrongly as not said, for its reader sees the list; a
//! program would take the wrong rows for right ones, so here it is refused.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use serde::de::DeserializeOwned;

use crate::moment::Moment;
use crate::products::product::Version;
use crate::web::address::Address;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order, SIZE, Window};

/// The most rows of one answer.
pub const MOST: i64 = 500;

/// The most characters of a text that a list is filtered by.
pub const TEXT: usize = 200;

/// A list that programs can read, by what its page's address asks for.
pub trait List: DeserializeOwned + Send {
    /// Its orders.
    const ORDERS: &'static [Order];

    /// Its filters.
    fn filters() -> Vec<Param>;
}

/// A filter of a list.
#[derive(Clone, Debug)]
pub struct Param {
    /// As the address writes it.
    pub name: &'static str,
    /// What it does.
    pub says: &'static str,
    /// What it may be.
    pub takes: Takes,
}

/// What a filter may be.
#[derive(Clone, Debug)]
pub enum Takes {
    /// A whole number from 1 on, up to the most that makes sense.
    Number(i64),
    /// The year in a product version's name.
    Year,
    /// Any text.
    Text,
    /// A day.
    Day,
    /// One of some words.
    OneOf(Vec<&'static str>),
}

impl Param {
    /// A filter by the number of another noun.
    pub fn number(name: &'static str, says: &'static str) -> Param {
        Param { name, says, takes: Takes::Number(i64::MAX) }
    }

    /// A filter by a product version.
    pub fn version() -> Param {
        Param { name: "version", says: "Only of this product version, by the year in its name.", takes: Takes::Year }
    }

    /// A filter by a text.
    pub fn text(name: &'static str, says: &'static str) -> Param {
        Param { name, says, takes: Takes::Text }
    }

    /// A filter by a day.
    pub fn day(name: &'static str, says: &'static str) -> Param {
        Param { name, says, takes: Takes::Day }
    }

    /// A filter by one of some words.
    pub fn one_of(name: &'static str, says: &'static str, words: impl IntoIterator<Item = &'static str>) -> Param {
        Param { name, says, takes: Takes::OneOf(words.into_iter().collect()) }
    }

    /// What is wrong with a value, if anything.
    fn refuses(&self, value: &str) -> Option<String> {
        match &self.takes {
            Takes::Number(most) => {
                let right = value.parse::<i64>().is_ok_and(|number| (1..=*most).contains(&number));
                let says = if *most == i64::MAX { String::new() } else { format!(", at most {most}") };
                (!right).then(|| format!("Send a whole number from 1 on{says}."))
            }
            Takes::Year => Version::parse(value).is_none().then(|| "Send a year such as 2019.".to_owned()),
            Takes::Text => {
                let long = value.chars().count() > TEXT;
                long.then(|| format!("Send at most {TEXT} characters."))
            }
            Takes::Day => Moment::of_day(value).is_none().then(|| "Write the day like 2026-08-22.".to_owned()),
            Takes::OneOf(words) => (!words.contains(&value)).then(|| format!("Send one of: {}.", words.join(", "))),
        }
    }
}

/// What a list's address asks for.
#[derive(Clone, Debug)]
pub struct Asked<T> {
    /// The filters, as the list's page takes them.
    pub filters: T,
    /// The order asked for; empty: the usual one.
    pub sort: String,
    after: Option<Cursor>,
    limit: i64,
}

impl<T> Asked<T> {
    /// The slice that is asked for, in the order that the list chose by what was asked.
    ///
    /// # Errors
    /// 422, when this order cannot be had, or the place is none of it.
    pub fn window(&self, order: &Order) -> Outcome<Window> {
        if !self.sort.is_empty() && order.name != self.sort.trim_start_matches('-') {
            return Err(refuse("sort", "With these filters the list has another order. Leave sort out."));
        }
        Ok(match &self.after {
            None => Window::first(self.limit),
            Some(place) if order.text || place.key.parse::<i64>().is_ok() => Window::behind(place.clone(), self.limit),
            Some(_) => return Err(refuse("after", NO_PLACE)),
        })
    }
}

const NO_PLACE: &str = "Send what the answer before this one gave as “next”, with the same filters and order.";

/// Refuses what an address says.
pub fn refuse(name: &str, says: impl Into<String>) -> Error {
    let says = says.into();
    let fields = vec![(name.to_owned(), says.clone())];
    Error::Unmet { status: StatusCode::UNPROCESSABLE_ENTITY, says: format!("{name}: {says}"), fields }
}

/// The orders of a list as its address writes them, each also the other way round.
pub fn sorts(orders: &[Order]) -> Vec<String> {
    orders.iter().flat_map(|order| [order.name.to_owned(), format!("-{}", order.name)]).collect()
}

impl<S: Send + Sync, T: List> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Asked<T>> {
        asked(&parts.uri)
    }
}

fn unreadable() -> Error {
    Error::unmet(
        StatusCode::BAD_REQUEST,
        "The address holds something that cannot be read. Check it, and send it again.",
    )
}

/// What an address says, each name once.
fn said(uri: &Uri) -> Outcome<Vec<(String, String)>> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| unreadable())?;
    for (n, (name, _)) in pairs.iter().enumerate() {
        if pairs.iter().take(n).any(|(before, _)| before == name) {
            return Err(refuse(name, "Send it only once."));
        }
    }
    Ok(pairs)
}

/// The filters that an address says, of a list that comes whole.
///
/// # Errors
/// 422 for what is said wrongly or is no filter, 400 for what cannot be read.
pub fn filters<T: DeserializeOwned>(uri: &Uri, known: &[Param]) -> Outcome<T> {
    let mut address = Address::new("/");
    for (name, value) in said(uri)? {
        let Some(param) = known.iter().find(|param| param.name == name) else {
            return Err(refuse(&name, unknown(known, &[])));
        };
        if let Some(says) = param.refuses(&value) {
            return Err(refuse(&name, says));
        }
        address = address.with(&name, value);
    }
    let uri: Uri = address.to_string().parse().map_err(|_| unreadable())?;
    Ok(Query::<T>::try_from_uri(&uri).map_err(|_| unreadable())?.0)
}

fn asked<T: List>(uri: &Uri) -> Outcome<Asked<T>> {
    let known = T::filters();
    let mut address = Address::new("/");
    let (mut limit, mut after, mut sort) = (SIZE, None, String::new());
    for (name, value) in &said(uri)? {
        match (name.as_str(), known.iter().find(|param| param.name == name)) {
            ("limit", _) => limit = number_of_rows(value)?,
            ("after", _) => after = Some(Cursor::parse(value).ok_or_else(|| refuse("after", NO_PLACE))?),
            ("sort", _) if sorts(T::ORDERS).contains(value) => sort.clone_from(value),
            ("sort", _) if T::ORDERS.is_empty() => {
                return Err(refuse("sort", "The list has one order. Leave sort out."));
            }
            ("sort", _) => return Err(refuse("sort", format!("Send one of: {}.", sorts(T::ORDERS).join(", ")))),
            (_, None) => return Err(refuse(name, unknown(&known, &["limit", "after", "sort"]))),
            (_, Some(param)) => match param.refuses(value) {
                Some(says) => return Err(refuse(name, says)),
                None => address = address.with(name, value),
            },
        }
    }
    let uri: Uri = address.with("sort", &sort).to_string().parse().map_err(|_| unreadable())?;
    let Query(filters) = Query::<T>::try_from_uri(&uri).map_err(|_| unreadable())?;
    Ok(Asked { filters, sort, after, limit })
}

fn number_of_rows(value: &str) -> Outcome<i64> {
    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| refuse("limit", format!("Send a whole number from 1 to {MOST}.")))
}

fn unknown(known: &[Param], others: &[&'static str]) -> String {
    let names = known.iter().map(|param| param.name).chain(others.iter().copied()).collect::<Vec<_>>();
    format!("There is no such filter. There are: {}.", names.join(", "))
}
