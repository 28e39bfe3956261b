//! What people answer to what imports showed: that a transfer still needs its call, and what was done about an old computer.

use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Form;

use super::pages::Show;
use super::signs::{self, SettlementForm};
use super::{by_import, read};
use crate::change;
use crate::ids::TransferId;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::page::{go, problems, refused};
use crate::web::reason::ReasonForm;

/// Says that a transfer still needs its call, although its destination has a license.
pub async fn need_call(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(id): Path<i64>,
    Form(form): Form<ReasonForm>,
) -> Outcome<Response> {
    let id = TransferId(id);
    read::find(&app.db, id).await?;
    let said = match form.check_as("call_need", "Say why it still needs a call") {
        Ok(reason) => change!(app.db, &help_desk.name, app.now(), tx, { by_import::need_call(tx, id, &reason).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match said {
        Ok(()) => Ok(go(&format!("/transfers/{id}"), &format!("T-{id} waits for a call again."))),
        Err(error) => {
            let mut page = Show::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            page.call_need = form;
            refused(&page)
        }
    }
}

/// Says what was done about a sign of life.
pub async fn settle(
    State(app): State<App>,
    help_desk: HelpDesk,
    Path(sign): Path<i64>,
    Form(form): Form<SettlementForm>,
) -> Outcome<Response> {
    let id = signs::transfer_of(&app.db, sign).await?;
    let settled = match form.check() {
        Ok(done) => change!(app.db, &help_desk.name, app.now(), tx, { signs::settle(tx, sign, &done).await? }),
        Err(wrong) => Err(wrong.into()),
    };
    match settled {
        Ok(()) => Ok(go(&format!("/transfers/{id}"), "What was done about it is recorded.")),
        Err(error) => {
            let mut page = Show::of(&app, help_desk.0.shell, id, problems(error)?).await?;
            page.settling = Some((sign, form.settlement));
            refused(&page)
        }
    }
}
