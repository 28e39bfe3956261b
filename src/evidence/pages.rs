//! The page on which evidence is made.

use std::fs::File;
use std::io::Read;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;

use super::form::EvidenceForm;
use super::make::{MADE, make};
use crate::check::Problems;
use crate::companies;
use crate::history::store::{Filter, list as lines};
use crate::web::actor::{Actor, Examiner};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page::{self, problems, refused};
use crate::web::parts::Choice;
use crate::web::shell::Shell;
use crate::web::slice::Window;
use crate::web::timeline::{self, Day};

/// Bundles made before that the page lists.
const EARLIER: i64 = 20;

#[derive(Template)]
#[template(path = "evidence/new.html")]
struct New {
    shell: Shell,
    form: EvidenceForm,
    problems: Problems,
    companies: Vec<Choice>,
    earlier: Vec<Day>,
}

impl New {
    async fn of(
        app: &App,
        shell: Shell,
        companies: Vec<(i64, String)>,
        (form, problems): (EvidenceForm, Problems),
    ) -> Outcome<New> {
        let filter = Filter { action: Some(MADE.into()), ..Filter::default() };
        let earlier = lines(&app.db, &filter, &Window::first(EARLIER)).await?.into_iter().take(20).collect();
        let earlier = timeline::of_lines(&app.db, &shell, earlier, None).await?;
        Ok(New { companies: Choice::any(companies, &form.company, "Choose"), shell, form, problems, earlier })
    }
}

/// The companies that evidence may be about.
async fn known(app: &App) -> Outcome<Vec<(i64, String)>> {
    Ok(companies::store::list(&app.db).await?.into_iter().map(|one| (one.id.0, one.name)).collect())
}

/// The form; an address may name company and days.
pub async fn new(State(app): State<App>, examiner: Examiner, Query(asked): Query<EvidenceForm>) -> Outcome<Response> {
    let known = known(&app).await?;
    let only = match known.as_slice() {
        [(id, _)] => id.to_string(),
        _ => String::new(),
    };
    let mut form = EvidenceForm::of_last_year(&only, app.now(), &app.settings.zone);
    for (field, asked) in [(&mut form.company, asked.company), (&mut form.from, asked.from), (&mut form.to, asked.to)] {
        if !asked.is_empty() {
            *field = asked;
        }
    }
    page::show(&New::of(&app, examiner.0.shell, known, (form, Problems::none())).await?)
}

/// Makes a bundle and sends it.
pub async fn create(State(app): State<App>, examiner: Examiner, Form(form): Form<EvidenceForm>) -> Outcome<Response> {
    let known = known(&app).await?;
    match made(&app, &examiner, &form, &known).await {
        Ok(response) => Ok(response),
        Err(error) => refused(&New::of(&app, examiner.0.shell, known, (form, problems(error)?)).await?),
    }
}

async fn made(app: &App, maker: &Actor, form: &EvidenceForm, known: &[(i64, String)]) -> Outcome<Response> {
    let scope = form.check(known, (app.now(), &app.settings.zone), maker.shell.may_read_ids)?;
    let bundle = make(&app.db, &scope, &maker.name, app.now()).await?;
    tracing::info!("{} makes evidence of company {}, {} bytes", maker.name, scope.company, bundle.size);
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", bundle.name())),
        (CONTENT_LENGTH, bundle.size.to_string()),
    ];
    let body = Body::from_stream(futures_util::stream::try_unfold(bundle.file, |file| async move {
        tokio::task::spawn_blocking(move || piece(file)).await.map_err(std::io::Error::other)?
    }));
    Ok((headers, body).into_response())
}

fn piece(mut file: File) -> std::io::Result<Option<(Bytes, File)>> {
    let mut bytes = vec![0; 64 * 1024];
    let read = file.read(&mut bytes)?;
    bytes.truncate(read);
    Ok((read > 0).then(|| (Bytes::from(bytes), file)))
}
