//! Who asks. A handler's signature says who may: `Auditor` reads, `HelpDesk` and `Admin` change.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use super::app::App;
use super::error::{Error, Outcome};
use super::log::Who;
use super::shell::Shell;
use crate::ids::{SessionId, UserId};
use crate::moment::Moment;
use crate::users::store;
use crate::users::user::Role;

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Their number.
    pub id: UserId,
    /// Their name, as history writes it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The session they use.
    pub session: SessionId,
    /// What the frame around their page says.
    pub shell: Shell,
}

impl Actor {
    async fn of(parts: &mut Parts, app: &App, least: Role) -> Outcome<Actor> {
        let Some(actor) = Actor::present(parts, app).await? else {
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

    async fn present(parts: &mut Parts, app: &App) -> Outcome<Option<Actor>> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(cookie) = jar.get(app.settings.cookie()) else {
            return Ok(None);
        };
        let now = app.now();
        let Some(session) = store::find_session(&app.db, cookie.value(), now, app.settings.limits).await? else {
            return Ok(None);
        };
        if now >= session.last_used_at.plus(60) {
            note_use(app, session.id, now).await;
        }
        if let Some(who) = parts.extensions.get::<Who>() {
            who.is(&session.name);
        }
        let shell = Shell::of(app, &jar, parts.uri.path(), &session.name, session.role).await?;
        Ok(Some(Actor { id: session.user_id, name: session.name, role: session.role, session: session.id, shell }))
    }
}

/// Notes a session's use; a page view does not wait for it when another process holds the database.
async fn note_use(app: &App, session: SessionId, now: Moment) {
    let db = app.db.clone();
    let noting = tokio::spawn(async move {
        if let Err(error) = store::note_use(&db, session, now).await {
            tracing::warn!("a session's use could not be noted: {error:#}");
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
