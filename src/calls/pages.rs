//! The pages of calls: the list, one call, and the call sheet.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::call::{AskedFor, Call, Note, Standing};
use super::editing::Live;
use super::filter::{Asked, Filter};
use super::read::{self, Granted, ORDERS};
use super::sheet::Sheet;
use crate::check::Problems;
use crate::history;
use crate::ids::{CallId, ReissueId};
use crate::license_servers;
use crate::reissues;
use crate::reissues::reissue::Reissue;
use crate::web::actor::{Auditor, HelpDesk};
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
    Column::fixed("call", "Call"),
    Column::new("state", "State"),
    Column::new("began", "Began"),
    Column::new("operator", "Made by"),
    Column::new("server", "License server"),
    Column::new("outcome", "Outcome"),
    Column::new("granted", "Granted").number(),
    Column::new("callback", "Call back"),
];

#[derive(Template)]
#[template(path = "calls/list.html")]
struct List {
    shell: Shell,
    calls: Vec<Call>,
    states: Vec<Choice>,
    servers: Vec<Choice>,
    list: Listing,
}

/// Calls, the newest first.
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
    let footer = slice.counted(columns.address(), read::count(&app.db, &filter, CAP), "calls").await?;
    let states = Standing::ALL.map(|state| (state.as_str(), state.word()));
    page::show(&List {
        shell: auditor.0.shell,
        states: Choice::any(states, filter.standing.map_or("", Standing::as_str), "All"),
        servers: Choice::any(servers, &asked.server, "Any"),
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer),
        calls: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "calls/show.html")]
pub(super) struct Show {
    shell: Shell,
    call: Call,
    /// The requests that it is about, each with what was asked and granted in this call.
    asked: Vec<(Reissue, AskedFor)>,
    granted: Vec<Granted>,
    notes: Vec<Note>,
    following: Vec<CallId>,
    /// A note that was typed and refused.
    said: String,
    problems: Problems,
    days: Vec<Day>,
}

impl Show {
    pub(super) async fn of(app: &App, shell: Shell, id: CallId, problems: Problems) -> Outcome<Show> {
        let call = read::find(&app.db, id).await?;
        let mut asked = Vec::new();
        for one in read::asked(&app.db, id).await? {
            asked.push((reissues::read::find(&app.db, one.reissue_id).await?, one));
        }
        let (lines, _) = history::store::latest(&app.db, "call", id.0, 50).await?;
        Ok(Show {
            granted: read::granted(&app.db, id).await?,
            notes: read::notes(&app.db, id).await?,
            following: read::following(&app.db, id).await?,
            days: timeline::of_lines(&app.db, &shell, lines, Some(("call", id.0))).await?,
            said: String::new(),
            shell,
            call,
            asked,
            problems,
        })
    }

    /// Whether something is to be done next: a key pack to be installed, another call, or what was not granted.
    fn has_next(&self) -> bool {
        let is_left = !self.left().is_empty();
        is_left || self.call.standing() == Standing::Open || self.granted.iter().any(Granted::is_to_install)
    }

    /// The requests of which something is still asked for, once nothing follows this call.
    fn left(&self) -> Vec<ReissueId> {
        let open = self.asked.iter().filter(|(request, _)| request.state.is_open()).map(|(request, _)| request.id);
        if self.call.standing() == Standing::Closed && self.following.is_empty() { open.collect() } else { Vec::new() }
    }

    pub(super) fn with_note(self, said: &str) -> Show {
        Show { said: said.to_owned(), ..self }
    }
}

/// One call: its screen while it is live, what came of it afterwards.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let (id, shell) = (CallId(id), auditor.0.shell);
    let live = read::find(&app.db, id).await?.standing() == Standing::Live;
    if live && shell.may_read_ids {
        return page::show(&Live::of(&app, shell, id, (None, Problems::none())).await?);
    }
    page::show(&Show::of(&app, shell, id, Problems::none()).await?)
}

#[derive(Template)]
#[template(path = "calls/sheet.html")]
struct SheetPage {
    shell: Shell,
    sheet: Sheet,
    request: ReissueId,
    /// Whether anything of it is still asked for.
    is_open: bool,
    /// The call about it that somebody makes at present.
    live: Option<Call>,
}

/// The call sheet of a request, for the screen and for paper.
pub async fn sheet(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let request = reissues::read::find(&app.db, ReissueId(id)).await?;
    let sheet = Sheet::of(&app.db, request.server_id, &[request.id]).await?;
    let live = read::about(&app.db, request.id).await?.into_iter().find(|call| call.standing() == Standing::Live);
    page::show(&SheetPage {
        shell: help_desk.0.shell,
        sheet,
        request: request.id,
        is_open: request.state.is_open(),
        live,
    })
}
