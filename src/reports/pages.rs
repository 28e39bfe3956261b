//! The first page, the list of what can be answered, and what runs out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::chart::{self, Bar, Lines, Span};
use super::forecast::{Forecast, LEAST, LOOKED_AT};
use super::stock::{Pool, Stock};
use super::store;
use super::summary::{Line, RUN_OUT, Summary, lines};
use crate::companies;
use crate::license_servers::license_server::ListedServer;
use crate::license_servers::read;
use crate::moment::{DAY, Moment};
use crate::transfers;
use crate::transfers::queue::Group;
use crate::web::actor::Auditor;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::export::{self, Link};
use crate::web::format::{counted, tenth};
use crate::web::listing;
use crate::web::page;
use crate::web::parts::{Chip, Meaning};
use crate::web::shell::Shell;
use crate::web::slice::{Cursor, Order, Window};

/// Servers that the first page lists; the rest has its own page.
const SERVERS: i64 = 10;

/// Weeks that the chart of temporary licenses looks ahead: as long as one of them lasts.
const WEEKS: i64 = 13;

#[derive(Template)]
#[template(path = "reports/home.html")]
struct Home {
    shell: Shell,
    servers: Vec<ListedServer>,
    more_servers: bool,
    /// Whether nothing was brought in or recorded that could be shown.
    first_steps: bool,
    has_company: bool,
    summary: Summary,
    lines: Vec<Line>,
    /// Licenses in use over the last year.
    in_use: Option<Lines>,
    /// Temporary licenses by the week in which they end.
    ending: Option<Vec<Bar>>,
    /// Transfers by the month in which they were completed.
    moved: Option<Vec<Bar>>,
}

/// The first page: what needs somebody, then how things stand.
pub async fn home(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    let window = Window::first(SERVERS);
    let everyone = read::Filter::default();
    let servers = read::list(&app.db, everyone, &Order::chosen("name", &read::ORDERS), &window).await?;
    let slice = window.cut(servers, |server| Cursor::new(&server.name_key, server.id.0));
    let mut home = Home {
        shell: auditor.0.shell,
        more_servers: slice.next.is_some(),
        servers: slice.rows,
        first_steps: false,
        has_company: true,
        summary: Summary::default(),
        lines: Vec::new(),
        in_use: None,
        ending: None,
        moved: None,
    };
    if !home.servers.is_empty() {
        home.fill(&app).await?;
    }
    if home.summary.is_nothing() {
        home.first_steps = true;
        home.has_company = companies::read::count(&app.db, 1).await? > 0;
    }
    page::show(&home)
}

impl Home {
    async fn fill(&mut self, app: &App) -> Outcome<()> {
        let (now, zone, unheard) = (app.now(), &app.settings.zone, app.settings.import_days);
        self.summary = store::summary(&app.db, now, unheard).await?;
        let stock = stock(app).await?;
        let mut pools = stock.pools(now);
        pools.retain(|pool| pool.forecast.is_within(RUN_OUT, now));
        let groups = groups(app).await?;
        self.lines = lines(&self.summary, (&groups, &pools), (now.date(zone), unheard));
        self.in_use = Lines::of(&stock.in_use, now, zone);
        let weeks = chart::weeks(now, zone, WEEKS);
        let ends = ends(app, &weeks).await?;
        let ends = weeks.into_iter().map(|week| week.day).zip(ends).collect();
        self.ending = chart::bars(named(ends, "%-d %b"));
        let moved = store::completed(&app.db, now.plus(-DAY * 366)).await?;
        self.moved = chart::bars(named(chart::by_month(&moved, now, zone), "%b ’%y"));
        Ok(())
    }
}

/// Licenses over the last year. A count older than the forecast looks at still says how many are left.
async fn stock(app: &App) -> Outcome<Arc<Stock>> {
    let since = app.now().midnight().plus_days(-365);
    let reckon = Box::pin(async { Ok(Stock::of(&store::changes(&app.db, since).await?)) });
    app.kept.stock.answer(&app.db, since, reckon).await
}

/// Temporary licenses that end in each of these weeks. The first of them begins now, so that it is counted each time.
async fn ends(app: &App, weeks: &[Span]) -> Outcome<Vec<i64>> {
    let (this, later) = weeks.split_at(1.min(weeks.len()));
    let mut ends = store::temporary_ends(&app.db, this).await?;
    if let Some(next) = later.first() {
        let count = Box::pin(store::temporary_ends(&app.db, later));
        let kept = app.kept.ends.answer(&app.db, next.since, count).await?;
        ends.extend(kept.iter());
    }
    Ok(ends)
}

