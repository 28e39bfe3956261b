//! The pages of requests: the list, and one request with its transfers, calls and key packs.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter};
use super::read::{self, ORDERS, Pack};
use super::reissue::{Reissue, State as Standing};
use crate::agreements;
use crate::agreements::agreement::Agreement;
use crate::calls;
use crate::calls::call::Call;
use crate::check::Problems;
use crate::history;
use crate::ids::ReissueId;
use crate::license_servers;
use crate::transfers;
use crate::transfers::transfer::{State as TransferState, Transfer};
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, with_paging};
use crate::web::page;
use crate::web::parts::Choice;
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Window};
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 8] = [
    Column::fixed("request", "Request"),
    Column::new("state", "State"),
    Column::new("product", "License Version and Type"),
    Column::new("server", "License server"),
    Column::new("reason", "For"),
    Column::new("asked", "Asked for").number(),
    Column::new("granted", "Granted").number(),
    Column::new("opened", "Opened"),
];

#[derive(Template)]
#[template(path = "reissues/list.html")]
struct List {
    shell: Shell,
    requests: Vec<Reissue>,
    states: Vec<Choice>,
    servers: Vec<Choice>,
    list: Listing,
}

/// Requests, the newest first.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let filter = Filter::of(&asked);
    let (window, order) = (Window::of(&asked.paging), Order::chosen(&asked.paging.sort, &ORDERS));
    let rows = read::list(&app.db, &filter, &order, &window).await?;
    let slice = window.cut(rows, |one| Cursor::new(one.id, one.id.0));
    let servers = license_servers::read::names(&app.db).await?;
    let server = servers.iter().find(|(id, _)| Some(*id) == filter.server).map(|(_, name)| name.clone());
    let address = with_paging(&filter.address(), &asked.paging, &ORDERS);
    let columns = Columns::of(&COLUMNS, &asked.paging.without, &address);
    let chips = filter.chips(columns.address(), server);
    let footer = slice.counted(columns.address(), read::count(&app.db, &filter, CAP), "requests").await?;
    let states = Standing::ALL.map(|state| (state.as_str(), state.word()));
    page::show(&List {
        shell: auditor.0.shell,
        states: Choice::any(states, filter.state.map_or("", Standing::as_str), "All"),
        servers: Choice::any(servers, &asked.server, "Any"),
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer),
        requests: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "reissues/show.html")]
pub(super) struct Show {
    shell: Shell,
    request: Reissue,
    agreement: Option<Agreement>,
    transfers: Vec<Transfer>,
    calls: Vec<Call>,
    brought: Vec<Pack>,
    replaced: Vec<Pack>,
    problems: Problems,
    /// Why it is withdrawn, as typed on a page that was refused.
    withdrawal: String,
    days: Vec<Day>,
}

impl Show {
    pub(super) async fn of(app: &App, shell: Shell, id: ReissueId, problems: Problems) -> Outcome<Show> {
        let request = read::find(&app.db, id).await?;
        let agreement = match request.agreement_id {
            Some(id) => Some(agreements::read::find(&app.db, id).await?),
            None => None,
        };
        let (lines, _) = history::store::latest(&app.db, "reissue", id.0, 50).await?;
        Ok(Show {
            transfers: transfers::read::of_request(&app.db, id).await?,
            calls: calls::read::about(&app.db, id).await?,
            brought: read::brought(&app.db, id).await?,
            replaced: read::replaced(&app.db, id).await?,
            days: timeline::of_lines(&app.db, &shell, lines, Some(("reissue", id.0))).await?,
            withdrawal: String::new(),
            shell,
            agreement,
            request,
            problems,
        })
    }

    pub(super) fn with_withdrawal(self, withdrawal: String) -> Show {
        Show { withdrawal, ..self }
    }

    /// How many are still asked for.
    fn left(&self) -> i64 {
        let waiting = self.transfers.iter().filter(|one| one.state == TransferState::Requested).count();
        if self.transfers.is_empty() { self.request.left() } else { i64::try_from(waiting).unwrap_or(0) }
    }

    /// The live call about it.
    fn live(&self) -> Option<&Call> {
        self.calls.iter().find(|call| call.ended_at.is_none())
    }
}

/// One request.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    page::show(&Show::of(&app, auditor.0.shell, ReissueId(id), Problems::none()).await?)
}
