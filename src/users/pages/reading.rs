//! How a person reads: in which time zone, and how their browser shows it.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Account;
use crate::change;
use crate::check::Problems;
use crate::users::store;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::look::{LOOK, Look};
use crate::web::page::{go, refused};
use crate::web::parts::Choice;

/// What somebody chose.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ZoneForm {
    zone: String,
}

impl ZoneForm {
    /// The zone's name, empty for what the browser says; a sentence where there is no such zone.
    fn check(&self) -> Result<&str, Problems> {
        let name = self.zone.trim();
        let known = name.is_empty() || (name.len() <= 64 && TimeZone::get(name).is_ok());
        if known { Ok(name) } else { Err(Problems::of("zone", "There is no such time zone. Choose one of the list.")) }
    }
}

/// All zones that there are, with the browser's own on top.
pub(super) fn zones(chosen: &str) -> Vec<Choice> {
    // Beside places and UTC the machine's database holds names for programs: `Factory`, `localtime`, `posixrules`.
    let is_said = |name: &String| {
        name == "UTC"
            || name == chosen
            || (name.contains('/') && !name.starts_with("posix/") && !name.starts_with("right/"))
    };
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).filter(is_said).collect();
    if names.is_empty() {
        names.push("UTC".to_owned());
    }
    names.sort();
    Choice::any(names.into_iter().map(|name| (name.clone(), name)), chosen, "As my browser says")
}

/// Chooses the time zone in which one reads.
pub async fn choose_zone(State(app): State<App>, auditor: Auditor, Form(form): Form<ZoneForm>) -> Outcome<Response> {
    match form.check() {
        Ok(name) => {
            change!(app.db, &auditor.name, app.now(), tx, { store::choose_zone(tx, auditor.id, name).await? })?;
            Ok(go("/account", "Times are shown so from now on."))
        }
        Err(wrong) => refused(&Account::of(&app, auditor, wrong).await?),
    }
}

/// Chooses how this browser shows the console.
pub async fn choose_look(_: Auditor, Form(look): Form<Look>) -> Outcome<Response> {
    let cookie = format!("{LOOK}={}; Path=/; Max-Age=31536000; SameSite=Lax", look.kept());
    let mut response = go("/account", "This browser shows the console so from now on.");
    response.headers_mut().append(SET_COOKIE, HeaderValue::from_str(&cookie).map_err(Error::internal)?);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_that_there_is() {
        for (name, good) in
            [("", true), ("Europe/Berlin", true), ("UTC", true), ("Europe/Entenhausen", false), ("../etc", false)]
        {
            assert_eq!(ZoneForm { zone: name.into() }.check().is_ok(), good, "{name}");
        }
        assert!(zones("Europe/Berlin").iter().any(|one| one.chosen && one.value == "Europe/Berlin"));
    }
}
