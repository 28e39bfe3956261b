//! What positions are reckoned from, in few statements; never license by license.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::as_of::{Event, PackRow, Records, ServerRow, TransferRow, Until, as_of};
use super::estate::{Estate, Request};
use crate::agreements::read as agreements;
use crate::check::Problems;
use crate::db::Db;
use crate::ids::{CompanyId, KeyPackId, ReissueId};
use crate::moment::{DAY, Moment};
use crate::reissues::reissue::Reason;
use crate::web::error::Outcome;
use crate::web::slice::{Order, Window};

/// The most purchases that are added up.
const AGREEMENTS: i64 = 1_000_000;

/// Each pack with the last count that an export told of it before a moment (`$1`).
pub const PACKS: &str = "select k.id, k.server_id, k.epoch, k.origin, k.state, k.version, k.license_type, k.quantity, k.issued, \
    k.described_at, k.first_import_id, k.created_at, k.gone_at, k.agreement_id, k.installed_on, k.reissue_id, \
    k.superseded_by_id, g.call_id, \
    (select min(f.captured_at) from key_pack_counts f where f.key_pack_id = k.id) as first_told_at, \
    n.captured_at as told_at, n.import_id as told_import_id, n.quantity as told_quantity, n.issued as told_issued \
    from license_servers s join key_packs k on k.server_id = s.id left join grants g on g.key_pack_id = k.id \
    left join key_pack_counts n on n.key_pack_id = k.id and n.captured_at = \
    (select max(m.captured_at) from key_pack_counts m where m.key_pack_id = k.id and m.captured_at < $1) \
    where k.origin not in ('built_in', 'temporary', 'over_used')";

/// What history says became of key packs, transfers, servers' databases and agreements.
pub const EVENTS: &str = "select h.id, h.subject_kind, h.subject_id, h.at, h.action, h.before, h.after, i.captured_at \
    from history h left join imports i on i.id = h.import_id where h.action in ('key pack recorded', 'key pack granted', \
    'key pack superseded', 'key pack installed', 'key pack installation failed', 'key pack void', 'key pack corrected', \
    'key pack removed', 'key pack taken back', 'license key pack ID corrected', 'key pack recognized on the server', \
    'key pack gone from the server', 'key pack back on the server', 'transfer granted', 'transfer released', \
    'license database rebuilt', 'agreement retired', 'agreement taken back')";

/// The moment that is asked about: the end of a day in a zone, now where none is said or it is today.
///
/// # Errors
/// What is wrong with the day.
pub fn until(on: &str, now: Moment, zone: &TimeZone) -> Result<Until, Problems> {
    let mut problems = Problems::none();
    let today = now.day(zone);
    let day = problems.day("on", on).unwrap_or_else(|| today.clone());
    let Some(begins) = Moment::of_day_in(&day, zone) else { return problems.or(Until { day, end: None }) };
    // A day is not always 24 hours long.
    let next = begins.plus(DAY + DAY / 4).day(zone);
    let end = Moment::of_day_in(&next, zone).unwrap_or_else(|| begins.plus_days(1));
    let day = begins.day(zone);
    if day > today {
        problems.add("on", "This day is still to come. Ask about today or a day before.");
    }
    let end = (day < today).then_some(end);
    problems.or(Until { day, end })
}

/// Everything as it was then, of one company or all.
///
/// # Errors
/// Internal.
pub async fn read(db: &Db, company: Option<CompanyId>, until: &Until) -> Outcome<Estate> {
    let end = until.end.unwrap_or(Moment::NEVER);
    let companies = db
        .sql("select id, name from companies where true")
        .push_some(" and id = ?", company)
        .push(" order by name_key, id");
    let servers = db
        .sql("select id, company_id, name, epoch, packs_seen_at from license_servers where true")
        .push_some(" and company_id = ?", company)
        .push(" order by name_key, id");
    let packs = db.sql(PACKS).bind(end).push_some(" and s.company_id = ?", company);
    let transfers = db
        .sql("select id, key_pack_id, granted_at from transfers where key_pack_id is not null and granted_at is not null")
        .push(" and state in ('granted', 'completed')")
        .push_some(" and company_id = ?", company);
    let order = Order::chosen("", &agreements::ORDERS);
    let records = Records {
        companies: companies.all().await?,
        servers: servers.all::<ServerRow>().await?,
        agreements: agreements::list(db, company, &order, &Window::first(AGREEMENTS)).await?,
        packs: sorted(packs.all().await?),
        transfers: transfers.all::<TransferRow>().await?,
        requests: requests(db, company).await?,
        events: if until.end.is_some() { events(db).await? } else { Vec::new() },
    };
    Ok(as_of(records, until))
}

fn sorted(mut packs: Vec<PackRow>) -> Vec<PackRow> {
    packs.sort_by_key(|pack| pack.id);
    packs
}

async fn events(db: &Db) -> Outcome<Vec<Event>> {
    let mut events: Vec<Event> = db.sql(EVENTS).all().await?;
    events.sort_by_key(|event| event.id);
    Ok(events)
}

async fn requests(db: &Db, company: Option<CompanyId>) -> Outcome<HashMap<ReissueId, Request>> {
    let rows: Vec<(ReissueId, String, Option<KeyPackId>)> = db
        .sql(
            "select r.id, r.reason, p.key_pack_id from reissues r left join reissue_replaces p on p.reissue_id = r.id \
             where true",
        )
        .push_some(" and r.company_id = ?", company)
        .push(" order by r.id, p.key_pack_id")
        .all()
        .await?;
    let mut requests: HashMap<ReissueId, Request> = HashMap::new();
    for (id, reason, replaced) in rows {
        let reason = Reason::parse(&reason).unwrap_or(Reason::Transfer);
        let request = requests.entry(id).or_insert_with(|| Request { reason, replaces: Vec::new() });
        request.replaces.extend(replaced);
    }
    Ok(requests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_in_the_consoles_zone_and_today_is_now() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = Moment::of_iso("2026-11-28T12:00:00Z").unwrap();
        let end = |day: &str| until(day, now, &zone).unwrap().end.map(Moment::iso);
        assert_eq!(end("2026-11-27").as_deref(), Some("2026-11-27T23:00:00Z"));
        // Daylight saving time ends on this day, and begins on that one.
        assert_eq!(end("2026-10-25").as_deref(), Some("2026-10-25T23:00:00Z"));
        assert_eq!(end("2026-03-29").as_deref(), Some("2026-03-29T22:00:00Z"));
        assert_eq!((end("2026-11-28"), end(""), end(" ")), (None, None, None));
        for wrong in ["2026-11-29", "27 November", "2026-02-30"] {
            assert!(until(wrong, now, &zone).unwrap_err().of_field("on").is_some(), "{wrong}");
        }
    }
}
