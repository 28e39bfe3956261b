//! The preview: what an import would change, row by row.

use futures_util::stream::BoxStream;

use super::import::{Import, ImportFile};
use super::preview_rows::{GoneRow, LicenseRow, PackRow};
use super::reading::{Dates, Inspection};
use crate::db::{Db, Query};
use crate::ids::ImportId;
use crate::web::error::Outcome;
use crate::web::slice::{Order, Window};

/// What keeps an import from being applied: a row with an error, or a question.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Trouble {
    /// Its number within the import.
    pub n: i64,
    /// `error`, `hardware_id`, `license_holder`, `license_server_id`, `entered_by_hand`.
    pub kind: String,
    /// What it is about, where that is neither a row nor a server.
    pub subject: String,
    /// The file, where it is about a row.
    pub file: String,
    /// The line, where it is about a row; else 0.
    pub line: i64,
    /// The sentence.
    pub message: String,
    /// How a person settled it.
    pub settled: Option<String>,
}

impl Trouble {
    /// The ways in which a person may settle it: what is sent, and what is read.
    pub fn ways(&self) -> Vec<(String, String)> {
        super::settle::ways(&self.kind, &self.subject)
    }

    /// What a way leads to.
    pub fn hint(&self, way: &str) -> Option<&'static str> {
        super::settle::hint(&self.kind, way)
    }

    /// How it was settled, in words.
    pub fn settled_words(&self) -> String {
        let settled = self.settled.as_deref().unwrap_or_default();
        self.ways().into_iter().find(|(value, _)| *value == settled).map(|(_, words)| words).unwrap_or_default()
    }
}

const TROUBLES: &str = "select p.n, p.kind, p.subject, coalesce(f.name, '') as file, coalesce(p.line, 0) as line, \
     p.message, p.settled from import_problems p left join import_files f on f.id = p.file_id";

/// Every open problem of an import, for the command line.
pub async fn troubles(db: &Db, id: ImportId) -> Outcome<Vec<Trouble>> {
    Ok(db
        .sql(TROUBLES)
        .push_bind(" where p.import_id = ?", id)
        .push(" and p.settled is null order by p.n")
        .all()
        .await?)
}

/// The rows with errors (`errors`), or the questions, a slice at a time.
pub async fn list_troubles(db: &Db, id: ImportId, errors: bool, window: &Window) -> Outcome<Vec<Trouble>> {
    let query = db.sql(TROUBLES).push_bind(" where p.import_id = ?", id);
    let query = query.push(if errors { " and p.kind = 'error'" } else { " and p.kind <> 'error'" });
    Ok(window.by(query, &TROUBLES_ORDER).all().await?)
}

/// How many there are, up to a cap.
pub async fn count_troubles(db: &Db, id: ImportId, errors: bool, cap: i64) -> Outcome<i64> {
    let query = db.sql("select 1 as one from import_problems p").push_bind(" where p.import_id = ?", id);
    let query = query.push(if errors { " and p.kind = 'error'" } else { " and p.kind <> 'error'" });
    Ok(query.count_up_to(cap).await?)
}

const TROUBLES_ORDER: Order = Order { name: "", column: "p.n", id: "p.n", text: false, descending: false };

/// What an import that asks must be told: the file where it is about one, and the sentence.
pub fn asked(import: &Import, files: &[ImportFile]) -> Vec<(String, String)> {
    let asked: Vec<(String, String)> =
        files.iter().filter_map(|file| Some((file.name.clone(), question(file)?))).collect();
    if asked.is_empty() { vec![(String::new(), import.message.clone())] } else { asked }
}

/// What must be asked about a file, as one sentence.
fn question(file: &ImportFile) -> Option<String> {
    match file.question.as_str() {
        "columns" => {
            Some(format!("{}: say in the console what its columns mean; it is remembered for such files.", file.name))
        }
        "dates" => {
            let inspection: Option<Inspection> = serde_json::from_str(&file.inspection).ok();
            Some(match inspection.map(|inspection| inspection.dates) {
                Some(Dates::Ambiguous { example, line }) => format!(
                    "{}: a date such as {example} (line {line}) can be read in two ways. Say whether the day or the month \
                     comes first.",
                    file.name
                ),
                _ => format!(
                    "{}: its dates contradict each other. Say whether the day or the month comes first; rows that \
                     do not fit are shown as errors.",
                    file.name
                ),
            })
        }
        _ => None,
    }
}

const LICENSES: &str = "select r.n, f.name as file, r.line, s.name as server, p.keypack_id, r.license_number, \
     c.name as client, c.client_id, r.status, r.issued_at, r.expires_at, r.license_id, h.name as was_client, \
     l.status as was_status, l.issued_at as was_issued, l.expires_at as was_expiring, l.gone_at as was_gone, \
     r.computer, l.computer as was_computer, r.outcome";

