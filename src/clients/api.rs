//! Clients for programs.

pub mod together;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::by_hand;
use super::client::{Client, Kind, Status};
use super::filter::{Asked as PageAsked, Filter};
use super::form::ClientForm;
use super::local_license::{LocalLicense, RemovalForm};
use super::removing;
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, day, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::call::Call;
use crate::api::form::{For, Form};
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::findings::look;
use crate::ids::ClientId;
use crate::users::user::Role;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::correcting::RetirementForm;
use crate::web::error::Outcome;
use crate::web::slice::Order;

/// A client: a computer, or for Per User licenses a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub struct Holder {
    /// Its number.
    id: i64,
    /// The company that it belongs to.
    company: Named,
    /// `computer` or `user`.
    kind: String,
    /// Its name.
    name: String,
    /// What identifies a computer beside its name.
    hardware_ids: Vec<String>,
    /// Its full name in the network.
    fqdn: String,
    /// The family of its operating system.
    os_family: Option<Named>,
    /// Where it stands.
    site: String,
    /// Who uses it.
    owner: String,
    /// What became of it: `active`, `decommissioned`, `lost` or `reinstalled`.
    status: String,
    /// The license in its own registry: `unknown`, `present`, `removal_requested`, `removed` or `not_possible`.
    local_license: String,
    /// The day since when that is known.
    #[schema(format = Date)]
    local_license_on: Option<String>,
    /// Who removed it, or said so.
    local_license_by: String,
    /// How it was removed: `script`, `reg_file`, `regedit`, `erased` or `other`; empty: it was not.
    local_license_method: String,
    /// Where the backup of its registry key is.
    local_license_backup: String,
    /// Anything else.
    note: String,
    /// When it last got or renewed a license.
    #[schema(format = DateTime)]
    last_issued_at: Option<String>,
    /// Since when it is known here.
    #[schema(format = DateTime)]
    created_at: Option<String>,
}

impl Item for Holder {
    const KIND: &'static str = "client";
    const PATH: &'static str = "clients";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<Client> for Holder {
    fn from(client: Client) -> Holder {
        Holder {
            id: client.id.0,
            company: Named::new(client.company_id.0, client.company),
            kind: client.kind.as_str().to_owned(),
            name: client.name,
            hardware_ids: client.hardware_id.into_iter().filter(|id| !id.is_empty()).collect(),
            fqdn: client.fqdn,
            os_family: client.os_family_id.zip(client.os_family).map(|(id, name)| Named::new(id, name)),
            site: client.site,
            owner: client.owner,
            status: client.status.as_str().to_owned(),
            local_license: client.local_license.as_str().to_owned(),
            local_license_on: client.local_license_at.and_then(day),
            local_license_by: client.local_license_by,
            local_license_method: client.local_license_method,
            local_license_backup: client.local_license_backup,
            note: client.note,
            last_issued_at: moment(client.last_issued_at),
            created_at: moment(client.created_at),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::text(
                "find",
                "Only those whose name or hardware ID has this text; one or two letters: whose name begins so.",
            ),
            Param::one_of("kind", "Only computers, or only users.", Kind::ALL.map(Kind::as_str)),
            Param::number("company", "Only this company’s, by its number."),
            Param::one_of(
                "status",
                "Only those with this status: what became of them.",
                Status::ALL.map(Status::as_str),
            ),
            Param::number("os_family", "Only those with a system of this family, by its number."),
        ]
    }
}

impl Form for ClientForm {
    const ONLY_NEW: &'static [&'static str] = &["company", "kind"];
    const TOLD: &'static [&'static str] = &["name", "hardware_id"];

    fn usual() -> ClientForm {
        ClientForm::usual()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![("kind", Kind::ALL.map(Kind::as_str).into()), ("status", Status::ALL.map(Status::as_str).into())]
    }
}

impl Form for RemovalForm {
    fn usual() -> RemovalForm {
        RemovalForm::default()
    }

    // How it was removed may also be left empty, so that it is no choice among words alone.
    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![("state", LocalLicense::SAID.map(LocalLicense::as_str).into())]
    }
}

