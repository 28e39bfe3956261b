//! Agreements for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::agreement::{Agreement, POLICIES, PROGRAMS};
use super::form::{AgreementForm, Asked as PageAsked};
use super::read::{self, ORDERS};
use super::store;
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::form::Form;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::{AgreementId, CompanyId};
use crate::products::product::LicenseType;
use crate::users::user::Role;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::RetirementForm;
use crate::web::error::Outcome;
use crate::web::listing::number;
use crate::web::slice::{Cursor, Order};

/// A purchase.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct Purchase {
    /// Its number.
    id: i64,
    /// The company that bought.
    company: Named,
    /// The license program.
    program: String,
    /// Open License: the license number.
    license_number: Option<String>,
    /// Open License: the authorization number.
    authorization_number: Option<String>,
    /// Programs other than retail and Open License: the enrollment or agreement number.
    agreement_number: Option<String>,
    /// Retail: the last five characters of the license code.
    retail_code_end: Option<String>,
    /// The product version, by the year in its name.
    product_version: String,
    /// What is counted: `per_device`, `per_user` or `other`.
    license_type: String,
    /// How many licenses were bought.
    quantity: i64,
    /// The day of the purchase.
    #[schema(format = Date)]
    purchased_on: Option<String>,
    /// When its seats may move: `one_time`, `ninety_day` or `none`.
    transfer_policy: String,
    /// Where its papers are.
    document: String,
    /// Anything else.
    note: String,
    /// Since when it is recorded.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Since when it is retired.
    #[schema(format = DateTime)]
    retired_at: Option<String>,
}

impl Item for Purchase {
    const KIND: &'static str = "agreement";
    const PATH: &'static str = "agreements";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<Agreement> for Purchase {
    fn from(agreement: Agreement) -> Purchase {
        let details = agreement.details;
        Purchase {
            id: agreement.id.0,
            company: Named::new(agreement.company_id.0, agreement.company),
            program: details.program,
            license_number: answer::said(details.license_number),
            authorization_number: answer::said(details.authorization_number),
            agreement_number: answer::said(details.agreement_number),
            retail_code_end: answer::said(details.retail_code_end),
            product_version: details.product_version,
            license_type: details.license_type,
            quantity: details.quantity,
            purchased_on: details.purchased_on,
            transfer_policy: details.transfer_policy,
            document: details.document,
            note: details.note,
            created_at: moment(agreement.created_at),
            retired_at: agreement.retired_at.and_then(moment),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::text("find", "Only those whose numbers have this text."),
            Param::number("company", "Only this company’s, by its number."),
        ]
    }
}

impl Form for AgreementForm {
    const ONLY_NEW: &'static [&'static str] = &["company"];

    fn usual() -> AgreementForm {
        AgreementForm::usual()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            ("program", PROGRAMS.map(|program| program.name).into()),
            ("license_type", LicenseType::ALL.map(LicenseType::as_str).into()),
            ("transfer_policy", POLICIES.map(|(name, ..)| name).into()),
        ]
    }
}

/// What programs can do with agreements.
pub fn describe(calls: &mut Operations) {
    let bought = json!({
        "company": 1, "program": "select", "agreement_number": "1234567", "product_version": "2019",
        "license_type": "per_device", "quantity": 50, "purchased_on": "2020-05-01"
    });
    calls.list::<PageAsked, Purchase>("Agreements, the newest first");
    calls.show::<Purchase>("One agreement");
    calls.create::<Purchase, AgreementForm>(Role::Admin, "Records a purchase", bought);
    let quantity = json!({"quantity": 60, "reason": "The invoice says 60."});
    calls.correct::<Purchase, AgreementForm>(Role::Admin, "Corrects what is recorded of a purchase", quantity);
    calls.retire::<Purchase>(Role::Admin, "Retires an agreement, or takes it back");
}

/// Agreements, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let (window, company) = (asked.window(&order)?, number(&asked.filters.company).map(CompanyId));
    let rows = read::having(&app.db, (company, &asked.filters.find), &order, &window).await?;
    Ok(answer::list(window.cut(rows, |one| Cursor::new(one.id, one.id.0)), Purchase::from))
}

/// One agreement.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Purchase>(&app.db, id).await?;
    answer::show(&conditions, newest, &Purchase::from(read::find(&app.db, AgreementId(id)).await?))
}

/// Records a purchase.
pub async fn create(State(app): State<App>, admin: Admin, call: Call) -> Outcome<Response> {
    let (company, new) = call.filled::<AgreementForm>()?.check(app.now())?;
    made!(app, admin, call, tx, {
        let id = store::add(tx, company, &new).await?;
        Purchase::from(read::find(&mut *tx, id).await?)
    })
}

/// Corrects what is recorded of a purchase.
pub async fn update(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Purchase>(&app.db, id).await?;
    let agreement = read::find(&app.db, AgreementId(id)).await?;
    call.require(seen, &Purchase::from(agreement.clone()))?;
    let form = call.correction(&AgreementForm::of(agreement.company_id, agreement.details, seen))?;
    let (new, why) = form.check_correction(app.now())?;
    changed!(app, admin, tx, {
        store::correct(tx, AgreementId(id), &new, &why).await?;
        Purchase::from(read::find(&mut *tx, AgreementId(id)).await?)
    })
}

/// Retires an agreement, or takes it back.
pub async fn retire(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Purchase>(&app.db, id).await?;
    call.require(seen, &Purchase::from(read::find(&app.db, AgreementId(id)).await?))?;
    let form = call.correction(&RetirementForm::at(seen))?;
    let why = form.check(app.now())?;
    changed!(app, admin, tx, {
        store::retire(tx, AgreementId(id), !form.back.is_empty(), &why).await?;
        Purchase::from(read::find(&mut *tx, AgreementId(id)).await?)
    })
}
