//! The pages of clients: the list with its search, and one client with everything that ever happened to it.

pub mod runbook;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::by_hand::{self, Meant};
use super::client::{Client, Kind, Status};
use super::filter::{Asked, Filter};
use super::store::{self, Known, ORDERS};
use crate::check::Problems;
use crate::companies;
use crate::findings;
use crate::findings::finding::Finding;
use crate::history;
use crate::ids::ClientId;
use crate::licenses::filter::{Filter as LicenseFilter, Presence};
use crate::licenses::license::{License, Status as LicenseStatus};
use crate::licenses::store as licenses;
use crate::products;
use crate::transfers;
use crate::transfers::clean_up::{self, CleanUp};
use crate::transfers::signs::{self, Sign};
use crate::transfers::transfer::{State as Stands, Transfer, moving};
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, with_paging};
use crate::web::page;
use crate::web::parts::{Choice, Footer};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Paging, Window};
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 7] = [
    Column::fixed("name", "Name").ordered_by("name"),
    Column::fixed("choose", "Choose"),
    Column::new("kind", "Kind"),
    Column::new("company", "Company"),
    Column::new("issued", "Last license issued").ordered_by("issued"),
    Column::new("hardware", "Hardware ID"),
    Column::new("number", "Number").number().ordered_by("newest"),
];

#[derive(Template)]
#[template(path = "clients/list.html")]
struct List {
    shell: Shell,
    clients: Vec<Client>,
    text: String,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    families: Vec<Choice>,
    /// The companies to choose from; empty when there is only one.
    companies: Vec<Choice>,
    /// What is asked for, to be said again with those chosen.
    asked: Asked,
    list: Listing,
}

