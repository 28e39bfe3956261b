//! Moving the staged licenses into the register.

use super::apply::{Applying, Difference};
use crate::db::Tx;
use crate::history::line::{NewLine, Subject};
use crate::history::store::record_all;
use crate::licenses::license::Status;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// Lines of history that are written at once.
const AT_ONCE: i64 = 1_000;

/// Adds new licenses, changes changed ones, and marks those that are gone.
pub(super) async fn apply(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    for outcome in ["changed", "reassigned", "older"] {
        say_changes(tx, applying, outcome).await?;
    }
    // A row that tells the name only says nothing against who holds the license.
    tx.sql(
        "update licenses set user_name = r.user_name, computer = r.computer, hardware_id = r.hardware_id, \
         status = r.status, issued_at = r.issued_at, expires_at = r.expires_at, gone_at = null, \
         license_number = coalesce(licenses.license_number, r.license_number), entered_by_hand = 0, \
         first_import_id = coalesce(licenses.first_import_id, $1 + 0), \
         client_id = case when r.outcome = 'changed' and c.kind = 'computer' and c.hardware_id is null \
             then licenses.client_id else c.client_id end \
         from import_licenses r, import_clients c \
         where r.import_id = $1 and r.outcome in ('changed', 'reassigned') and licenses.id = r.license_id \
         and c.import_id = $1 and c.n = r.client_n",
    )
    .bind(applying.id())
    .execute()
    .await?;
    mark_gone(tx, applying).await?;
    add(tx, applying).await
}

/// From so many new licenses on, indexes may be built anew rather than filled row by row.
const MANY: i64 = 20_000;

/// What this change added or led to each other before the licenses come.
const BEFORE: &str = "license_servers, key_packs, clients, import_servers, import_key_packs, import_clients";

/// Adds the licenses that the register has not seen.
async fn add(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let new = applying.import.new_count;
    if new < MANY {
        return insert(tx, applying).await;
    }
    tx.tell_planner(BEFORE).await?;
    let most = tx.sql("select 1 as one from licenses").count_up_to(new / 2 + 1).await? <= new / 2;
    if most {
        let away = tx.take_indexes_away("licenses").await?;
        insert(tx, applying).await?;
        tx.put_indexes_back(away).await?;
    } else {
        insert(tx, applying).await?;
    }
    Ok(tx.tell_planner("licenses").await?)
}

/// In the order of their issue, so that they lie in the indexes side by
/// side. Those of an older file are gone already.
async fn insert(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    tx.sql(
        "insert into licenses (key_pack_id, version, license_type, server_id, license_number, client_id, user_name, \
         computer, hardware_id, status, issued_at, expires_at, first_issued_at, first_seen_at, first_import_id, gone_at) \
         select k.id, k.version, k.license_type, k.server_id, r.license_number, c.client_id, r.user_name, r.computer, \
         r.hardware_id, r.status, r.issued_at, r.expires_at, r.issued_at, $2 + 0, $1 + 0, \
         case when s.older_licenses = 1 then v.licenses_seen_at end \
         from import_licenses r \
         join import_key_packs p on p.import_id = r.import_id and p.n = r.pack_n \
         join key_packs k on k.id = p.key_pack_id \
         join import_clients c on c.import_id = r.import_id and c.n = r.client_n \
         join import_servers s on s.import_id = r.import_id and s.n = r.server_n \
         join license_servers v on v.id = s.server_id \
         where r.import_id = $1 and r.outcome = 'new' order by r.issued_at, r.n",
    )
    .bind(applying.id())
    .bind(applying.import.captured_at)
    .execute()
    .await?;
    Ok(())
}

/// A changed license beside what it was.
#[derive(sqlx::FromRow)]
struct Changed {
    n: i64,
    id: i64,
    client_id: i64,
    new_client_id: i64,
    was_client: String,
    client: String,
    was_user: String,
    user_name: String,
    was_computer: String,
    computer: String,
    was_hardware_id: String,
    hardware_id: String,
    was_status: i64,
    status: i64,
    was_issued: Moment,
    issued_at: Moment,
    was_expiring: Moment,
    expires_at: Moment,
    was_gone: Option<Moment>,
}

