//! License servers for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::by_hand;
use super::form::{CONNECTION_METHODS, DISCOVERY_SCOPES, ID_CHANGES, ServerForm};
use super::license_server::{Asked as PageAsked, ListedServer};
use super::read::{self, ORDERS};
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::form::Form;
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::{CompanyId, LicenseServerId};
use crate::users::user::Role;
use crate::web::actor::{Actor, Admin, Auditor};
use crate::web::app::App;
use crate::web::correcting::RetirementForm;
use crate::web::error::Outcome;
use crate::web::listing::number;
use crate::web::slice::Order;

/// A license server.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LicenseServer)]
pub struct Server {
    /// Its number.
    id: i64,
    /// The company whose seats it hands out.
    company: Named,
    /// Its computer name.
    name: String,
    /// The Windows that it runs on.
    os_version: String,
    /// The 35 characters that are read out to Microsoft, where they are known; only the help desk and admins are told.
    license_server_id: Option<String>,
    /// What is read out when it is activated by telephone.
    product_id: Option<String>,
    /// How it reaches Microsoft: `automatic`, `web` or `telephone`.
    connection_method: Option<String>,
    /// Who may find it: `workgroup`, `domain` or `forest`.
    discovery_scope: Option<String>,
    /// The country or region that was chosen for it.
    country: String,
    /// The number to call.
    call_number: String,
    /// Anything else.
    note: String,
    /// How many license databases it has had, this one counted.
    epoch: i64,
    /// How many key packs it shows now.
    key_packs: i64,
    /// When the newest export of its key packs was taken.
    #[schema(format = DateTime)]
    key_packs_seen_at: Option<String>,
    /// When the newest export of its licenses was taken.
    #[schema(format = DateTime)]
    licenses_seen_at: Option<String>,
    /// Since when it is known here.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Since when it is retired.
    #[schema(format = DateTime)]
    retired_at: Option<String>,
}

impl Item for Server {
    const KIND: &'static str = "license_server";
    const PATH: &'static str = "license-servers";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Server {
    fn of(server: ListedServer, reader: &Actor) -> Server {
        Server {
            id: server.id.0,
            company: Named::new(server.company_id.0, server.company),
            name: server.name,
            os_version: server.os_version,
            license_server_id: server.license_server_id.filter(|_| reader.shell.may_read_ids),
            product_id: server.product_id,
            connection_method: answer::said(server.connection_method),
            discovery_scope: answer::said(server.discovery_scope),
            country: server.country,
            call_number: server.call_number,
            note: server.note,
            epoch: server.epoch,
            key_packs: server.key_packs,
            key_packs_seen_at: server.packs_seen_at.and_then(moment),
            licenses_seen_at: server.licenses_seen_at.and_then(moment),
            created_at: moment(server.created_at),
            retired_at: server.retired_at.and_then(moment),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::text("find", "Only those whose name has this text."),
            Param::number("company", "Only this company’s, by its number."),
        ]
    }
}

impl Form for ServerForm {
    const ONLY_NEW: &'static [&'static str] = &["company"];
    const ONLY_CORRECTED: &'static [&'static str] = &["id_change"];

    fn usual() -> ServerForm {
        ServerForm::default()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        let or_none = |words: [&'static str; 3]| std::iter::once("").chain(words).collect();
        vec![
            ("connection_method", or_none(CONNECTION_METHODS.map(|(name, _)| name))),
            ("discovery_scope", or_none(DISCOVERY_SCOPES.map(|(name, _)| name))),
            ("id_change", or_none(ID_CHANGES.map(|(name, ..)| name))),
        ]
    }
}

/// What programs can do with license servers.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Server>("License servers, by name");
    calls.show::<Server>("One license server");
    let new = json!({"company": 1, "name": "LIC-07", "os_version": "Windows Server 2022", "country": "United States"});
    calls.create::<Server, ServerForm>(Role::Admin, "Records a license server that no import has told of", new);
    let number = json!({"call_number": "+1 888 555 0100", "reason": "The wizard shows another number."});
    calls.correct::<Server, ServerForm>(Role::Admin, "Corrects what is recorded of a license server", number);
    calls.retire::<Server>(Role::Admin, "Retires a license server, or takes it back");
}

/// License servers, by name.
pub async fn list(State(app): State<App>, auditor: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let order = Order::chosen(&asked.sort, &ORDERS);
    let (window, company) = (asked.window(&order)?, number(&asked.filters.company).map(CompanyId));
    let rows = read::having(&app.db, (company, &asked.filters.find), &order, &window).await?;
    Ok(answer::list(window.cut(rows, read::place), |server| Server::of(server, &auditor)))
}

/// One license server.
pub async fn show(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Server>(&app.db, id).await?;
    answer::show(&conditions, newest, &Server::of(read::find(&app.db, LicenseServerId(id)).await?, &auditor))
}

/// Records a license server that no import has told of.
pub async fn create(State(app): State<App>, admin: Admin, call: Call) -> Outcome<Response> {
    let (company, new) = call.filled::<ServerForm>()?.check()?;
    made!(app, admin, call, tx, {
        let id = by_hand::add(tx, company, &new).await?;
        Server::of(read::find(&mut *tx, id).await?, &admin)
    })
}

/// Corrects what is recorded of a license server.
pub async fn update(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Server>(&app.db, id).await?;
    let server = read::find(&app.db, LicenseServerId(id)).await?;
    let details = by_hand::details(&app.db, server.id).await?;
    let (company, before) = (server.company_id, server.license_server_id.clone());
    call.require(seen, &Server::of(server, &admin))?;
    let form = call.correction(&ServerForm::of(company, details, seen))?;
    let (new, change, why) = form.check_correction(before.as_deref(), app.now())?;
    changed!(app, admin, tx, {
        by_hand::correct(tx, LicenseServerId(id), (&new, change), &why).await?;
        Server::of(read::find(&mut *tx, LicenseServerId(id)).await?, &admin)
    })
}

/// Retires a license server, or takes it back.
pub async fn retire(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Server>(&app.db, id).await?;
    call.require(seen, &Server::of(read::find(&app.db, LicenseServerId(id)).await?, &admin))?;
    let form = call.correction(&RetirementForm::at(seen))?;
    let why = form.check(app.now())?;
    changed!(app, admin, tx, {
        by_hand::retire(tx, LicenseServerId(id), !form.back.is_empty(), &why).await?;
        Server::of(read::find(&mut *tx, LicenseServerId(id)).await?, &admin)
    })
}
