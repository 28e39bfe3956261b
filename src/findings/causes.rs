//! What makes each kind of finding, as the register tells it: one statement a kind, begun from the few rows that can be one.
//!
//! In each, `$1` is the number of the look, `$2` the present and `$3` the import; where the days count, they are `$4`.

use super::finding::Kind;
use crate::db::{Query, Tx};
use crate::ids::{ClientId, ImportId};
use crate::moment::{DAY, Moment};

/// What a look is about.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The number of the look.
    pub look: i64,
    /// The import that is being applied; nothing: somebody changed a client.
    pub import: Option<ImportId>,
    /// Only what has to do with this client; nothing: everything.
    pub client: Option<ClientId>,
    /// Days without a sign after which a client counts as unseen.
    pub unseen_days: i64,
    /// Whether so many licenses are temporary that all are looked at in the order in which they lie, and not each
    /// client's by themselves.
    pub many_short: bool,
}

/// From so many temporary licenses on it is quicker to look at all.
pub const MANY_SHORT: i64 = 20_000;

/// The statement that finds a kind: its beginning, what narrows it to the few rows that can be one, the same for one
/// client, and its end.
struct Cause {
    begin: &'static str,
    wide: &'static str,
    narrow: &'static str,
    end: &'static str,
}

/// A license that is valid by its server's last export, not revoked, and whose seat has not gone to another client.
macro_rules! live {
    ($license:literal, $server:literal) => {
        concat!(
            $license,
            ".gone_at is null and ",
            $license,
            ".status <> 4 and ",
            $license,
            ".transferred_at is null and (",
            $license,
            ".expires_at = 0 or ",
            $license,
            ".expires_at > coalesce(",
            $server,
            ".licenses_seen_at, $2 + 0))"
        )
    };
}

/// Computers in use that hold a valid license, by what two of them must not share. Each is told with the one before it, so
/// that a hundred of one name are 99 findings and not 4,950.
macro_rules! twins {
    ($kind:literal, $shared:literal, $told_apart:literal) => {
        (
            concat!(
                "with standing as materialized (select c.id, c.company_id, c.name_key, c.hardware_id, \
                 (select max(l.id) from licenses l join license_servers v on v.id = l.server_id \
                     where l.client_id = c.id and ",
                live!("l", "v"),
                ") as license_id from clients c \
                 where c.kind = 'computer' and c.status = 'active' and c.hardware_id is not null and c.name_key <> '(no name)' "
            ),
            concat!(
                "), beside as (select s.id, s.company_id, s.license_id, s.",
                $told_apart,
                " as mark, lag(s.id) over w as before_id, lag(s.",
                $told_apart,
                ") over w as before_mark from standing s where s.license_id is not null \
                 window w as (partition by s.company_id, s.",
                $shared,
                " order by s.id)) select '",
                $kind,
                "' as kind, b.company_id, l.server_id, b.before_id as first_id, b.id as second_id, b.before_id as client_id, \
                 b.id as other_client_id, cast(null as bigint) as license_id, cast(null as bigint) as other_license_id \
                 from beside b join licenses l on l.id = b.license_id where b.before_id is not null and b.before_mark <> b.mark"
            ),
        )
    };
}

const SAME_NAME: (&str, &str) = twins!("same_name", "name_key", "hardware_id");
const SAME_HARDWARE_ID: (&str, &str) = twins!("same_hardware_id", "hardware_id", "name_key");

fn cause(kind: Kind) -> Cause {
    match kind {
        Kind::SameName => Cause {
            begin: SAME_NAME.0,
            wide: "and c.name_key in (select n.name_key from clients n group by n.name_key having count(*) > 1)",
            narrow: "and c.name_key = (select n.name_key from clients n where n.id = ?)",
            end: SAME_NAME.1,
        },
        Kind::SameHardwareId => Cause {
            begin: SAME_HARDWARE_ID.0,
            wide: "and c.hardware_id in (select n.hardware_id from clients n where n.hardware_id is not null \
                   group by n.hardware_id having count(*) > 1)",
            narrow: "and c.hardware_id = (select n.hardware_id from clients n where n.id = ?)",
            end: SAME_HARDWARE_ID.1,
        },
        Kind::FullAndTemporary => FULL_AND_TEMPORARY,
        Kind::RetiredHolder => Cause {
            begin: concat!(
                "select 'retired_holder' as kind, c.company_id, l.server_id, c.id as first_id, l.id as second_id, \
                 c.id as client_id, cast(null as bigint) as other_client_id, l.id as license_id, \
                 cast(null as bigint) as other_license_id from clients c join licenses l on l.client_id = c.id \
                 join license_servers v on v.id = l.server_id \
                 where c.id in (select d.id from clients d where d.status = 'decommissioned' \
                     union all select d.id from clients d where d.status = 'lost') and l.status <> 1 and ",
                live!("l", "v")
            ),
            wide: "",
            narrow: " and c.id = ?",
            end: "",
        },
        Kind::Unseen => Cause { begin: UNSEEN, wide: "", narrow: " and c.id = ?", end: "" },
        Kind::UserSpelling => SPELLING,
    }
}

