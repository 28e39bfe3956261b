//! Signing in and out, the first account, and one's own page.

pub mod again;
pub mod reading;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::HeaderName;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::api_token::TokenForm;
use super::session::OwnSession;
use super::store;
use super::tokens::OwnTokens;
use super::unsent::Unsent;
use super::user::{NewUser, PasswordForm, Role, SetUpForm, SignInForm, User};
use crate::change;
use crate::check::Problems;
use crate::ids::{SessionId, UserId};
use crate::web::actor::{Actor, Auditor};
use crate::web::app::{App, Settings};
use crate::web::error::{Error, Outcome};
use crate::web::page::{go, problems, refused, show};
use crate::web::parts::Choice;
use crate::web::request::Origin;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "users/sign_in.html")]
struct SignIn {
    shell: Shell,
    /// Whether nobody may sign in yet.
    nobody: bool,
    form: SignInForm,
    problems: Problems,
}

/// The page on which people sign in.
pub async fn sign_in(
    State(app): State<App>,
    actor: Option<Actor>,
    jar: CookieJar,
    Query(form): Query<SignInForm>,
) -> Outcome<Response> {
    if actor.is_some() {
        return Ok(Redirect::to(form.next()).into_response());
    }
    // What is to be sent afterwards comes from a form of this console, never by a link.
    let form = SignInForm { unsent: Unsent::default(), ..form };
    let nobody = !store::exist(&app.db).await?;
    show(&SignIn { shell: Shell::at_the_door(&jar), nobody, form, problems: Problems::none() })
}

/// Signs somebody in. The same answer and the same work for an unknown name and a wrong password.
pub async fn begin_session(State(app): State<App>, origin: Origin, Form(form): Form<SignInForm>) -> Outcome<Response> {
    let now = app.now();
    let refuse = |sentence: &str| {
        let form = SignInForm { password: String::new(), ..form.clone() };
        refused(&SignIn {
            shell: again::at_the_door(&form.unsent),
            nobody: false,
            form,
            problems: Problems::of("name", sentence),
        })
    };
    if store::is_throttled(&app.db, &form.name, &origin.address, now).await? {
        return refuse("Too many tries have failed. Wait a quarter of an hour, or ask an admin for a new link.");
    }
    let known = store::password_of(&app.db, &form.name).await?;
    let hashed = known.as_ref().map(|(_, hashed)| hashed.clone());
    let right = app.hasher.verify(form.password.clone(), hashed).await?;
    let Some((id, _)) = known.filter(|_| right) else {
        store::note_failure(&app.db, &form.name, &origin.address, now).await?;
        return refuse("This name and password do not belong together. Try again.");
    };
    let token = change!(app.db, &form.name, now, tx, {
        store::begin_session(tx, id, &origin.address, &origin.browser).await?
    })?;
    if form.unsent.is_any() {
        return Ok((signed_in(&app.settings, token), again::page(&form.name, form.unsent)?).into_response());
    }
    Ok((signed_in(&app.settings, token), Redirect::to(form.next())).into_response())
}

fn signed_in(settings: &Settings, token: String) -> [(HeaderName, String); 1] {
    let cookie = Cookie::build((settings.cookie(), token))
        .path("/")
        .http_only(true)
        .secure(settings.is_https())
        .same_site(SameSite::Lax)
        .build();
    [(SET_COOKIE, cookie.to_string())]
}

/// Ends the session in use.
pub async fn end_session(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    change!(app.db, &auditor.name, app.now(), tx, {
        store::end_session(tx, auditor.id, auditor.session).await?;
    })?;
    Ok(go("/sign-in", "You are signed out."))
}

#[derive(Template)]
#[template(path = "users/set_up.html")]
struct SetUp {
    shell: Shell,
    /// Whom the link is for; nobody: the first admin, who also chooses a name.
    user: Option<User>,
    /// The link's secret part.
    token: String,
    form: SetUpForm,
    problems: Problems,
}

impl SetUp {
    fn of((user, token): (Option<User>, String), form: SetUpForm, problems: Problems) -> SetUp {
        let form = SetUpForm { password: String::new(), password_again: String::new(), ..form };
        SetUp { shell: Shell::outside(), user, token, form, problems }
    }
}

/// The page behind a one-time link: the first admin's account, or a person's new password.
pub async fn set_up(State(app): State<App>, Path(token): Path<String>) -> Outcome<Response> {
    let user = store::find_link(&app.db, &token, app.now()).await?;
    show(&SetUp::of((user, token), SetUpForm::default(), Problems::none()))
}

