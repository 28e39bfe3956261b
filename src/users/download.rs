//! The people as a file.

use axum::extract::State;
use axum::response::Response;

use super::store;
use super::user::User;
use crate::db::Db;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::export::{self, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Window};

struct People;

/// Whether somebody may sign in, in words.
fn state(user: &User) -> &'static str {
    match (user.is_disabled(), user.has_password) {
        (true, _) => "Disabled",
        (false, true) => "May sign in",
        (false, false) => "Link not used yet",
    }
}

impl Listed for People {
    type Row = User;
    const NAME: &'static str = "people";
    const COLUMNS: &'static [Column<People, User>] = &[
        shown("Name", |_, user| user.name.as_str().into()),
        shown("State", |_, user| state(user).into()),
        shown("Last here", |_, user| user.last_used_at.into()),
        shown("Role", |_, user| user.role.label().into()),
        more("Number", |_, user| user.id.0.into()),
        more("Added", |_, user| user.created_at.into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<User>> {
        store::slice(db, window).await
    }

    fn place(&self, user: &User) -> Cursor {
        Cursor::new(user.id, user.id.0)
    }
}

/// The list of people.
pub async fn list(State(app): State<App>, admin: Admin, wanted: Wanted) -> Outcome<Response> {
    export::send(app, &admin.0, wanted, People).await
}
