//! The pages of transfers: the list, one transfer and what comes next, cancelling, completing.

pub mod marking;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::clean_up::{self, CleanUp};
use super::ending;
use super::filter::{Asked, Filter};
use super::form::{CompletionForm, DestinationForm};
use super::queue::{self, Row};
use super::read::{self, ORDERS};
use super::signs::{self, Sign};
use super::transfer::{self, Transfer};
use crate::change;
use crate::check::Problems;
use crate::history;
use crate::ids::{CallId, KeyPackId, TransferId};
use crate::key_packs;
use crate::key_packs::state::State as PackState;
use crate::license_servers;
use crate::licenses::filter::{Filter as LicenseFilter, Presence};
use crate::licenses::license::{License, Status};
use crate::licenses::store as licenses;
use crate::reissues;
use crate::revocations;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::error::Outcome;
use crate::web::format::weekday_words;
use crate::web::listing::{Listing, with_paging};
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::reason::ReasonForm;
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Window};
use crate::web::subject;
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 8] = [
    Column::fixed("transfer", "Transfer"),
    Column::new("state", "State"),
    Column::new("from", "From"),
    Column::new("to", "To"),
    Column::new("product", "License Version and Type"),
    Column::new("server", "License server"),
    Column::new("seat", "Seat"),
    Column::new("queued", "Queued"),
];

#[derive(Template)]
#[template(path = "transfers/list.html")]
struct List {
    shell: Shell,
    transfers: Vec<Transfer>,
    states: Vec<Choice>,
    servers: Vec<Choice>,
    /// The client that only a link sets, which the form sends along.
    client: String,
    list: Listing,
}

/// Transfers, the newest first.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let filter = Filter::of(&asked);
    let (window, order) = (Window::of(&asked.paging), Order::chosen(&asked.paging.sort, &ORDERS));
    let rows = read::list(&app.db, &filter, &order, &window).await?;
    let slice = window.cut(rows, |one| Cursor::new(one.id, one.id.0));
    let named = [("license_server", filter.server), ("client", filter.client)];
    let names =
        subject::names(&app.db, named.iter().filter_map(|(kind, id)| Some(((*kind).to_owned(), (*id)?)))).await?;
    let name = |kind: &str, id: Option<i64>| id.map(|id| names.of(kind, id));
    let address = with_paging(&filter.address(), &asked.paging, &ORDERS);
    let columns = Columns::of(&COLUMNS, &asked.paging.without, &address);
    let chips = filter.chips(columns.address(), (name("license_server", filter.server), name("client", filter.client)));
    let footer = slice.counted(columns.address(), read::count(&app.db, &filter, CAP), "transfers").await?;
    let states = transfer::State::ALL.map(|state| (state.as_str(), state.word()));
    page::show(&List {
        shell: auditor.0.shell,
        states: Choice::any(std::iter::once(("open", "On their way")).chain(states), filter.state(), "All"),
        servers: Choice::any(license_servers::read::names(&app.db).await?, &asked.server, "Any"),
        client: filter.client.map(|id| id.to_string()).unwrap_or_default(),
        list: Listing::new(columns, order, &ORDERS, &window, chips, footer),
        transfers: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "transfers/show.html")]
pub(super) struct Show {
    shell: Shell,
    transfer: Transfer,
    /// What the dates say of it, while it waits.
    row: Option<Row>,
    /// The license that an import showed on its destination, about which is asked.
    asked: Option<queue::Asked>,
    /// The reissued key pack, where somebody still has to install it.
    to_install: Option<KeyPackId>,
    /// What is still to be done with the old computer of a completed one.
    clean_up: Option<CleanUp>,
    /// The day on which its license was revoked, as somebody recorded, where the transfer may still be cancelled.
    revoked_on: Option<String>,
    /// What the old computer did since.
    signs: Vec<Sign>,
    /// A sign of life and what was typed of it.
    pub(super) settling: Option<(i64, String)>,
    /// The call that granted it.
    call: Option<CallId>,
    /// The other moves of the seat.
    others: Vec<Transfer>,
    /// The licenses by which it may be completed.
    licenses: Vec<Choice>,
    completion: CompletionForm,
    pub(super) call_need: ReasonForm,
    cancellation: ReasonForm,
    denial: ReasonForm,
    elsewhere: DestinationForm,
    over: ReasonForm,
    problems: Problems,
    days: Vec<Day>,
}

impl Show {
    pub(super) async fn of(app: &App, shell: Shell, id: TransferId, problems: Problems) -> Outcome<Show> {
        let transfer = read::find(&app.db, id).await?;
        let others = read::of_seat(&app.db, transfer.seat_id.0).await?;
        let (lines, _) = history::store::latest(&app.db, "transfer", id.0, 50).await?;
        let granted = match transfer.key_pack_id {
            Some(pack) => reissues::read::granted(&app.db, pack).await?,
            None => None,
        };
        let revoked_on = if transfer.state.may_be_cancelled() {
            revocations::store::standing(&app.db, transfer.license_id).await?
        } else {
            None
        };
        let is_completed = transfer.state == transfer::State::Completed;
        let clean_up = if is_completed { clean_up::of_client(&app.db, transfer.source_id).await? } else { None };
        Ok(Show {
            row: read::row_of(&app.db, app.now(), &app.settings, id).await?,
            asked: read::asked_of(&app.db, id).await?,
            to_install: to_install(app, &transfer).await?,
            clean_up,
            revoked_on,
            signs: signs::of_transfer(&app.db, id).await?,
            settling: None,
            call_need: ReasonForm::default(),
            call: granted.map(|granted| granted.call_id),
            others: others.into_iter().filter(|other| other.id != id).collect(),
            licenses: licenses_of(app, &shell, &transfer).await?,
            days: timeline::of_lines(&app.db, &shell, lines, Some(("transfer", id.0))).await?,
            shell,
            transfer,
            completion: CompletionForm::default(),
            cancellation: ReasonForm::default(),
            denial: ReasonForm::default(),
            elsewhere: DestinationForm::default(),
            over: ReasonForm::default(),
            problems,
        })
    }

