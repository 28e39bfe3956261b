//! Revokes of a company's licenses, as people recorded them and as servers show them.

use super::STEP;
use crate::db::Db;
use crate::evidence::form::Scope;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// A license that is or was revoked.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Revoke {
    /// The number behind which the next ones are read: of the recorded revoke, or of the license.
    pub id: i64,
    /// The license.
    pub license_id: i64,
    /// Its client.
    pub client: String,
    /// Its license server.
    pub server: String,
    /// The product version.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The day on which it was revoked; nothing: nobody recorded it.
    pub revoked_on: Option<String>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Until when it counts against the server's limit.
    pub expires_at: Moment,
    /// Whether its server shows it as revoked (1).
    pub shown: i64,
    /// When it was recorded.
    pub recorded_at: Option<Moment>,
    /// By whom.
    pub recorded_by: Option<String>,
    /// When it was taken back as recorded by mistake.
    pub taken_back_at: Option<Moment>,
    /// By whom.
    pub taken_back_by: Option<String>,
    /// Why.
    pub taken_back_reason: Option<String>,
}

/// The revokes that people recorded of a day in the period, behind a number.
pub async fn recorded(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Revoke>> {
    let query = db.sql(
        "select r.id, r.license_id, c.name as client, s.name as server, l.version, l.license_type, r.revoked_on, \
         r.revoked_by, r.reason, r.expires_at, cast(case when l.status = 4 then 1 else 0 end as bigint) as shown, \
         r.recorded_at, r.recorded_by, r.taken_back_at, r.taken_back_by, r.taken_back_reason \
         from revocations r join clients c on c.id = r.client_id join licenses l on l.id = r.license_id \
         join license_servers s on s.id = l.server_id where true",
    );
    let query = query
        .push_bind(" and c.company_id = ?", scope.company)
        .push_bind(" and r.revoked_on >= ?", &scope.from)
        .push_bind(" and r.revoked_on <= ?", &scope.to)
        .push_bind(" and r.id > ?", behind);
    Ok(query.push_limit(" order by r.id limit ?", STEP).all().await?)
}

/// The licenses that servers show as revoked and of which nobody recorded it, that were in force in the period, behind a
/// license's number. The `+` keeps SQLite from reading every license of the company in place of the few that are revoked.
pub async fn shown(db: &Db, scope: &Scope, behind: i64) -> Outcome<Vec<Revoke>> {
    let query = db.sql(
        "select l.id, l.id as license_id, c.name as client, s.name as server, l.version, l.license_type, \
         null as revoked_on, null as revoked_by, null as reason, l.expires_at, cast(1 as bigint) as shown, \
         cast(null as bigint) as recorded_at, null as recorded_by, cast(null as bigint) as taken_back_at, \
         null as taken_back_by, null as taken_back_reason \
         from licenses l join clients c on c.id = l.client_id join license_servers s on s.id = l.server_id \
         where l.status = 4 and not exists (select 1 from revocations r where r.license_id = l.id and r.taken_back_at is null)",
    );
    let query = query
        .push_bind(" and c.company_id = ?", scope.company)
        .push_bind(" and l.expires_at >= ?", scope.begins)
        .push_bind(" and l.issued_at < ?", scope.ends)
        .push_bind(" and +l.id > ?", behind);
    Ok(query.push_limit(" order by l.id limit ?", STEP).all().await?)
}
