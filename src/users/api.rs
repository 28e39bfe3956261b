//! People for programs of admins.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use super::user::{Role, User};
use crate::api::answer::{self, Item, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::UserId;
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::slice::{Cursor, Order};

/// Somebody who may sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct Person {
    /// Their number.
    id: i64,
    /// The name they sign in with.
    name: String,
    /// What they may do: `auditor`, `help_desk` or `admin`.
    role: String,
    /// Whether they have set a password.
    has_password: bool,
    /// Since when they are known here.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// Since when they may no longer sign in.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// When they last used the console.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl Item for Person {
    const KIND: &'static str = "user";
    const PATH: &'static str = "users";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<User> for Person {
    fn from(user: User) -> Person {
        Person {
            id: user.id.0,
            name: user.name,
            role: user.role.as_str().to_owned(),
            has_password: user.has_password,
            created_at: moment(user.created_at),
            disabled_at: user.disabled_at.and_then(moment),
            last_used_at: user.last_used_at.and_then(moment),
        }
    }
}

/// The list, which has no filters.
#[derive(Debug, Deserialize)]
pub struct All {}

impl List for All {
    const ORDERS: &'static [Order] = &[];

    fn filters() -> Vec<Param> {
        Vec::new()
    }
}

/// What programs can do with people.
pub fn describe(calls: &mut Operations) {
    calls.list_for::<All, Person>(Role::Admin, "People, who was added last first");
    calls.show_for::<Person>(Role::Admin, "One person");
}

/// People, who was added last first.
pub async fn list(State(app): State<App>, _: Admin, asked: Asked<All>) -> Outcome<Response> {
    let window = asked.window(&Order::BY_NUMBER)?;
    let rows = store::slice(&app.db, &window).await?;
    Ok(answer::list(window.cut(rows, |user| Cursor::new(user.id, user.id.0)), Person::from))
}

/// One person.
pub async fn show(State(app): State<App>, _: Admin, Path(id): Path<i64>, conditions: Conditions) -> Outcome<Response> {
    let newest = newest::<Person>(&app.db, id).await?;
    answer::show(&conditions, newest, &Person::from(store::find(&app.db, UserId(id)).await?))
}
