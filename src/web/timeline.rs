//! Timelines: lines of history and what rows tell of themselves, newest first, by day, an import's lines folded.

use super::address::Address;
use super::format::counted;
use super::parts::Footer;
use super::shell::Shell;
use super::slice::{Cursor, Window};
use super::subject::{self, Named, Names};
use crate::db::Db;
use crate::history::line::Line;
use crate::licenses::license::{Event, Status};
use crate::moment::Moment;
use crate::products::product::LicenseType;
use crate::reissues::reissue::Reason;
use crate::web::error::Outcome;

/// One day of a timeline.
#[derive(Clone, Debug)]
pub struct Day {
    /// Its heading: `Saturday, 22 August 2026`.
    pub day: String,
    /// What happened on it.
    pub entries: Vec<Entry>,
}

/// One thing that happened, ready to be read.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    at: Moment,
    import: Option<i64>,
    /// The moment for machines.
    pub iso: String,
    /// The moment in words, with its zone.
    pub exact: String,
    /// The time of day.
    pub clock: String,
    /// What happened: `License changed`.
    pub what: String,
    /// What it happened to; empty where the page says it already.
    pub subject: String,
    /// Its page; empty where there is none.
    pub href: String,
    /// Who did it; empty where a row tells it of itself.
    pub who: String,
    /// The import that brought it, or that showed it first.
    pub by_import: String,
    /// The import's page.
    pub import_href: String,
    /// More about it, or why.
    pub why: String,
    /// The values before and after.
    pub changes: Vec<Change>,
    /// The lines folded into this one.
    pub folded: Vec<Entry>,
}

/// One value that changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// What it is.
    pub name: String,
    /// What it was; empty: nothing.
    pub before: String,
    /// What it is now; empty: nothing.
    pub after: String,
}

impl Entry {
    /// When it happened.
    pub fn at(&self) -> Moment {
        self.at
    }

    /// The import that brought it, or that showed it first.
    pub fn import(&self) -> Option<i64> {
        self.import
    }

    /// The values before and after, as one text: `Status: Temporary → Active; Expires On: …`.
    pub fn changes_text(&self) -> String {
        let said = |change: &Change| match (change.before.as_str(), change.after.as_str()) {
            ("", after) => format!("{}: {after}", change.name),
            (before, "") => format!("{}: {before} → nothing", change.name),
            (before, after) => format!("{}: {before} → {after}", change.name),
        };
        self.changes.iter().map(said).collect::<Vec<_>>().join("; ")
    }
}

/// A line of history, or what a license's row tells of itself.
#[derive(Clone, Debug)]
pub enum Told {
    /// By history.
    Line(Line),
    /// By a license's row.
    Event(Event),
}

impl Told {
    /// Its place among everything told: its moment, and a number of its own.
    pub fn place(&self) -> (i64, i64) {
        match self {
            Told::Line(line) => (line.at.0, line.id * 8),
            Told::Event(event) => (event.at.0, event.n),
        }
    }
}

/// More lines than this of one import stand folded into one.
const FOLD: usize = 3;

/// What was told, ready to be read. `about`: whose page it stands on, which its entries need not name again.
pub async fn entries(db: &Db, shell: &Shell, told: Vec<Told>, about: Option<(&str, i64)>) -> Outcome<Vec<Entry>> {
    let about = about.map(|(kind, id)| (kind.to_owned(), id));
    let subjects = told.iter().map(named).filter(|subject| plain(subject, about.as_ref()).is_none());
    let names = subject::names(db, subjects).await?;
    Ok(told.into_iter().map(|told| entry(shell, told, &names, about.as_ref())).collect())
}

/// Days of a timeline.
pub async fn days(db: &Db, shell: &Shell, told: Vec<Told>, about: Option<(&str, i64)>) -> Outcome<Vec<Day>> {
    let mut days: Vec<Day> = Vec::new();
    for entry in folded(entries(db, shell, told, about).await?) {
        let day = entry.at.long_day(&shell.format.zone);
        match days.last_mut() {
            Some(last) if last.day == day => last.entries.push(entry),
            _ => days.push(Day { day, entries: vec![entry] }),
        }
    }
    Ok(days)
}

/// Days of history's own lines.
pub async fn of_lines(db: &Db, shell: &Shell, lines: Vec<Line>, about: Option<(&str, i64)>) -> Outcome<Vec<Day>> {
    days(db, shell, lines.into_iter().map(Told::Line).collect(), about).await
}