/// What programs can do with clients.
pub fn describe(calls: &mut Operations) {
    let (new, lost) =
        (json!({"company": 1, "name": "PC-0117", "site": "Berlin"}), json!({"status": "lost", "reason": "Stolen."}));
    calls.list::<PageAsked, Holder>("Clients, the newest first");
    calls.show::<Holder>("One client");
    calls.create::<Holder, ClientForm>(Role::HelpDesk, "Adds a client that no export has told of", new);
    calls.correct::<Holder, ClientForm>(Role::HelpDesk, "Corrects what is recorded of a client", lost);
    let removed =
        json!({"state": "removed", "removed_on": "2026-08-20", "method": "script", "backup": "D:\\MSLicensing-backup"});
    let body = calls.form::<RemovalForm>(For::New, removed);
    calls.append::<Holder>(
        "/local-license-removal",
        (Role::HelpDesk, "Records what came of removing the license that a computer keeps in its own registry"),
        body,
    );
    calls.retire::<Holder>(Role::HelpDesk, "Says that a client was taken out of use, or is in use again");
    together::describe(calls);
}

/// Clients, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let filter = Filter::of(&asked.filters);
    let order = store::order(&filter, &asked.sort);
    let window = asked.window(&order)?;
    let rows = store::list(&app.db, &filter, &order, &window).await?;
    Ok(answer::list(window.cut(rows, |client| store::place(&order, client)), Holder::from))
}

/// One client.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Holder>(&app.db, id).await?;
    answer::show(&conditions, newest, &Holder::from(store::find(&app.db, ClientId(id)).await?))
}

/// Adds a client that no export has told of.
pub async fn create(State(app): State<App>, help_desk: HelpDesk, call: Call) -> Outcome<Response> {
    let (company, kind, new) = call.filled::<ClientForm>()?.check()?;
    made!(app, help_desk, call, tx, {
        let id = by_hand::add(tx, company, kind, &new).await?;
        Holder::from(store::find(&mut *tx, id).await?)
    })
}

/// Corrects what is recorded of a client.
pub async fn update(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Holder>(&app.db, id).await?;
    let client = store::find(&app.db, ClientId(id)).await?;
    let details = by_hand::details(&app.db, client.id).await?;
    let (company, kind, told) = (client.company_id, client.kind, by_hand::is_told(&app.db, client.id).await?);
    call.require(seen, &Holder::from(client))?;
    let form = call.correction_of(&ClientForm::of((company, kind), details, seen), told)?;
    let (new, why) = form.check_correction((kind, told), app.now())?;
    changed!(app, help_desk, tx, {
        let look = look::begin(tx).await?;
        by_hand::correct(tx, ClientId(id), &new, &why).await?;
        let _told = look::at_client(tx, look, ClientId(id), app.settings.unseen_days).await?;
        Holder::from(store::find(&mut *tx, ClientId(id)).await?)
    })
}

/// Says that a client was taken out of use, or is in use again.
pub async fn retire(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let seen = newest::<Holder>(&app.db, id).await?;
    call.require(seen, &Holder::from(store::find(&app.db, ClientId(id)).await?))?;
    let form = call.correction(&RetirementForm::at(seen))?;
    let why = form.check(app.now())?;
    changed!(app, help_desk, tx, {
        let look = look::begin(tx).await?;
        by_hand::retire(tx, ClientId(id), !form.back.is_empty(), &why).await?;
        let _told = look::at_client(tx, look, ClientId(id), app.settings.unseen_days).await?;
        Holder::from(store::find(&mut *tx, ClientId(id)).await?)
    })
}

/// Records what came of removing a computer's local license. It is news and overwrites nothing, so that it needs no tag;
/// it is answered with the client as it is then.
pub async fn remove_local_license(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    call: Call,
) -> Outcome<Response> {
    store::find(&app.db, ClientId(id)).await?;
    let new = call.filled::<RemovalForm>()?.check(app.now())?;
    made!(app, help_desk, call, tx, {
        let look = look::begin(tx).await?;
        removing::record(tx, ClientId(id), &new).await?;
        let _told = look::at_client(tx, look, ClientId(id), app.settings.unseen_days).await?;
        Holder::from(store::find(&mut *tx, ClientId(id)).await?)
    })
}
