//! Making a bundle: tables, history, the page and the text are read and packed step by step; that it was made is a line
//! of history itself.

use std::fs::File;

use askama::Template;
use serde_json::json;
use tokio::sync::Semaphore;

use super::answers::{Findings, Positions, Revocations, Terms};
use super::form::Scope;
use super::line::{Entry, Is};
use super::manifest::{Chain, FORMAT, HISTORY, Manifest};
use super::press::{Press, Pressed};
use super::printed::{Index, PRINTED, Readme, Sheet, printed};
use super::store;
use super::tables::{Calls, Grants, KeyPacks, Notes, Purchases, Removals, Requests, Table, Transfers};
use crate::change;
use crate::db::Db;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::export::{Cell, MARK, write_csv};
use crate::web::timeline::withholds;

/// What history calls the making of a bundle.
pub const MADE: &str = "evidence made";

/// Bundles that are made at once; others wait their turn.
static TURNS: Semaphore = Semaphore::const_new(1);

/// A bundle that was made and recorded.
pub struct Bundle {
    /// The zip file, ready to be read from its beginning.
    pub file: File,
    /// Its bytes.
    pub size: u64,
    /// What it says of itself.
    pub manifest: Manifest,
    /// The SHA-256 of its manifest, as history keeps it.
    pub manifest_sha256: String,
}

impl Bundle {
    /// A name for the file: company and period, in letters that every disk takes.
    pub fn name(&self) -> String {
        let letters = |text: &str| -> String {
            let mapped: String =
                text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
            mapped.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
        };
        let Manifest { company, company_number, from, to, .. } = &self.manifest;
        let company = Some(letters(company)).filter(|name| !name.is_empty());
        let company = company.unwrap_or_else(|| format!("company-{company_number}"));
        format!("evidence-{company}-{from}-to-{to}.zip")
    }
}

/// Makes a bundle and records that it was made, by whom.
///
/// # Errors
/// When the database fails, or the folder for temporary files is full; then nothing is recorded.
pub async fn make(db: &Db, scope: &Scope, maker: &str, now: Moment) -> Outcome<Bundle> {
    crate::db::hand_back();
    let _turn = TURNS.acquire().await.map_err(Error::internal)?;
    let Pressed { file, size, manifest, manifest_sha256 } = write(db, scope, maker, now).await?;
    change!(db, maker, now, tx, {
        let told = json!({
            "from": scope.from,
            "to": scope.to,
            "manifest_sha256": manifest_sha256,
            "first_line": manifest.chain.first_line,
            "last_line": manifest.chain.last_line,
            "with_license_ids": scope.with_ids,
        });
        record(tx, NewLine::new(MADE, Subject("company", scope.company.0)).after(told)).await?;
    })?;
    Ok(Bundle { file, size, manifest, manifest_sha256 })
}

async fn write(db: &Db, scope: &Scope, maker: &str, now: Moment) -> Outcome<Pressed> {
    let mut press = Press::begin();
    let sheets = tables(db, scope, &mut press).await?;
    let chain = history(db, scope, &mut press).await?;
    let zone = scope.zone.iana_name().unwrap_or("the console’s time zone");
    let made = now.typed_minute(&scope.zone).replace('T', " ");
    let index = Index { scope, made: made.clone(), made_by: maker, zone, chain: &chain, sheets: &sheets }.render()?;
    press.file("index.html", false).await?;
    press.write(index.into_bytes(), 0).await?;
    let readme = Readme { scope, made, made_by: maker, zone, chain: &chain, sheets: &sheets }.render()?;
    press.file("README.txt", false).await?;
    press.write(readme.into_bytes(), 0).await?;
    let manifest = Manifest {
        format: FORMAT,
        made_at: now.iso(),
        made_by: maker.to_owned(),
        company: scope.name.clone(),
        company_number: scope.company.0,
        from: scope.from.clone(),
        to: scope.to.clone(),
        time_zone: zone.to_owned(),
        from_at: scope.begins.iso(),
        until_at: scope.ends.iso(),
        chain,
        files: Vec::new(),
    };
    press.end(manifest).await
}

async fn tables(db: &Db, scope: &Scope, press: &mut Press) -> Outcome<Vec<Sheet>> {
    Ok(vec![
        table::<Purchases>(db, scope, press).await?,
        table::<KeyPacks>(db, scope, press).await?,
        table::<Transfers>(db, scope, press).await?,
        table::<Requests>(db, scope, press).await?,
        table::<Calls>(db, scope, press).await?,
        table::<Notes>(db, scope, press).await?,
        table::<Grants>(db, scope, press).await?,
        table::<Removals>(db, scope, press).await?,
        table::<Revocations>(db, scope, press).await?,
        table::<Findings>(db, scope, press).await?,
        table::<Positions>(db, scope, press).await?,
        table::<Terms>(db, scope, press).await?,
    ])
}

/// Writes a table's file, and keeps of it what is printed.
async fn table<T: Table>(db: &Db, scope: &Scope, press: &mut Press) -> Outcome<Sheet> {
    press.file(T::FILE, true).await?;
    let headings = T::COLUMNS.iter().map(|(name, ..)| Cell::from(*name));
    press.write(write_csv(MARK.as_bytes().to_vec(), [headings]).map_err(Error::internal)?, 0).await?;
    let on_paper = |(_, is_printed, _): &&super::tables::Column<T::Row>| *is_printed;
    let headings = T::COLUMNS.iter().filter(on_paper).map(|(name, ..)| *name).collect();
    let mut sheet = Sheet { title: T::TITLE, about: T::ABOUT, file: T::FILE, headings, rows: Vec::new(), count: 0 };
    let mut table = T::default();
    while let Some(rows) = table.step(db, scope).await? {
        sheet.count += rows.len();
        for row in rows.iter().take(PRINTED - sheet.rows.len()) {
            let cell = |(.., of): &super::tables::Column<T::Row>| printed(&of(row), &scope.zone);
            sheet.rows.push(T::COLUMNS.iter().filter(on_paper).map(cell).collect());
        }
        let cells = rows.iter().map(|row| T::COLUMNS.iter().map(move |(.., of)| of(row)));
        press.write(write_csv(Vec::new(), cells).map_err(Error::internal)?, rows.len()).await?;
    }
    Ok(sheet)
}

/// Writes the period's part of history: the company's lines, and the place of every other one.
async fn history(db: &Db, scope: &Scope, press: &mut Press) -> Outcome<Chain> {
    let mut chain = store::chain(db, scope).await?;
    press.file(HISTORY, true).await?;
    let owned = store::owned(db, scope.company, &chain).await?;
    let mut behind = chain.first_line - 1;
    while behind < chain.last_line {
        let lines = store::lines(db, behind, chain.last_line).await?;
        let (count, Some(last)) = (lines.len(), lines.last()) else { break };
        behind = last.id;
        let mut text = Vec::with_capacity(count * 512);
        for line in lines {
            let is = match () {
                () if !owned.has(line.id) => Is::Sealed,
                () if withholds(&line, scope.with_ids) => Is::Withheld,
                () => Is::Whole,
            };
            chain.sealed += i64::from(is == Is::Sealed);
            chain.withheld += i64::from(is == Is::Withheld);
            serde_json::to_writer(&mut text, &Entry::of(line, is)).map_err(Error::internal)?;
            text.push(b'\n');
        }
        press.write(text, count).await?;
    }
    Ok(chain)
}
