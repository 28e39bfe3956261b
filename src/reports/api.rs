//! What runs out, for programs: what the report's page says.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{RunOutAsked, pools};
use super::stock::Pool;
use crate::api::answer::{Named, day, moment};
use crate::api::asked::{Param, filters};
use crate::api::operations::{LISTING, Operations, filter};
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::Outcome;

/// One kind of license on one license server, and when it runs out at the present rate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunOut {
    /// The license server.
    license_server: Named,
    /// The product version, by the year in its name.
    product_version: String,
    /// `per_device`, `per_user` or `other`.
    license_type: String,
    /// Licenses in its finite key packs, as the last export told.
    total: Option<i64>,
    /// Those of them that were issued.
    issued: Option<i64>,
    /// What is left.
    available: i64,
    /// When that export was made.
    #[schema(format = DateTime)]
    last_export_at: Option<String>,
    /// `out`, `runs_out`, `steady` or `not_enough_imports`.
    forecast: String,
    /// Licenses more a week.
    more_a_week: Option<f64>,
    /// The day on which they run out, by a straight line through the counts of the last 90 days.
    #[schema(format = Date)]
    runs_out_on: Option<String>,
    /// The early end of the range that holds 19 times in 20.
    #[schema(format = Date)]
    not_before: Option<String>,
    /// Its late end; null: they may also last.
    #[schema(format = Date)]
    not_after: Option<String>,
}

impl From<Pool> for RunOut {
    fn from(pool: Pool) -> RunOut {
        let last = pool.last;
        RunOut {
            available: pool.left(),
            total: last.map(|point| point.total),
            issued: last.map(|point| point.issued),
            last_export_at: last.and_then(|point| moment(point.at)),
            forecast: pool.forecast.as_str().to_owned(),
            more_a_week: pool.forecast.a_week(),
            runs_out_on: pool.forecast.likely().and_then(day),
            not_before: pool.forecast.earliest().and_then(day),
            not_after: pool.forecast.latest().and_then(day),
            license_server: Named::new(pool.server_id.0, pool.server),
            product_version: pool.version,
            license_type: pool.license_type,
        }
    }
}

fn parameters() -> [Param; 1] {
    [Param::number("within", "Only those that may run out within so many days, 3,650 at most.")]
}

/// What programs can ask about what runs out.
pub fn describe(calls: &mut Operations) {
    let summary = "When licenses run out at the present rate, by license server, version and type";
    calls.all::<RunOut>(("run-out", summary), parameters().into_iter().map(filter).collect(), LISTING);
}

/// What runs out.
pub async fn run_out(State(app): State<App>, _: Auditor, uri: Uri) -> Outcome<Response> {
    let asked: RunOutAsked = filters(&uri, &parameters())?;
    let items: Vec<RunOut> = pools(&app, asked.days()).await?.into_iter().map(RunOut::from).collect();
    Ok(Json(json!({"items": items})).into_response())
}
