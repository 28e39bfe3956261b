//! Key packs for programs.

pub mod installation;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::by_hand;
use super::filter::{Asked as PageAsked, Filter};
use super::form::KeyPackForm;
use super::key_pack::{KeyPack, Origin};
use super::product::LicenseType;
use super::state::State as Standing;
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, day, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::form::Form;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::KeyPackId;
use crate::users::user::Role;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::RetirementForm;
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
    /// The product version, by the year in its name; empty where it is not known.
    product_version: String,
    /// What is counted: `per_device`, `per_user` or `other`.
    license_type: String,
    /// How it came to be there.
    origin: String,
    /// Where it stands: `received`, `installed`, `removed`, `superseded`, `install_failed` or `void`.
    state: String,
    /// The agreement that it came with, by the number on its papers.
    agreement: Option<Named>,
    /// The last group of its license key pack ID, where that is recorded. The whole is shown by its page only.
    license_key_pack_id_end: Option<String>,
    /// The day on which it was installed, where that is recorded.
    #[schema(format = Date)]
    installed_on: Option<String>,
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
    /// Whether people recorded it, and no export.
    entered_by_hand: bool,
    /// Anything else.
    note: String,
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
            state: pack.state.as_str().to_owned(),
            agreement: pack.agreement_id.zip(pack.agreement_number).map(|(id, number)| Named::new(id.0, number)),
            license_key_pack_id_end: pack.license_key_pack_id_end,
            installed_on: pack.installed_on,
            entered_by_hand: pack.entered_by_hand == 1,
            note: pack.note,
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
            Param::text(
                "find",
                "Only those of which this is part of the product code, the version or the server’s name.",
            ),
            Param::number("server", "Only this license server’s, by its number."),
            Param::version(),
            Param::one_of("type", "Only of this license type.", LicenseType::ALL.map(LicenseType::as_str)),
            Param::one_of("origin", "Only of this origin.", Origin::ALL.map(Origin::as_str)),
            Param::one_of("state", "Only those in this state.", Standing::ALL.map(Standing::as_str)),
            Param::number("agreement", "Only those of this agreement, by its number."),
            Param::one_of(
                "on",
                "Only those still on their server, no longer there, over-used, or to be reissued or reinstalled; without it, all.",
                ["server", "gone", "over", "follow-up"],
            ),
        ]
    }
}

impl Form for KeyPackForm {
    const ONLY_NEW: &'static [&'static str] = &["license_server"];
    const ONLY_CORRECTED: &'static [&'static str] = &["forget_license_key_pack_id"];
    const TOLD: &'static [&'static str] =
        &["keypack_id", "product_version", "license_type", "total", "issued", "expires_on"];

    fn usual() -> KeyPackForm {
        KeyPackForm::usual()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            ("origin", Origin::ALL.map(Origin::as_str).into()),
            ("state", Standing::ALL.map(Standing::as_str).into()),
            ("license_type", LicenseType::ALL.map(LicenseType::as_str).into()),
        ]
    }
}

/// What programs can do with key packs.
pub fn describe(calls: &mut Operations) {
    installation::describe(calls);
    let pack = json!({
        "license_server": 1, "product_version": 2003, "license_type": "per_device", "total": 25, "origin": "original"
    });
    calls.list::<PageAsked, Pack>("Key packs, the newest first");
    calls.show::<Pack>("One key pack");
    calls.create::<Pack, KeyPackForm>(Role::Admin, "Records a key pack that no export has told of", pack);
    let origin = json!({"origin": "reissue", "reason": "Microsoft gave it for the PC that broke in May."});
    calls.correct::<Pack, KeyPackForm>(Role::Admin, "Corrects what is recorded of a key pack", origin);
    calls.retire::<Pack>(Role::Admin, "Takes a key pack that people recorded off its server, or puts it back");
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

/// Records a key pack that no export has told of.
pub async fn create(State(app): State<App>, admin: Admin, call: Call) -> Outcome<Response> {
    let (server, new) = call.filled::<KeyPackForm>()?.check(app.now())?;
    made!(app, admin, call, tx, {
        let id = by_hand::add(tx, server, &new).await?;
        Pack::from(store::find(&mut *tx, id).await?)
    })
}

/// Corrects what is recorded of a key pack.
pub async fn update(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Pack>(&app.db, id).await?;
    let pack = store::find(&app.db, KeyPackId(id)).await?;
    let details = by_hand::details(&app.db, pack.id).await?;
    let (server, told) = (pack.server_id, pack.is_told());
    call.require(seen, &Pack::from(pack))?;
    let form = call.correction_of(&KeyPackForm::of(server, details, seen), told)?;
    let (new, change, why) = form.check_correction(told, app.now())?;
    changed!(app, admin, tx, {
        by_hand::correct(tx, KeyPackId(id), (&new, change), &why).await?;
        Pack::from(store::find(&mut *tx, KeyPackId(id)).await?)
    })
}

/// Takes a key pack that people recorded off its server, or puts it back.
pub async fn retire(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Pack>(&app.db, id).await?;
    call.require(seen, &Pack::from(store::find(&app.db, KeyPackId(id)).await?))?;
    let form = call.correction(&RetirementForm::at(seen))?;
    let why = form.check(app.now())?;
    changed!(app, admin, tx, {
        by_hand::retire(tx, KeyPackId(id), !form.back.is_empty(), &why).await?;
        Pack::from(store::find(&mut *tx, KeyPackId(id)).await?)
    })
}
