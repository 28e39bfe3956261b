//! Imports for programs: handing files in, seeing what they would change, applying and discarding.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::answers::{self, ApplyForm};
use super::form::NewImport;
use super::import::{Import, ImportFile, State as Stage};
use super::pages::{FILTERS, ListQuery, worker};
use super::rows;
use super::upload::{self, Received};
use super::{preview, receive, store};
use crate::api::answer::{self, Answer, Item, moment, newest};
use crate::api::asked::{Asked, List, Param, refuse};
use crate::api::call::{Call, Reply, key_of};
use crate::api::form::{For, Form};
use crate::api::kept::{self, Key};
use crate::api::operations::{CHANGING, MAKING, Operation, Operations, idempotency, if_match};
use crate::api::tag::Conditions;
use crate::change;
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::hex;
use crate::ids::ImportId;
use crate::users::user::Role;
use crate::web::actor::{Admin, Auditor};
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Cursor, Order};

/// An import: files from license servers, and how far it has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct Brought {
    /// Its number.
    id: i64,
    /// `receiving`, `reading`, `asking`, `ready`, `applying`, and the ends `applied`, `nothing_to_do`, `discarded`, `failed`.
    state: String,
    /// Who handed it in.
    actor: String,
    /// The company, as said.
    company: Option<String>,
    /// The license server for rows that name none, as said.
    license_server: Option<String>,
    /// When the files were exported.
    #[schema(format = DateTime)]
    captured_at: Option<String>,
    /// What is being done, in words.
    progress: Option<String>,
    /// Rows to do in this step.
    rows_total: i64,
    /// Rows done in this step.
    rows_done: i64,
    /// What it would change, or has changed.
    counts: Counts,
    /// Why it failed, was refused or asks.
    message: Option<String>,
    /// When it was handed in.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// When it came to its end.
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// Who brought it there.
    finished_by: Option<String>,
}

/// How many rows of an import are what.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct Counts {
    /// Rows that the register does not have.
    new: i64,
    /// Rows that the register has otherwise.
    changed: i64,
    /// Rows that the register has just so.
    unchanged: i64,
    /// Rows of the register that are gone from the server.
    gone: i64,
    /// Rows of an older file that differ from what is known now: history only.
    older: i64,
    /// Questions that a person must settle.
    conflicts: i64,
    /// Rows with errors.
    errors: i64,
    /// Rows left out on purpose.
    left_out: i64,
}

/// An import with its files, and what is in the way of applying it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportInFull)]
pub struct Whole {
    /// The import.
    #[serde(flatten)]
    import: Brought,
    /// Its files.
    files: Vec<File>,
    /// What is in the way of applying it, a sentence each; empty where nothing is.
    in_the_way: Vec<String>,
}

/// A file of an import.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportFile)]
pub struct File {
    /// Its name.
    name: String,
    /// Its size in bytes.
    size: i64,
    /// Its SHA-256.
    sha256: String,
    /// What its rows are, once known.
    kind: Option<String>,
    /// How many rows it has.
    rows: i64,
}

impl Item for Brought {
    const KIND: &'static str = "import";
    const PATH: &'static str = "imports";

    fn id(&self) -> i64 {
        self.id
    }
}

impl Item for Whole {
    const KIND: &'static str = Brought::KIND;
    const PATH: &'static str = Brought::PATH;

    fn id(&self) -> i64 {
        self.import.id
    }
}

impl From<Import> for Brought {
    fn from(import: Import) -> Brought {
        Brought {
            id: import.id.0,
            state: import.state.as_str().to_owned(),
            actor: import.actor,
            company: answer::said(import.company_name),
            license_server: answer::said(import.server_name),
            captured_at: moment(import.captured_at),
            progress: answer::said(import.progress),
            rows_total: import.rows_total,
            rows_done: import.rows_done,
            counts: Counts {
                new: import.new_count,
                changed: import.changed_count,
                unchanged: import.unchanged_count,
                gone: import.gone_count,
                older: import.older_count,
                conflicts: import.conflict_count,
                errors: import.error_count,
                left_out: import.left_out_count,
            },
            message: answer::said(import.message),
            created_at: moment(import.created_at),
            finished_at: import.finished_at.and_then(moment),
            finished_by: import.finished_by,
        }
    }
}

