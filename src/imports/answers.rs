//! What a person decides about an import: answers, rows left out, applying, discarding.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::field_name;
use super::form::ImportForm;
use super::pages::{refuse, worker};
use super::reading::{Field, Inspection, Kind, Mapping};
use super::settle::{self, Which};
use super::{store, upload};
use crate::check::Problems;
use crate::ids::ImportId;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page::{go, problems};

/// Whether it was said that rows may be gone, however many.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ApplyForm {
    /// Set: rows that would be gone are, however many.
    #[schema(value_type = bool)]
    accept_gone: String,
}

/// Applies an import in the background.
pub async fn apply(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<ApplyForm>,
) -> Outcome<Response> {
    let id = ImportId(id);
    if let Err(error) = begin(&app, &admin, id, &form).await {
        return refuse(&app, admin.0.shell, id, problems(error)?).await;
    }
    Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&format!("/imports/{id}"))))
}

/// Begins to apply an import. Its end is told on the import's page, and the log has what failed.
pub(super) async fn begin(app: &App, admin: &Admin, id: ImportId, form: &ApplyForm) -> Outcome<()> {
    let worker = worker(app);
    store::find(&app.db, id).await?;
    if !form.accept_gone.is_empty() {
        store::accept_gone(&app.db, id, app.now()).await?;
    }
    if let Some(import) = worker.begin_applying(id).await? {
        let actor = admin.name.clone();
        tokio::spawn(async move { worker.finish_applying(import, &actor).await });
    }
    Ok(())
}

/// Decides against an import; one that is still being read stops.
pub async fn discard(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let id = ImportId(id);
    let import = store::find(&app.db, id).await?;
    if worker(&app).discard(id, &admin.name).await? {
        return Ok(go("/imports", &format!("Import {id} is discarded. Nothing was changed.")));
    }
    let wrong = Problems::of("", format!("Import {id} can no longer be discarded: {}.", import.state.word()));
    refuse(&app, admin.0.shell, id, wrong).await
}

/// The answer to a question, or to all questions like it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    n: i64,
    way: String,
    all: String,
}

/// Answers a question of the preview.
pub async fn answer(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<AnswerForm>,
) -> Outcome<Response> {
    let which = if form.all.is_empty() { Which::One(form.n) } else { Which::AllLike(form.n) };
    settled(&app, admin, ImportId(id), which, &form.way, "conflicts").await
}

/// Rows with errors that are left out on purpose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OmissionForm {
    n: Vec<i64>,
    all: String,
}

/// Leaves rows with errors out.
pub async fn omit(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<OmissionForm>,
) -> Outcome<Response> {
    let id = ImportId(id);
    store::find(&app.db, id).await?;
    if !form.all.is_empty() {
        return settled(&app, admin, id, Which::AllErrors, "left_out", "errors").await;
    }
    if form.n.is_empty() {
        let wrong = Problems::of("errors", "Tick the rows to leave out, or leave all of them out.");
        return refuse(&app, admin.0.shell, id, wrong).await;
    }
    settled(&app, admin, id, Which::These(&form.n), "left_out", "errors").await
}

async fn settled(app: &App, admin: Admin, id: ImportId, which: Which<'_>, way: &str, tab: &str) -> Outcome<Response> {
    let worker = worker(app);
    match settle::settle(&worker, id, which, way, &admin.name).await {
        Err(error) => refuse(app, admin.0.shell, id, problems(error)?).await,
        Ok(anew) => {
            if anew && worker.begin_comparing(id).await? {
                tokio::spawn(async move { worker.finish_comparing(id).await });
            }
            let says = if tab == "errors" {
                "The rows are left out."
            } else {
                "Your answer is kept, and remembered when the import is applied."
            };
            Ok(go(&format!("/imports/{id}?show={tab}"), says))
        }
    }
}

/// How ambiguous dates are meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DatesForm {
    order: String,
}

/// Says how the ambiguous dates of an import are meant, and goes on reading.
pub async fn dates(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<DatesForm>,
) -> Outcome<Response> {
    let id = ImportId(id);
    if let Err(error) = upload::asks(&app, id).await {
        return refuse(&app, admin.0.shell, id, problems(error)?).await;
    }
    if super::stage::date_order(&form.order).is_none() {
        let wrong = Problems::of("order", "Choose whether the day or the month comes first.");
        return refuse(&app, admin.0.shell, id, wrong).await;
    }
    store::set_date_order(&app.db, id, &form.order, app.now()).await?;
    go_on(&app, id).await
}

/// Whose server it is, and which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NamesForm {
    company: String,
    server: String,
}

/// Names the company and the server of an import, and goes on reading.
pub async fn names(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<NamesForm>,
) -> Outcome<Response> {
    let id = ImportId(id);
    if let Err(error) = upload::asks(&app, id).await {
        return refuse(&app, admin.0.shell, id, problems(error)?).await;
    }
    let mut check = ImportForm::default();
    check.set("company", &form.company);
    check.set("server", &form.server);
    if let Err(wrong) = check.check(app.now()) {
        return refuse(&app, admin.0.shell, id, wrong).await;
    }
    store::set_names(&app.db, id, &check.company, &check.server, app.now()).await?;
    go_on(&app, id).await
}

/// Says what the columns of a file mean; it is remembered for such files.
pub async fn columns(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Outcome<Response> {
    let id = ImportId(id);
    if let Err(error) = upload::asks(&app, id).await {
        return refuse(&app, admin.0.shell, id, problems(error)?).await;
    }
    let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let files = store::files(&app.db, id).await?;
    let file = files.into_iter().find(|file| file.id.to_string() == said("file")).ok_or(Error::NotFound)?;
    let inspection: Inspection = serde_json::from_str(&file.inspection).map_err(Error::internal)?;
    let kind = if said("kind") == "key_packs" { Kind::KeyPacks } else { Kind::Licenses };
    let columns = Field::of(kind)
        .iter()
        .filter_map(|field| Some((*field, said(&field_name(*field)).parse::<usize>().ok()?)))
        .collect();
    let header_line = said("header_line").parse().unwrap_or(inspection.header_line);
    let mapping = Mapping { kind, header_line, columns };
    if let Err(refusal) = mapping.check(inspection.headers.len()) {
        return refuse(&app, admin.0.shell, id, Problems::of("columns", refusal.0)).await;
    }
    store::remember_mapping(&app.db, &inspection.signature, &mapping, &admin.name, app.now()).await?;
    go_on(&app, id).await
}

/// Goes on reading an import whose question was answered.
async fn go_on(app: &App, id: ImportId) -> Outcome<Response> {
    let worker = worker(app);
    if worker.begin_reading(id).await? {
        tokio::spawn(async move { worker.finish_reading(id).await });
    }
    Ok(go(&format!("/imports/{id}"), "Your answer is kept; the files are being read."))
}
