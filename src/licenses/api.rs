//! Licenses for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::by_hand;
use super::filter::{Asked as PageAsked, Filter};
use super::form::LicenseForm;
use super::license::{License, Status};
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param, Takes, refuse};
use crate::api::call::Call;
use crate::api::form::Form;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::LicenseId;
use crate::key_packs::product::LicenseType;
use crate::users::user::Role;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::RetirementForm;
use crate::web::error::Outcome;
use crate::web::slice::Order;

/// A license of a key pack, held by a client.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = License)]
pub struct Issued {
    /// Its number.
    id: i64,
    /// The seat that it stands for: the number of the first license of its lineage. Temporary licenses have none.
    seat: Option<i64>,
    /// Its key pack.
    key_pack: Named,
    /// The license server that issued it.
    license_server: Named,
    /// The server's own number for it.
    license_number: Option<i64>,
    /// Who holds it.
    client: Named,
    /// The user it was issued to, in the server's words.
    user: Option<String>,
    /// The computer it was issued to, in the server's words.
    computer: Option<String>,
    /// The hardware ID it was issued to.
    hardware_id: Option<String>,
    /// The product version, by the year in its name; empty where it is not known.
    product_version: String,
    /// What is counted: `per_device`, `per_user` or `other`.
    license_type: String,
    /// The server's word: `unknown`, `temporary`, `active`, `upgrade`, `revoked`, `pending` or `concurrent`.
    status: String,
    /// When it was last issued or renewed.
    #[schema(format = DateTime)]
    issued_at: Option<String>,
    /// When it expires; null: never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When its seat moved to another client.
    #[schema(format = DateTime)]
    transferred_at: Option<String>,
    /// Whether people recorded it, and no export.
    entered_by_hand: bool,
    /// Anything else.
    note: String,
    /// When an export first showed it.
    #[schema(format = DateTime)]
    first_seen_at: Option<String>,
    /// Since when its server no longer shows it.
    #[schema(format = DateTime)]
    gone_at: Option<String>,
}

impl Item for Issued {
    const KIND: &'static str = "license";
    const PATH: &'static str = "licenses";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<License> for Issued {
    fn from(license: License) -> Issued {
        let status = Status::of_code(license.status);
        Issued {
            id: license.id.0,
            seat: license.seat().map(|seat| seat.0),
            key_pack: Named::new(license.key_pack_id.0, license.product()),
            license_server: Named::new(license.server_id.0, license.server),
            license_number: license.license_number,
            client: Named::new(license.client_id.0, license.client),
            user: answer::said(license.user_name),
            computer: answer::said(license.computer),
            hardware_id: answer::said(license.hardware_id),
            product_version: license.version,
            license_type: license.license_type,
            status: status.as_str().to_owned(),
            issued_at: moment(license.issued_at),
            expires_at: moment(license.expires_at),
            transferred_at: license.transferred_at.and_then(moment),
            entered_by_hand: license.entered_by_hand == 1,
            note: license.note,
            first_seen_at: moment(license.first_seen_at),
            gone_at: license.gone_at.and_then(moment),
        }
    }
}

/// The most days that a filter by time reaches.
const DAYS: i64 = 36_500;

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        let days = |name, says| Param { name, says, takes: Takes::Number(DAYS) };
        vec![
            Param::text(
                "find",
                "Only those whose holder’s name or hardware ID has this text; one or two letters: whose name begins so.",
            ),
            Param::number("server", "Only this license server’s, by its number."),
            Param::number("pack", "Only this key pack’s, by its number."),
            Param::number("client", "Only this client’s, by its number."),
            Param::version(),
            Param::one_of("type", "Only of this license type.", LicenseType::ALL.map(LicenseType::as_str)),
            Param::one_of(
                "status",
                "Only of this status; expired: by the date alone.",
                Status::ALL.map(Status::as_str),
            ),
            days("within", "Only those that expire within so many days."),
            days("unseen", "Only those that their server has not shown for so many days."),
            Param::one_of("on", "Those no longer on their server, or all; without it, those on it.", ["gone", "all"]),
        ]
    }
}

impl Form for LicenseForm {
    const ONLY_NEW: &'static [&'static str] = &["key_pack"];
    const TOLD: &'static [&'static str] =
        &["client", "new_client", "license_number", "user", "status", "issued_on", "expires_on"];

    fn usual() -> LicenseForm {
        LicenseForm::usual()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        let words = Status::ALL.into_iter().filter(|status| status.code().is_some()).map(Status::as_str);
        vec![("status", words.collect())]
    }
}

/// What programs can do with licenses.
pub fn describe(calls: &mut Operations) {
    let new = json!({"key_pack": 1, "client": "PC-0117", "new_client": true, "issued_on": "2003-05-12"});
    calls.list::<PageAsked, Issued>("Licenses, those issued last first");
    calls.show::<Issued>("One license");
    calls.create::<Issued, LicenseForm>(Role::Admin, "Records a license that no export has told of", new);
    let note = json!({"note": "See the mail of 3 May.", "reason": "Asked by the auditor."});
    calls.correct::<Issued, LicenseForm>(Role::Admin, "Corrects what is recorded of a license", note);
    calls
        .retire::<Issued>(Role::Admin, "Says that a license that people recorded is off its server, or is there again");
}

/// Licenses, those issued last first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    if !asked.filters.unseen.is_empty() && !asked.filters.on.is_empty() {
        return Err(refuse("on", "Leave on out: what was not seen for some days is no longer on its server."));
    }
    let filter = Filter::of(&asked.filters, app.now());
    let order = store::order(&filter, &asked.sort);
    let window = asked.window(&order)?;
    let rows = store::list(&app.db, &filter, &order, &window).await?;
    Ok(answer::list(window.cut(rows, |license| store::place(&order, license)), Issued::from))
}

/// One license.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Issued>(&app.db, id).await?;
    answer::show(&conditions, newest, &Issued::from(store::find(&app.db, LicenseId(id)).await?))
}

/// Records a license that no export has told of.
pub async fn create(State(app): State<App>, admin: Admin, call: Call) -> Outcome<Response> {
    let (pack, holder, new) = call.filled::<LicenseForm>()?.check()?;
    made!(app, admin, call, tx, {
        let id = by_hand::add(tx, pack, &holder, &new).await?;
        Issued::from(store::find(&mut *tx, id).await?)
    })
}

/// Corrects what is recorded of a license.
pub async fn update(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Issued>(&app.db, id).await?;
    let license = store::find(&app.db, LicenseId(id)).await?;
    let stands = LicenseForm::of(license.key_pack_id, by_hand::details(&app.db, license.id).await?, seen);
    let told = license.is_told();
    call.require(seen, &Issued::from(license))?;
    let (holder, new, why) = call.correction_of(&stands, told)?.check_correction(told, app.now())?;
    changed!(app, admin, tx, {
        by_hand::correct(tx, LicenseId(id), (&holder, &new), &why).await?;
        Issued::from(store::find(&mut *tx, LicenseId(id)).await?)
    })
}

/// Says that a license that people recorded is off its server, or is there again.
pub async fn retire(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Issued>(&app.db, id).await?;
    call.require(seen, &Issued::from(store::find(&app.db, LicenseId(id)).await?))?;
    let form = call.correction(&RetirementForm::at(seen))?;
    let why = form.check(app.now())?;
    changed!(app, admin, tx, {
        by_hand::retire(tx, LicenseId(id), !form.back.is_empty(), &why).await?;
        Issued::from(store::find(&mut *tx, LicenseId(id)).await?)
    })
}