    fn seat(&self) -> String {
        format!("S-{}", self.transfer.seat_id)
    }

    /// The last day on which a call still helps, in words; and whether it has passed. None is needed where the old license frees
    /// itself before, or was revoked.
    fn call_by(&self) -> Option<(String, bool)> {
        let row = self.row.as_ref().filter(|row| row.frees_on.is_none() && self.revoked_on.is_none())?;
        Some((weekday_words(row.call_by?), row.is_late))
    }

    /// The day on which the old license frees itself, early enough that nobody need call.
    fn frees_on(&self) -> Option<String> {
        let today = self.shell.format.now.date(&self.shell.format.zone);
        let row = self.row.as_ref().filter(|row| !row.is_late && self.revoked_on.is_none())?;
        row.frees_on.filter(|day| *day >= today).map(weekday_words)
    }

    /// Whether somebody is to do something next that no other part of the page asks for.
    fn has_next(&self) -> bool {
        self.clean_up.is_some() || (self.transfer.state.is_open() && self.asked.is_none())
    }

    /// Whether something was typed in one of the forms, or is wrong with it, so that it stands open.
    fn is_refused(&self, form: &str) -> bool {
        let (typed, fields): ([&String; 2], [&str; 2]) = match form {
            "completion" => ([&self.completion.reason, &self.completion.license], ["completion", "license"]),
            "elsewhere" => ([&self.elsewhere.reason, &self.elsewhere.destination], ["elsewhere", "destination"]),
            "cancellation" => ([&self.cancellation.reason; 2], ["cancellation"; 2]),
            "denial" => ([&self.denial.reason; 2], ["denial"; 2]),
            _ => ([&self.over.reason; 2], ["override"; 2]),
        };
        typed.iter().any(|typed| !typed.is_empty())
            || fields.iter().any(|field| self.problems.of_field(field).is_some())
    }

    /// With what was typed in one of the forms that were refused.
    pub(super) fn with_typed(self, typed: Typed) -> Show {
        match typed {
            Typed::Denial(denial) => Show { denial, ..self },
            Typed::Elsewhere(elsewhere) => Show { elsewhere, ..self },
            Typed::Over(over) => Show { over, ..self },
        }
    }
}

/// What was typed in one of the forms of a transfer's page.
pub(super) enum Typed {
    Denial(ReasonForm),
    Elsewhere(DestinationForm),
    Over(ReasonForm),
}

/// The reissued key pack of a granted transfer, where somebody still has to install it.
async fn to_install(app: &App, transfer: &Transfer) -> Outcome<Option<KeyPackId>> {
    let (transfer::State::Granted, Some(id)) = (transfer.state, transfer.key_pack_id) else { return Ok(None) };
    let pack = key_packs::store::find(&app.db, id).await?;
    Ok(matches!(pack.state, PackState::Received | PackState::InstallFailed).then_some(id))
}

/// The full licenses of the transfer's version and type that the destination holds on that server.
async fn licenses_of(app: &App, shell: &Shell, transfer: &Transfer) -> Outcome<Vec<Choice>> {
    let filter = LicenseFilter {
        client: Some(transfer.destination_id.0),
        server: Some(transfer.server_id.0),
        presence: Presence::All,
        ..LicenseFilter::on_server(app.now())
    };
    let order = licenses::order(&filter, "issued");
    let rows = licenses::list(&app.db, &filter, &order, &Window::first(50)).await?;
    let fits = |one: &License| {
        one.version == transfer.version
            && one.license_type == transfer.license_type
            && matches!(Status::of_code(one.status), Status::Active | Status::Upgrade)
    };
    let words =
        |one: &License| format!("License {} of {}, issued {}", one.id, one.pack(), shell.when(&one.issued_at).day());
    Ok(Choice::any(rows.iter().filter(|one| fits(one)).map(|one| (one.id, words(one))), "", "None is shown"))
}

/// One transfer.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    page::show(&Show::of(&app, auditor.0.shell, TransferId(id), Problems::none()).await?)
}

/// Cancels a transfer.
pub async fn cancel(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = TransferId(id);
    read::find(&app.db, id).await?;
    let cancelled = match form.check_as("cancellation", transfer::CANCELLED) {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { ending::cancel(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match cancelled {
        Ok(()) => Ok(go(&format!("/transfers/{id}"), &format!("T-{id} is cancelled."))),
        Err(error) => {
            let page = Show::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            refused(&Show { cancellation: form, ..page })
        }
    }
}

/// Completes a transfer by hand.
pub async fn complete(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<CompletionForm>,
) -> Outcome<Response> {
    let id = TransferId(id);
    read::find(&app.db, id).await?;
    let completed = match form.check() {
        Ok(done) => change!(app.db, &help_desk.name, app.now(), tx, { ending::complete(tx, id, &done).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match completed {
        Ok(()) => Ok(go(&format!("/transfers/{id}"), &format!("T-{id} is completed."))),
        Err(error) => {
            let page = Show::of(&app, help_desk.0.shell, id, problems(error)?.renamed("reason", "completion")).await?;
            refused(&Show { completion: form, ..page })
        }
    }
}
