//! Key packs for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::{Asked as PageAsked, Filter};
use super::key_pack::{KeyPack, Origin};
use super::product::{LicenseType, Version};
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, day, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::KeyPackId;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::slice::Order;

/// A key pack installation on one license server.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = KeyPack)]
pub struct Pack {
    /// Its number.
    id: i64,
    /// The license server that it is installed on.
    license_server: Named,
    /// Which of the server's license databases it belongs to.
    epoch: i64,
    /// The server's own small number for it.
    keypack_id: Option<i64>,
    /// Version and type, as Microsoft's tool heads its list.
    description: String,
    /// The product version: 2000, 2003, 2008, 2012, 2016, 2019, 2022 or 2025; empty where it is not known.
    product_version: String,
    /// What is counted: `per_device`, `per_user` or `other`.
    license_type: String,
    /// How it came to be there.
    origin: String,
    /// How many licenses it holds; null: any number.
    total: Option<i64>,
    /// How many of them are issued, as the server last said.
    issued: Option<i64>,
    /// How many of them are free, as the server last said.
    available: Option<i64>,
    /// The day on which it expires; null: never.
    #[schema(format = Date)]
    expires_on: Option<String>,
    /// What is to be done about it: `reissue_unissued`, `reinstall_or_migrate`, or nothing.
    follow_up: Option<String>,
    /// Since when it is known here.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Since when its server no longer shows it.
    #[schema(format = DateTime)]
    gone_at: Option<String>,
}

impl Item for Pack {
    const KIND: &'static str = "key_pack";
    const PATH: &'static str = "key-packs";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<KeyPack> for Pack {
    fn from(pack: KeyPack) -> Pack {
        Pack {
            id: pack.id.0,
            description: pack.name(),
            license_server: Named::new(pack.server_id.0, pack.server),
            epoch: pack.epoch,
            keypack_id: pack.keypack_id,
            product_version: pack.version,
            license_type: pack.license_type,
            origin: pack.origin.as_str().to_owned(),
            total: pack.quantity,
            issued: pack.issued,
            available: pack.available,
            expires_on: day(pack.expires_at),
            follow_up: answer::said(pack.follow_up),
            created_at: moment(pack.created_at),
            gone_at: pack.gone_at.and_then(moment),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::number("server", "Only this license server’s, by its number."),
            Param::one_of("version", "Only of this product version.", Version::ALL.map(Version::as_str)),
            Param::one_of("type", "Only of this license type.", LicenseType::ALL.map(LicenseType::as_str)),
            Param::one_of("origin", "Only of this origin.", Origin::ALL.map(Origin::as_str)),
            Param::one_of(
                "on",
                "Only those still on their server, no longer there, or over-used; without it, all.",
                ["server", "gone", "over"],
            ),
        ]
    }
}

/// What programs can do with key packs.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Pack>("Key packs, the newest first");
    calls.show::<Pack>("One key pack");
}

/// Key packs, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let (filter, order) = (Filter::of(&asked.filters), store::order(&asked.sort));
    let window = asked.window(&order)?;
    let rows = store::list(&app.db, &filter, &order, &window).await?;
    Ok(answer::list(window.cut(rows, |pack| store::place(&order, pack)), Pack::from))
}

/// One key pack.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Pack>(&app.db, id).await?;
    answer::show(&conditions, newest, &Pack::from(store::find(&app.db, KeyPackId(id)).await?))
}
