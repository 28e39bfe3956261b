//! The pages of key packs: the list, and one key pack with its counts, licenses and history.

use askama::Template;
use axum::extract::{Path, Query, State as Of};
use axum::response::Response;

use super::by_hand;
use super::filter::{Asked, Filter};
use super::key_pack::{Count, KeyPack, Origin};
use super::product::LicenseType;
use super::state::State;
use super::store::{self, ORDERS};
use crate::agreements;
use crate::agreements::agreement::Agreement;
use crate::companies;
use crate::history;
use crate::ids::{CompanyId, KeyPackId};
use crate::license_servers;
use crate::licenses::filter::{Filter as LicenseFilter, Presence};
use crate::licenses::license::License;
use crate::licenses::store as licenses;
use crate::products;
use crate::products::compatibility::serves;
use crate::products::tables::Table;
use crate::reissues;
use crate::reissues::read::Granted;
use crate::transfers;
use crate::transfers::transfer::Transfer;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::format::capped;
use crate::web::listing::{Listing, with_paging};
use crate::web::page;
use crate::web::parts::Choice;
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Window};
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 10] = [
    Column::fixed("name", "License Version and Type"),
    Column::new("program", "License Program"),
    Column::new("total", "Total Licenses").number(),
    Column::new("available", "Available").number(),
    Column::new("issued", "Issued").number(),
    Column::new("expires", "Expiry Date").ordered_by("expires"),
    Column::new("keypack", "Keypack ID").number(),
    Column::new("company", "Company"),
    Column::new("server", "License server"),
    Column::new("origin", "Origin"),
];

#[derive(Template)]
#[template(path = "key_packs/list.html")]
struct List {
    shell: Shell,
    packs: Vec<KeyPack>,
    servers: Vec<Choice>,
    versions: Vec<Choice>,
    types: Vec<Choice>,
    origins: Vec<Choice>,
    states: Vec<Choice>,
    /// What is looked for, which only an address sets.
    find: String,
    /// The agreement that only a link sets, which the form sends along.
    agreement: String,
    presences: Vec<Choice>,
    orders: Vec<Choice>,
    list: Listing,
}

const PRESENCES: [(&str, &str); 4] = [
    ("server", "Still on the server"),
    ("over", "Over-used"),
    ("follow-up", "To be reissued or reinstalled"),
    ("gone", "No longer on the server"),
];

const OTHER_ORDERS: [(&str, &str); 3] =
    [("-newest", "Oldest first"), ("expires", "Expiring first"), ("-expires", "Expiring last")];

/// Key pack installations, the newest first.
pub async fn list(Of(app): Of<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let filter = Filter::of(&asked);
    let (window, order) = (Window::of(&asked.paging), store::order(&asked.paging.sort));
    let rows = store::list(&app.db, &filter, &order, &window).await?;
    let slice = window.cut(rows, |pack| store::place(&order, pack));
    let servers = license_servers::read::names(&app.db).await?;
    let server = servers.iter().find(|(id, _)| Some(*id) == filter.server).map(|(_, name)| name.as_str());
    let address = with_paging(&filter.address(), &asked.paging, &ORDERS);
    let columns = Columns::of(&COLUMNS, &asked.paging.without, &address)
        .having(companies::read::are_several(&app.db).await?, "company");
    let chips = filter.chips(columns.address(), server);
    let footer = slice.counted(columns.address(), store::count(&app.db, &filter, &order, CAP), "key packs").await?;
    page::show(&List {
        shell: auditor.0.shell,
        servers: Choice::any(servers, &asked.server, "Any"),
        versions: Choice::any(products::store::versions(&app.db).await?, &asked.version, "Any"),
        types: Choice::any(LicenseType::ALL.map(|one| (one.as_str(), one.label())), &asked.license_type, "Any"),
        origins: Choice::any(Origin::ALL.map(|one| (one.as_str(), one.label())), &asked.origin, "Any"),
        states: Choice::any(State::ALL.map(|one| (one.as_str(), one.label())), &asked.state, "Any"),
        find: filter.find.clone().unwrap_or_default(),
        agreement: filter.agreement.map(|id| id.to_string()).unwrap_or_default(),
        presences: Choice::any(PRESENCES, filter.on(), "All"),
        orders: Choice::any(OTHER_ORDERS, &asked.paging.sort, "Newest first"),
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer),
        packs: slice.rows,
    })
}

impl List {
    /// Why a key pack's counts are not told, and how many of the columns that are seen this takes up; where it takes up
    /// none, it stands beside the name.
    fn uncounted(&self, pack: &KeyPack) -> Option<(&'static str, usize)> {
        let (says, over) = match (pack.is_described(), pack.is_gone()) {
            (true, false) => return None,
            (true, true) => ("no longer on the server", &["total", "available"] as &[&str]),
            (false, true) => ("no longer on the server", &["program", "total", "available"] as &[&str]),
            (false, false) => ("not described yet", &["program", "total", "available"] as &[&str]),
        };
        Some((says, self.list.columns.span(over)))
    }
}

#[derive(Template)]
#[template(path = "key_packs/show.html")]
struct Show {
    shell: Shell,
    pack: KeyPack,
    /// The company whose server it is on.
    company_id: Option<CompanyId>,
    /// The agreement that it came with.
    agreement: Option<Agreement>,
    /// The request and the call that it came from.
    granted: Option<Granted>,
    /// The transfers that were granted with it.
    transfers: Vec<Transfer>,
    doubts: Vec<String>,
    /// The session hosts that its licenses serve.
    serves: String,
    counts: Vec<Count>,
    licenses: Vec<License>,
    /// How many licenses of it its server shows, up to the cap.
    held: String,
    days: Vec<Day>,
    /// Whether history has more lines about it than are shown.
    more: bool,
}

/// One key pack installation.
pub async fn show(Of(app): Of<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let pack = store::find(&app.db, KeyPackId(id)).await?;
    let filter = LicenseFilter {
        pack: Some(id),
        presence: if pack.is_gone() { Presence::All } else { Presence::OnServer },
        ..LicenseFilter::on_server(app.now())
    };
    let (window, order) = (Window::first(10), licenses::order(&filter, ""));
    let rows = licenses::list(&app.db, &filter, &order, &window).await?;
    let held = licenses::count(&app.db, &filter, &order, CAP).await?;
    let (lines, more) = history::store::latest(&app.db, "key_pack", id, 20).await?;
    let shell = auditor.0.shell;
    let agreement = match pack.agreement_id {
        Some(id) => Some(agreements::read::find(&app.db, id).await?),
        None => None,
    };
    let granted = reissues::read::granted(&app.db, pack.id).await?;
    let transfers = match granted {
        Some(_) => transfers::read::of_pack(&app.db, pack.id).await?,
        None => Vec::new(),
    };
    page::show(&Show {
        company_id: license_servers::read::company(&app.db, pack.server_id.0).await?,
        agreement,
        granted,
        transfers,
        serves: serves(&products::store::rows(&app.db, Table::Serves).await?, &pack.version),
        doubts: by_hand::doubts(&app.db, pack.id).await?,
        counts: store::counts(&app.db, KeyPackId(id), 20).await?,
        licenses: window.cut(rows, |license| Cursor::new(license.id, license.id.0)).rows,
        held: capped(held, CAP),
        days: timeline::of_lines(&app.db, &shell, lines, Some(("key_pack", id))).await?,
        shell,
        pack,
        more,
    })
}
