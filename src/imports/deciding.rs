//! The page on which an import shows what it would change, and waits for a decision.

use askama::Template;
use axum::response::Response;

use super::covered::Covered;
use super::import::{Import, ImportFile};
use super::moved::Moved;
use super::pages::ShowQuery;
use super::preview::{self, Trouble};
use super::preview_rows::{GoneRow, LicenseRow, PackRow};
use super::store;
use crate::check::Problems;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::number;
use crate::web::icon;
use crate::web::page::{refused, show};
use crate::web::parts::{Footer, Meaning};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Slice, Window};

/// One tab of the preview.
struct Tab {
    href: String,
    name: &'static str,
    count: String,
    meaning: Meaning,
    here: bool,
}

#[derive(Template)]
#[template(path = "imports/preview.html")]
pub(super) struct Preview {
    shell: Shell,
    import: Import,
    files: Vec<ImportFile>,
    servers: Vec<Covered>,
    tabs: Vec<Tab>,
    tab: String,
    packs: Vec<PackRow>,
    licenses: Vec<LicenseRow>,
    gone: Vec<GoneRow>,
    troubles: Vec<Trouble>,
    /// The transfers that it may move on.
    moves: Moved,
    footer: Footer,
    problems: Problems,
}

impl Preview {
    pub(super) async fn show(
        app: &App,
        shell: Shell,
        import: Import,
        files: Vec<ImportFile>,
        query: &ShowQuery,
        problems: Problems,
    ) -> Outcome<Response> {
        let (db, id) = (&app.db, import.id);
        let tabs = tabs(&import, &query.show);
        let tab = tabs.iter().find(|tab| tab.here).map_or("new", |tab| outcome_of(tab.name)).to_owned();
        let window = Window::of(&query.paging);
        let address = Address::new(format!("/imports/{id}")).with("show", &tab).with("size", &query.paging.size);
        let refuse = !problems.is_empty();
        let servers = store::servers(db, id).await?;
        let moves = Moved::ahead(db, &import).await?;
        let mut page = Preview {
            shell,
            servers,
            tabs,
            packs: Vec::new(),
            licenses: Vec::new(),
            gone: Vec::new(),
            troubles: Vec::new(),
            moves,
            footer: Slice::<()> { rows: Vec::new(), previous: None, next: None, is_all: true }
                .footer(&address, 0, "rows"),
            tab,
            files,
            problems,
            import,
        };
        page.fill(app, &window, &address).await?;
        if refuse { refused(&page) } else { show(&page) }
    }

    /// Reads the tab's rows: its key packs on the first page, its licenses a slice at a time.
    async fn fill(&mut self, app: &App, window: &Window, address: &Address) -> Outcome<()> {
        let (db, id) = (&app.db, self.import.id);
        match self.tab.as_str() {
            "conflicts" | "errors" => {
                let rows = preview::list_troubles(db, id, self.tab == "errors", window).await?;
                let slice = window.cut(rows, |row| Cursor::new(row.n, row.n));
                let count = preview::count_troubles(db, id, self.tab == "errors", CAP).await?;
                self.footer =
                    slice.footer(address, count, if self.tab == "errors" { "rows with errors" } else { "conflicts" });
                self.troubles = slice.rows;
            }
            "gone" => {
                if window.is_first() {
                    let first = Window::first(500);
                    let packs = preview::list_gone_packs(db, id, &first).await?;
                    self.gone = first.cut(packs, |row| Cursor::new(row.id, row.id)).rows;
                }
                let slice = window.cut(preview::list_gone(db, id, window).await?, |row| Cursor::new(row.id, row.id));
                self.footer = slice.footer(address, self.import.gone_count, "rows");
                self.gone.extend(slice.rows);
            }
            outcome => {
                if window.is_first() {
                    self.packs = preview::list_packs(db, id, outcome, &Window::first(500)).await?;
                }
                let rows = preview::list_licenses(db, id, outcome, window).await?;
                let slice = window.cut(rows, |row| Cursor::new(row.issued_at.0, row.n));
                let count = preview::count_licenses(db, id, outcome, CAP).await?;
                self.footer = slice.footer(address, count, "licenses");
                self.licenses = slice.rows;
            }
        }
        Ok(())
    }

    fn needs_word(&self) -> bool {
        self.problems.of_field("accept_gone").is_some()
            || self.import.may_apply(&self.servers).is_err_and(|wrong| wrong.of_field("accept_gone").is_some())
    }

    /// Whether the tab holds rows that the register has otherwise.
    fn differs(&self) -> bool {
        ["changed", "older"].contains(&self.tab.as_str())
    }

    fn may_apply(&self) -> bool {
        self.import.error_count == 0 && self.import.conflict_count == 0
    }
}

fn tabs(import: &Import, chosen: &str) -> Vec<Tab> {
    let all = [
        ("Conflicts", import.conflict_count, Meaning::Act),
        ("Rows with errors", import.error_count + i64::from(import.left_out_count > 0), Meaning::Act),
        ("New", import.new_count, Meaning::Done),
        ("Changed", import.changed_count, Meaning::Done),
        ("Gone from the server", import.gone_count, Meaning::Wait),
        ("From an older file", import.older_count, Meaning::Plain),
        ("Unchanged", import.unchanged_count, Meaning::Plain),
    ];
    let shown = |name: &str, count: i64| count > 0 || ["New", "Changed", "Gone from the server"].contains(&name);
    let first = all.iter().find(|(_, count, _)| *count > 0).map_or("New", |(name, ..)| name);
    let here = all.iter().map(|(name, ..)| *name).find(|name| outcome_of(name) == chosen).unwrap_or(first);
    all.into_iter()
        .filter(|(name, count, _)| shown(name, *count) || *name == here)
        .map(|(name, count, meaning)| Tab {
            href: Address::new(format!("/imports/{}", import.id)).with("show", outcome_of(name)).to_string(),
            name,
            count: number(if name == "Rows with errors" { import.error_count } else { count }),
            meaning: if count > 0 { meaning } else { Meaning::Plain },
            here: name == here,
        })
        .collect()
}

/// A tab as addresses write it; for rows, their outcome.
fn outcome_of(name: &str) -> &'static str {
    match name {
        "Conflicts" => "conflicts",
        "Rows with errors" => "errors",
        "Changed" => "changed",
        "Gone from the server" => "gone",
        "From an older file" => "older",
        "Unchanged" => "unchanged",
        _ => "new",
    }
}
