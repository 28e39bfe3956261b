//! The pages of licenses: the list, and one license with its past.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter, Named, Presence};
use super::license::{License, Status};
use super::store::{self, ORDERS, Of};
use crate::history;
use crate::ids::LicenseId;
use crate::key_packs::product::LicenseType;
use crate::license_servers;
use crate::products;
use crate::revocations::store::{self as revocations, Revocation};
use crate::transfers;
use crate::transfers::transfer::Transfer;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, with_paging};
use crate::web::page;
use crate::web::parts::{Choice, Footer};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Paging, Window};
use crate::web::subject;
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 10] = [
    Column::fixed("number", "License").number().ordered_by("number"),
    Column::new("client", "Client"),
    Column::new("status", "License Status"),
    Column::new("expires", "Expires On").ordered_by("expires"),
    Column::new("product", "License Version and Type"),
    Column::new("issued", "Issued On").ordered_by("issued"),
    Column::new("gone", "Gone since").ordered_by("gone"),
    Column::new("server", "License server"),
    Column::new("keypack", "Keypack ID").number(),
    Column::new("seat", "Seat"),
];

#[derive(Template)]
#[template(path = "licenses/list.html")]
struct List {
    shell: Shell,
    licenses: Vec<License>,
    servers: Vec<Choice>,
    versions: Vec<Choice>,
    types: Vec<Choice>,
    statuses: Vec<Choice>,
    presences: Vec<Choice>,
    within: String,
    unseen: String,
    /// Names and numbers that only links set, which the form sends along.
    hidden: Vec<(&'static str, String)>,
    narrowed: bool,
    list: Listing,
}

/// Licenses: those still on their servers unless something else is asked for.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let filter = Filter::of(&asked, app.now());
    let (window, order) = (Window::of(&asked.paging), store::order(&filter, &asked.paging.sort));
    let rows = store::list(&app.db, &filter, &order, &window).await?;
    let slice = window.cut(rows, |license| store::place(&order, license));
    let address = with_paging(&filter.address(), &asked.paging, &ORDERS);
    let columns =
        Columns::of(&COLUMNS, &asked.paging.without, &address).having(filter.presence != Presence::OnServer, "gone");
    let chips = filter.chips(columns.address(), &named(&app, &filter).await?);
    let footer = slice.counted(columns.address(), store::count(&app.db, &filter, &order, CAP), "licenses").await?;
    let servers = license_servers::read::names(&app.db).await?;
    page::show(&List {
        shell: auditor.0.shell,
        servers: Choice::any(servers, &asked.server, "Any"),
        versions: Choice::any(products::store::versions(&app.db).await?, &asked.version, "Any"),
        types: Choice::any(LicenseType::ALL.map(|one| (one.as_str(), one.label())), &asked.license_type, "Any"),
        statuses: Choice::any(Status::ALL.map(|one| (one.as_str(), one.label())), &asked.status, "Any"),
        presences: presences(&filter),
        within: filter.within.map(|days| days.to_string()).unwrap_or_default(),
        unseen: filter.unseen.map(|days| days.to_string()).unwrap_or_default(),
        hidden: hidden(&filter),
        narrowed: filter.is_narrowed(),
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer)
            .in_orders(|name| store::offers(&filter, name)),
        licenses: slice.rows,
    })
}

fn presences(filter: &Filter) -> Vec<Choice> {
    let chosen = if filter.unseen.is_some() { "gone" } else { filter.presence.as_str() };
    let offered = [("gone", "No longer on the server"), ("all", "All")];
    Choice::any(offered, chosen, "Still on the server")
}

fn hidden(filter: &Filter) -> Vec<(&'static str, String)> {
    let numbers = [("pack", filter.pack), ("client", filter.client)];
    let numbers = numbers.into_iter().filter_map(|(name, id)| Some((name, id?.to_string())));
    let find = Some(filter.find.clone()).filter(|find| !find.is_empty());
    numbers.chain(find.map(|find| ("find", find))).collect()
}

async fn named(app: &App, filter: &Filter) -> Outcome<Named> {
    let kinds = [("license_server", filter.server), ("key_pack", filter.pack), ("client", filter.client)];
    let asked = kinds.iter().filter_map(|(kind, id)| Some(((*kind).to_owned(), (*id)?)));
    let names = subject::names(&app.db, asked).await?;
    let name = |kind: &str, id: Option<i64>| id.map(|id| names.of(kind, id));
    Ok(Named {
        server: name("license_server", filter.server),
        pack: name("key_pack", filter.pack),
        client: name("client", filter.client),
    })
}

#[derive(Template)]
#[template(path = "licenses/show.html")]
struct Show {
    shell: Shell,
    license: License,
    /// The transfer on its way that moves its seat.
    moving: Option<Transfer>,
    /// What people recorded of its revokes.
    revocations: Vec<Revocation>,
    days: Vec<Day>,
    footer: Footer,
}

impl Show {
    /// Whether its seat may be offered to move: it is here and not on its way.
    fn offers_transfer(&self) -> bool {
        self.license.has_seat_here() && self.moving.is_none()
    }
}

/// One license and its past.
pub async fn show(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    Query(paging): Query<Paging>,
) -> Outcome<Response> {
    let license = store::find(&app.db, LicenseId(id)).await?;
    let window = Window::of(&paging);
    let lines = history::store::told_of(&app.db, "license", id, &window).await?;
    let events = store::events(&app.db, Of::License(LicenseId(id)), app.now(), &window).await?;
    let (days, footer) = timeline::story(&app.db, &auditor.shell, &window, (lines, events), ("license", id)).await?;
    let revocations = revocations::of_license(&app.db, license.id).await?;
    let moving = match license.seat().filter(|_| license.transferred_at.is_none()) {
        Some(seat) => transfers::read::under_way_of(&app.db, seat).await?,
        None => None,
    };
    page::show(&Show { shell: auditor.0.shell, license, moving, revocations, days, footer })
}