/// A computer with a full license and a temporary one of one version: both are put beside each other and sorted, so that
/// nothing depends on what the planner knows of sizes, which is nothing in a first import.
const FULL_AND_TEMPORARY: Cause = Cause {
    begin: concat!(
        "with short as materialized (select t.id, t.server_id, t.client_id, t.version, t.license_type, c.company_id \
         from licenses t join license_servers v on v.id = t.server_id join clients c on c.id = t.client_id \
         where t.status = 1 and t.license_type = 'per_device' and ",
        live!("t", "v")
    ),
    wide: "), lasting as (select l.id, l.client_id, l.version, l.license_type from licenses l cross join license_servers w \
           where w.id = l.server_id and +l.gone_at is null and +l.status in (2, 3) \
           and l.client_id in (select s.client_id from short s)",
    narrow: " and t.client_id = ?), lasting as (select l.id, l.client_id, l.version, l.license_type \
             from licenses l cross join license_servers w where w.id = l.server_id and +l.gone_at is null and +l.status in (2, 3) \
             and l.client_id in (select s.client_id from short s)",
    end: " and l.transferred_at is null and (l.expires_at = 0 or l.expires_at > coalesce(w.licenses_seen_at, $2 + 0))), \
          beside as (select 0 as lasts, s.id, s.server_id, s.client_id, s.company_id, s.version, s.license_type from short s \
          union all select 1, l.id, null, l.client_id, null, l.version, l.license_type from lasting l), \
          told as (select b.lasts, b.id, b.server_id, b.client_id, b.company_id, min(case when b.lasts = 1 then b.id end) \
          over (partition by b.client_id, b.version, b.license_type) as full_id from beside b) \
          select 'full_and_temporary' as kind, o.company_id, o.server_id, o.full_id as first_id, o.id as second_id, \
          o.client_id, cast(null as bigint) as other_client_id, o.full_id as license_id, o.id as other_license_id \
          from told o where o.lasts = 0 and o.full_id is not null",
};

/// The same where all licenses are looked at.
const ALL_BESIDE_TEMPORARY: &str = "), lasting as (select l.id, l.client_id, l.version, l.license_type \
    from licenses l cross join license_servers w where w.id = l.server_id and +l.gone_at is null and +l.status in (2, 3) \
    and +l.client_id in (select s.client_id from short s)";

/// A full license that ran out and of which nothing was heard for so many seconds. Where the two dates lie no further apart
/// than one issue lasts, it was heard of when it was issued; else some time after, 52 days before it ran out at the latest.
const UNSEEN: &str = "select 'unseen' as kind, c.company_id, l.server_id, c.id as first_id, l.id as second_id, \
    c.id as client_id, cast(null as bigint) as other_client_id, l.id as license_id, \
    cast(null as bigint) as other_license_id from licenses l join license_servers v on v.id = l.server_id \
    join clients c on c.id = l.client_id \
    where l.gone_at is null and l.transferred_at is null and l.expires_at > 0 and l.expires_at < $2 - $4 + 7776000 \
    and +l.status in (2, 3) and l.expires_at < v.licenses_seen_at and l.issued_at < v.licenses_seen_at - $4 \
    and (l.expires_at - l.issued_at <= 7776000 or l.expires_at < v.licenses_seen_at - $4 + 4492800) \
    and c.status in ('active', 'reinstalled') \
    and not exists (select 1 from licenses m where m.client_id = l.client_id and m.issued_at >= v.licenses_seen_at - $4) \
    and not exists (select 1 from licenses m where m.client_id = l.client_id and m.gone_at is null \
        and m.expires_at >= v.licenses_seen_at)";

/// One person whose licenses stand under several spellings of one name.
const SPELLING: Cause = Cause {
    begin: concat!(
        "with spelled as materialized (select l.client_id, l.user_name, min(l.id) as license_id from licenses l \
         join license_servers v on v.id = l.server_id where l.license_type = 'per_user' and l.user_name <> '' and ",
        live!("l", "v")
    ),
    wide: " and l.client_id in (select n.client_id from licenses n where n.license_type = 'per_user' and n.gone_at is null \
           group by n.client_id having min(n.user_name) <> max(n.user_name))",
    narrow: " and l.client_id = ?",
    end: " group by l.client_id, l.user_name), beside as (select s.client_id, s.license_id, \
          lag(s.license_id) over (partition by s.client_id order by s.license_id) as before_id from spelled s) \
          select 'user_spelling' as kind, c.company_id, l.server_id, b.before_id as first_id, b.license_id as second_id, \
          b.client_id, cast(null as bigint) as other_client_id, b.before_id as license_id, \
          b.license_id as other_license_id from beside b join licenses l on l.id = b.license_id \
          join clients c on c.id = b.client_id where b.before_id is not null and c.kind = 'user'",
};

/// The statement that notes what makes a kind now: new ones are added, known ones marked as looked at.
pub fn note(tx: &mut Tx, kind: Kind, asked: Asked) -> Query<'_> {
    let (now, cause): (Moment, Cause) = (tx.at, cause(kind));
    let query = tx
        .sql(
            "insert into findings (kind, company_id, server_id, first_id, second_id, client_id, other_client_id, license_id, \
             other_license_id, state, found_at, found_import_id, answer, looked) \
             select f.kind, f.company_id, f.server_id, f.first_id, f.second_id, f.client_id, f.other_client_id, f.license_id, \
             f.other_license_id, 'open', $2 + 0, $3 + 0, '', $1 + 0 from (",
        )
        .bind(asked.look)
        .bind(now)
        .bind(asked.import)
        .push(cause.begin);
    let query = if kind == Kind::Unseen { query.bind(asked.unseen_days * DAY) } else { query };
    let query = match asked.client {
        Some(client) => query.push_bind(cause.narrow, client),
        None if kind == Kind::FullAndTemporary && asked.many_short => query.push(ALL_BESIDE_TEMPORARY),
        None => query.push(cause.wide),
    };
    query.push(cause.end).push(
        ") f where true on conflict (kind, first_id, second_id) do update set looked = excluded.looked, \
         company_id = excluded.company_id, server_id = excluded.server_id, client_id = excluded.client_id, \
         other_client_id = excluded.other_client_id, license_id = excluded.license_id, \
         other_license_id = excluded.other_license_id",
    )
}
