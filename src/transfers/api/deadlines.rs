//! By when to call, for programs: what the queue's page says.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::answer::{Named, moment};
use crate::api::operations::Operations;
use crate::transfers::queue::{Group, Reading, Row};
use crate::transfers::read;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;

/// A transfer that waits for a call, and by when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Deadline {
    /// The transfer.
    transfer: i64,
    /// Where it stands: `queued`, or `requested` where a request asks for it already.
    state: String,
    /// The seat: the number of the first license of its lineage.
    seat: i64,
    /// The client that gives the seat.
    source: Named,
    /// The client that takes it.
    destination: Named,
    /// With what one call can ask for it.
    group: CallGroup,
    /// When the destination got the temporary license on which it works now; null: it has none yet.
    #[schema(format = DateTime)]
    temporary_issued_at: Option<String>,
    /// When that one ends.
    #[schema(format = DateTime)]
    temporary_ends_at: Option<String>,
    /// The last day on which a call still helps; null: nothing runs out yet.
    #[schema(format = Date)]
    call_by: Option<String>,
    /// How many days away that day is; below zero it has passed.
    days_left: Option<i64>,
    /// Whether that day has passed.
    is_late: bool,
    /// Since when the destination is locked out.
    #[schema(format = Date)]
    locked_out_since: Option<String>,
    /// The day on which the old license frees itself, if that is early enough: no call is needed then, if the old computer
    /// stays off.
    #[schema(format = Date)]
    frees_itself_on: Option<String>,
}

/// What one call can ask for: transfers of one server, version, type and agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallGroup {
    /// The license server.
    license_server: Named,
    /// The product version, by the year in its name.
    product_version: String,
    /// What is counted: `per_device`.
    license_type: String,
    /// The purchase, where it is recorded.
    agreement: Option<i64>,
    /// The last day on which a call for all of them still helps.
    #[schema(format = Date)]
    call_by: Option<String>,
    /// How many of them a call is to ask for: those that no request asks for and that do not free themselves.
    to_ask_for: i64,
}

/// What programs can ask about deadlines.
pub fn describe(calls: &mut Operations) {
    let summary = "The transfers that wait for a call (at most 1,000), with the last safe day of each, the most urgent group first";
    calls.all::<Deadline>(("deadlines", summary), Vec::new(), &[401]);
}

/// The transfers that wait for a call, with the last safe day of each.
pub async fn list(State(app): State<App>, _: Auditor) -> Outcome<Response> {
    let reading = read::reading(&app.db, app.now(), &app.settings).await?;
    let groups = reading.groups(read::queue(&app.db, app.now()).await?);
    let items: Vec<Deadline> = groups.iter().flat_map(|group| deadlines(&reading, group)).collect();
    Ok(Json(json!({"items": items})).into_response())
}

fn deadlines(reading: &Reading, group: &Group) -> Vec<Deadline> {
    group.rows.iter().map(|row| deadline(reading, group, row)).collect()
}

fn deadline(reading: &Reading, group: &Group, row: &Row) -> Deadline {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let transfer = &row.transfer;
    Deadline {
        transfer: transfer.id.0,
        state: transfer.state.as_str().to_owned(),
        seat: transfer.seat_id.0,
        source: Named::new(transfer.source_id.0, transfer.source.clone()),
        destination: Named::new(transfer.destination_id.0, transfer.destination.clone()),
        group: CallGroup {
            license_server: Named::new(group.server_id, group.server.clone()),
            product_version: transfer.version.clone(),
            license_type: transfer.license_type.clone(),
            agreement: group.agreement_id.map(|id| id.0),
            call_by: day(group.call_by()),
            to_ask_for: i64::try_from(group.to_ask_for()).unwrap_or(i64::MAX),
        },
        temporary_issued_at: row.issued_at.and_then(moment),
        temporary_ends_at: row.ends_at.and_then(moment),
        call_by: day(row.call_by),
        days_left: row.call_by.map(|day| reading.days_to(day)),
        is_late: row.is_late,
        locked_out_since: day(row.locked_out_since),
        frees_itself_on: day(row.frees_on),
    }
}
