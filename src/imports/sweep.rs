//! Taking staged rows away, once an import is applied, discarded or read anew.

use crate::db::Db;
use crate::draft;
use crate::ids::ImportId;
use crate::moment::Clock;
use crate::web::error::Outcome;

/// A table of staged rows: who has any, and how they are taken away, all of them or a step of one import's.
struct Table {
    who: &'static str,
    all: &'static str,
    last: &'static str,
    step: &'static str,
}

macro_rules! staged {
    ($table:literal, $number:literal) => {
        Table {
            who: concat!(
                "select (select min(import_id) from ",
                $table,
                ") as first, (select max(import_id) from ",
                $table,
                ") as last"
            ),
            all: concat!("delete from ", $table),
            last: concat!("select max(", $number, ") from ", $table, " where import_id = $1"),
            step: concat!(
                "delete from ",
                $table,
                " where import_id = $1 and ",
                $number,
                " > $2 and ",
                $number,
                " <= $3"
            ),
        }
    };
}

const STAGED: [Table; 4] = [
    staged!("import_licenses", "n"),
    staged!("import_clients", "n"),
    staged!("import_key_packs", "n"),
    staged!("import_gone", "id"),
];

/// Takes staged rows away: at once where nobody else has any, for that is done without looking at them, else in small steps.
pub(super) async fn sweep(db: &Db, clock: &Clock, id: ImportId) -> Outcome<()> {
    for table in STAGED {
        draft!(db, clock.now(), tx, {
            // PostgreSQL would look at each of them all the same, while everybody waits.
            let who = tx.pick(table.who, "select cast(null as bigint), cast(null as bigint)");
            if tx.sql(who).one::<(Option<ImportId>, Option<ImportId>)>().await? == (Some(id), Some(id)) {
                tx.sql(table.all).execute().await?;
            }
        })?;
        let last = db.sql(table.last).bind(id).scalar::<Option<i64>>().await?.unwrap_or(0);
        let mut from = 0;
        while from < last {
            let to = from + 10_000;
            draft!(db, clock.now(), tx, {
                tx.sql(table.step).bind(id).bind(from).bind(to).execute().await?;
            })?;
            from = to;
        }
    }
    Ok(())
}
