//! Who asks. A handler's signature says who may: `Auditor` reads, `HelpDesk` and `Admin` change.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use super::app::App;
use super::error::{Error, Outcome};
use super::log::Who;
use super::shell::Shell;
use crate::api;
use crate::ids::{SessionId, TokenId, UserId};
use crate::users::user::Role;
use crate::users::{store, token_store};

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Their number.
    pub id: UserId,
    /// Their name, as history writes it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The time zone that they chose; empty: as their browser says.
    pub zone: String,
    /// The session they use; 0 where a program signed in by a token.
    pub session: SessionId,
    /// The token by which a program signed in for them.
    pub token: Option<TokenId>,
    /// What the frame around their page says.
    pub shell: Shell,
}

impl Actor {
    async fn of(parts: &mut Parts, app: &App, least: Role) -> Outcome<Actor> {
        let Some(actor) = Actor::present(parts, app).await? else {
            if api::is_for(parts.uri.path()) {
                return Err(Error::NoToken);
            }
            let next = if parts.method == Method::GET { parts.uri.to_string() } else { String::new() };
            return Err(Error::SignIn(next));
        };
        if actor.role >= least {
            return Ok(actor);
        }
        if parts.method == Method::GET {
            return Err(Error::NotFound);
        }
        Err(Error::Forbidden(format!(
            "This change needs the role {}; you are signed in as {} ({}).",
            least.label(),
            actor.name,
            actor.role.label()
        )))
    }

    /// Whoever a request is from: on the API's addresses by a token, on all others by a session's cookie.
    async fn present(parts: &mut Parts, app: &App) -> Outcome<Option<Actor>> {
        if api::is_for(parts.uri.path()) {
            Actor::by_token(parts, app).await
        } else {
            Actor::by_cookie(parts, app).await
        }
    }

    async fn by_token(parts: &mut Parts, app: &App) -> Outcome<Option<Actor>> {
        let Some(shown) = bearer(parts) else {
            return Ok(None);
        };
        let now = app.now();
        let Some(token) = token_store::find(&app.db, shown, now).await? else {
            return Ok(None);
        };
        if token.last_used_at.is_none_or(|at| now >= at.plus(60)) {
            let (db, id) = (app.db.clone(), token.id);
            note_use(async move { token_store::note_use(&db, id, now).await }).await;
        }
        let name = token.actor();
        if let Some(who) = parts.extensions.get::<Who>() {
            who.is(&name);
        }
        let (shell, session) = (Shell::of_program(app, token.may()), SessionId(0));
        Ok(Some(Actor {
            id: token.user_id,
            name,
            role: token.may(),
            zone: String::new(),
            session,
            token: Some(token.id),
            shell,
        }))
    }

    async fn by_cookie(parts: &mut Parts, app: &App) -> Outcome<Option<Actor>> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(cookie) = jar.get(&app.settings.cookie()) else {
            return Ok(None);
        };
        let now = app.now();
        let Some(session) = store::find_session(&app.db, cookie.value(), now, app.settings.limits).await? else {
            return Ok(None);
        };
        if now >= session.last_used_at.plus(60) {
            let (db, id) = (app.db.clone(), session.id);
            note_use(async move { store::note_use(&db, id, now).await }).await;
        }
        if let Some(who) = parts.extensions.get::<Who>() {
            who.is(&session.name);
        }
        let shell = Shell::of(app, &jar, &parts.uri, &session).await?;
        Ok(Some(Actor {
            id: session.user_id,
            name: session.name,
            role: session.role,
            zone: session.time_zone,
            session: session.id,
            token: None,
            shell,
        }))
    }
}

/// The token that a program shows: `Authorization: Bearer …`.
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Notes a session's or a token's use; nobody waits for it when another process holds the database.
async fn note_use(noting: impl Future<Output = Outcome<()>> + Send + 'static) {
    let noting = tokio::spawn(async move {
        if let Err(error) = noting.await {
            tracing::warn!("a sign-in's use could not be noted: {error:#}");
        }
    });
    // Waiting a little keeps what a quick reader does next in order.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(100), noting).await;
}

impl OptionalFromRequestParts<App> for Actor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Option<Actor>> {
        Actor::present(parts, app).await
    }
}

macro_rules! role {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Actor);

        impl FromRequestParts<App> for $name {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
                Actor::of(parts, app, Role::$name).await.map($name)
            }
        }

        impl std::ops::Deref for $name {
            type Target = Actor;

            fn deref(&self) -> &Actor {
                &self.0
            }
        }
    )*};
}

role! {
    /// Anybody who is signed in.
    Auditor,
    /// Somebody of the help desk, or an admin.
    HelpDesk,
    /// An admin.
    Admin
}

/// An auditor or an admin: those who give evidence of what the help desk does, and not the help desk itself.
#[derive(Clone, Debug)]
pub struct Examiner(pub Actor);

impl FromRequestParts<App> for Examiner {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let actor = Actor::of(parts, app, Role::Auditor).await?;
        if actor.shell.may_examine() {
            return Ok(Examiner(actor));
        }
        if parts.method == Method::GET {
            return Err(Error::NotFound);
        }
        let says = "Evidence is made by an auditor or an admin; you are signed in as";
        Err(Error::Forbidden(format!("{says} {} ({}).", actor.name, actor.role.label())))
    }
}

impl std::ops::Deref for Examiner {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}
