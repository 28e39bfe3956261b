//! Lists are read a slice at a time, by key and never by offset, so that page 10,000 costs what page 2 costs
//! and a slice stays right while rows are added.

use serde::Deserialize;

use super::address::Address;
use super::error::Outcome;
use super::format::capped;
use super::parts::Footer;
use crate::db::Query;

/// Rows on a page unless the reader chose otherwise.
pub const SIZE: i64 = 50;
/// The sizes that a reader may choose.
pub const SIZES: [i64; 4] = [25, 50, 100, 250];

/// Rows of the lists that stand on other pages.
const LITTLE: [i64; 3] = [8, 10, 20];
/// A count stops here: "1,000+".
pub const CAP: i64 = 1_001;

/// How a list's address says which slice of it is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Paging {
    /// The last row of the slice before.
    pub after: String,
    /// The first row of the slice behind.
    pub before: String,
    /// Rows in a slice.
    pub size: String,
    /// The column that the rows are ordered by; a leading `-` turns the order round.
    pub sort: String,
    /// The columns that are hidden, by name.
    pub without: String,
}

/// A row's place in an order: the value of the ordering column, then the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The ordering column's value, as text.
    pub key: String,
    /// The row's id, which decides between equal values.
    pub id: i64,
}

impl Cursor {
    /// The place of a row that is ordered by a value.
    pub fn new(key: impl ToString, id: i64) -> Cursor {
        Cursor { key: key.to_string(), id }
    }

    /// The place that an address names; none when it names none.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (key, id) = text.rsplit_once('.').filter(|(key, _)| !key.contains('\0'))?;
        Some(Cursor { key: key.to_owned(), id: id.parse().ok()? })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.key, self.id)
    }
}

/// An order that a list can be read in: an indexed column, and the id behind it.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// What the address calls it.
    pub name: &'static str,
    /// The column, as SQL.
    pub column: &'static str,
    /// The id column, as SQL.
    pub id: &'static str,
    /// Whether the column holds text (else whole numbers).
    pub text: bool,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Order {
    /// The order of a list that has only one, by number, the newest first.
    pub const BY_NUMBER: Order = Order { name: "", column: "id", id: "id", text: false, descending: true };

    /// The order that the address asks for, or the first of those offered.
    pub fn chosen(sort: &str, offered: &'static [Order]) -> Order {
        let (name, turned) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
        let first = offered.first().copied().unwrap_or(Order::BY_NUMBER);
        match offered.iter().find(|order| order.name == name) {
            Some(order) => Order { descending: order.descending != turned, ..*order },
            None => first,
        }
    }
}

/// Ends a `select … where …` in an order without a limit: what a capped count walks, so that it stops as soon as the
/// list itself would.
pub fn walk<'c>(query: Query<'c>, order: &Order) -> Query<'c> {
    let direction = if order.descending { " desc" } else { " asc" };
    let query = query.push(" order by ").push(order.column).push(direction);
    if order.column == order.id {
        return query;
    }
    query.push(", ").push(order.id).push(direction)
}

/// Which slice of a list is wanted.
#[derive(Clone, Debug)]
pub struct Window {
    cursor: Option<Cursor>,
    backwards: bool,
    size: i64,
}