impl Changed {
    fn line(&self, outcome: &str) -> NewLine {
        let action = match (outcome, self.was_gone) {
            ("older", _) => "license seen in an older export",
            (_, Some(_)) => "license back on the server",
            ("reassigned", None) => "license given to another client",
            _ => "license changed",
        };
        let mut line = NewLine::new(action, Subject("license", self.id)).touching(Subject("client", self.client_id));
        let mut difference = Difference::default()
            .field("status", &Status::of_code(self.was_status).label(), &Status::of_code(self.status).label())
            .moment("issued_at", self.was_issued, self.issued_at)
            .moment("expires_at", self.was_expiring, self.expires_at)
            .field("user", &self.was_user, &self.user_name)
            .field("computer", &self.was_computer, &self.computer)
            .field("hardware_id", &self.was_hardware_id, &self.hardware_id);
        if outcome == "reassigned" || (outcome == "changed" && self.moves()) {
            difference = difference.field("client", &self.was_client, &self.client);
            line = line.touching(Subject("client", self.new_client_id));
        }
        difference.into_line(line)
    }

    fn moves(&self) -> bool {
        self.client_id != self.new_client_id
    }
}

async fn say_changes(tx: &mut Tx, applying: &Applying<'_>, outcome: &'static str) -> Outcome<()> {
    let mut place = 0;
    let day = applying.import.captured_at.day(&jiff::tz::TimeZone::UTC);
    loop {
        let rows: Vec<Changed> = tx
            .sql(
                "select r.n, l.id, l.client_id, \
                 case when r.outcome <> 'reassigned' and c.kind = 'computer' and c.hardware_id is null \
                     then l.client_id else c.client_id end as new_client_id, \
                 h.name as was_client, c.name as client, \
                 l.user_name as was_user, r.user_name, l.computer as was_computer, r.computer, \
                 l.hardware_id as was_hardware_id, r.hardware_id, l.status as was_status, r.status, \
                 l.issued_at as was_issued, r.issued_at, l.expires_at as was_expiring, r.expires_at, l.gone_at as was_gone \
                 from import_licenses r join licenses l on l.id = r.license_id join clients h on h.id = l.client_id \
                 join import_clients c on c.import_id = r.import_id and c.n = r.client_n \
                 where r.import_id = $1 and r.outcome = $2 and r.n > $3 order by r.n limit $4",
            )
            .bind(applying.id())
            .bind(outcome)
            .bind(place)
            .bind(AT_ONCE)
            .all()
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        place = last.n;
        let lines = rows.iter().map(|row| row.line(outcome).by_import(applying.id()).effective(day.clone()));
        record_all(tx, lines.collect()).await?;
    }
}

/// A vanished row is an event, never a deletion.
async fn mark_gone(tx: &mut Tx, applying: &Applying<'_>) -> Outcome<()> {
    let mut place = 0;
    let day = applying.import.captured_at.day(&jiff::tz::TimeZone::UTC);
    loop {
        let rows: Vec<(i64, i64)> = tx
            .sql(
                "select l.id, l.client_id from import_gone g join licenses l on l.id = g.id \
                 where g.import_id = $1 and g.kind = 'license' and g.id > $2 order by g.id limit $3",
            )
            .bind(applying.id())
            .bind(place)
            .bind(AT_ONCE)
            .all()
            .await?;
        let Some(last) = rows.last() else { break };
        place = last.0;
        let lines = rows.iter().map(|(id, client)| {
            NewLine::new("license gone from the server", Subject("license", *id))
                .touching(Subject("client", *client))
                .by_import(applying.id())
                .effective(day.clone())
        });
        record_all(tx, lines.collect()).await?;
    }
    tx.sql(
        "update licenses set gone_at = $2 where id in \
         (select g.id from import_gone g where g.import_id = $1 and g.kind = 'license')",
    )
    .bind(applying.id())
    .bind(applying.import.captured_at)
    .execute()
    .await?;
    Ok(())
}