/// A slice of one timeline of history's lines and of what license rows tell, and the steps under it.
pub async fn story(
    db: &Db,
    shell: &Shell,
    window: &Window,
    (lines, events): (Vec<Line>, Vec<Event>),
    about: (&str, i64),
) -> Outcome<(Vec<Day>, Footer)> {
    let lines = lines.into_iter().map(Told::Line).collect();
    let told = window.merge(lines, events.into_iter().map(Told::Event).collect(), Told::place);
    let slice = window.cut(told, |told| {
        let (at, n) = told.place();
        Cursor::new(at, n)
    });
    let address = Address::new(subject::address(about.0, about.1));
    let footer = slice.footer(&address, 0, "");
    Ok((days(db, shell, slice.rows, Some(about)).await?, footer))
}

fn named(told: &Told) -> Named {
    match told {
        Told::Line(line) => (line.subject_kind.clone(), line.subject_id),
        Told::Event(event) => ("license".to_owned(), event.license_id.0),
    }
}

/// What a subject is called on a page about something, where that needs no looking up.
fn plain((kind, id): &Named, about: Option<&Named>) -> Option<String> {
    match about {
        Some((on, number)) if on == kind && number == id => Some(String::new()),
        // On a client's own page its licenses need not say whose they are.
        Some((on, _)) if on == "client" && kind == "license" => Some(format!("license {id}")),
        // What has no name for readers, as the demonstration, is said by the action alone.
        _ => (!subject::is_kind(kind)).then(String::new),
    }
}

fn entry(shell: &Shell, told: Told, names: &Names, about: Option<&Named>) -> Entry {
    let (kind, id) = named(&told);
    let subject = plain(&(kind.clone(), id), about).unwrap_or_else(|| names.of(&kind, id));
    let entry = match told {
        Told::Line(line) => of_line(shell, line),
        Told::Event(event) => of_event(event),
    };
    let when = shell.when(&entry.at);
    let href = if subject.is_empty() { String::new() } else { subject::address(&kind, id) };
    Entry {
        iso: when.iso(),
        exact: when.exact(),
        clock: when.clock(),
        subject,
        href,
        by_import: entry.import.map(|id| format!("import {id}")).unwrap_or_default(),
        import_href: entry.import.map(|id| subject::address("import", id)).unwrap_or_default(),
        ..entry
    }
}

fn of_line(shell: &Shell, line: Line) -> Entry {
    let mut differences = line.differences();
    differences.sort_by_key(|(name, ..)| FIELDS.iter().position(|(field, _)| field == name).unwrap_or(FIELDS.len()));
    let changes = differences
        .into_iter()
        // An import that brought none of something need not say so.
        .filter(|(_, before, after)| {
            !(line.subject_kind == "import" && before.is_empty() && ["0", "[]"].contains(&after.as_str()))
        })
        .map(|(name, before, after)| Change {
            before: said(shell, &name, before),
            after: said(shell, &name, after),
            name: field(&name),
        })
        .collect();
    let day = line.at.day(&shell.format.zone);
    let from = line.effective_on.filter(|from| *from != day).map(|from| format!("True since {from}."));
    let why: Vec<String> = line.reason.into_iter().chain(from).collect();
    Entry {
        at: line.at,
        import: line.import_id.filter(|_| line.subject_kind != "import"),
        what: heading(&line.action),
        who: line.actor,
        why: why.join(" "),
        changes,
        ..Entry::default()
    }
}

fn of_event(event: Event) -> Entry {
    Entry {
        at: event.at,
        import: event.import_id,
        what: event.words().to_owned(),
        why: format!("{}, {}", event.product(), event.server),
        ..Entry::default()
    }
}

/// Fields that readers know by other words, and the order in which they are read; the others follow.
const FIELDS: [(&str, &str); 12] = [
    ("captured at", "Exported"),
    ("files", "Files"),
    ("new", "New"),
    ("changed", "Changed"),
    ("gone", "Gone from the server"),
    ("older", "From an older file"),
    ("left out", "Left out"),
    ("unchanged", "Unchanged"),
    ("issued at", "Issued On"),
    ("expires at", "Expires On"),
    ("os family", "System"),
    ("os version", "Windows version"),
];

/// A field as readers know it.
fn field(name: &str) -> String {
    FIELDS.iter().find(|(field, _)| *field == name).map_or_else(|| heading(name), |(_, words)| (*words).to_owned())
}

