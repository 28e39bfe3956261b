//! The pages of agreements: the list, one agreement, recording, correcting and retiring.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::agreement::{Agreement, POLICIES, PROGRAMS};
use super::form::{AgreementForm, Asked};
use super::read::{self, ORDERS};
use super::store;
use crate::change;
use crate::check::Problems;
use crate::companies;
use crate::history;
use crate::history::line::Subject;
use crate::ids::{AgreementId, CompanyId};
use crate::products;
use crate::products::product::LicenseType;
use crate::web::actor::{Admin, Auditor};
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::columns::{Column, Columns};
use crate::web::correcting::{Meanwhile, RetirementForm, meanwhile};
use crate::web::error::Outcome;
use crate::web::listing::{Listing, number, with_paging};
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::{Chip, Choice};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Window};
use crate::web::timeline::{self, Day};

/// The columns of the list.
pub(super) static COLUMNS: [Column; 7] = [
    Column::fixed("agreement", "Program and number"),
    Column::new("company", "Company"),
    Column::new("product", "License Version and Type"),
    Column::new("quantity", "Quantity").number(),
    Column::new("purchased", "Purchased"),
    Column::new("policy", "Seats move"),
    Column::new("state", "State"),
];

#[derive(Template)]
#[template(path = "agreements/list.html")]
struct List {
    shell: Shell,
    agreements: Vec<Agreement>,
    /// The companies to choose from; empty when there is only one.
    companies: Vec<Choice>,
    list: Listing,
}

/// Every agreement, the newest first.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let company = number(&asked.company).map(CompanyId);
    let (window, order) = (Window::of(&asked.paging), Order::chosen(&asked.paging.sort, &ORDERS));
    let rows = read::list(&app.db, company, &order, &window).await?;
    let slice = window.cut(rows, |agreement| Cursor::new(agreement.id, agreement.id.0));
    let chosen = company.map(|id| id.to_string()).unwrap_or_default();
    let address = Address::new("/agreements").with("company", &chosen);
    let address = with_paging(&address, &asked.paging, &ORDERS);
    let known = companies::store::list(&app.db).await?;
    let several = known.len() > 1;
    let columns = Columns::of(&COLUMNS, &asked.paging.without, &address).having(several, "company");
    let chip = company.map(|id| {
        let name = known.iter().find(|one| one.id == id).map_or("unknown", |one| &one.name);
        Chip::new("Company", name, "company", columns.address())
    });
    let footer = slice.counted(columns.address(), read::count(&app.db, company, CAP), "agreements").await?;
    let companies = known.into_iter().filter(|_| several).map(|one| (one.id, one.name));
    page::show(&List {
        shell: auditor.0.shell,
        companies: if several { Choice::any(companies, &chosen, "Any") } else { Vec::new() },
        list: Listing::new(columns, order, &ORDERS, &window, chip.into_iter().collect(), footer),
        agreements: slice.rows,
    })
}

#[derive(Template)]
#[template(path = "agreements/show.html")]
struct Show {
    shell: Shell,
    agreement: Agreement,
    doubts: Vec<String>,
    days: Vec<Day>,
    /// Whether history has more lines about it than are shown.
    more: bool,
}

/// One agreement.
pub async fn show(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let agreement = read::find(&app.db, AgreementId(id)).await?;
    let (lines, more) = history::store::latest(&app.db, "agreement", id, 20).await?;
    let shell = auditor.0.shell;
    let days = timeline::of_lines(&app.db, &shell, lines, Some(("agreement", id))).await?;
    page::show(&Show { shell, doubts: agreement.details.doubts(), agreement, days, more })
}

