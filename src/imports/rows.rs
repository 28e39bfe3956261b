//! The rows of an import's preview for programs, a slice at a time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::preview::{self, Trouble};
use super::preview_rows::{Change, GoneRow, LicenseRow, PackRow};
use crate::api::answer::{day, moment, said};
use crate::api::asked::{List, Param};
use crate::api::operations::Operations;
use crate::db::Db;
use crate::ids::ImportId;
use crate::licenses::license::Status;
use crate::users::user::Role;
use crate::web::error::Outcome;
use crate::web::format::Format;
use crate::web::slice::{Cursor, Order, Slice, Window};

/// Which rows are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    show: String,
    of: String,
}

const SHOWN: [&str; 7] = ["new", "changed", "gone", "conflicts", "errors", "older", "unchanged"];

impl List for Asked {
    const ORDERS: &'static [Order] = &[];

    fn filters() -> Vec<Param> {
        vec![
            Param::one_of("show", "Which rows; without it, new ones.", SHOWN),
            Param::one_of("of", "Licenses, as without it, or key packs.", ["licenses", "key_packs"]),
        ]
    }
}

impl Asked {
    /// Whether what is said goes together: questions and rows with errors are not parted by kind.
    pub fn fits(&self) -> bool {
        self.of.is_empty() || !["conflicts", "errors"].contains(&self.show.as_str())
    }
}

/// A row of an import: what a file says, or what a file lacks. What does not apply to it is null.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub struct Row {
    /// Its number within the import; of what is gone, its number in the register.
    n: i64,
    /// `license`, `key_pack`, `error`, or the kind of question.
    kind: String,
    /// The file.
    file: Option<String>,
    /// The line.
    line: Option<i64>,
    /// The license server.
    license_server: Option<String>,
    /// The server's own small number of the key pack.
    keypack_id: Option<i64>,
    /// The server's own number of the license.
    license_number: Option<i64>,
    /// Whose the license is.
    client: Option<String>,
    /// The register's license, where it has it.
    license: Option<i64>,
    /// The register's key pack, where it has it.
    key_pack: Option<i64>,
    /// The license's status, or the key pack's version and type.
    description: Option<String>,
    /// How many licenses the key pack holds; null: any number, or a license.
    total: Option<i64>,
    /// How many of them are issued.
    issued: Option<i64>,
    /// When the license was issued.
    #[schema(format = DateTime)]
    issued_at: Option<String>,
    /// The day on which it expires; null: never.
    #[schema(format = Date)]
    expires_on: Option<String>,
    /// What differs from the register, in words.
    changes: Vec<Difference>,
    /// What is wrong, or what is asked.
    message: Option<String>,
    /// How a person settled it.
    settled: Option<String>,
}

/// A field in which a row differs from the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Difference {
    /// Its name.
    field: String,
    /// What the register has.
    before: String,
    /// What the file says.
    after: String,
}

/// What programs can ask of an import's rows.
pub fn describe(calls: &mut Operations) {
    calls.list_at::<Asked, Row>("imports/{id}/rows", Role::Auditor, "What an import would change, row by row");
}

fn differences(changes: Vec<Change>) -> Vec<Difference> {
    let one = |change: Change| Difference { field: change.name.to_owned(), before: change.before, after: change.after };
    changes.into_iter().map(one).collect()
}

fn of_license(row: LicenseRow, format: &Format) -> (Cursor, Row) {
    let changes = differences(row.changes(format));
    let place = Cursor::new(row.issued_at.0, row.n);
    let row = Row {
        n: row.n,
        kind: "license".to_owned(),
        description: Some(Status::of_code(row.status).as_str().to_owned()),
        file: said(row.file),
        line: Some(row.line),
        license_server: said(row.server),
        keypack_id: row.keypack_id,
        license_number: row.license_number,
        client: said(row.client),
        license: row.license_id,
        issued_at: moment(row.issued_at),
        expires_on: day(row.expires_at),
        changes,
        ..Row::default()
    };
    (place, row)
}

fn of_pack(row: PackRow) -> (Cursor, Row) {
    let (changes, description) = (differences(row.changes()), said(row.name()));
    let row = Row {
        n: row.n,
        kind: "key_pack".to_owned(),
        file: row.file,
        line: Some(row.line),
        license_server: said(row.server),
        keypack_id: row.keypack_id,
        key_pack: row.key_pack_id,
        total: row.quantity,
        issued: row.issued,
        expires_on: day(row.expires_at),
        description,
        changes,
        ..Row::default()
    };
    (Cursor::new(row.n, row.n), row)
}

fn of_gone(row: GoneRow, is_pack: bool) -> (Cursor, Row) {
    let row = Row {
        n: row.id,
        kind: if is_pack { "key_pack" } else { "license" }.to_owned(),
        license_server: said(row.server),
        keypack_id: row.keypack_id,
        license_number: row.license_number,
        client: said(row.client),
        license: (!is_pack).then_some(row.id),
        key_pack: is_pack.then_some(row.id),
        expires_on: day(row.expires_at),
        ..Row::default()
    };
    (Cursor::new(row.n, row.n), row)
}

fn of_trouble(trouble: Trouble) -> (Cursor, Row) {
    let row = Row {
        n: trouble.n,
        file: said(trouble.file),
        line: Some(trouble.line).filter(|line| *line > 0),
        message: said(trouble.message),
        settled: trouble.settled,
        kind: trouble.kind,
        ..Row::default()
    };
    (Cursor::new(row.n, row.n), row)
}

/// A slice of an import's rows.
///
/// # Errors
/// Internal.
pub async fn slice(db: &Db, id: ImportId, asked: &Asked, window: &Window, format: &Format) -> Outcome<Slice<Row>> {
    let is_pack = asked.of == "key_packs";
    let show = if asked.show.is_empty() { "new" } else { &asked.show };
    let rows: Vec<(Cursor, Row)> = match (show, is_pack) {
        ("conflicts" | "errors", _) => {
            let troubles = preview::list_troubles(db, id, show == "errors", window).await?;
            troubles.into_iter().map(of_trouble).collect()
        }
        ("gone", true) => {
            let packs = preview::list_gone_packs(db, id, window).await?;
            packs.into_iter().map(|row| of_gone(row, true)).collect()
        }
        ("gone", false) => {
            let licenses = preview::list_gone(db, id, window).await?;
            licenses.into_iter().map(|row| of_gone(row, false)).collect()
        }
        (outcome, true) => {
            let packs = preview::list_packs(db, id, outcome, window).await?;
            packs.into_iter().map(of_pack).collect()
        }
        (outcome, false) => {
            let licenses = preview::list_licenses(db, id, outcome, window).await?;
            licenses.into_iter().map(|row| of_license(row, format)).collect()
        }
    };
    let slice = window.cut(rows, |(place, _)| place.clone());
    let rows = slice.rows.into_iter().map(|(_, row)| row).collect();
    Ok(Slice { rows, previous: slice.previous, next: slice.next, is_all: slice.is_all })
}
