//! What becomes of a license key pack ID that Microsoft gave: installed, refused by the server, heard again.

use super::form::last_group;
use super::state::State;
use crate::check::Problems;
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{KeyPackId, LicenseServerId};
use crate::license_servers::by_hand::overtake_imports;
use crate::license_servers::license_server::long_id;
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};

/// Why a server refused a license key pack ID: stored name, what it says, the way on. (KB 839878, KB 823313, public threads.)
pub const FAILURES: [(&str, &str, &str); 6] = [
    (
        "0x13a7",
        "Message Number 0x13A7: unable to install the client license key pack",
        "Read the license key pack ID back group by group. The same message comes for a pack that is newer than the server, a \
         damaged licensing component or wrong registry settings (KB 839878): ask which, before blaming the typing.",
    ),
    (
        "0x13a3",
        "Message Number 0x13A3: unable to verify the license server ID",
        "Compare the license server ID that was read out with the one that the server shows now. Where they differ, mark the \
         license key pack ID void and call again with the right one.",
    ),
    (
        "other_server",
        "It was made for another or a former license server ID",
        "The server was reinstalled or reactivated meanwhile. Mark the license key pack ID void, and call again with the \
         license server ID that it has now.",
    ),
    (
        "wrong_program",
        "Wrong program, type or quantity",
        "Call again. If it was installed all the same, open a request to reinstall, with this key pack as the one that is \
         replaced.",
    ),
    (
        "used",
        "The code was used already",
        "A code cannot be used again on the same license server. Look whether the key pack is in its list already.",
    ),
    ("other", "Something else", "Note what the server said, word for word, and call again."),
];

/// A stored failure in words, and the way on; nothing where it is none of them.
pub fn failure(name: &str) -> Option<(&'static str, &'static str)> {
    FAILURES.iter().find(|(failure, ..)| *failure == name).map(|(_, words, way)| (*words, *way))
}

/// The form that says that a key pack is installed.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct InstallationForm {
    /// The server's small number for it; a Windows 2000 server shows none.
    pub keypack_id: String,
    /// The day on which it was installed.
    pub installed_on: String,
}

/// When a key pack was installed, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The server's small number for it.
    pub keypack_id: Option<i64>,
    /// The day.
    pub installed_on: String,
}

impl InstallationForm {
    /// The installation, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<Installation, Problems> {
        let mut problems = Problems::none();
        let small = "Type the number under “Keypack ID” in the server’s list, or leave it empty.";
        let keypack_id = problems.number("keypack_id", &self.keypack_id, 0..=i64::from(i32::MAX), small);
        let day = problems.past_day("installed_on", &self.installed_on, now);
        let installed_on = day.unwrap_or_else(|| now.day(&jiff::tz::TimeZone::UTC));
        problems.or(Installation { keypack_id, installed_on })
    }
}

/// The form that says that a server refused a license key pack ID.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct FailureForm {
    /// Why, as [`FAILURES`] stores it.
    pub failure: String,
    /// What the server said, or anything else.
    pub note: String,
}

impl FailureForm {
    /// Why, and the note; or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(&'static str, String), Problems> {
        let mut problems = Problems::none();
        let known = FAILURES.iter().map(|(name, ..)| *name).find(|name| *name == self.failure);
        if known.is_none() {
            problems.add("failure", "Choose what the server said.");
        }
        let note = problems.lines("failure_note", "The note", &self.note, 1_000);
        problems.or((known.unwrap_or_default(), note))
    }
}

/// The form that corrects a license key pack ID that was heard wrong.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct HeardForm {
    /// The right 35 characters.
    pub license_key_pack_id: String,
    /// How it is known.
    pub reason: String,
}

impl HeardForm {
    /// The right ID and how it is known, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<(String, String), Problems> {
        let mut problems = Problems::none();
        let id = long_id(&self.license_key_pack_id).map_err(|says| problems.add("license_key_pack_id", says)).ok();
        let reason = problems.lines("heard_reason", "The reason", &self.reason, 1_000);
        if reason.is_empty() {
            problems.add("heard_reason", "Say how it is known: it stands in history forever.");
        }
        problems.or((id.unwrap_or_default(), reason))
    }
}

/// A pack whose license key pack ID was received, held against other changes until this one ends.
#[derive(sqlx::FromRow)]
struct Received {
    server_id: LicenseServerId,
    epoch: i64,
    state: State,
    keypack_id: Option<i64>,
    license_key_pack_id: Option<String>,
}

async fn hold(tx: &mut Tx, id: KeyPackId) -> Outcome<Received> {
    let lock = tx.pick("", " for update");
    let pack: Option<Received> = tx
        .sql("select server_id, epoch, state, keypack_id, license_key_pack_id from key_packs")
        .push_bind(" where id = ?", id)
        .push(lock)
        .optional()
        .await?;
    let pack = pack.ok_or(Error::NotFound)?;
    if matches!(pack.state, State::Received | State::InstallFailed) {
        return Ok(pack);
    }
    let says = match pack.state {
        State::Installed => "This key pack is installed already.".to_owned(),
        state => format!("This key pack is {}: there is nothing to install.", state.label().to_lowercase()),
    };
    Err(Problems::of("", says).into())
}

impl Received {
    fn line(&self, action: &'static str, id: KeyPackId) -> NewLine {
        NewLine::new(action, Subject("key_pack", id.0))
            .touching(Subject("license_server", self.server_id.0))
            .before(serde_json::json!({"state": self.state}))
    }
}

