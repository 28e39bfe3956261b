//! Taking files from a browser's form.

use axum::extract::FromRequest;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::ImportForm;
use super::import::State as ImportState;
use super::pages::{New, worker};
use super::receive::{self, Receiver};
use super::store;
use crate::check::Problems;
use crate::ids::ImportId;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page::refused;

/// What came of a form with files.
enum Upload {
    /// The files are here.
    Whole(ImportId),
    /// Something is wrong with the form.
    Wrong(Problems),
}

/// Receives files and begins to read them.
pub async fn create(State(app): State<App>, admin: Admin, request: Request) -> Outcome<Response> {
    let mut form = ImportForm::default();
    let mut begun = None;
    let upload = match Multipart::from_request(request, &app).await {
        Ok(mut parts) => take(&app, &admin, &mut parts, &mut form, &mut begun).await,
        Err(_) => Ok(Upload::Wrong(Problems::of("files", "Choose the files to bring in."))),
    };
    let wrong = match upload {
        Ok(Upload::Whole(id)) => {
            let worker = worker(&app);
            if worker.begin_reading(id).await? {
                tokio::spawn(async move { worker.finish_reading(id).await });
            }
            return Ok(Redirect::to(&format!("/imports/{id}")).into_response());
        }
        Ok(Upload::Wrong(problems)) => problems,
        Err(error) => match begun {
            // What arrived of a form that broke off is of no use.
            Some(id) => {
                worker(&app).discard(id, &admin.name).await?;
                return Err(error);
            }
            None => return Err(error),
        },
    };
    if let Some(id) = begun {
        worker(&app).discard(id, &admin.name).await?;
    }
    refused(&New::of(&app, admin, form, wrong).await?)
}

async fn take(
    app: &App,
    admin: &Admin,
    parts: &mut Multipart,
    form: &mut ImportForm,
    begun: &mut Option<ImportId>,
) -> Outcome<Upload> {
    let broken = |_: MultipartError| Problems::of("files", "The files did not arrive completely. Bring them in again.");
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(file) = part.file_name().map(str::to_owned) else {
            form.set(&name, &text(&mut part).await?);
            continue;
        };
        if file.is_empty() {
            continue;
        }
        let id = if let Some(id) = *begun {
            id
        } else {
            let new = form.check(app.now()).unwrap_or_else(|_| form.unchecked(app.now()));
            let id = receive::begin(&app.db, &new, &admin.name, &app.worker, app.now()).await?;
            *begun = Some(id);
            id
        };
        let mut receiver = Receiver::begin(&app.db, id, &file, app.now()).await?;
        while let Some(bytes) = part.chunk().await.map_err(broken)? {
            receiver.take(&bytes, app.now()).await?;
            if receiver.size() > app.settings.upload_limit {
                let megabytes = app.settings.upload_limit / 1_000_000;
                let sentence = format!(
                    "{file} is larger than {megabytes} MB (RESEAT_UPLOAD_LIMIT_MB). Import it on the command line instead."
                );
                return Ok(Upload::Wrong(Problems::of("files", sentence)));
            }
        }
        receiver.end(app.now()).await?;
    }
    let Some(id) = *begun else {
        return Ok(Upload::Wrong(Problems::of("files", "Choose the files to bring in.")));
    };
    match form.check(app.now()) {
        Ok(new) => {
            receive::describe(&app.db, id, &new, app.now()).await?;
            Ok(Upload::Whole(id))
        }
        Err(problems) => Ok(Upload::Wrong(problems)),
    }
}

/// A text field; the first 4,096 bytes of it.
async fn text(part: &mut Field<'_>) -> Outcome<String> {
    let mut bytes = Vec::new();
    while let Some(more) = part.chunk().await.map_err(Error::internal)? {
        let room = 4_096_usize.saturating_sub(bytes.len()).min(more.len());
        bytes.extend_from_slice(more.get(..room).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether an import is still of the state in which its files may be asked about (for the answers' handlers).
pub(super) async fn asks(app: &App, id: ImportId) -> Outcome<()> {
    let import = store::find(&app.db, id).await?;
    if import.state == ImportState::Asking {
        return Ok(());
    }
    Err(Problems::of("", format!("Import {id} asks nothing: {}.", import.state.word())).into())
}
