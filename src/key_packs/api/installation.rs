//! What becomes of a license key pack ID, for programs: installed, refused, heard again, void.

use axum::extract::{Path, State as Of};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::Pack;
use crate::api::body::{Text, fields};
use crate::api::call::Call;
use crate::api::form::{For, Form};
use crate::api::made;
use crate::api::operations::Operations;
use crate::check::Problems;
use crate::db::Reads;
use crate::ids::KeyPackId;
use crate::key_packs::installing::{self, FAILURES, FailureForm, HeardForm, InstallationForm};
use crate::key_packs::store;
use crate::reissues::grant;
use crate::users::user::Role;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::reason::ReasonForm;

impl Form for InstallationForm {
    fn usual() -> InstallationForm {
        InstallationForm::default()
    }
}

impl Form for FailureForm {
    fn usual() -> FailureForm {
        FailureForm::default()
    }

    fn choices() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![("failure", FAILURES.map(|(name, ..)| name).into())]
    }
}

/// What programs can do with key packs that were received.
pub fn describe(calls: &mut Operations) {
    let help_desk = Role::HelpDesk;
    let installed = calls.form::<InstallationForm>(For::New, json!({"keypack_id": 7, "installed_on": "2026-08-21"}));
    calls.append::<Pack>(
        "/installation",
        (help_desk, "Says that a key pack that was received is installed"),
        installed,
    );
    let failed = calls.form::<FailureForm>(For::New, json!({"failure": "0x13a7", "note": "Twice."}));
    calls.append::<Pack>(
        "/installation-failure",
        (help_desk, "Says that the server refused a license key pack ID"),
        failed,
    );
    let properties = fields(&[("license_key_pack_id", "The right 35 characters."), ("reason", "How it is known.")]);
    let heard = json!({"type": "object", "properties": properties, "additionalProperties": false});
    calls.append::<Pack>("/corrected-id", (help_desk, "Corrects a license key pack ID that was heard wrong"), heard);
    let void = calls.form::<ReasonForm>(For::New, json!({"reason": "The server was reactivated."}));
    calls.append::<Pack>("/void", (help_desk, "Says that a license key pack ID can no longer be installed"), void);
}

async fn pack<'c>(db: impl Reads<'c>, id: KeyPackId) -> Outcome<Pack> {
    Ok(Pack::from(store::find(db, id).await?))
}

/// Says that a key pack is installed.
pub async fn install(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = KeyPackId(id);
    store::find(&app.db, id).await?;
    let new = call.filled::<InstallationForm>()?.check(app.now())?;
    made!(app, help_desk, call, tx, {
        installing::install(tx, id, &new).await?;
        pack(&mut *tx, id).await?
    })
}

/// Says that the server refused a license key pack ID.
pub async fn fail(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = KeyPackId(id);
    store::find(&app.db, id).await?;
    let (why, note) = call.filled::<FailureForm>()?.check()?;
    made!(app, help_desk, call, tx, {
        installing::fail(tx, id, why, &note).await?;
        pack(&mut *tx, id).await?
    })
}

/// A license key pack ID that was heard again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Heard {
    license_key_pack_id: Text,
    reason: Text,
}

/// Corrects a license key pack ID that was heard wrong.
pub async fn hear_again(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = KeyPackId(id);
    store::find(&app.db, id).await?;
    let heard = call.body::<Heard>()?;
    let form = HeardForm { license_key_pack_id: heard.license_key_pack_id.0, reason: heard.reason.0 };
    let (right, why) = form.check()?;
    made!(app, help_desk, call, tx, {
        if let Some(says) = grant::may_be_heard(&mut *tx, &right, id).await? {
            return Err(Problems::of("license_key_pack_id", says).into());
        }
        installing::hear_again(tx, id, &right, &why).await?;
        pack(&mut *tx, id).await?
    })
}

/// Says that a license key pack ID can no longer be installed.
pub async fn void(Of(app): Of<App>, help_desk: HelpDesk, Path(id): Path<i64>, call: Call) -> Outcome<Response> {
    let id = KeyPackId(id);
    store::find(&app.db, id).await?;
    let why = call.filled::<ReasonForm>()?.check("Say why it is void")?;
    made!(app, help_desk, call, tx, {
        grant::void(tx, id, &why).await?;
        pack(&mut *tx, id).await?
    })
}
