//! Taking files from a browser's form.

use axum::extract::FromRequest;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{ImportForm, NewImport};
use super::import::State as ImportState;
use super::pages::{New, worker};
use super::receive::{self, Receiver};
use super::store;
use crate::change;
use crate::check::Problems;
use crate::ids::ImportId;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page::{problems, refused};

/// A form with files that arrived.
pub(super) struct Received {
    /// The form, as far as it was filled in.
    pub(super) form: ImportForm,
    /// The import whose files are here, and what its form says; or what is wrong with it, and then nothing is kept.
    pub(super) import: Result<(ImportId, NewImport), Problems>,
}

/// Receives files and begins to read them.
pub async fn create(State(app): State<App>, admin: Admin, request: Request) -> Outcome<Response> {
    let received = receive(&app, &admin, request).await?;
    let (id, new) = match received.import {
        Ok(whole) => whole,
        Err(wrong) => return refused(&New::of(&app, admin, received.form, wrong).await?),
    };
    change!(app.db, &admin.name, app.now(), tx, {
        receive::hand_over(tx, id, &new, &app.worker).await?;
    })?;
    read(&app, id);
    Ok(Redirect::to(&format!("/imports/{id}")).into_response())
}

/// Reads an import that was handed over to this copy of the program.
pub(super) fn read(app: &App, id: ImportId) {
    let worker = worker(app);
    tokio::spawn(async move { worker.finish_reading(id).await });
}

/// Takes the files of a form. What arrived of one that is refused or broke off is of no use, and is discarded.
pub(super) async fn receive(app: &App, admin: &Admin, request: Request) -> Outcome<Received> {
    let mut form = ImportForm::default();
    let mut begun = None;
    let taken = match Multipart::from_request(request, app).await {
        Ok(mut parts) => take(app, admin, &mut parts, &mut form, &mut begun).await,
        Err(_) => Err(Problems::of("files", "Choose the files to bring in.").into()),
    };
    if let (Err(_), Some(id)) = (&taken, begun) {
        worker(app).discard(id, &admin.name).await?;
    }
    let import = match taken {
        Ok(whole) => Ok(whole),
        Err(error) => Err(problems(error)?),
    };
    Ok(Received { form, import })
}

async fn take(
    app: &App,
    admin: &Admin,
    parts: &mut Multipart,
    form: &mut ImportForm,
    begun: &mut Option<ImportId>,
) -> Outcome<(ImportId, NewImport)> {
    let broken = |_: MultipartError| Problems::of("files", "The files did not arrive completely. Bring them in again.");
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(file) = part.file_name().map(str::to_owned) else {
            if !form.set(&name, &text(&mut part).await?) {
                let name: String = name.chars().filter(|letter| !letter.is_control()).take(40).collect();
                return Err(Problems::of("", format!("There is no field “{name}” here.")).into());
            }
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
                return Err(Problems::of("files", sentence).into());
            }
        }
        receiver.end(app.now()).await?;
    }
    let Some(id) = *begun else {
        return Err(Problems::of("files", "Choose the files to bring in.").into());
    };
    Ok((id, form.check(app.now())?))
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
