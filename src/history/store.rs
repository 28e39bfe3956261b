//! History in the database: written by every change, read by timelines.

pub use super::chain::{verify, verify_in};
use super::correction::Correction;
use super::line::{Line, NewLine, Subject, Tail, differing};
use crate::check::Problems;
use crate::db::{Db, Query, Reads, Tx};
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order, Window};

pub(crate) const COLUMNS: &str = "h.id, h.at, h.effective_on, h.actor, h.action, h.subject_kind, h.subject_id, \
    h.before, h.after, h.reason, h.import_id, h.previous_hash, h.hash";

/// How many lines one statement writes.
const AT_ONCE: usize = 500;

/// Records one line of the change being made.
pub async fn record(tx: &mut Tx, line: NewLine) -> Outcome<()> {
    record_all(tx, vec![line]).await
}

/// Records several lines of the change being made, in their order.
pub async fn record_all(tx: &mut Tx, lines: Vec<NewLine>) -> Outcome<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut tail = hold_tail(tx).await?;
    let at = tx.at.max(tail.at);
    let mut written = Vec::with_capacity(lines.len());
    let mut subjects: Vec<(Subject, i64)> = Vec::with_capacity(lines.len() * 2);
    for new in lines {
        let mut line = Line {
            id: tail.line + 1,
            at,
            effective_on: new.effective_on,
            actor: tx.actor.clone(),
            action: new.action.to_owned(),
            subject_kind: new.subject.0.to_owned(),
            subject_id: new.subject.1,
            before: new.before.map(|values| values.to_string()),
            after: new.after.map(|values| values.to_string()),
            reason: new.reason,
            import_id: new.import.map(|import| import.0),
            previous_hash: tail.hash,
            hash: String::new(),
        };
        line.hash = line.expected_hash();
        tail = Tail { line: line.id, at, hash: line.hash.clone() };
        subjects.push((new.subject, line.id));
        subjects.extend(new.touches.into_iter().filter(|touched| *touched != new.subject).map(|s| (s, line.id)));
        written.push(line);
    }
    write(tx, &written, &subjects).await?;
    tx.sql("update history_tail set line = $1, at = $2, hash = $3 where id = 1")
        .bind(tail.line)
        .bind(tail.at)
        .bind(&tail.hash)
        .execute()
        .await?;
    tx.tail = Some(tail);
    Ok(())
}

/// The end of the chain, held against other changes until this one ends.
async fn hold_tail(tx: &mut Tx) -> Outcome<Tail> {
    if let Some(tail) = tx.tail.take() {
        return Ok(tail);
    }
    let text = tx.pick(
        "select line, at, hash from history_tail where id = 1",
        "select line, at, hash from history_tail where id = 1 for update",
    );
    Ok(tx.sql(text).one().await?)
}

/// A number that grows with every line of history and with every look at findings, which an import without differences
/// takes too: as long as it stays the same, nothing was recorded and no export said anything anew.
pub async fn standing(db: &Db) -> Outcome<i64> {
    let text = "select t.line + l.looked from history_tail t cross join finding_looks l where t.id = 1 and l.id = 1";
    Ok(db.sql(text).scalar().await?)
}

async fn write(tx: &mut Tx, lines: &[Line], subjects: &[(Subject, i64)]) -> Outcome<()> {
    for some in lines.chunks(AT_ONCE) {
        tx.sql(
            "insert into history (id, at, effective_on, actor, action, subject_kind, subject_id, before, after, \
             reason, import_id, previous_hash, hash) values",
        )
        .rows_of(some, |query, line| {
            query
                .value(line.id)
                .value(line.at)
                .value(&line.effective_on)
                .value(&line.actor)
                .value(&line.action)
                .value(&line.subject_kind)
                .value(line.subject_id)
                .value(&line.before)
                .value(&line.after)
                .value(&line.reason)
                .value(line.import_id)
                .value(&line.previous_hash)
                .value(&line.hash)
        })
        .execute()
        .await?;
    }
    for some in subjects.chunks(AT_ONCE * 4) {
        tx.sql("insert into history_subjects (kind, id, line) values")
            .rows_of(some, |query, (subject, line)| query.value(subject.0).value(subject.1).value(*line))
            .push(" on conflict do nothing")
            .execute()
            .await?;
    }
    Ok(())
}

