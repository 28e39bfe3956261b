//! The pages of numbers to call: the list, adding and correcting one.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::call_number::{Asked, CallNumberForm, Listed};
use super::store::{self, ORDERS};
use crate::change;
use crate::check::Problems;
use crate::companies;
use crate::history;
use crate::history::line::Subject;
use crate::ids::CompanyId;
use crate::web::actor::{Admin, Auditor};
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, meanwhile};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, number, with_paging};
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::{Chip, Choice};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Window};

#[derive(Template)]
#[template(path = "call_numbers/list.html")]
struct List {
    shell: Shell,
    numbers: Vec<Listed>,
    list: Listing,
}

/// Numbers to call, of one company or of all.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let company = number(&asked.company).map(CompanyId);
    let (window, order) = (Window::of(&asked.paging), Order::chosen(&asked.paging.sort, &ORDERS));
    let rows = store::list(&app.db, company, &order, &window).await?;
    let slice = window.cut(rows, |one| Cursor::new(one.id, one.id));
    let chosen = company.map(|id| id.to_string()).unwrap_or_default();
    let address = with_paging(&Address::new("/call-numbers").with("company", &chosen), &asked.paging, &ORDERS);
    let known = companies::store::list(&app.db).await?;
    let chip = company.map(|id| {
        let name = known.iter().find(|one| one.id == id).map_or("unknown", |one| &one.name);
        Chip::new("Company", name, "company", &address)
    });
    let footer = slice.counted(&address, store::count(&app.db, company, CAP), "numbers to call").await?;
    page::show(&List {
        shell: auditor.0.shell,
        list: Listing::new(address, order, &ORDERS, &window, chip.into_iter().collect(), footer),
        numbers: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "call_numbers/form.html")]
struct FormPage {
    shell: Shell,
    /// The number that is corrected; nothing: a new one.
    listed: Option<Listed>,
    form: CallNumberForm,
    problems: Problems,
    companies: Vec<Choice>,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        listed: Option<Listed>,
        (mut form, problems): (CallNumberForm, Problems),
    ) -> Outcome<FormPage> {
        let meanwhile = match &listed {
            Some(one) => {
                let subject = Subject("call_number", one.id);
                meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?
            }
            None => Meanwhile::default(),
        };
        let known = companies::store::list(&app.db).await?;
        if let ([only], true) = (known.as_slice(), form.company.is_empty()) {
            form.company = only.id.to_string();
        }
        let companies = Choice::any(known.into_iter().map(|one| (one.id, one.name)), &form.company, "Choose");
        Ok(FormPage { shell, listed, form, problems, companies, meanwhile })
    }
}

/// The form of a new number; an address may name its company.
pub async fn new(State(app): State<App>, admin: Admin, Query(form): Query<CallNumberForm>) -> Outcome<Response> {
    page::show(&FormPage::of(&app, admin.0.shell, None, (form, Problems::none())).await?)
}

/// Adds a number.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<CallNumberForm>) -> Outcome<Response> {
    let added = match form.check() {
        Ok((company, new)) => {
            change!(app.db, &admin.name, app.now(), tx, { store::add(tx, company, &new).await? })
        }
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(_) => Ok(go("/call-numbers", &format!("The number to call in {} is recorded.", form.country.trim()))),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects a number.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("call_number", id)).await?;
    let listed = store::find(&app.db, id).await?;
    let form = CallNumberForm::of(&listed, newest);
    page::show(&FormPage::of(&app, admin.0.shell, Some(listed), (form, Problems::none())).await?)
}

/// Corrects a number.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<CallNumberForm>,
) -> Outcome<Response> {
    let listed = store::find(&app.db, id).await?;
    let changed = match form.check_correction(app.now()) {
        Ok((new, why)) => change!(app.db, &admin.name, app.now(), tx, { store::correct(tx, id, &new, &why).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go("/call-numbers", "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(listed), (form, problems(error)?)).await?),
    }
}
