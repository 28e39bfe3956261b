//! The pages of license servers: the list, and one server with its key packs and its history.

pub mod folder;

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::by_hand;
use super::form::{Details, doubt};
use super::license_server::{Asked, ListedServer};
use super::read::{self, ORDERS};
use crate::call_numbers;
use crate::call_numbers::call_number::CallNumber;
use crate::companies;
use crate::history;
use crate::ids::{CompanyId, LicenseServerId};
use crate::key_packs::filter::Filter as PackFilter;
use crate::key_packs::key_pack::KeyPack;
use crate::key_packs::store as key_packs;
use crate::licenses::filter::Filter as LicenseFilter;
use crate::licenses::store as licenses;
use crate::moment::Moment;
use crate::products;
use crate::products::compatibility;
use crate::products::store::Numbered;
use crate::products::tables::Table;
use crate::web::actor::Auditor;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::format::{capped, counted};
use crate::web::listing::{Listing, number, with_paging};
use crate::web::page;
use crate::web::parts::{Chip, Choice};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Window};
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 7] = [
    Column::fixed("server", "License server").ordered_by("name"),
    Column::new("company", "Company"),
    Column::new("packs", "Key packs").number(),
    Column::new("licenses", "Licenses"),
    Column::new("packs-seen", "Key packs last seen"),
    Column::new("licenses-seen", "Licenses last seen"),
    Column::new("id", "License server ID"),
];

#[derive(Template)]
#[template(path = "license_servers/list.html")]
struct List {
    shell: Shell,
    servers: Vec<ListedServer>,
    /// The companies to choose from; empty when there is only one.
    companies: Vec<Choice>,
    list: Listing,
}

/// Every license server, by name.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (filter, unheard) = filter(&asked, app.now());
    let company = filter.company;
    let (window, order) = (Window::of(&asked.paging), Order::chosen(&asked.paging.sort, &ORDERS));
    let rows = read::list(&app.db, filter, &order, &window).await?;
    let slice = window.cut(rows, read::place);
    let address =
        Address::new("/license-servers").with("company", company.map(|id| id.to_string()).unwrap_or_default());
    let address = address.with("unheard", unheard.map(|days| days.to_string()).unwrap_or_default());
    let address = with_paging(&address, &asked.paging, &ORDERS);
    let known = companies::store::list(&app.db).await?;
    let columns = Columns::of(&COLUMNS, &asked.paging.without, &address).having(known.len() > 1, "company");
    let address = columns.address();
    let chips = company.map(|id| {
        let name = known.iter().find(|one| one.id == id).map_or("unknown", |one| &one.name);
        Chip::new("Company", name, "company", address)
    });
    let without = |days: i64| Chip::new("Without an import for", counted(days, "day"), "unheard", address);
    let chips = chips.into_iter().chain(unheard.map(without)).collect();
    let footer = slice.counted(address, read::count(&app.db, filter, CAP), "license servers").await?;
    let chosen = company.map(|id| id.to_string()).unwrap_or_default();
    page::show(&List {
        shell: auditor.0.shell,
        companies: several(known.into_iter().map(|one| (one.id.0, one.name)).collect(), &chosen),
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer),
        servers: slice.rows,
    })
}

/// What a list is asked for, and the days without an import where that is asked.
pub(super) fn filter(asked: &Asked, now: Moment) -> (read::Filter, Option<i64>) {
    let unheard = number(&asked.unheard).filter(|days| (1..=9_999).contains(days));
    let company = number(&asked.company).map(CompanyId);
    (read::Filter { company, unheard_since: unheard.map(|days| now.plus_days(-days)) }, unheard)
}

/// The choices of a filter; none when there is nothing to choose between.
fn several(known: Vec<(i64, String)>, chosen: &str) -> Vec<Choice> {
    if known.len() < 2 {
        return Vec::new();
    }
    Choice::any(known, chosen, "Any")
}

#[derive(Template)]
#[template(path = "license_servers/show.html")]
struct Show {
    shell: Shell,
    server: ListedServer,
    /// What is recorded of it by hand.
    details: Details,
    /// What looks odd in its license server ID.
    doubt: Option<String>,
    /// The number to call about it: its own, or its company's for its country.
    call: Option<CallNumber>,
    packs: Vec<KeyPack>,
    /// The versions of its key packs, each with the session hosts that it serves.
    serves: Vec<(String, String)>,
    licenses: String,
    days: Vec<Day>,
    /// Whether history has more lines about it than are shown.
    more: bool,
}

/// One license server.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let server = read::find(&app.db, LicenseServerId(id)).await?;
    let details = by_hand::details(&app.db, server.id).await?;
    let packs = PackFilter { server: Some(id), ..PackFilter::default() };
    let window = Window::first(25);
    let packs = key_packs::list(&app.db, &packs, &key_packs::order(""), &window).await?;
    let packs = window.cut(packs, |pack| Cursor::new(pack.id, pack.id.0)).rows;
    let held = LicenseFilter::on_server(app.now()).of_server(id);
    let held = licenses::count(&app.db, &held, &licenses::order(&held, ""), CAP).await?;
    let (lines, more) = history::store::latest(&app.db, "license_server", id, 20).await?;
    let shell = auditor.0.shell;
    let rows = products::store::rows(&app.db, Table::Serves).await?;
    page::show(&Show {
        serves: serves(&packs, &rows),
        days: timeline::of_lines(&app.db, &shell, lines, Some(("license_server", id))).await?,
        shell,
        call: call_numbers::store::for_server(&app.db, server.id).await?,
        doubt: server.license_server_id.as_deref().and_then(doubt),
        server,
        details,
        packs,
        licenses: capped(held, CAP),
        more,
    })
}

/// The versions of key packs that are on their server, each with the session hosts that it serves.
fn serves(packs: &[KeyPack], rows: &[Numbered]) -> Vec<(String, String)> {
    let on_server = packs.iter().filter(|pack| !pack.is_gone());
    let versions: BTreeSet<&str> = on_server.map(|pack| pack.version.as_str()).collect();
    let told = versions.into_iter().map(|version| (version.to_owned(), compatibility::serves(rows, version)));
    told.filter(|(_, hosts)| !hosts.is_empty()).collect()
}
