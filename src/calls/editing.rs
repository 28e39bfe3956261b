//! The screen of a live call, and everything that is said of a call.

pub mod beginning;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;

use super::call::{Call, Ending, NOTES, Note, Standing};
use super::draft::Draft;
use super::ending;
use super::form::{CallForm, is_typed};
use super::live::Asked;
use super::read;
use super::sheet::Sheet;
use super::store;
use crate::check::Problems;
use crate::ids::{CallId, LicenseServerId, ReissueId, TransferId};
use crate::reissues;
use crate::transfers;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page::{self, go, problems, refused};
use crate::web::parts::Choice;
use crate::web::reason::ReasonForm;
use crate::web::shell::Shell;
use crate::{change, draft};

/// What a form sent, as pairs of name and value.
pub type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "calls/live.html")]
pub(super) struct Live {
    shell: Shell,
    call: Call,
    sheet: Sheet,
    asks: Vec<Asked>,
    notes: Vec<Note>,
    fields: Draft,
    /// The draft as this page shows it: what is changed on the page is told apart by it.
    base: String,
    kept: Option<(crate::moment::Moment, String)>,
    outcomes: Vec<Choice>,
    problems: Problems,
    /// What somebody else wrote into fields that were changed here too.
    theirs: Vec<(String, String)>,
}

impl Live {
    /// The screen of a live call. `fields`: what was typed on a page that is refused; else what is kept.
    pub(super) async fn of(
        app: &App,
        shell: Shell,
        id: CallId,
        (fields, problems): (Option<Draft>, Problems),
    ) -> Outcome<Live> {
        let call = read::find(&app.db, id).await?;
        let typed = read::typed(&app.db, id).await?;
        let requests: Vec<ReissueId> = read::asked(&app.db, id).await?.iter().map(|one| one.reissue_id).collect();
        let sheet = Sheet::of(&app.db, call.server_id, &requests).await?;
        let base = typed.fields();
        let fields = fields.unwrap_or_else(|| base.clone());
        let mut asks = Vec::with_capacity(sheet.parts.len());
        for part in &sheet.parts {
            asks.push(Asked::of(&app.db, part.clone(), &fields, call.started_at).await?);
        }
        Ok(Live {
            notes: read::notes(&app.db, id).await?,
            outcomes: outcomes(fields.get("outcome")),
            kept: typed.draft_at.zip(typed.draft_by),
            base: base.text(),
            theirs: Vec::new(),
            shell,
            call,
            sheet,
            asks,
            fields,
            problems,
        })
    }

    /// Whether nobody has typed anything yet: then its first field is where one begins.
    fn is_new(&self) -> bool {
        let is_noted = self.notes.iter().any(|note| note.kind != "took_over");
        self.kept.is_none() && !is_noted && self.problems.is_empty()
    }

    /// Whether its operator may still say that it was begun by mistake.
    fn may_be_thrown_away(&self) -> bool {
        self.is_new() && self.shell.person.as_ref().is_some_and(|person| person.name == self.call.operator)
    }

    /// A field in words, for people: `case reference`.
    fn field_words(field: &str) -> String {
        field.split('-').next().unwrap_or_default().replace('_', " ")
    }

    fn value(&self, field: &str, usual: &str) -> String {
        Some(self.fields.get(field)).filter(|text| !text.is_empty()).unwrap_or(usual).to_owned()
    }
}

fn outcomes(chosen: &str) -> Vec<Choice> {
    let choice =
        |ending: Ending| Choice { hint: ending.hint(), ..Choice::new(ending.as_str(), ending.label(), chosen) };
    Ending::ALL.map(choice).into()
}

/// The number that is to be called.
pub(super) async fn number_for(app: &App, form: &CallForm) -> Outcome<String> {
    let server = match form.requests.first() {
        Some(id) => match reissues::read::find(&app.db, *id).await {
            Ok(request) => Some(request.server_id),
            Err(Error::NotFound) => None,
            Err(other) => return Err(other),
        },
        None => form.fields.get("license_server").parse().ok().map(LicenseServerId),
    };
    Ok(match server {
        Some(server) => super::sheet::number(&app.db, server).await?.0,
        None => String::new(),
    })
}

/// Says which transfers are the most urgent, so that a grant of fewer goes to them.
pub(super) async fn by_urgency(app: &App) -> Outcome<Vec<TransferId>> {
    let reading = transfers::read::reading(&app.db, app.now(), &app.settings).await?;
    Ok(reading.nearest(transfers::read::queue(&app.db, app.now()).await?))
}

/// What the page showed when it was typed on; nothing where it was sent without a page.
fn base_of(pairs: &[(String, String)]) -> Option<Draft> {
    pairs.iter().find(|(name, _)| name == "base").map(|(_, text)| Draft::parse(text))
}

fn typed_of(pairs: &[(String, String)]) -> Draft {
    Draft::of_pairs(pairs, is_typed)
}

/// Keeps what is typed, and gives what of it somebody else changed too.
async fn keep_typed(app: &App, who: &str, id: CallId, pairs: &[(String, String)]) -> Outcome<Vec<(String, String)>> {
    let before = read::typed(&app.db, id).await?.fields();
    let (mine, base) = (typed_of(pairs), base_of(pairs).unwrap_or_else(|| before.clone()));
    let both = draft!(app.db, app.now(), tx, { store::keep_draft(tx, id, who, (&mine, &base)).await? })?;
    Ok(both
        .into_iter()
        .map(|field| {
            let theirs = before.get(&field).to_owned();
            (field, theirs)
        })
        .collect())
}

