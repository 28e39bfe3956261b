//! The pages of companies: the list, one company, adding, correcting and retiring.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::company::{CompanyForm, ListedCompany};
use super::read::{self, ORDERS};
use super::store;
use crate::call_numbers;
use crate::change;
use crate::check::Problems;
use crate::history;
use crate::history::line::Subject;
use crate::ids::CompanyId;
use crate::web::actor::{Admin, Auditor};
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, with_paging};
use crate::web::page::{self, go, problems, refused};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Paging, Window};
use crate::web::timeline::{self, Day};

#[derive(Template)]
#[template(path = "companies/list.html")]
struct List {
    shell: Shell,
    companies: Vec<ListedCompany>,
    list: Listing,
}

/// Every company, by name.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(paging): Query<Paging>) -> Outcome<Response> {
    let (window, order) = (Window::of(&paging), Order::chosen(&paging.sort, &ORDERS));
    let rows = read::list(&app.db, &order, &window).await?;
    let slice = window.cut(rows, |company| Cursor::new(&company.name_key, company.id.0));
    let address = with_paging(&Address::new("/companies"), &paging, &ORDERS);
    let footer = slice.counted(&address, read::count(&app.db, CAP), "companies").await?;
    page::show(&List {
        shell: auditor.0.shell,
        list: Listing::new(address, order, &ORDERS, &window, Vec::new(), footer),
        companies: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "companies/show.html")]
struct Show {
    shell: Shell,
    company: ListedCompany,
    numbers: Vec<call_numbers::call_number::Listed>,
    days: Vec<Day>,
    /// Whether history has more lines about it than are shown.
    more: bool,
}

/// One company.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let company = read::find(&app.db, CompanyId(id)).await?;
    let (lines, more) = history::store::latest(&app.db, "company", id, 20).await?;
    let shell = auditor.0.shell;
    let days = timeline::of_lines(&app.db, &shell, lines, Some(("company", id))).await?;
    let numbers = call_numbers::store::of_company(&app.db, company.id).await?;
    page::show(&Show { shell, company, numbers, days, more })
}

#[derive(Template)]
#[template(path = "companies/form.html")]
struct FormPage {
    shell: Shell,
    /// The company that is corrected; nothing: a new one.
    company: Option<ListedCompany>,
    form: CompanyForm,
    problems: Problems,
    meanwhile: Meanwhile,
}

impl FormPage {
    fn new(shell: Shell, form: CompanyForm, problems: Problems) -> FormPage {
        FormPage { shell, company: None, form, problems, meanwhile: Meanwhile::default() }
    }

    async fn correcting(
        app: &App,
        shell: Shell,
        company: ListedCompany,
        (mut form, problems): (CompanyForm, Problems),
    ) -> Outcome<FormPage> {
        let subject = Subject("company", company.id.0);
        let meanwhile = meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?;
        Ok(FormPage { shell, company: Some(company), form, problems, meanwhile })
    }
}

/// The form of a new company.
pub async fn new(admin: Admin) -> Outcome<Response> {
    page::show(&FormPage::new(admin.0.shell, CompanyForm::default(), Problems::none()))
}

/// Adds a company.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<CompanyForm>) -> Outcome<Response> {
    let added = match form.check() {
        Ok(new) => change!(app.db, &admin.name, app.now(), tx, { store::add(tx, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(id) => Ok(go(&format!("/companies/{id}"), &format!("{} is recorded.", form.name.trim()))),
        Err(error) => refused(&FormPage::new(admin.0.shell, form, problems(error)?)),
    }
}

/// The form that corrects a company.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    // The newest line is read first: what changes in between is then refused, never overwritten.
    let newest = history::store::newest(&app.db, Subject("company", id)).await?;
    let company = read::find(&app.db, CompanyId(id)).await?;
    let form = CompanyForm::of(company.details.clone(), newest);
    page::show(&FormPage::correcting(&app, admin.0.shell, company, (form, Problems::none())).await?)
}

/// Corrects a company.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<CompanyForm>,
) -> Outcome<Response> {
    let company = read::find(&app.db, CompanyId(id)).await?;
    let changed = match form.check_correction(app.now()) {
        Ok((new, why)) => change!(app.db, &admin.name, app.now(), tx, {
            store::correct(tx, CompanyId(id), &new, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/companies/{id}"), "The correction is recorded.")),
        Err(error) => refused(&FormPage::correcting(&app, admin.0.shell, company, (form, problems(error)?)).await?),
    }
}

/// Retires a company, or takes it back.
pub async fn retire(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let company = read::find(&app.db, CompanyId(id)).await?;
    let mut form = CompanyForm::of(company.details.clone(), 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The company is in use again." } else { "The company is retired." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &admin.name, app.now(), tx, {
            store::retire(tx, CompanyId(id), back, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/companies/{id}"), says)),
        Err(error) => refused(&FormPage::correcting(&app, admin.0.shell, company, (form, problems(error)?)).await?),
    }
}