/// The first line of a moment or later; for both the whole history and one subject's lines.
const FROM: [&str; 2] = [
    " and h.id >= coalesce((select f.id from history f where f.at >= ? order by f.at, f.id limit 1), 9000000000000000000)",
    " and s.line >= coalesce((select f.id from history f where f.at >= ? order by f.at, f.id limit 1), 9000000000000000000)",
];
const UNTIL: [&str; 2] = [
    " and h.id < coalesce((select u.id from history u where u.at >= ? order by u.at, u.id limit 1), 9000000000000000000)",
    " and s.line < coalesce((select u.id from history u where u.at >= ? order by u.at, u.id limit 1), 9000000000000000000)",
];

/// What to show of history: everything, or one thing's timeline, one person's, one kind of change, a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A noun and a number: only lines that touch it.
    pub subject: Option<(String, i64)>,
    /// Who made the change.
    pub actor: Option<String>,
    /// What happened.
    pub action: Option<String>,
    /// From this moment on.
    pub from: Option<crate::moment::Moment>,
    /// Before this moment.
    pub until: Option<crate::moment::Moment>,
    /// Brought by this import.
    pub import: Option<i64>,
}

impl Filter {
    /// Everything that touches one thing.
    pub fn about(kind: &str, id: i64) -> Filter {
        Filter { subject: Some((kind.to_owned(), id)), ..Filter::default() }
    }

    /// The lines to choose from. With a subject they are one range of the subjects' index.
    fn source<'c>(&self, db: &'c Db, columns: &'static str) -> Query<'c> {
        let query = db.sql("select ").push(columns);
        let query = match &self.subject {
            Some((kind, id)) => query
                .push_bind(" from history_subjects s join history h on h.id = s.line where s.kind = ?", kind)
                .push_bind(" and s.id = ?", *id),
            None => query.push(" from history h where true"),
        };
        // Lines are numbered in the order of their moments, so a time is a range of numbers.
        query
            .push_some(" and h.actor = ?", self.actor.as_ref())
            .push_some(" and h.action = ?", self.action.as_ref())
            .push_some(" and h.import_id = ?", self.import)
            .push_some(self.range(FROM), self.from)
            .push_some(self.range(UNTIL), self.until)
    }

    /// The text that bounds the lines, on the column that their index begins with.
    fn range(&self, texts: [&'static str; 2]) -> &'static str {
        let [whole, subject] = texts;
        if self.subject.is_some() { subject } else { whole }
    }

    /// The column that the lines are ordered by; with a subject, its index's own.
    fn key(&self) -> &'static str {
        if self.subject.is_some() { "s.line" } else { "h.id" }
    }
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, window: &Window) -> Query<'c> {
    window.by_id(filter.source(db, COLUMNS), filter.key())
}

/// Lines, newest first.
pub async fn list(db: &Db, filter: &Filter, window: &Window) -> Outcome<Vec<Line>> {
    Ok(select(db, filter, window).all().await?)
}

/// One line.
pub async fn find(db: &Db, id: i64) -> Outcome<Line> {
    let line = db.sql("select ").push(COLUMNS).push_bind(" from history h where h.id = ?", id);
    line.optional().await?.ok_or(Error::NotFound)
}

/// The lines that touch one thing, in the order of a timeline on which others tell too: by moment, and a line's
/// number is its own times eight.
pub async fn told_of(db: &Db, kind: &str, id: i64, window: &Window) -> Outcome<Vec<Line>> {
    let order = Order { name: "told", column: "h.at", id: "h.id * 8", text: false, descending: true };
    let query = Filter::about(kind, id).source(db, COLUMNS);
    Ok(window.by(query, &order).all().await?)
}