/// Makes the first admin, or sets a person's password, and uses the link up.
pub async fn use_link(
    State(app): State<App>,
    origin: Origin,
    Path(token): Path<String>,
    Form(form): Form<SetUpForm>,
) -> Outcome<Response> {
    let now = app.now();
    let user = store::find_link(&app.db, &token, now).await?;
    let wrong = form.check(user.is_none());
    if !wrong.is_empty() {
        return refused(&SetUp::of((user, token), form, wrong));
    }
    let hashed = app.hasher.hash(form.password.clone()).await?;
    let name = user.as_ref().map_or(form.name.trim(), |user| &user.name).to_owned();
    let session = change!(app.db, &name, now, tx, {
        store::use_link(tx, &token).await?;
        let id = match &user {
            Some(user) => {
                store::set_password(tx, user.id, &hashed, None).await?;
                user.id
            }
            None => store::add(tx, &NewUser { name: name.clone(), role: Role::Admin }, Some(&hashed)).await?,
        };
        store::begin_session(tx, id, &origin.address, &origin.browser).await?
    });
    match session {
        Ok(session) => Ok((signed_in(&app.settings, session), Redirect::to("/")).into_response()),
        Err(error) => refused(&SetUp::of((user, token), form, problems(error)?)),
    }
}

#[derive(Template)]
#[template(path = "users/account.html")]
pub(super) struct Account {
    shell: Shell,
    sessions: Vec<OwnSession>,
    present: SessionId,
    problems: Problems,
    tokens: OwnTokens,
    zones: Vec<Choice>,
}

impl Account {
    pub(super) async fn of(app: &App, auditor: Auditor, problems: Problems) -> Outcome<Account> {
        let tokens = OwnTokens::of(app, &auditor, TokenForm::usual(), Problems::none()).await?;
        Account::with(app, auditor, problems, tokens).await
    }

    pub(super) async fn with(app: &App, auditor: Auditor, problems: Problems, tokens: OwnTokens) -> Outcome<Account> {
        let Auditor(actor) = auditor;
        let sessions = store::sessions_of(&app.db, actor.id, app.now(), app.settings.limits).await?;
        let zones = reading::zones(&actor.zone);
        Ok(Account { shell: actor.shell, sessions, present: actor.session, problems, tokens, zones })
    }
}

/// One's own page: sessions, tokens and password.
pub async fn account(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    show(&Account::of(&app, auditor, Problems::none()).await?)
}

/// Changes one's own password and ends one's other sessions. Tries with a wrong present password are throttled
/// like signing in.
pub async fn change_password(
    State(app): State<App>,
    auditor: Auditor,
    origin: Origin,
    Form(form): Form<PasswordForm>,
) -> Outcome<Response> {
    let now = app.now();
    let mut wrong = form.check();
    if wrong.is_empty() {
        let hashed = store::password_of(&app.db, &auditor.name).await?.map(|(_, hashed)| hashed);
        if store::is_throttled(&app.db, &auditor.name, &origin.address, now).await? {
            wrong.add("present", "Too many tries have failed. Wait a quarter of an hour.");
        } else if !app.hasher.verify(form.present.clone(), hashed).await? {
            store::note_failure(&app.db, &auditor.name, &origin.address, now).await?;
            wrong.add("present", "This is not your present password.");
        }
    }
    if !wrong.is_empty() {
        return refused(&Account::of(&app, auditor, wrong).await?);
    }
    let hashed = app.hasher.hash(form.password).await?;
    change!(app.db, &auditor.name, now, tx, {
        store::set_password(tx, auditor.id, &hashed, Some(auditor.session)).await?;
    })?;
    Ok(go("/account", "Your password is changed, and your other sessions are ended."))
}

/// Ends one of one's own sessions.
pub async fn end_own_session(State(app): State<App>, auditor: Auditor, Path(id): Path<i64>) -> Outcome<Response> {
    change!(app.db, &auditor.name, app.now(), tx, {
        store::end_session(tx, auditor.id, SessionId(id)).await?;
    })?;
    if SessionId(id) == auditor.session {
        return Ok(go("/sign-in", "You are signed out."));
    }
    Ok(go("/account", "The session is ended."))
}

/// A person's number from an address.
pub(super) fn user_id(id: i64) -> Result<UserId, Error> {
    if id > 0 { Ok(UserId(id)) } else { Err(Error::NotFound) }
}