#[derive(Template)]
#[template(path = "agreements/form.html")]
struct FormPage {
    shell: Shell,
    /// The agreement that is corrected; nothing: a new one.
    agreement: Option<Agreement>,
    form: AgreementForm,
    problems: Problems,
    companies: Vec<Choice>,
    programs: Vec<Choice>,
    versions: Vec<Choice>,
    types: Vec<Choice>,
    policies: Vec<Choice>,
    meanwhile: Meanwhile,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        agreement: Option<Agreement>,
        (mut form, problems): (AgreementForm, Problems),
    ) -> Outcome<FormPage> {
        let meanwhile = match &agreement {
            Some(agreement) => {
                let subject = Subject("agreement", agreement.id.0);
                meanwhile(&app.db, &shell, subject, (&mut form, &problems)).await?
            }
            None => Meanwhile::default(),
        };
        let known = companies::store::list(&app.db).await?;
        if let ([only], true) = (known.as_slice(), form.company.is_empty()) {
            form.company = only.id.to_string();
        }
        let policies = POLICIES
            .map(|(name, label, meaning)| Choice { hint: meaning, ..Choice::new(name, label, &form.transfer_policy) });
        let types = LicenseType::ALL.map(|kind| (kind.as_str(), kind.label()));
        Ok(FormPage {
            companies: Choice::any(known.into_iter().map(|one| (one.id, one.name)), &form.company, "Choose"),
            programs: Choice::any(PROGRAMS.map(|one| (one.name, one.label)), &form.program, "Choose"),
            versions: Choice::any(products::store::versions(&app.db).await?, &form.product_version, "Choose"),
            types: Choice::any(types, &form.license_type, "Choose"),
            policies: policies.to_vec(),
            shell,
            agreement,
            form,
            problems,
            meanwhile,
        })
    }
}

/// The form of a new agreement.
pub async fn new(State(app): State<App>, admin: Admin, Query(asked): Query<Asked>) -> Outcome<Response> {
    let form = AgreementForm { company: asked.company, ..AgreementForm::usual() };
    page::show(&FormPage::of(&app, admin.0.shell, None, (form, Problems::none())).await?)
}

/// Records a purchase.
pub async fn create(State(app): State<App>, admin: Admin, Form(form): Form<AgreementForm>) -> Outcome<Response> {
    let added = match form.check(app.now()) {
        Ok((company, new)) => change!(app.db, &admin.name, app.now(), tx, { store::add(tx, company, &new).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match added {
        Ok(id) => Ok(go(&format!("/agreements/{id}"), "The agreement is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, None, (form, problems(error)?)).await?),
    }
}

/// The form that corrects an agreement.
pub async fn edit(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let newest = history::store::newest(&app.db, Subject("agreement", id)).await?;
    let agreement = read::find(&app.db, AgreementId(id)).await?;
    let form = AgreementForm::of(agreement.company_id, agreement.details.clone(), newest);
    page::show(&FormPage::of(&app, admin.0.shell, Some(agreement), (form, Problems::none())).await?)
}

/// Corrects an agreement.
pub async fn update(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<AgreementForm>,
) -> Outcome<Response> {
    let agreement = read::find(&app.db, AgreementId(id)).await?;
    let changed = match form.check_correction(app.now()) {
        Ok((new, why)) => change!(app.db, &admin.name, app.now(), tx, {
            store::correct(tx, AgreementId(id), &new, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/agreements/{id}"), "The correction is recorded.")),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(agreement), (form, problems(error)?)).await?),
    }
}

/// Retires an agreement, or takes it back.
pub async fn retire(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(asked): Form<RetirementForm>,
) -> Outcome<Response> {
    let agreement = read::find(&app.db, AgreementId(id)).await?;
    let mut form = AgreementForm::of(agreement.company_id, agreement.details.clone(), 0);
    form.correction = asked.correction.clone();
    let back = !asked.back.is_empty();
    let says = if back { "The agreement is in force again." } else { "The agreement is retired." };
    let changed = match asked.check(app.now()) {
        Ok(why) => change!(app.db, &admin.name, app.now(), tx, {
            store::retire(tx, AgreementId(id), back, &why).await?;
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match changed {
        Ok(()) => Ok(go(&format!("/agreements/{id}"), says)),
        Err(error) => refused(&FormPage::of(&app, admin.0.shell, Some(agreement), (form, problems(error)?)).await?),
    }
}
