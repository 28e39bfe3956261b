//! The position for programs.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::line::Line;
use super::pages::{Asked, estate};
use super::position::{Position, reckon};
use super::store;
use crate::api::answer::Named;
use crate::api::asked::{Param, filters, refuse};
use crate::api::operations::{LISTING, Operations, filter};
use crate::companies;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};

/// What a company owns and has installed of one version and type, and what explains the difference.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Position)]
pub struct Standing {
    /// The company.
    company: Named,
    /// The product version, by the year in its name; empty: not known.
    product_version: String,
    /// What is counted: `per_device`, `per_user` or `other`.
    license_type: String,
    /// Licenses of the agreements in force, and what was converted; null: no agreement is recorded.
    owned: Option<i64>,
    /// Licenses of the key packs on servers; null: not known.
    installed: Option<i64>,
    /// Licenses that are issued, as servers last said; null: not told.
    in_use: Option<i64>,
    /// What is installed beyond what is owned; null: not known.
    phantom: Option<i64>,
    /// How much of what is installed stands for seats that moved; null: not known.
    explained: Option<i64>,
    /// What of the phantom nothing explains, below zero: owned and not installed; null: not known.
    unexplained: Option<i64>,
    /// The equation in words.
    equation: String,
    /// What all this is made of.
    lines: Vec<PositionLine>,
}

/// One amount of a position, and what it comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PositionLine {
    /// `owned`, `installed` or `explained`, whose lines add up to it; `may_be_unexplained`: at most so many.
    term: String,
    /// So many licenses.
    amount: i64,
    /// What it is, in words.
    says: String,
    /// Whether it is a key pack that is out of use and still on its server.
    must_be_removed: bool,
    /// The purchase.
    agreement: Option<i64>,
    /// The key packs that are counted.
    key_packs: Vec<i64>,
    /// The server that they are on.
    license_server: Option<Named>,
    /// The request that brought them: `R-17` is 17.
    reissue: Option<i64>,
    /// The calls that granted them.
    calls: Vec<i64>,
    /// The transfers that were granted with them.
    transfers: Vec<i64>,
    /// The key packs in whose place they came.
    replaced: Vec<i64>,
}

impl From<Position> for Standing {
    fn from(position: Position) -> Standing {
        Standing {
            phantom: position.phantom(),
            unexplained: position.unexplained(),
            equation: position.equation(),
            company: Named::new(position.group.company_id.0, position.company),
            product_version: position.group.version,
            license_type: position.group.license_type,
            owned: position.owned,
            installed: position.installed,
            in_use: position.in_use,
            explained: position.explained,
            lines: position.lines.into_iter().map(PositionLine::from).collect(),
        }
    }
}

impl From<Line> for PositionLine {
    fn from(line: Line) -> PositionLine {
        let points = line.points;
        PositionLine {
            term: line.term.as_str().to_owned(),
            amount: line.amount,
            says: line.words,
            must_be_removed: line.is_left_standing,
            agreement: points.agreement.map(|id| id.0),
            key_packs: points.key_packs.iter().map(|id| id.0).collect(),
            license_server: points.server.map(|(id, name)| Named::new(id.0, name)),
            reissue: points.reissue.map(|id| id.0),
            calls: points.calls.iter().map(|id| id.0).collect(),
            transfers: points.transfers.iter().map(|id| id.0).collect(),
            replaced: points.replaced.iter().map(|id| id.0).collect(),
        }
    }
}

fn parameters() -> [Param; 2] {
    [
        Param::number("company", "Only this company, by its number."),
        Param::day("on", "As it was at the end of this day, in the console’s time zone; now, unless said."),
    ]
}

/// What programs can ask about the position.
pub fn describe(calls: &mut Operations) {
    let summary = "The entitlement position by company, version and type, with the lines that explain it";
    calls.all::<Standing>(("position", summary), parameters().into_iter().map(filter).collect(), LISTING);
}

/// The position now, or as it was at the end of a day.
pub async fn list(State(app): State<App>, _: Auditor, uri: Uri) -> Outcome<Response> {
    let asked: Asked = filters(&uri, &parameters())?;
    let until = store::until(&asked.on, app.now(), &app.settings.zone)?;
    if let Some(company) = asked.company() {
        companies::read::find(&app.db, company).await.map_err(|error| match error {
            Error::NotFound => refuse("company", "There is no such company."),
            other => other,
        })?;
    }
    let estate = estate(&app, asked.company(), &until).await?;
    let items: Vec<Standing> = reckon(&estate).into_iter().map(Standing::from).collect();
    Ok(Json(json!({"items": items})).into_response())
}
