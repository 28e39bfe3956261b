//! Licenses for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::{Asked as PageAsked, Filter};
use super::license::{License, Status};
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param, Takes};
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::LicenseId;
use crate::key_packs::product::{LicenseType, Version};
use crate::web::actor::Auditor;
use crate::web::app::App;
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
    /// The product version: 2000, 2003, 2008, 2012, 2016, 2019, 2022 or 2025; empty where it is not known.
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
            seat: (status != Status::Temporary).then(|| license.seat_id.map_or(license.id.0, |id| id.0)),
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
            Param::number("server", "Only this license server’s, by its number."),
            Param::number("pack", "Only this key pack’s, by its number."),
            Param::number("client", "Only this client’s, by its number."),
            Param::one_of("version", "Only of this product version.", Version::ALL.map(Version::as_str)),
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

/// What programs can do with licenses.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Issued>("Licenses, those issued last first");
    calls.show::<Issued>("One license");
}

/// Licenses, those issued last first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
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