/// Keeps what is typed in a live call; the answer is the screen as it then is.
pub async fn keep(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    match keep_typed(&app, &help_desk.name, id, &pairs).await {
        Ok(theirs) => {
            let page = Live::of(&app, help_desk.0.shell, id, (None, Problems::none())).await?;
            page::show(&Live { theirs, ..page })
        }
        Err(error) => refuse(&app, help_desk.0.shell, id, (&pairs, error)).await,
    }
}

/// The screen again with everything that was typed; of a call that has ended meanwhile, its page with it.
async fn refuse(
    app: &App,
    shell: Shell,
    id: CallId,
    (pairs, error): (&[(String, String)], Error),
) -> Outcome<Response> {
    let problems = problems(error)?;
    let typed = typed_of(pairs);
    if read::find(&app.db, id).await?.standing() == Standing::Live {
        // A step without fields shows what is kept.
        let typed = Some(typed).filter(|_| !pairs.is_empty());
        return refused(&Live::of(app, shell, id, (typed, problems)).await?);
    }
    let page = super::pages::Show::of(app, shell, id, problems).await?;
    refused(&page.with_note(typed.get("note")))
}

/// Adds a note to a call; what is typed in a live one is kept beside it.
pub async fn note(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Outcome<Response> {
    let id = CallId(id);
    let call = read::find(&app.db, id).await?;
    let say = |field: &str| pairs.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.as_str());
    let noted = match check_note(say("kind"), say("said")) {
        Ok((kind, text)) => {
            if call.standing() == Standing::Live {
                keep_typed(&app, &help_desk.name, id, &pairs).await?;
            }
            change!(app.db, &help_desk.name, app.now(), tx, { store::note(tx, id, kind, &text).await? })
        }
        Err(wrong) => Err(wrong.into()),
    };
    match noted {
        Ok(()) => Ok(axum::response::Redirect::to(&format!("/calls/{id}#notes")).into_response()),
        Err(error) => refuse(&app, help_desk.0.shell, id, (&pairs, error)).await,
    }
}

/// A note, or what is wrong with it. Only a plain note must say something.
pub(super) fn check_note(kind: &str, said: &str) -> Result<(&'static str, String), Problems> {
    let mut problems = Problems::none();
    let known = NOTES.iter().map(|(name, _)| *name).filter(|name| *name != "took_over").find(|name| *name == kind);
    let text = problems.lines("said", "The note", said, 2_000);
    let kind = known.unwrap_or("note");
    if kind == "note" && text.is_empty() {
        problems.add("said", "Type the note first.");
    }
    problems.or((kind, text))
}

/// Ends a live call.
pub async fn end(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    match end_typed(&app, &help_desk, id, &pairs).await {
        Ok(()) => Ok(go(&format!("/calls/{id}"), "The call is ended, and what came of it is recorded.")),
        Err(error) => refuse(&app, help_desk.0.shell, id, (&pairs, error)).await,
    }
}

async fn end_typed(app: &App, help_desk: &HelpDesk, id: CallId, pairs: &[(String, String)]) -> Outcome<()> {
    let theirs = keep_typed(app, &help_desk.name, id, pairs).await?;
    if let Some((field, said)) = theirs.into_iter().next() {
        let says = format!(
            "Somebody else wrote “{said}” here meanwhile. What you typed is kept: look at both, then end the call again."
        );
        return Err(Problems::of(field, says).into());
    }
    let nearest = by_urgency(app).await?;
    change!(app.db, &help_desk.name, app.now(), tx, {
        // Held before it is read: whoever ends it a moment sooner takes what is typed with it.
        store::hold_live(tx, id).await?;
        let requests: Vec<ReissueId> = read::asked(&mut *tx, id).await?.iter().map(|one| one.reissue_id).collect();
        let mut left = Vec::with_capacity(requests.len());
        for request in &requests {
            left.push((*request, reissues::store::hold(tx, *request).await?.left()));
        }
        let fields = read::typed(&mut *tx, id).await?.fields();
        let mut ended = CallForm { fields, requests }.granting_all(&left).check(&app.settings.zone)?;
        ended.nearest_first(nearest.clone());
        ending::end(tx, id, &ended).await?;
    })
}

/// Ends a call that was begun by mistake.
pub async fn throw_away(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    match change!(app.db, &help_desk.name, app.now(), tx, { ending::throw_away(tx, id).await? }) {
        Ok(()) => Ok(go(&format!("/calls/{id}"), "The call is closed: it was begun by mistake.")),
        Err(error) => refuse(&app, help_desk.0.shell, id, (&pairs, error)).await,
    }
}

/// Takes a live call over.
pub async fn take_over(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    let taken = change!(app.db, &help_desk.name, app.now(), tx, { store::take_over(tx, id).await? });
    match taken {
        Ok(()) => Ok(go(&format!("/calls/{id}"), "You are on the telephone now.")),
        Err(error) => refuse(&app, help_desk.0.shell, id, (&[], error)).await,
    }
}

/// Closes an open call.
pub async fn close(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = CallId(id);
    read::find(&app.db, id).await?;
    let closed = match form.check("Say why nothing is to follow") {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { ending::close(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match closed {
        Ok(()) => Ok(go(&format!("/calls/{id}"), "The call is closed.")),
        Err(error) => refuse(&app, help_desk.0.shell, id, (&[], error)).await,
    }
}