impl Whole {
    async fn of(app: &App, id: ImportId) -> Outcome<Whole> {
        let import = store::find(&app.db, id).await?;
        let files = store::files(&app.db, id).await?;
        let in_the_way = match import.state {
            Stage::Asking => preview::asked(&import, &files).into_iter().map(|(_, says)| says).collect(),
            Stage::Ready => {
                let wrong = import.may_apply(&store::servers(&app.db, id).await?).err().unwrap_or_default();
                wrong.iter().map(|problem| problem.says.clone()).collect()
            }
            _ => Vec::new(),
        };
        Ok(Whole::with(import, files, in_the_way))
    }

    fn with(import: Import, files: Vec<ImportFile>, in_the_way: Vec<String>) -> Whole {
        let files = files.into_iter().map(|file| File {
            name: file.name,
            size: file.size,
            sha256: file.sha256,
            kind: answer::said(file.kind),
            rows: file.row_count,
        });
        Whole { import: import.into(), files: files.collect(), in_the_way }
    }
}

impl List for ListQuery {
    const ORDERS: &'static [Order] = &[];

    fn filters() -> Vec<Param> {
        vec![Param::one_of("state", "Only those in this state.", FILTERS.map(Stage::as_str))]
    }
}

impl Form for ApplyForm {
    fn usual() -> ApplyForm {
        ApplyForm::default()
    }
}

/// What programs can do with imports.
pub fn describe(calls: &mut Operations) {
    calls.list::<ListQuery, Brought>("Imports, the newest first");
    calls.show::<Whole>("One import");
    let whole = calls.shape::<Whole>();
    let text = |says: &str| json!({"type": "string", "description": says});
    let files = json!({
        "type": "object",
        "properties": {
            "company": text("The company whose license server it is; needed where there are several."),
            "server": text("The license server, for rows that name none."),
            "captured_at": text("When the files were exported, such as 2026-08-22T09:14Z; without it, as the files say, else now."),
            "time_zone": text("The time zone of dates without an offset, such as Europe/Berlin; without it, UTC."),
            "date_order": text("How 03/05/2024 is meant: day_first or month_first. Without it, the import asks where it matters."),
            "covers": text("part: what the files lack is not gone; whole: it is. Without it, an export is whole and a report a part."),
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "The files."},
        },
        "required": ["files"],
    });
    calls.add(Operation {
        method: "post",
        path: "imports".to_owned(),
        summary: "Hands files in; they are read in the background",
        role: Some(Role::Admin),
        parameters: vec![idempotency()],
        body: Some(("multipart/form-data", files)),
        answer: (202, "They are being read.", Some(whole.clone()), &["ETag", "Location", "Idempotency-Replayed"]),
        refusals: MAKING,
    });
    rows::describe(calls);
    let apply = calls.form::<ApplyForm>(For::New, json!({"accept_gone": false}));
    calls.add(Operation {
        method: "post",
        path: "imports/{id}/application".to_owned(),
        summary: "Applies an import in the background: all of it or nothing",
        role: Some(Role::Admin),
        parameters: vec![if_match()],
        body: Some(("application/json", apply)),
        answer: (202, "It is being applied.", Some(whole.clone()), &["ETag", "Location"]),
        refusals: CHANGING,
    });
    calls.add(Operation {
        method: "post",
        path: "imports/{id}/discard".to_owned(),
        summary: "Decides against an import; nothing is changed",
        role: Some(Role::Admin),
        parameters: vec![if_match()],
        body: None,
        answer: (200, "It is discarded.", Some(whole), &["ETag"]),
        refusals: CHANGING,
    });
}

/// Imports, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<ListQuery>) -> Outcome<Response> {
    let window = asked.window(&Order::BY_NUMBER)?;
    let rows = store::list(&app.db, asked.filters.state(), &window).await?;
    Ok(answer::list(window.cut(rows, |import| Cursor::new(import.id, import.id.0)), Brought::from))
}

