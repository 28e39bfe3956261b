//! The page of saved views, what is done with them, and the choice of a list's columns.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::store;
use super::view::{self, SavedView, SharingForm, ViewForm};
use crate::change;
use crate::check::Problems;
use crate::ids::{SavedViewId, UserId};
use crate::web::actor::Auditor;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::{Error, Outcome};
use crate::web::page::{self, go, problems, refused};
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "views/list.html")]
struct List {
    shell: Shell,
    reader: UserId,
    views: Vec<SavedView>,
    /// What was typed of a view that was refused.
    form: Option<ViewForm>,
    problems: Problems,
}

impl List {
    async fn of(app: &App, auditor: Auditor, form: Option<ViewForm>, problems: Problems) -> Outcome<List> {
        let reader = auditor.0.id;
        Ok(List { views: store::all(&app.db, reader).await?, shell: auditor.0.shell, reader, form, problems })
    }

    fn is_mine(&self, view: &SavedView) -> bool {
        view.user_id == self.reader
    }

    fn may_change(&self, view: &SavedView) -> bool {
        view.is_for(self.reader, self.shell.is_admin)
    }
}

/// Every view that the reader sees.
pub async fn list(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    page::show(&List::of(&app, auditor, None, Problems::none()).await?)
}

/// Saves the view that a list shows.
pub async fn create(State(app): State<App>, auditor: Auditor, Form(form): Form<ViewForm>) -> Outcome<Response> {
    let saved = match form.check() {
        Ok(new) => change!(app.db, &auditor.name, app.now(), tx, {
            store::save(tx, auditor.id, &new).await?;
            (new.list, new.query.clone(), new.name.clone())
        }),
        Err(wrong) => Err(wrong.into()),
    };
    match saved {
        Ok((list, query, name)) => Ok(go(&format!("{list}?{query}"), &format!("The view “{name}” is saved."))),
        Err(error) => refused(&List::of(&app, auditor, Some(form), problems(error)?).await?),
    }
}

/// A view that the reader may change.
async fn own(app: &App, auditor: &Auditor, id: i64) -> Outcome<SavedView> {
    store::find_own(&app.db, SavedViewId(id), (auditor.id, auditor.shell.is_admin)).await
}

/// Takes a view away.
pub async fn remove(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    let view = own(&app, &auditor, id).await?;
    change!(app.db, &auditor.name, app.now(), tx, { store::remove(tx, &view).await? })?;
    Ok(go("/views", &format!("The view “{}” is taken away.", view.name)))
}

/// Shows a view to everybody, or to its owner alone.
pub async fn share(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    Form(sharing): Form<SharingForm>,
) -> Outcome<Response> {
    let view = own(&app, &auditor, id).await?;
    let shared = sharing.is_shared();
    change!(app.db, &auditor.name, app.now(), tx, { store::share(tx, &view, shared).await? })?;
    let says = if shared { "Everybody sees" } else { "Only its owner sees" };
    Ok(go("/views", &format!("{says} the view “{}” now.", view.name)))
}

/// Which columns of a list its reader ticked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ticked {
    /// The list's path.
    list: String,
    /// Its query.
    query: String,
    /// The columns that were offered.
    offered: String,
    /// Those of them that are to be seen.
    shown: Vec<String>,
}

/// Leads back to a list, with the columns that were ticked.
pub async fn choose_columns(_: Auditor, Form(ticked): Form<Ticked>) -> Outcome<Response> {
    let list = view::list(&ticked.list).ok_or(Error::NotFound)?;
    let asked: Uri = format!("{list}?{}", view::plain(&ticked.query)).parse().map_err(|_| Error::NotFound)?;
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&asked).map_err(|_| Error::NotFound)?;
    let address = pairs.iter().fold(Address::new(list), |address, (name, value)| address.with(name, value));
    Ok(Redirect::to(&columns::choose(&address, &ticked.offered, &ticked.shown).to_string()).into_response())
}
