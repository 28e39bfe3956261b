//! Saved views for programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::store;
use super::view::{LISTS, SavedView, SharingForm, ViewForm};
use crate::api::answer::{self, Item, Named, newest};
use crate::api::call::Call;
use crate::api::form::{For, Form};
use crate::api::operations::{Operation, Operations, STEPPING, if_match_if_said};
use crate::api::tag::Conditions;
use crate::api::{changed, made};
use crate::ids::SavedViewId;
use crate::users::user::Role;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;

/// A saved view: a list with its filters, order and hidden columns, under a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = View)]
pub struct Shown {
    /// Its number.
    id: i64,
    /// Its name.
    name: String,
    /// The list's path: `/licenses`.
    list: String,
    /// Its filters, order and hidden columns, as the list's address says them.
    query: String,
    /// The address that it leads to.
    address: String,
    /// Who saved it.
    owner: Named,
    /// Whether everybody sees it; otherwise its owner alone.
    shared: bool,
}

impl Item for Shown {
    const KIND: &'static str = "saved_view";
    const PATH: &'static str = "views";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<SavedView> for Shown {
    fn from(view: SavedView) -> Shown {
        Shown {
            id: view.id.0,
            address: view.address(),
            shared: view.is_shared(),
            owner: Named::new(view.user_id.0, view.owner),
            name: view.name,
            list: view.list,
            query: view.query,
        }
    }
}

impl Form for ViewForm {
    fn usual() -> ViewForm {
        ViewForm::default()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![("list", LISTS.iter().map(|(list, _)| *list).collect())]
    }
}

impl Form for SharingForm {
    fn usual() -> SharingForm {
        SharingForm::default()
    }
}

/// What programs can do with saved views.
pub fn describe(calls: &mut Operations) {
    let summary =
        "The saved views that the token’s person sees, their own and shared ones, by list and name (at most 1,000)";
    calls.all::<Shown>(("views", summary), Vec::new(), &[401]);
    calls.show::<Shown>("One saved view");
    let example =
        json!({"list": "/licenses", "query": "status=temporary&within=14&without=seat", "name": "Ending soon"});
    calls.create::<Shown, ViewForm>(Role::Auditor, "Saves a view of a list", example);
    let body = calls.form::<SharingForm>(For::New, json!({"shared": true}));
    let says = "Shows a view to everybody, or to its owner alone";
    calls.step::<Shown>("/sharing", (Role::Auditor, says), body);
    let shape = calls.shape::<Shown>();
    calls.add(Operation {
        method: "post",
        path: "views/{id}/removal".to_owned(),
        summary: "Takes a view away",
        role: Some(Role::Auditor),
        parameters: vec![if_match_if_said()],
        body: None,
        answer: (200, "It is taken away; this is what it was.", Some(shape), &["ETag"]),
        refusals: STEPPING,
    });
}

/// Every view that the token's person sees.
pub async fn list(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    let views = store::all(&app.db, auditor.id).await?;
    let items: Vec<Shown> = views.into_iter().map(Shown::from).collect();
    Ok(Json(json!({"items": items})).into_response())
}

/// One view.
pub async fn show(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Shown>(&app.db, id).await?;
    answer::show(&conditions, newest, &Shown::from(store::find_seen(&app.db, SavedViewId(id), auditor.id).await?))
}

/// Saves a view of a list.
pub async fn create(State(app): State<App>, auditor: Auditor, call: Call) -> Outcome<Response> {
    let new = call.filled::<ViewForm>()?.check()?;
    made!(app, auditor, call, tx, {
        let id = store::save(tx, auditor.id, &new).await?;
        Shown::from(store::find(&mut *tx, id).await?)
    })
}

/// Reads a view that the token's person may change, and holds its sender to what they have seen.
async fn own(app: &App, auditor: &Auditor, id: i64, call: &Call) -> Outcome<SavedView> {
    let newest = newest::<Shown>(&app.db, id).await?;
    let view = store::find_own(&app.db, SavedViewId(id), (auditor.id, auditor.shell.is_admin)).await?;
    call.require_if_said(newest, &Shown::from(view.clone()))?;
    Ok(view)
}

/// Shows a view to everybody, or to its owner alone.
pub async fn share(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let view = own(&app, &auditor, id, &call).await?;
    let shared = call.filled::<SharingForm>()?.is_shared();
    changed!(app, auditor, tx, {
        store::share(tx, &view, shared).await?;
        Shown::from(store::find(&mut *tx, view.id).await?)
    })
}

/// Takes a view away.
pub async fn remove(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let view = own(&app, &auditor, id, &call).await?;
    changed!(app, auditor, tx, {
        store::remove(tx, &view).await?;
        Shown::from(view.clone())
    })
}