impl Window {
    /// The slice that an address asks for; what it says wrongly is taken as not said.
    pub fn of(paging: &Paging) -> Window {
        let size = paging.size.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZE);
        let before = Cursor::parse(&paging.before);
        Window { backwards: before.is_some(), cursor: before.or_else(|| Cursor::parse(&paging.after)), size }
    }

    /// The first rows.
    pub fn first(size: i64) -> Window {
        Window { cursor: None, backwards: false, size }
    }

    /// The rows that come behind a place.
    pub fn behind(place: Cursor, size: i64) -> Window {
        Window { cursor: Some(place), backwards: false, size }
    }

    /// The rows that come after an id, in an order by id.
    pub fn after_id(id: i64, size: i64) -> Window {
        Window { cursor: Some(Cursor::new(id, id)), backwards: false, size }
    }

    /// Rows in the slice.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// Whether this is the beginning of the list.
    pub fn is_first(&self) -> bool {
        self.cursor.is_none()
    }

    /// Ends a `select … where …` so that it gives this slice, newest (largest id) first.
    pub fn by_id<'c>(&self, query: Query<'c>, id: &'static str) -> Query<'c> {
        self.by_id_in(query, id, true)
    }

    fn by_id_in<'c>(&self, query: Query<'c>, id: &'static str, descending: bool) -> Query<'c> {
        let down = descending != self.backwards;
        let query = match &self.cursor {
            Some(cursor) => query.push(" and ").push(id).push_bind(if down { " < ?" } else { " > ?" }, cursor.id),
            None => query,
        };
        let query = query.push(" order by ").push(id).push(if down { " desc" } else { " asc" });
        self.limited(query)
    }

    /// Ends a `select … where …` so that it gives this slice in an order.
    pub fn by<'c>(&self, query: Query<'c>, order: &Order) -> Query<'c> {
        if order.column == order.id {
            return self.by_id_in(query, order.id, order.descending);
        }
        let down = order.descending != self.backwards;
        let query = match &self.cursor {
            Some(cursor) => {
                let query = query.push(" and (").push(order.column).push(", ").push(order.id);
                let query = query.push(if down { ") < (" } else { ") > (" });
                let query = if order.text {
                    query.push_bind("?", &cursor.key)
                } else {
                    query.push_bind("?", cursor.key.parse::<i64>().unwrap_or(0))
                };
                query.push_bind(", ?)", cursor.id)
            }
            None => query,
        };
        let direction = if down { " desc" } else { " asc" };
        let query = query.push(" order by ").push(order.column).push(direction);
        let query = query.push(", ").push(order.id).push(direction);
        self.limited(query)
    }

    /// The sizes that pages use stand in the text; a program may ask for any, which is bound, so that there are few texts.
    fn limited<'c>(&self, query: Query<'c>) -> Query<'c> {
        if SIZES.contains(&self.size) || LITTLE.contains(&self.size) {
            return query.push_limit(" limit ?", self.size + 1);
        }
        query.push_bind(" limit ?", self.size + 1)
    }

    /// The rows of this slice of a list that is held in memory, one more where there are more. `number`: a row's place in
    /// the list, growing with it.
    pub fn of_held<T: Clone>(&self, rows: &[T], number: impl Fn(&T) -> i64) -> Vec<T> {
        let most = usize::try_from(self.size + 1).unwrap_or(0);
        let is_behind = |row: &&T| self.cursor.as_ref().is_none_or(|place| number(row) > place.id);
        rows.iter().filter(is_behind).take(most).cloned().collect()
    }

    /// Puts what two sources gave for this slice into one order, so that it can be [`Window::cut`] as one.
    pub fn merge<T, K: Ord>(&self, mut rows: Vec<T>, others: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
        rows.extend(others);
        rows.sort_by_key(|row| std::cmp::Reverse(key(row)));
        if self.backwards {
            rows.reverse();
        }
        rows.truncate(usize::try_from(self.size + 1).unwrap_or(0));
        rows
    }

    /// Cuts what was read to the slice, and says where the slices beside it begin.
    pub fn cut<T>(&self, mut rows: Vec<T>, place: impl Fn(&T) -> Cursor) -> Slice<T> {
        let size = usize::try_from(self.size).unwrap_or(0);
        let more = rows.len() > size;
        rows.truncate(size);
        if self.backwards {
            rows.reverse();
        }
        let (ahead, behind) = if self.backwards { (more, true) } else { (!self.is_first(), more) };
        Slice {
            previous: rows.first().filter(|_| ahead).map(&place),
            next: rows.last().filter(|_| behind).map(&place),
            is_all: self.is_first() && !self.backwards && !more,
            rows,
        }
    }
}

/// A slice of a list.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// The first row, when there are rows before it.
    pub previous: Option<Cursor>,
    /// The last row, when there are rows behind it.
    pub next: Option<Cursor>,
    /// Whether the list has no other rows.
    pub is_all: bool,
}

impl<T> Slice<T> {
    /// The line under the list: how many there are (up to [`CAP`]), and where the slices beside this one are.
    pub fn footer(&self, address: &Address, count: i64, noun: &'static str) -> Footer {
        let here = address.without("after").without("before");
        Footer {
            shown: self.rows.len(),
            count: capped(count, CAP),
            noun,
            first: self.previous.as_ref().map(|_| here.to_string()),
            previous: self.previous.as_ref().map(|place| here.with("before", place).to_string()),
            next: self.next.as_ref().map(|place| here.with("after", place).to_string()),
        }
    }

    /// The same, where counting them takes a while: nothing is counted when the list has no other rows.
    ///
    /// # Errors
    /// What the count ended with.
    pub async fn counted(
        &self,
        address: &Address,
        count: impl Future<Output = Outcome<i64>>,
        noun: &'static str,
    ) -> Outcome<Footer> {
        let count = if self.is_all { i64::try_from(self.rows.len()).unwrap_or(CAP) } else { count.await? };
        Ok(self.footer(address, count, noun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_address_even_when_the_key_has_dots() {
        for cursor in [Cursor::new(17, 4), Cursor::new("pc-1.corp.example", 9), Cursor::new("", 0), Cursor::new(-5, 1)]
        {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        assert_eq!(Cursor::parse("nonsense"), None);
    }

    #[test]
    fn a_slice_says_whether_there_is_more_on_either_side() {
        let first = Window::first(2).cut(vec![9, 8, 7], |n| Cursor::new(n, *n));
        assert_eq!((first.rows, first.previous, first.next), (vec![9, 8], None, Some(Cursor::new(8, 8))));
        let last = Window::after_id(8, 2).cut(vec![7], |n| Cursor::new(n, *n));
        assert_eq!((last.rows, last.previous, last.next), (vec![7], Some(Cursor::new(7, 7)), None));
        let back = Window { cursor: Some(Cursor::new(7, 7)), backwards: true, size: 2 };
        let back = back.cut(vec![8, 9], |n| Cursor::new(n, *n));
        assert_eq!((back.rows, back.previous, back.next), (vec![9, 8], None, Some(Cursor::new(8, 8))));
    }
}
