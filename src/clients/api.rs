//! Clients for programs.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::client::{Client, Kind};
use super::filter::{Asked as PageAsked, Filter};
use super::store::{self, ORDERS};
use crate::api::answer::{self, Item, Named, moment, newest};
use crate::api::asked::{Asked, List, Param};
use crate::api::operations::Operations;
use crate::api::tag::Conditions;
use crate::ids::ClientId;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::slice::Order;

/// A client: a computer, or for Per User licenses a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub struct Holder {
    /// Its number.
    id: i64,
    /// The company that it belongs to.
    company: Named,
    /// `computer` or `user`.
    kind: String,
    /// Its name.
    name: String,
    /// What identifies a computer beside its name.
    hardware_ids: Vec<String>,
    /// When it last got or renewed a license.
    #[schema(format = DateTime)]
    last_issued_at: Option<String>,
    /// Since when it is known here.
    #[schema(format = DateTime)]
    created_at: Option<String>,
}

impl Item for Holder {
    const KIND: &'static str = "client";
    const PATH: &'static str = "clients";

    fn id(&self) -> i64 {
        self.id
    }
}

impl From<Client> for Holder {
    fn from(client: Client) -> Holder {
        Holder {
            id: client.id.0,
            company: Named::new(client.company_id.0, client.company),
            kind: client.kind.as_str().to_owned(),
            name: client.name,
            hardware_ids: client.hardware_id.into_iter().filter(|id| !id.is_empty()).collect(),
            last_issued_at: moment(client.last_issued_at),
            created_at: moment(client.created_at),
        }
    }
}

impl List for PageAsked {
    const ORDERS: &'static [Order] = &ORDERS;

    fn filters() -> Vec<Param> {
        vec![
            Param::text(
                "find",
                "Only those whose name or hardware ID has this text; one or two letters: whose name begins so.",
            ),
            Param::one_of("kind", "Only computers, or only users.", Kind::ALL.map(Kind::as_str)),
            Param::number("company", "Only this company’s, by its number."),
        ]
    }
}

/// What programs can do with clients.
pub fn describe(calls: &mut Operations) {
    calls.list::<PageAsked, Holder>("Clients, the newest first");
    calls.show::<Holder>("One client");
}

/// Clients, the newest first.
pub async fn list(State(app): State<App>, _: Auditor, asked: Asked<PageAsked>) -> Outcome<Response> {
    let filter = Filter::of(&asked.filters);
    let order = store::order(&filter, &asked.sort);
    let window = asked.window(&order)?;
    let rows = store::list(&app.db, &filter, &order, &window).await?;
    Ok(answer::list(window.cut(rows, |client| store::place(&order, client)), Holder::from))
}

/// One client.
pub async fn show(
    State(app): State<App>,
    _: Auditor,
    Path(id): Path<i64>,
    conditions: Conditions,
) -> Outcome<Response> {
    let newest = newest::<Holder>(&app.db, id).await?;
    answer::show(&conditions, newest, &Holder::from(store::find(&app.db, ClientId(id)).await?))
}
