//! A seat goes on: a client whose license is gone or has expired gets another one, and it stands for the same seat.
//!
//! It is part of how a license is first seen, so its row says it (`predecessor_id`), and the import's own line of history says how many.

use crate::db::Tx;
use crate::ids::LicenseServerId;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// New full licenses beside what the same client had of that server, version and type and has no longer: the first new one
/// takes the seat of the last old one, the second of the last but one. Two that are live at once are two seats. A seat that
/// went to another client does not come back.
///
/// Everything begins with the licenses after `$1`, which are those of the import; `cross join` keeps SQLite to that order.
pub const CARRY: &str = "with fresh as ( \
        select n.id, n.client_id, n.version, n.license_type, n.issued_at, row_number() over ( \
            partition by n.client_id, n.version, n.license_type order by n.issued_at, n.id) as place \
        from licenses n join key_packs k on k.id = n.key_pack_id \
        where n.id > $1 and +n.server_id = $2 and +n.status in (2, 3) and n.gone_at is null and n.predecessor_id is null \
        and k.quantity is not null and k.origin not in ('built_in', 'temporary', 'over_used') \
        and not exists (select 1 from transfers s where s.destination_id = n.client_id and s.seen_license_id = n.id) \
    ), ended as ( \
        select o.id, coalesce(o.seat_id, o.id) as seat, f.id as fresh_id, row_number() over ( \
            partition by f.id order by o.issued_at desc, o.id desc) as place \
        from fresh f cross join licenses o \
        where o.client_id = f.client_id and o.id <= $1 and +o.server_id = $2 \
        and o.version || '' = f.version and o.license_type || '' = f.license_type and +o.status in (2, 3, 4) \
        and (o.gone_at is not null or +o.status = 4 or (o.expires_at > 0 \
            and o.expires_at <= case when f.issued_at > 0 then f.issued_at else $3 end)) \
        and o.transferred_at is null \
        and not exists (select 1 from licenses a where a.predecessor_id = o.id) \
        and not exists (select 1 from transfers t where t.license_id = o.id and t.state in ('granted', 'completed')) \
        and exists (select 1 from key_packs k where k.id = o.key_pack_id and k.quantity is not null \
            and k.origin not in ('built_in', 'temporary', 'over_used')) \
    ) \
    update licenses set predecessor_id = e.id, seat_id = e.seat \
    from fresh f, ended e where e.fresh_id = f.id and e.place = f.place and licenses.id = f.id";

/// Lets the seats of a server go on to the licenses after `last`, which an import brought just now; how many did.
pub(super) async fn carry(tx: &mut Tx, server: LicenseServerId, last: i64, captured_at: Moment) -> Outcome<u64> {
    Ok(tx.sql(CARRY).bind(last).bind(server).bind(captured_at).execute().await?)
}