fn named(counts: Vec<(Date, i64)>, form: &str) -> Vec<(String, i64)> {
    counts.into_iter().map(|(day, count)| (day.strftime(form).to_string(), count)).collect()
}

/// What waits for a call, as the queue groups it.
async fn groups(app: &App) -> Outcome<Vec<Group>> {
    let reading = transfers::read::reading(&app.db, app.now(), &app.settings).await?;
    Ok(reading.groups(transfers::read::queue(&app.db, app.now()).await?))
}

#[derive(Template)]
#[template(path = "reports/list.html")]
struct Reports {
    shell: Shell,
}

/// What Reseat answers, a line each.
pub async fn list(auditor: Auditor) -> Outcome<Response> {
    page::show(&Reports { shell: auditor.0.shell })
}

/// What the address of the report on what runs out asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RunOutAsked {
    /// Only those that may run out within so many days.
    within: String,
    /// The columns that are hidden, by name.
    without: String,
}

impl RunOutAsked {
    pub(super) fn days(&self) -> Option<i64> {
        listing::number(&self.within).filter(|days| (1..=3_650).contains(days))
    }
}

/// The columns of the list.
pub(super) static COLUMNS: [Column; 9] = [
    Column::fixed("product", "License Version and Type"),
    Column::new("server", "License server"),
    Column::new("total", "Total Licenses").number(),
    Column::new("issued", "Issued").number(),
    Column::new("available", "Available").number(),
    Column::new("export", "Last export"),
    Column::new("weekly", "More a week").number(),
    Column::new("meaning", "What that means"),
    Column::new("out", "Runs out"),
];

#[derive(Template)]
#[template(path = "reports/run_out.html")]
struct RunOut {
    shell: Shell,
    pools: Vec<Pool>,
    columns: Columns,
    chips: Vec<Chip>,
    downloads: Vec<Link>,
}

impl RunOut {
    /// `3 kinds of licenses`.
    fn counted(&self) -> String {
        let count = i64::try_from(self.pools.len()).unwrap_or(0);
        format!("{} of licenses", counted(count, "kind"))
    }
}

/// The kinds of licenses on each server, those that run out first on top; `days`: only those that may within so many.
pub(super) async fn pools(app: &App, days: Option<i64>) -> Outcome<Vec<Pool>> {
    let now = app.now();
    let mut pools = stock(app).await?.pools(now);
    if let Some(days) = days {
        pools.retain(|pool| pool.forecast.is_within(days, now));
    }
    Ok(pools)
}

/// When each kind of license runs out at the present rate.
pub async fn run_out(State(app): State<App>, auditor: Auditor, Query(asked): Query<RunOutAsked>) -> Outcome<Response> {
    let days = asked.days();
    let address =
        Address::new("/reports/run-out").with("within", days.map(|days| days.to_string()).unwrap_or_default());
    let columns = Columns::of(&COLUMNS, &asked.without, &address);
    let chip = days.map(|days| Chip::new("Within", counted(days, "day"), "within", columns.address()));
    page::show(&RunOut {
        shell: auditor.0.shell,
        pools: pools(&app, days).await?,
        chips: chip.into_iter().collect(),
        downloads: export::links(columns.address()),
        columns,
    })
}

/// What a forecast says, in words for a badge.
impl Forecast {
    /// How urgent it is.
    pub fn meaning(&self) -> Meaning {
        match self {
            Forecast::Out => Meaning::Stop,
            Forecast::RunsOut { .. } => Meaning::Act,
            Forecast::NotEnough(_) => Meaning::Plain,
            Forecast::Steady => Meaning::Done,
        }
    }

    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Forecast::Out => "Nothing left",
            Forecast::RunsOut { .. } => "Runs out",
            Forecast::NotEnough(_) => "Not enough imports",
            Forecast::Steady => "Not at this rate",
        }
    }

    /// As programs read it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Forecast::Out => "out",
            Forecast::RunsOut { .. } => "runs_out",
            Forecast::NotEnough(_) => "not_enough_imports",
            Forecast::Steady => "steady",
        }
    }

    /// Licenses more a week, to a tenth.
    pub fn a_week(&self) -> Option<f64> {
        match self {
            Forecast::RunsOut { rate, .. } => Some((rate * 70.0).round() / 10.0),
            _ => None,
        }
    }

    /// The same in words: `1.4`.
    pub fn weekly(&self) -> String {
        self.a_week().map(tenth).unwrap_or_default()
    }

    /// When, by the line itself.
    pub fn likely(&self) -> Option<Moment> {
        match self {
            Forecast::RunsOut { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The late end of the range; nothing: they may also last.
    pub fn latest(&self) -> Option<Moment> {
        match self {
            Forecast::RunsOut { latest, .. } => *latest,
            _ => None,
        }
    }
}
