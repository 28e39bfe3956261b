//! The pages of revocations: what may be revoked, server by server, and a client's ways out.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::budget::{Counted, Line, MOST};
use super::revocation::Able;
use super::store::{self, LISTED};
use super::ways::{Before, Facts, OnItsWay, Way, Ways};
use crate::clients;
use crate::clients::client::Client;
use crate::ids::{ClientId, LicenseServerId};
use crate::license_servers;
use crate::licenses::filter::Filter as LicenseFilter;
use crate::licenses::license::{License, Status};
use crate::licenses::store as licenses;
use crate::products::product::Version;
use crate::transfers;
use crate::transfers::filter::{Filter as TransferFilter, Shown};
use crate::transfers::queue::Group;
use crate::transfers::transfer::Transfer;
use crate::web::actor::Auditor;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::export::{Link, links};
use crate::web::format::day_words;
use crate::web::listing::number;
use crate::web::page;
use crate::web::parts::{Choice, Meaning};
use crate::web::shell::Shell;
use crate::web::slice::{Order, Window};

/// What the report's address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The license server's number.
    pub server: String,
}

#[derive(Template)]
#[template(path = "revocations/report.html")]
struct Report {
    shell: Shell,
    lines: Vec<Line>,
    /// The revoked licenses that count.
    counted: Vec<Counted>,
    servers: Vec<Choice>,
    /// The server that is asked for.
    server: String,
    downloads: Vec<Link>,
}

impl Report {
    /// Whether a line stands for more than the page holds.
    fn is_cut(&self) -> bool {
        self.lines.len() >= MOST
    }

    /// Whether more licenses count than the page lists.
    fn has_more(&self) -> bool {
        i64::try_from(self.counted.len()).is_ok_and(|many| many >= LISTED)
    }

    /// How much is left, as a badge.
    fn left(line: &Line) -> (Meaning, String) {
        let meaning = match line.able {
            Able::NotKnown => Meaning::Plain,
            _ if line.left() > 0 => Meaning::Done,
            _ => Meaning::Stop,
        };
        (meaning, line.left().to_string())
    }

    fn version(text: &str) -> String {
        Version::parse(text).map_or_else(|| "Version not known".to_owned(), Version::label)
    }
}

/// How many licenses may be revoked, by server and version.
pub async fn report(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let server = number(&asked.server).map(LicenseServerId);
    let chosen = server.map(|id| id.to_string()).unwrap_or_default();
    page::show(&Report {
        shell: auditor.0.shell,
        lines: store::lines(&app.db, server, app.now()).await?,
        counted: store::counted(&app.db, server, app.now()).await?,
        servers: Choice::any(license_servers::read::names(&app.db).await?, &chosen, "Any"),
        downloads: links(&Address::new("/reports/revocation-budget").with("server", &chosen)),
        server: chosen,
    })
}

/// One license and its ways.
struct OfLicense {
    license: License,
    ways: Ways,
    /// Whether its seat may be offered to move.
    offers_transfer: bool,
}

#[derive(Template)]
#[template(path = "revocations/ways.html")]
struct WaysPage {
    shell: Shell,
    client: Client,
    licenses: Vec<OfLicense>,
}

impl WaysPage {
    fn day(way: &Way) -> String {
        way.on.map(day_words).unwrap_or_default()
    }
}

/// The most licenses that the page of ways judges.
const JUDGED: i64 = 25;

/// Revoke, wait, or call: the ways out for each license of a client.
pub async fn ways(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let client = clients::store::find(&app.db, ClientId(id)).await?;
    let filter = LicenseFilter { client: Some(id), ..LicenseFilter::on_server(app.now()) };
    let window = Window::first(JUDGED);
    let held = licenses::list(&app.db, &filter, &licenses::order(&filter, "issued"), &window).await?;
    let moves = OnTheirWay::of(&app, id).await?;
    let mut judged = Vec::new();
    for license in held.into_iter().filter(|one| one.license_type == "per_device" && one.transferred_at.is_none()) {
        let on_its_way = moves.of_license(&license);
        let offers_transfer = license.has_seat_here() && on_its_way.is_none();
        let ways = judge(&app, &license, on_its_way).await?;
        judged.push(OfLicense { license, ways, offers_transfer });
    }
    page::show(&WaysPage { shell: auditor.0.shell, client, licenses: judged })
}

/// The ways of one license.
async fn judge(app: &App, license: &License, on_its_way: Option<OnItsWay>) -> Outcome<Ways> {
    let (now, zone) = (app.now(), &app.settings.zone);
    let lines = store::lines(&app.db, Some(license.server_id), now).await?;
    let recorded = store::of_license(&app.db, license.id).await?;
    let recorded = recorded.into_iter().find(|one| one.taken_back_at.is_none() && one.expires_at > now);
    let is_revoked = Status::of_code(license.status) == Status::Revoked || recorded.is_some();
    let today = now.date(zone).to_string();
    let facts = Facts {
        now,
        zone,
        expires_at: license.expires_at,
        may_revoke: store::revocable(&app.db, license.id)
            .await?
            .may_revoke(crate::moment::Moment::of_day(&today).unwrap_or(now)),
        line: lines.iter().find(|line| line.version == license.version),
        revoked: is_revoked.then(|| Before {
            on: recorded.as_ref().map(|one| one.revoked_on.clone()),
            by: recorded.map(|one| one.revoked_by),
        }),
        may_move: transfers::store::may_leave(&mut app.db.snapshot().await?, license.id).await?,
        on_its_way,
    };
    Ok(facts.judge())
}

/// The transfers of a client that are on their way, and by when to call for those that wait.
struct OnTheirWay {
    transfers: Vec<Transfer>,
    groups: Vec<Group>,
}

impl OnTheirWay {
    async fn of(app: &App, client: i64) -> Outcome<OnTheirWay> {
        let filter = TransferFilter { shown: Shown::Open, client: Some(client), ..TransferFilter::default() };
        let order = Order::chosen("", &transfers::read::ORDERS);
        let open = transfers::read::list(&app.db, &filter, &order, &Window::first(100)).await?;
        let given: Vec<Transfer> = open.into_iter().filter(|one| one.source_id.0 == client).collect();
        if given.is_empty() {
            return Ok(OnTheirWay { transfers: given, groups: Vec::new() });
        }
        let reading = transfers::read::reading(&app.db, app.now(), &app.settings).await?;
        Ok(OnTheirWay { transfers: given, groups: reading.groups(transfers::read::queue(&app.db, app.now()).await?) })
    }

    fn of_license(&self, license: &License) -> Option<OnItsWay> {
        let transfer = self.transfers.iter().find(|one| one.license_id == license.id)?;
        let row = self.groups.iter().flat_map(|group| &group.rows).find(|row| row.transfer.id == transfer.id);
        Some(OnItsWay { id: transfer.id, state: transfer.state.as_str(), call_by: row.and_then(|row| row.call_by) })
    }
}
