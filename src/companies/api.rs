//! Companies for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::company::{CompanyForm, ListedCompany};
use super::read::{self, ORDERS};
use super::store;
use crate::api::answer::{self, Item, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::form::Form;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::CompanyId;
use crate::users::user::Role;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::RetirementForm;
use crate::web::error::Outcome;
use crate::web::slice::{Cursor, Order};

/// A company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Company {
    /// Its number.
    id: i64,
    /// The legal entity's name.
    name: String,
    /// First name of the person whom Microsoft knows as the contact.
    contact_first_name: String,
    /// Their last name.
    contact_last_name: String,
    /// Their e-mail address.
    email: String,
    /// Their telephone number.
    phone: String,
    /// The company's address.
    address: String,
    /// Its country or region.
    country: String,
    /// Anything else.
    note: String,
    /// How many license servers it has in use.
    license_servers: i64,
    /// How many of its purchases are in force.
    agreements: i64,
    /// Since when it is known here.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Since when it is retired.
    #[schema(format = DateTime)]
    retired_at: Option<String>,
}

impl Item for Company {
    const KIND: &'static str = "company";
    const PATH: &'static str = "companies";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<ListedCompany> for Company {
    fn from(company: ListedCompany) -> Company {
        let details = company.details;
        Company {
            id: company.id.0,
            name: details.name,
            contact_first_name: details.contact_first_name,
            contact_last_name: details.contact_last_name,
            email: details.email,
            phone: details.phone,
            address: details.address,
            country: details.country,
            note: details.note,
            license_servers: company.servers,
            agreements: company.agreements,
            created_at: moment(company.created_at),
            retired_at: company.retired_at.and_then(moment),
        }
    }
}

/// What a list of companies may be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct All {
    find: String,
}

impl List for All {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![Param::text("find", "Only those whose name has this text.")]
    }
}

impl Form for CompanyForm {
    fn usual() -> CompanyForm {
        CompanyForm::default()
    }
}

/// What programs can do with companies.
pub fn describe(calls: &mut Operations) {
    let name = json!({"name": "Contoso", "contact_first_name": "Ada", "email": "ada@contoso.example"});
    calls.list::<All, Company>("Companies, by name");
    calls.show::<Company>("One company");
    calls.create::<Company, CompanyForm>(Role::Admin, "Adds a company", name);
    let phone = json!({"phone": "+1 425 555 0100", "reason": "They moved."});
    calls.correct::<Company, CompanyForm>(Role::Admin, "Corrects what is recorded of a company", phone);
    calls.retire::<Company>(Role::Admin, "Retires a company, or takes it back");
}

/// Companies, by name.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<All>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let window = asked.window(&order)?;
    let rows = read::having(&app.db, &asked.filters.find, &order, &window).await?;
    let slice = window.cut(rows, |one| Cursor::new(&one.name_key, one.id.0));
    Ok(answer::list(slice, Company::from))
}

/// One company.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Company>(&app.db, id).await?;
    answer::show(&conditions, newest, &Company::from(read::find(&app.db, CompanyId(id)).await?))
}

/// Adds a company.
pub async fn create(State(app): State<App>, admin: Admin, call: Call) -> Outcome<Response> {
    let new = call.filled::<CompanyForm>()?.check()?;
    made!(app, admin, call, tx, {
        let id = store::add(tx, &new).await?;
        Company::from(read::find(&mut *tx, id).await?)
    })
}

/// Corrects what is recorded of a company.
pub async fn update(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Company>(&app.db, id).await?;
    let company = read::find(&app.db, CompanyId(id)).await?;
    call.require(seen, &Company::from(company.clone()))?;
    let form = call.correction(&CompanyForm::of(company.details, seen))?;
    let (new, why) = form.check_correction(app.now())?;
    changed!(app, admin, tx, {
        store::correct(tx, CompanyId(id), &new, &why).await?;
        Company::from(read::find(&mut *tx, CompanyId(id)).await?)
    })
}

/// Retires a company, or takes it back.
pub async fn retire(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Company>(&app.db, id).await?;
    call.require(seen, &Company::from(read::find(&app.db, CompanyId(id)).await?))?;
    let form = call.correction(&RetirementForm::at(seen))?;
    let why = form.check(app.now())?;
    changed!(app, admin, tx, {
        store::retire(tx, CompanyId(id), !form.back.is_empty(), &why).await?;
        Company::from(read::find(&mut *tx, CompanyId(id)).await?)
    })
}