/// One import.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Whole>(&app.db, id).await?;
    answer::show(&conditions, newest, &Whole::of(&app, ImportId(id)).await?)
}

/// What an import would change.
pub async fn list_rows(
    State(app): State<App>,
    auditor: Auditor,
    Path(id): Path<i64>,
    asked: Asked<rows::Asked>,
) -> Outcome<Response> {
    let import = store::find(&app.db, ImportId(id)).await?;
    if !asked.filters.fits() {
        return Err(refuse("of", "Leave of out: questions and rows with errors are of all kinds."));
    }
    let window = asked.window(&Order::BY_NUMBER)?;
    let slice = rows::slice(&app.db, import.id, &asked.filters, &window, &auditor.shell.format).await?;
    Ok(answer::list(slice, |row| row))
}

/// Receives files and begins to read them.
pub async fn create(State(app): State<App>, admin: Admin, request: Request) -> Outcome<Response> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        let says = "Send the files as multipart/form-data.";
        return Err(Error::unmet(StatusCode::UNSUPPORTED_MEDIA_TYPE, says));
    }
    let key = key_of(request.headers())?.zip(admin.token);
    let call = format!("{} {}", request.method(), request.uri().path());
    let received = upload::receive(&app, &admin, request).await?;
    let (id, new) = received.import.clone()?;
    let key = match key {
        Some((key, token)) => Some(Key { token, key, call, body: digest(&app, id, &received).await? }),
        None => None,
    };
    let replied =
        change!(app.db, &admin.name, app.now(), tx, { keep(tx, (id, &app.worker), &new, key.as_ref()).await? });
    match replied {
        Ok(reply) if !reply.again => {
            upload::read(&app, id);
            reply.response()
        }
        // The same files are here already, or the key is another call's: what arrived now is of no use.
        other => {
            worker(&app).discard(id, &admin.name).await?;
            other?.response()
        }
    }
}

/// Keeps what was said of files that are here; or gives what the same call was answered before.
async fn keep(tx: &mut Tx, (id, worker): (ImportId, &str), new: &NewImport, key: Option<&Key>) -> Outcome<Reply> {
    if let Some(key) = key
        && let Some(answer) = kept::claim(tx, key).await?
    {
        return Ok(Reply { answer, again: true });
    }
    receive::hand_over(tx, id, new, worker).await?;
    let (import, files) = (store::find(&mut *tx, id).await?, store::files(&mut *tx, id).await?);
    let answer = Answer::made(StatusCode::ACCEPTED, 0, &Whole::with(import, files, Vec::new()))?;
    if let Some(key) = key {
        kept::keep(tx, key, &answer).await?;
    }
    Ok(Reply { answer, again: false })
}

/// The SHA-256 of what was said and handed in.
async fn digest(app: &App, id: ImportId, received: &Received) -> Outcome<String> {
    let files = store::files(&app.db, id).await?;
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name.as_str(), file.sha256.as_str())).collect();
    let said = serde_json::to_vec(&(&received.form, files)).map_err(Error::internal)?;
    Ok(hex(&Sha256::digest(&said)))
}

/// Applies an import in the background.
pub async fn apply(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = ImportId(id);
    call.require(newest::<Whole>(&app.db, id.0).await?, &Whole::of(&app, id).await?)?;
    answers::begin(&app, &admin, id, &call.filled()?).await?;
    Answer::made(StatusCode::ACCEPTED, newest::<Whole>(&app.db, id.0).await?, &Whole::of(&app, id).await?)?.response()
}

/// Decides against an import; one that is still being read stops.
pub async fn discard(State(app): State<App>, admin: Admin, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = ImportId(id);
    let import = Whole::of(&app, id).await?;
    call.require(newest::<Whole>(&app.db, id.0).await?, &import)?;
    if !worker(&app).discard(id, &admin.name).await? {
        return Err(Problems::of(
            "",
            format!("Import {id} can no longer be discarded: it is {}.", import.import.state),
        )
        .into());
    }
    answer::changed(newest::<Whole>(&app.db, id.0).await?, &Whole::of(&app, id).await?)
}
