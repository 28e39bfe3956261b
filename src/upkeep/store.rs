//! Upkeep in the database: which copy of the program is at what, and how each run ended. Runs are no history: they
//! change nothing of what the console is about, and only the latest are kept.

use super::{Run, Standing, Work};
use crate::db::{Db, Tx};
use crate::moment::Moment;
use crate::web::error::Outcome;

/// Runs of a kind that are kept.
const KEPT: i64 = 200;

const RUN: &str = "select work, actor, began_at, ended_at, ms, wrong, file, bytes from upkeep_runs";

/// How one kind of work stands.
pub async fn find(db: &Db, work: Work) -> Outcome<Standing> {
    Ok(db
        .sql("select work, held_by, beat_at, began_at, failed_at from upkeep where work = $1")
        .bind(work)
        .one()
        .await?)
}

/// Takes work for a copy of the program, if no other one is at it and `wanted` says so. What another copy left undone is
/// noted as that.
pub async fn take(tx: &mut Tx, work: Work, copy: &str, wanted: impl Fn(&Standing) -> bool) -> Outcome<bool> {
    let text = tx.pick(
        "select work, held_by, beat_at, began_at, failed_at from upkeep where work = $1",
        "select work, held_by, beat_at, began_at, failed_at from upkeep where work = $1 for update",
    );
    let (found, now): (Standing, _) = (tx.sql(text).bind(work).one().await?, tx.at);
    if found.is_held(now) || !wanted(&found) {
        return Ok(false);
    }
    if found.is_left(now) {
        note_left(tx, &found).await?;
    }
    tx.sql("update upkeep set held_by = $1, beat_at = $2, began_at = $2 where work = $3")
        .bind(copy)
        .bind(now)
        .bind(work)
        .execute()
        .await?;
    Ok(true)
}

async fn note_left(tx: &mut Tx, left: &Standing) -> Outcome<()> {
    let mut run = Run::begin(left.work, "reseat serve", left.began_at);
    run.ended_at = left.beat_at;
    run.ms = (left.beat_at.0 - left.began_at.0) * 1_000;
    "The program ended before it was done.".clone_into(&mut run.wrong);
    note(tx, &run).await
}

/// Says that a copy of the program is still at it.
pub async fn beat(tx: &mut Tx, work: Work, copy: &str) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update upkeep set beat_at = $1 where work = $2 and held_by = $3")
        .bind(now)
        .bind(work)
        .bind(copy)
        .execute()
        .await?;
    Ok(())
}

/// Gives up what a copy of the program has under way, so that it is due again: the copy is told to stop.
pub async fn give_up(tx: &mut Tx, copy: &str) -> Outcome<()> {
    tx.sql("update upkeep set held_by = '', began_at = good_at where held_by = $1").bind(copy).execute().await?;
    Ok(())
}

/// Nobody is at anything: the database was just filled from a backup, which tells of itself that it is under way.
pub async fn free(tx: &mut Tx) -> Outcome<()> {
    tx.sql("update upkeep set held_by = '', began_at = good_at where held_by <> ''").execute().await?;
    Ok(())
}

/// Notes how a run ended that this copy of the program had taken, and lets go of it.
pub async fn finish(tx: &mut Tx, copy: &str, run: &Run) -> Outcome<()> {
    tx.sql("update upkeep set held_by = '' where work = $1 and held_by = $2")
        .bind(run.work)
        .bind(copy)
        .execute()
        .await?;
    record(tx, run).await
}

/// Notes a run that takes the place of the console's own, as `reseat verify` does: what was found is how it stands now.
pub async fn record(tx: &mut Tx, run: &Run) -> Outcome<()> {
    let failed_at = (!run.is_good()).then_some(run.ended_at);
    tx.sql(
        "update upkeep set failed_at = $2, began_at = case when began_at > $3 then began_at else $3 + 0 end, \
         good_at = case when $4 = 1 then $3 + 0 else good_at end where work = $1",
    )
    .bind(run.work)
    .bind(failed_at)
    .bind(run.began_at)
    .bind(i64::from(run.is_good()))
    .execute()
    .await?;
    note(tx, run).await
}

/// Notes a run in the list alone, as `reseat backup` does: the console's own backups go on as planned.
pub async fn note(tx: &mut Tx, run: &Run) -> Outcome<()> {
    tx.sql("insert into upkeep_runs (work, actor, began_at, ended_at, ms, wrong, file, bytes) values ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(run.work)
        .bind(&run.actor)
        .bind(run.began_at)
        .bind(run.ended_at)
        .bind(run.ms)
        .bind(&run.wrong)
        .bind(&run.file)
        .bind(run.bytes)
        .execute()
        .await?;
    tx.sql(
        "delete from upkeep_runs where work = $1 and id <= (select id from upkeep_runs where work = $1 \
         order by id desc limit 1 offset $2)",
    )
    .bind(run.work)
    .bind(KEPT)
    .execute()
    .await?;
    Ok(())
}

/// The latest runs of a kind, newest first.
pub async fn latest(db: &Db, work: Work, most: i64) -> Outcome<Vec<Run>> {
    let query = db.sql(RUN).push_bind(" where work = ?", work).push_bind(" order by id desc limit ?", most);
    Ok(query.all().await?)
}

/// The latest run of a kind that ended well.
pub async fn last_good(db: &Db, work: Work) -> Outcome<Option<Run>> {
    let query = db.sql(RUN).push_bind(" where work = ?", work).push(" and wrong = '' order by id desc limit 1");
    Ok(query.optional().await?)
}

/// The run by which a kind of work stands failed, if it does: its own, not one that a command made elsewhere.
pub async fn failed(db: &Db, work: Work) -> Outcome<Option<Run>> {
    if find(db, work).await?.failed_at.is_none() {
        return Ok(None);
    }
    let query = db.sql(RUN).push_bind(" where work = ?", work).push(" and wrong <> '' order by id desc limit 1");
    Ok(query.optional().await?)
}

/// When a backup last ended well; [`Moment::UNKNOWN`]: never.
pub async fn last_backup(db: &Db) -> Outcome<Moment> {
    Ok(last_good(db, Work::Backup).await?.map_or(Moment::UNKNOWN, |run| run.began_at))
}