/// The number of the newest line that touches a thing; 0 when none does.
pub async fn newest<'c>(db: impl Reads<'c>, subject: Subject) -> Outcome<i64> {
    Ok(db.sql(NEWEST).bind(subject.0).bind(subject.1).scalar().await?)
}

const NEWEST: &str = "select coalesce(max(line), 0) from history_subjects where kind = $1 and id = $2";

/// Refuses a correction whose page was older than the thing's newest line; the thing's row is held already.
pub async fn still_newest(tx: &mut Tx, subject: Subject, seen: i64) -> Outcome<()> {
    let newest: i64 = tx.sql(NEWEST).bind(subject.0).bind(subject.1).scalar().await?;
    if newest > seen { Err(Problems::of("seen", OVERTAKEN).into()) } else { Ok(()) }
}

const OVERTAKEN: &str = "It was changed while your page was open; see below what changed. Nothing of yours is saved yet: \
    look at both, then save again.";

/// Records a correction by the fields in which the values differ; the same values are refused.
pub async fn record_correction<V: serde::Serialize>(
    tx: &mut Tx,
    line: NewLine,
    (before, after): (&V, &V),
    why: &Correction,
) -> Outcome<()> {
    let json = |values: &V| serde_json::to_value(values).map_err(Error::internal);
    let Some((before, after)) = differing(&json(before)?, &json(after)?) else {
        return Err(Problems::of("", "Nothing differs from what is recorded. Change a field, or go back.").into());
    };
    record(tx, why.explain(line.before(before).after(after))).await
}

/// The lines that touch a thing after the one that was seen, newest first (at most 20).
pub async fn since(db: &Db, subject: Subject, seen: i64) -> Outcome<Vec<Line>> {
    let lines = db
        .sql("select ")
        .push(COLUMNS)
        .push_bind(" from history_subjects s join history h on h.id = s.line where s.kind = ?", subject.0)
        .push_bind(" and s.id = ?", subject.1)
        .push_bind(" and s.line > ?", seen)
        .push(" order by s.line desc limit 20");
    Ok(lines.all().await?)
}

/// The latest lines that touch one thing, and whether there are more.
pub async fn latest(db: &Db, kind: &str, id: i64, most: i64) -> Outcome<(Vec<Line>, bool)> {
    let window = Window::first(most);
    let slice = window.cut(list(db, &Filter::about(kind, id), &window).await?, |line| Cursor::new(line.id, line.id));
    Ok((slice.rows, slice.next.is_some()))
}

/// How many lines there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, cap: i64) -> Outcome<i64> {
    Ok(filter.source(db, "1 as one").count_up_to(cap).await?)
}

/// The people and programs that have made changes, by name (for a filter's list; at most 200).
pub async fn actors(db: &Db) -> Outcome<Vec<String>> {
    skip_through(
        db,
        "with recursive a (actor) as (select min(actor) from history \
         union all select (select min(h.actor) from history h where h.actor > a.actor) from a where a.actor is not null) \
         select actor from a where actor is not null limit 200",
    )
    .await
}

/// The kinds of change that have been made, by name.
pub async fn actions(db: &Db) -> Outcome<Vec<String>> {
    skip_through(
        db,
        "with recursive a (action) as (select min(action) from history \
         union all select (select min(h.action) from history h where h.action > a.action) from a where a.action is not null) \
         select action from a where action is not null limit 200",
    )
    .await
}

/// The distinct values of an indexed column: one look into the index for each, however long history is.
async fn skip_through(db: &Db, text: &'static str) -> Outcome<Vec<String>> {
    let rows: Vec<(String,)> = db.sql(text).all().await?;
    Ok(rows.into_iter().map(|(value,)| value).collect())
}