/// The first letter in capitals; the rest as it is.
fn heading(words: &str) -> String {
    let words = words.replace(" id", " ID");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Fields whose values only the help desk and admins may read.
const GUARDED: [&str; 2] = ["license server id", "license key pack id"];

/// Whether a line's values, as they are stored, are kept from whoever may not read such IDs.
pub fn withholds(line: &Line, may_read_ids: bool) -> bool {
    let guarded = |text: &String| GUARDED.iter().any(|name| text.contains(&name.replace(' ', "_")));
    !may_read_ids && (line.before.as_ref().is_some_and(guarded) || line.after.as_ref().is_some_and(guarded))
}

/// A value as a reader knows it: moments in their zone, states in words.
fn said(shell: &Shell, field: &str, value: String) -> String {
    if value.is_empty() {
        return value;
    }
    if GUARDED.contains(&field) && !shell.may_read_ids {
        return "known to the help desk".to_owned();
    }
    if field.ends_with(" at") {
        let at = value.parse().ok().map(Moment).or_else(|| Moment::of_iso(&value));
        return at.map_or(value, |at| shell.when(&at).exact());
    }
    match field {
        "files" => files(&value),
        "transfers completed" | "transfers asked about" => transfers(&value),
        "key pack" if value.parse::<i64>().is_ok() => format!("K-{value}"),
        "call" if value.parse::<i64>().is_ok() => format!("call {value}"),
        "reason" => Reason::parse(&value).map_or(value, |one| one.label().to_owned()),
        "status" => value.parse().map_or(heading(&value), |code| Status::of_code(code).label().to_owned()),
        "license type" => LicenseType::parse(&value).map_or(heading(&value), |one| one.label().to_owned()),
        "origin" | "role" | "kind" | "program" | "transfer policy" | "state" | "follow up" | "connection method"
        | "discovery scope" | "outcome" => heading(&value.replace('_', " ")),
        _ => value,
    }
}

/// One of the files of an import, as its line of history names it.
#[derive(serde::Deserialize)]
struct File {
    name: String,
    rows: i64,
}

fn files(value: &str) -> String {
    let files: Vec<File> = serde_json::from_str(value).unwrap_or_default();
    let files: Vec<String> =
        files.iter().map(|file| format!("{} ({})", file.name, counted(file.rows, "row"))).collect();
    files.join(", ")
}

fn transfers(value: &str) -> String {
    let ids: Vec<i64> = serde_json::from_str(value).unwrap_or_default();
    ids.iter().map(|id| format!("T-{id}")).collect::<Vec<_>>().join(", ")
}

/// Runs of one import's lines, each folded into one entry that opens.
fn folded(entries: Vec<Entry>) -> Vec<Entry> {
    let mut runs: Vec<Vec<Entry>> = Vec::new();
    for entry in entries {
        match runs.last_mut() {
            Some(run)
                if run.first().is_some_and(|first| {
                    first.import.is_some()
                        && first.import == entry.import
                        && first.who == entry.who
                        && !first.who.is_empty()
                }) =>
            {
                run.push(entry);
            }
            _ => runs.push(vec![entry]),
        }
    }
    runs.into_iter().flat_map(|run| if run.len() > FOLD { vec![fold(run)] } else { run }).collect()
}

fn fold(run: Vec<Entry>) -> Entry {
    let Some(first) = run.first().cloned() else {
        return Entry::default();
    };
    Entry {
        what: format!("{} changes", run.len()),
        subject: String::new(),
        href: String::new(),
        why: String::new(),
        changes: Vec::new(),
        folded: run,
        ..first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(import: Option<i64>, who: &str) -> Entry {
        Entry { import, who: who.into(), ..Entry::default() }
    }

    #[test]
    fn only_a_long_run_of_one_import_is_folded() {
        let short = vec![entry(Some(1), "Ada"), entry(Some(1), "Ada"), entry(None, "Ada")];
        assert_eq!(folded(short).len(), 3);
        let long = std::iter::repeat_n(entry(Some(1), "Ada"), 9).chain([entry(Some(2), "Ada")]);
        let folded = folded(long.collect());
        assert_eq!(folded.len(), 2);
        assert_eq!((folded[0].what.as_str(), folded[0].folded.len()), ("9 changes", 9));
    }

    #[test]
    fn a_field_and_a_license_type_are_written_as_everywhere_else() {
        for (name, words) in [("os version", "Windows version"), ("license key pack id", "License key pack ID")] {
            assert_eq!(field(name), words);
        }
        assert_eq!(said(&Shell::outside(), "license type", "per_device".into()), "Per Device");
    }

    #[test]
    fn a_license_server_id_is_not_told_to_an_auditor() {
        let mut shell = Shell::outside();
        assert_eq!(said(&shell, "license server id", "ABCDE".into()), "known to the help desk");
        shell.may_read_ids = true;
        assert_eq!(said(&shell, "license server id", "ABCDE".into()), "ABCDE");
        assert_eq!(said(&shell, "expires at", "1787389200".into()), "22 Aug 2026, 09:00 UTC");
        assert_eq!(said(&shell, "status", "2".into()), "Active");
        assert_eq!(said(&shell, "transfers completed", "[3,5]".into()), "T-3, T-5");
        assert_eq!(said(&shell, "key pack", "2".into()), "K-2");
        assert_eq!(said(&shell, "call", "2".into()), "call 2");
        assert_eq!(said(&shell, "reason", "reinstall".into()), Reason::Reinstall.label());
        assert_eq!(said(&shell, "reason", "its disk broke".into()), "its disk broke");
    }
}
