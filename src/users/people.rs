//! The list of people, for admins: add, another role, disable, a new link.

use std::net::IpAddr;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;

use super::pages::user_id;
use super::store;
use super::user::{Role, User, UserForm};
use crate::change;
use crate::check::Problems;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::icon;
use crate::web::page::{go, problems, refused, show};
use crate::web::request::Origin;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "users/list.html")]
struct List {
    shell: Shell,
    users: Vec<User>,
    me: crate::ids::UserId,
    form: UserForm,
    problems: Problems,
    roles: [Role; 3],
}

impl List {
    async fn of(app: &App, admin: Admin, form: UserForm, problems: Problems) -> Outcome<List> {
        let users = store::list(&app.db).await?;
        Ok(List { me: admin.id, shell: admin.0.shell, users, form, problems, roles: Role::ALL })
    }
}

/// Everybody who may sign in.
pub async fn list(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    show(&List::of(&app, admin, UserForm::default(), Problems::none()).await?)
}

#[derive(Template)]
#[template(path = "users/link.html")]
struct Link {
    shell: Shell,
    name: String,
    link: String,
    /// Whether nobody at another computer can open it.
    is_only_here: bool,
}

/// Adds a person and shows the one-time link by which they set their password.
pub async fn create(
    State(app): State<App>,
    admin: Admin,
    origin: Origin,
    Form(form): Form<UserForm>,
) -> Outcome<Response> {
    let new = match form.check() {
        Ok(new) => new,
        Err(wrong) => return refused(&List::of(&app, admin, form, wrong).await?),
    };
    let added = change!(app.db, &admin.name, app.now(), tx, {
        let id = store::add(tx, &new, None).await?;
        store::make_link(tx, Some(id)).await?
    });
    match added {
        Ok(token) => show_link((&app, &origin), admin, new.name, &token),
        Err(error) => refused(&List::of(&app, admin, form, problems(error)?).await?),
    }
}

fn show_link((app, origin): (&App, &Origin), admin: Admin, name: String, token: &str) -> Outcome<Response> {
    show(&Link {
        shell: admin.0.shell,
        name,
        link: format!("{}/set-up/{token}", origin.site),
        is_only_here: app.settings.public_url.is_none() && is_only_here(&origin.site),
    })
}

/// Whether an address leads every computer to itself, such as `http://localhost:8080`.
fn is_only_here(site: &str) -> bool {
    let address = site.parse::<Uri>();
    let host = address.as_ref().ok().and_then(Uri::host).unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Gives a person another role.
pub async fn update_role(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<i64>,
    Form(form): Form<UserForm>,
) -> Outcome<Response> {
    let user = store::find(&app.db, user_id(id)?).await?;
    let Some(role) = Role::parse(&form.role) else {
        let wrong = Problems::of("role", "Choose what this person may do.");
        return refused(&List::of(&app, admin, UserForm::default(), wrong).await?);
    };
    let changed = change!(app.db, &admin.name, app.now(), tx, {
        store::change_role(tx, &user, Role::parse(&form.was).unwrap_or(user.role), role).await?;
    });
    done(&app, admin, changed, &format!("{} is now {}.", user.name, role.label())).await
}

/// Ends a person's sessions and lets them sign in no more.
pub async fn disable(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let user = store::find(&app.db, user_id(id)?).await?;
    let changed = change!(app.db, &admin.name, app.now(), tx, {
        store::disable(tx, user.id).await?;
    });
    done(&app, admin, changed, &format!("{} may no longer sign in.", user.name)).await
}

/// Lets a disabled person sign in again.
pub async fn enable(State(app): State<App>, admin: Admin, Path(id): Path<i64>) -> Outcome<Response> {
    let user = store::find(&app.db, user_id(id)?).await?;
    let changed = change!(app.db, &admin.name, app.now(), tx, {
        store::enable(tx, user.id).await?;
    });
    done(&app, admin, changed, &format!("{} may sign in again.", user.name)).await
}

/// Shows a new one-time link by which a person sets their password.
pub async fn reset(State(app): State<App>, admin: Admin, origin: Origin, Path(id): Path<i64>) -> Outcome<Response> {
    let user = store::find(&app.db, user_id(id)?).await?;
    let token = change!(app.db, &admin.name, app.now(), tx, { store::make_link(tx, Some(user.id)).await? })?;
    show_link((&app, &origin), admin, user.name, &token)
}

async fn done(app: &App, admin: Admin, changed: Outcome<()>, sentence: &str) -> Outcome<Response> {
    match changed {
        Ok(()) => Ok(go("/users", sentence)),
        Err(error) => refused(&List::of(app, admin, UserForm::default(), problems(error)?).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_computer_itself_is_told_from_one_that_others_can_open() {
        for (site, here) in [
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:8080", true),
            ("http://reseat:8080", false),
            ("http://192.0.2.1:8080", false),
            ("https://reseat.example.com", false),
            ("http://", false),
        ] {
            assert_eq!(is_only_here(site), here, "{site}");
        }
    }
}