/// What staged licenses are joined to.
const JOINED: &str = " join import_files f on f.id = r.file_id \
     join import_servers s on s.import_id = r.import_id and s.n = r.server_n \
     join import_key_packs p on p.import_id = r.import_id and p.n = r.pack_n \
     join import_clients c on c.import_id = r.import_id and c.n = r.client_n \
     left join licenses l on l.id = r.license_id left join clients h on h.id = l.client_id";

const LICENSES_ORDER: Order = Order { name: "", column: "r.n", id: "r.n", text: false, descending: false };

/// The staged licenses `r` by their outcome: SQLite, which counted them while there were none, would read all of an import.
pub(super) fn by_outcome(db: &Db) -> &'static str {
    db.pick(" from import_licenses r indexed by import_licenses_outcome", " from import_licenses r")
}

/// Staged licenses of one outcome, in the order of the files.
pub async fn list_licenses(db: &Db, id: ImportId, outcome: &str, window: &Window) -> Outcome<Vec<LicenseRow>> {
    let query = db.sql(LICENSES).push(by_outcome(db)).push(JOINED).push_bind(" where r.import_id = ?", id);
    let query = query.push_bind(" and r.outcome = ?", outcome);
    Ok(window.by(query, &LICENSES_ORDER).all().await?)
}

/// How many there are, up to a cap.
pub async fn count_licenses(db: &Db, id: ImportId, outcome: &str, cap: i64) -> Outcome<i64> {
    let query = db.sql("select 1 as one").push(by_outcome(db)).push_bind(" where r.import_id = ?", id);
    Ok(query.push_bind(" and r.outcome = ?", outcome).count_up_to(cap).await?)
}

/// Staged licenses of every outcome, one by one, for the download.
pub fn all_licenses(db: &Db, id: ImportId) -> BoxStream<'_, sqlx::Result<LicenseRow>> {
    let query = db.sql(LICENSES).push(" from import_licenses r").push(JOINED);
    query.push_bind(" where r.import_id = ?", id).push(" order by r.n").stream()
}

const PACKS: &str = "select p.n, f.name as file, p.line, s.name as server, p.keypack_id, p.version, p.license_type, \
     p.key_pack_type, p.product_version, p.type_and_model, p.quantity, p.issued, p.expires_at, p.key_pack_id, k.quantity as was_quantity, k.issued as was_issued, \
     k.expires_at as was_expiring, p.outcome \
     from import_key_packs p left join import_files f on f.id = p.file_id \
     join import_servers s on s.import_id = p.import_id and s.n = p.server_n \
     left join key_packs k on k.id = p.key_pack_id";

const PACKS_ORDER: Order = Order { name: "", column: "p.n", id: "p.n", text: false, descending: false };

/// Staged key packs of one outcome that a file describes.
pub async fn list_packs(db: &Db, id: ImportId, outcome: &str, window: &Window) -> Outcome<Vec<PackRow>> {
    let query = db.sql(PACKS).push_bind(" where p.import_id = ?", id).push(" and p.described = 1");
    Ok(window.by(query.push_bind(" and p.outcome = ?", outcome), &PACKS_ORDER).all().await?)
}

const GONE_ORDER: Order = Order { name: "", column: "g.id", id: "g.id", text: false, descending: false };

/// The licenses that are gone.
pub async fn list_gone(db: &Db, id: ImportId, window: &Window) -> Outcome<Vec<GoneRow>> {
    let query =
        gone(db, id, "select l.id, s.name as server, k.keypack_id, l.license_number, c.name as client, l.expires_at");
    Ok(window.by(query, &GONE_ORDER).all().await?)
}

fn gone<'c>(db: &'c Db, id: ImportId, columns: &'static str) -> Query<'c> {
    db.sql(columns)
        .push(
            " from import_gone g join licenses l on l.id = g.id join license_servers s on s.id = l.server_id \
             join key_packs k on k.id = l.key_pack_id join clients c on c.id = l.client_id",
        )
        .push_bind(" where g.import_id = ?", id)
        .push(" and g.kind = 'license'")
}

/// The key packs that are gone.
pub async fn list_gone_packs(db: &Db, id: ImportId, window: &Window) -> Outcome<Vec<GoneRow>> {
    let packs = db.sql(
        "select k.id, s.name as server, k.keypack_id, cast(null as bigint) as license_number, '' as client, k.expires_at \
         from import_gone g join key_packs k on k.id = g.id join license_servers s on s.id = k.server_id",
    );
    let packs = packs.push_bind(" where g.import_id = ?", id).push(" and g.kind = 'key_pack'");
    Ok(window.by(packs, &GONE_ORDER).all().await?)
}