/// Says that a key pack is installed on its server.
pub async fn install(tx: &mut Tx, id: KeyPackId, new: &Installation) -> Outcome<()> {
    let pack = hold(tx, id).await?;
    not_before_its_call(tx, id, &new.installed_on).await?;
    if let Some(small) = new.keypack_id {
        let other: Option<(i64,)> = tx
            .sql("select id from key_packs where server_id = $1 and epoch = $2 and keypack_id = $3 and id <> $4")
            .bind(pack.server_id)
            .bind(pack.epoch)
            .bind(small)
            .bind(id)
            .optional()
            .await?;
        if let Some((other,)) = other {
            let says =
                format!("Key pack K-{other} has the keypack ID {small} on this server already. Type the right one.");
            return Err(Problems::of("keypack_id", says).into());
        }
    }
    tx.sql(
        "update key_packs set state = 'installed', installed_on = $1, keypack_id = coalesce($2, keypack_id), failure = '' \
         where id = $3",
    )
    .bind(&new.installed_on)
    .bind(new.keypack_id)
    .bind(id)
    .execute()
    .await?;
    overtake_imports(tx, pack.server_id).await?;
    let after = serde_json::json!({
        "state": State::Installed,
        "keypack_id": new.keypack_id.or(pack.keypack_id),
        "installed_on": new.installed_on,
    });
    record(tx, pack.line("key pack installed", id).after(after)).await
}

/// What Microsoft reads out on the telephone is installed after it.
async fn not_before_its_call(tx: &mut Tx, id: KeyPackId, day: &str) -> Outcome<()> {
    let call: Option<(i64, Moment)> = tx
        .sql(
            "select c.id, c.started_at from grants g join calls c on c.id = g.call_id \
             where g.key_pack_id = $1",
        )
        .bind(id)
        .optional()
        .await?;
    // Somewhere it was the day before.
    let before = |at: Moment| day < at.plus_days(-1).day(&jiff::tz::TimeZone::UTC).as_str();
    match call.filter(|(_, at)| before(*at)) {
        None => Ok(()),
        Some((call, at)) => {
            let on = at.day_words(&jiff::tz::TimeZone::UTC);
            let says = format!("Microsoft granted it in call {call} on {on}: it was not installed before that day.");
            Err(Problems::of("installed_on", says).into())
        }
    }
}

/// Says that the server refused the license key pack ID.
pub async fn fail(tx: &mut Tx, id: KeyPackId, why: &'static str, note: &str) -> Outcome<()> {
    let pack = hold(tx, id).await?;
    tx.sql("update key_packs set state = 'install_failed', failure = $1 where id = $2")
        .bind(why)
        .bind(id)
        .execute()
        .await?;
    let words = failure(why).map_or(why, |(words, _)| words);
    let line = pack.line("key pack installation failed", id);
    let line = line.after(serde_json::json!({"state": State::InstallFailed, "failure": words}));
    record(tx, if note.is_empty() { line } else { line.because(note) }).await
}

/// Corrects a license key pack ID that was heard wrong; the wrong one is kept beside it.
pub async fn hear_again(tx: &mut Tx, id: KeyPackId, right: &str, reason: &str) -> Outcome<()> {
    let pack = hold(tx, id).await?;
    let was = pack.license_key_pack_id.clone().unwrap_or_default();
    if was == right {
        return Err(Problems::of("license_key_pack_id", "This is the ID that is recorded already.").into());
    }
    keep_former(tx, id, &was).await?;
    let set = tx
        .sql("update key_packs set license_key_pack_id = $1, state = 'received', failure = '' where id = $2")
        .bind(right)
        .bind(id)
        .execute()
        .await;
    set.map_err(|error| {
        let error = Error::from(error);
        if error.is_taken() {
            let says = "Another key pack bears this license key pack ID already. Search for it first.";
            return Problems::of("license_key_pack_id", says).into();
        }
        error
    })?;
    overtake_imports(tx, pack.server_id).await?;
    let line = NewLine::new("license key pack ID corrected", Subject("key_pack", id.0))
        .before(serde_json::json!({"license_key_pack_id": end_of(&was), "state": pack.state}))
        .after(serde_json::json!({"license_key_pack_id": end_of(right), "state": State::Received}));
    record(tx, line.because(reason)).await
}

fn end_of(id: &str) -> Option<String> {
    (!id.is_empty()).then(|| format!("…-{}", last_group(id)))
}

/// Keeps a license key pack ID that was corrected; an empty one is nothing.
pub async fn keep_former(tx: &mut Tx, id: KeyPackId, former: &str) -> Outcome<()> {
    if former.is_empty() {
        return Ok(());
    }
    let (now, actor) = (tx.at, tx.actor.clone());
    tx.sql(
        "insert into former_license_key_pack_ids (key_pack_id, license_key_pack_id, replaced_at, replaced_by) \
         values ($1, $2, $3, $4)",
    )
    .bind(id)
    .bind(former)
    .bind(now)
    .bind(&actor)
    .execute()
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_says_a_day_that_has_come() {
        let now = Moment::noon_of("2026-08-22").unwrap();
        let form = |day: &str, small: &str| InstallationForm { keypack_id: small.into(), installed_on: day.into() };
        assert_eq!(form("", "").check(now).unwrap().installed_on, "2026-08-22");
        assert_eq!(form("2026-08-20", "4").check(now).unwrap().keypack_id, Some(4));
        for (day, small, field) in
            [("2026-08-24", "", "installed_on"), ("soon", "", "installed_on"), ("", "x", "keypack_id")]
        {
            assert!(form(day, small).check(now).unwrap_err().of_field(field).is_some(), "{day} {small}");
        }
    }

    #[test]
    fn every_failure_says_the_way_on() {
        for (name, words, way) in FAILURES {
            assert_eq!(failure(name), Some((words, way)));
            assert!(way.ends_with('.') && !words.ends_with('.'), "{name}");
        }
        assert!(FailureForm::default().check().unwrap_err().of_field("failure").is_some());
    }
}