impl List {
    /// The filters in force, as the page of several clients names them.
    fn filters(&self) -> Vec<(&'static str, &str)> {
        let asked = &self.asked;
        let all = [
            ("q", asked.q.as_str()),
            ("kind", &asked.kind),
            ("in_status", &asked.status),
            ("os_family", &asked.os_family),
            ("company", &asked.company),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// Clients, by part of a name or hardware ID.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let filter = Filter::of(&asked);
    let (window, order) = (Window::of(&asked.paging), store::order(&filter, &asked.paging.sort));
    let (rows, many) = store::list_and_count(&app.db, &filter, &order, &window, CAP).await?;
    let slice = window.cut(rows, |client| store::place(&order, client));
    let known = companies::store::list(&app.db).await?;
    let company = known.iter().find(|one| Some(one.id.0) == filter.company).map(|one| one.name.as_str());
    let address = with_paging(&filter.address(), &asked.paging, &ORDERS);
    let columns = Columns::of(&COLUMNS, &asked.paging.without, &address)
        .having(known.len() > 1, "company")
        .having(auditor.shell.may_read_ids, "choose");
    let families = products::store::os_families(&app.db).await?;
    let family = families.iter().find(|one| Some(one.id) == filter.os_family).map(|one| one.name.as_str());
    let chips = filter.chips(columns.address(), (company, family));
    let count = async {
        match many {
            Some(many) => Ok(many),
            None => store::count(&app.db, &filter, &order, CAP).await,
        }
    };
    let footer = slice.counted(columns.address(), count, "clients").await?;
    let several = known.len() > 1;
    let companies = Choice::any(known.iter().map(|one| (one.id, &one.name)), &asked.company, "Any");
    page::show(&List {
        shell: Shell { search: filter.text.clone(), ..auditor.0.shell },
        kinds: Choice::any(Kind::ALL.map(|kind| (kind.as_str(), kind.label())), &asked.kind, "Any"),
        statuses: Choice::any(Status::ALL.map(|one| (one.as_str(), one.label())), &asked.status, "Any"),
        families: Choice::any(families.iter().map(|one| (one.id, &one.name)), &asked.os_family, "Any"),
        companies: if several { companies } else { Vec::new() },
        // A search decides the order.
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer).in_orders(|_| filter.search.is_none()),
        text: filter.text,
        asked,
        clients: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "clients/show.html")]
struct Show {
    shell: Shell,
    client: Client,
    now: Vec<License>,
    earlier: Vec<License>,
    /// What is still to be done with it, since its seat went to another computer.
    clean_up: Option<CleanUp>,
    /// The transfers on their way by which it gives or takes a seat.
    under_way: Vec<Transfer>,
    /// What it did after its seat had gone to another computer.
    signs: Vec<Sign>,
    /// What imports show of it and somebody should look at.
    findings: Vec<Finding>,
    days: Vec<Day>,
    footer: Footer,
    /// The computer that it replaces, as somebody typed it, and what is wrong with that.
    old: String,
    problems: Problems,
}

impl Show {
    /// The page. `old`: the computer that it replaces, as somebody typed it.
    pub(super) async fn of(
        app: &App,
        shell: Shell,
        (id, paging): (ClientId, &Paging),
        (old, problems): (&str, Problems),
    ) -> Outcome<Show> {
        let Known { client, has_given, is_moving, has_findings } = store::find_known(&app.db, id).await?;
        let window = Window::of(paging);
        let lines = history::store::told_of(&app.db, "client", id.0, &window).await?;
        let events = licenses::events(&app.db, licenses::Of::Client(client.id), app.now(), &window).await?;
        let (days, footer) = timeline::story(&app.db, &shell, &window, (lines, events), ("client", id.0)).await?;
        Ok(Show {
            now: held(app, id.0, Presence::OnServer).await?,
            earlier: held(app, id.0, Presence::Gone).await?,
            clean_up: if has_given { clean_up::of_client(&app.db, client.id).await? } else { None },
            under_way: if is_moving { transfers::read::under_way(&app.db, client.id).await? } else { Vec::new() },
            signs: if has_given { signs::of_client(&app.db, client.id).await? } else { Vec::new() },
            findings: if has_findings { findings::store::of_client(&app.db, client.id).await? } else { Vec::new() },
            shell,
            client,
            days,
            footer,
            old: old.to_owned(),
            problems,
        })
    }

    /// Its licenses whose seats can move and are not on their way.
    fn offered(&self) -> Vec<&License> {
        let offers = |license: &&License| license.is_offered() && moving(&self.under_way, license.seat()).is_none();
        self.now.iter().filter(offers).collect()
    }

    /// Where its seat is transferred: the form of its only license that can move, or that of several; nothing: it has none.
    fn transfer(&self) -> Option<String> {
        match self.offered().as_slice() {
            [] => None,
            [only] => Some(format!("/licenses/{}/transfer", only.id)),
            _ => Some(format!("/transfers/new?clients={}", self.client.id)),
        }
    }

    /// Whether it gives the seat, rather than takes it.
    fn gives(&self, transfer: &Transfer) -> bool {
        transfer.source_id == self.client.id
    }

    /// Whether it works on a temporary license, and no transfer brings it a full one.
    fn needs_seat(&self) -> bool {
        let now = &self.shell.format.now;
        let is_running = |license: &License| license.state(now) == LicenseStatus::Temporary;
        self.shell.may_read_ids
            && self.client.is_computer()
            && self.under_way.is_empty()
            && self.now.iter().any(is_running)
            && !self.now.iter().any(License::is_offered)
    }

    /// Whether somebody is to do something with it.
    fn has_next(&self) -> bool {
        self.clean_up.is_some() || !self.under_way.is_empty() || self.needs_seat()
    }

    /// Whether what is still to be done with it offers the removal of its local license.
    fn clean_up_asks(&self) -> bool {
        self.clean_up.as_ref().is_some_and(CleanUp::may_hold_license)
    }
}

/// One client and everything that ever happened to it.
pub async fn show(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    Query(paging): Query<Paging>,
) -> Outcome<Response> {
    page::show(&Show::of(&app, auditor.0.shell, (ClientId(id), &paging), ("", Problems::none())).await?)
}

/// The computer that a client replaces, as its page asks for it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Replaced {
    /// Its name or number.
    old: String,
}

/// From the new computer's page to the form that moves the old one's seat to it.
pub async fn replaces(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Query(asked): Query<Replaced>,
) -> Outcome<Response> {
    let (id, first) = (ClientId(id), Paging::default());
    let client = store::find(&app.db, id).await?;
    let meant = by_hand::meant(&mut app.db.snapshot().await?, client.company_id, &asked.old).await?;
    let says = match meant {
        Meant::One(old, Kind::Computer) if old != id => {
            let page = Show::of(&app, help_desk.shell.clone(), (old, &first), ("", Problems::none())).await?;
            match page.offered().as_slice() {
                [only] => return Ok(see(&format!("/licenses/{}/transfer?destination={id}", only.id))),
                [] => format!("{} has no seat that can move.", page.client.name),
                _ => return Ok(see(&format!("/transfers/new?clients={old}"))),
            }
        }
        Meant::One(..) => "Type the computer that this one replaces.".to_owned(),
        Meant::Several(says) => says,
        Meant::Nobody if asked.old.trim().is_empty() => "Type the computer that this one replaces.".to_owned(),
        Meant::Nobody if asked.old.chars().count() > 255 => {
            "The computer’s name may have at most 255 characters.".to_owned()
        }
        Meant::Nobody => format!("No client of this company is named {}. Mend the name.", asked.old.trim()),
    };
    let wrong = (asked.old.as_str(), Problems::of("old", says));
    page::show(&Show::of(&app, help_desk.0.shell, (id, &first), wrong).await?)
}

fn see(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// The latest licenses of a client.
async fn held(app: &App, client: i64, presence: Presence) -> Outcome<Vec<License>> {
    let filter = LicenseFilter { client: Some(client), presence, ..LicenseFilter::on_server(app.now()) };
    let window = Window::first(20);
    let rows = licenses::list(&app.db, &filter, &licenses::order(&filter, "issued"), &window).await?;
    Ok(window.cut(rows, |license| Cursor::new(license.id, license.id.0)).rows)
}
