//! The work on imports: reading and comparing in the background, applying, and clearing away what was staged.
//! Any copy of the program can go on with what another one left.

use super::apply;
use super::compare;
use super::import::{Import, State};
use super::stage::{self, Staged};
use super::store;
use super::sweep;
use crate::change;
use crate::db::Db;
use crate::draft;
use crate::findings::look;
use crate::ids::ImportId;
use crate::moment::Clock;
use crate::web::error::{Error, Outcome};

/// Whoever works on imports: the database, the clock, and the name of this copy of the program.
#[derive(Clone, Debug)]
pub struct Worker {
    /// The database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// This copy of the program.
    pub name: std::sync::Arc<str>,
    /// Days without a sign after which a client counts as unseen.
    pub unseen_days: i64,
}

impl Worker {
    /// Reads an import's files and compares their rows with the register, then waits for a decision.
    pub async fn read(&self, id: ImportId) -> Outcome<()> {
        if self.begin_reading(id).await? { self.finish_reading(id).await } else { Ok(()) }
    }

    /// Takes an import for reading. False: it is over, or somebody reads it already.
    pub async fn begin_reading(&self, id: ImportId) -> Outcome<bool> {
        let from = [State::Receiving, State::Asking, State::Reading];
        store::pass(&self.db, id, &from, State::Reading, &self.name, self.clock.now()).await
    }

    /// Reads an import that was taken for it.
    pub async fn finish_reading(&self, id: ImportId) -> Outcome<()> {
        let beat = self.beat(id);
        let done = self.read_and_compare(id).await;
        beat.abort();
        self.end_in_words(id, done).await
    }

    async fn read_and_compare(&self, id: ImportId) -> Outcome<()> {
        let (db, clock) = (&self.db, &self.clock);
        let import = store::find(db, id).await?;
        if store::repeats(db, &import).await? {
            store::finish(
                db,
                id,
                State::NothingToDo,
                "These very files were applied before.",
                &import.actor,
                clock.now(),
            )
            .await?;
            return self.clear(id).await;
        }
        match stage::stage(db, clock, &import).await? {
            Staged::Cancelled => self.clear(id).await,
            Staged::Asks => store::ask(db, id, "", clock.now()).await,
            Staged::AsksNames(sentence) => store::ask(db, id, &sentence, clock.now()).await,
            Staged::Refused(sentence) => {
                store::finish(db, id, State::Failed, &sentence, &import.actor, clock.now()).await?;
                self.clear(id).await
            }
            Staged::Whole => self.compare(&store::find(db, id).await?, false).await,
        }
    }

    /// Compares what is staged once more, after a person settled something or the register changed.
    pub async fn compare_again(&self, id: ImportId) -> Outcome<()> {
        if self.begin_comparing(id).await? { self.finish_comparing(id).await } else { Ok(()) }
    }

    /// Takes an import that waits for another comparison. False: it does not wait any more.
    pub async fn begin_comparing(&self, id: ImportId) -> Outcome<bool> {
        store::pass(&self.db, id, &[State::Ready], State::Reading, &self.name, self.clock.now()).await
    }

    /// Compares an import that was taken for it.
    pub async fn finish_comparing(&self, id: ImportId) -> Outcome<()> {
        let beat = self.beat(id);
        let import = store::find(&self.db, id).await?;
        let done = self.compare(&import, true).await;
        beat.abort();
        self.end_in_words(id, done).await
    }

    async fn compare(&self, import: &Import, again: bool) -> Outcome<()> {
        let (db, clock) = (&self.db, &self.clock);
        if !compare::compare(db, clock, import, again).await? {
            return self.clear(import.id).await;
        }
        let import = store::find(db, import.id).await?;
        let waits = import.changes() + import.conflict_count + import.error_count + import.left_out_count > 0;
        if waits || store::tells_of_servers(db, import.id).await? {
            store::pass(db, import.id, &[State::Reading], State::Ready, &self.name, clock.now()).await?;
            return Ok(());
        }
        self.note_unchanged(&import).await?;
        store::finish(db, import.id, State::NothingToDo, "", &import.actor, clock.now()).await?;
        self.clear(import.id).await
    }

    /// Applies an import that may be applied.
    ///
    /// # Errors
    /// Refused, with the sentences that say what must be settled first.
    pub async fn apply(&self, id: ImportId, actor: &str) -> Outcome<()> {
        match self.begin_applying(id).await? {
            Some(import) => self.finish_applying(import, actor).await,
            None => Ok(()),
        }
    }

    /// Takes an import for applying. `None`: somebody else was quicker.
    ///
    /// # Errors
    /// Refused, with the sentences that say what must be settled first.
    pub async fn begin_applying(&self, id: ImportId) -> Outcome<Option<Import>> {
        let import = store::find(&self.db, id).await?;
        import.may_apply(&store::servers(&self.db, id).await?)?;
        let taken = store::pass(&self.db, id, &[State::Ready], State::Applying, &self.name, self.clock.now()).await?;
        Ok(taken.then_some(import))
    }

    /// Applies an import that was taken for it. When that fails, nothing of it is kept and it waits again.
    ///
    /// # Errors
    /// Refused, when the register has changed since the preview was made; a new one is made then.
    pub async fn finish_applying(&self, import: Import, actor: &str) -> Outcome<()> {
        let (db, id) = (&self.db, import.id);
        let beat = self.beat(id);
        let applied = apply::apply(db, &import, actor, self).await;
        beat.abort();
        if let Err(error) = applied {
            store::pass(db, id, &[State::Applying], State::Ready, &self.name, self.clock.now()).await?;
            let sentence = match &error {
                Error::Refused(problems) => {
                    Box::pin(self.compare_again(id)).await?;
                    problems.to_string()
                }
                other => {
                    tracing::error!("import {id} could not be applied: {other:#}");
                    "The import could not be applied because the program or the database failed. Nothing was changed; \
                     try again. The log says more."
                        .to_owned()
                }
            };
            store::say(db, id, &sentence, self.clock.now()).await?;
            return Err(error);
        }
        if import.new_count + import.changed_count > 10_000 {
            db.analyze(self.clock.now()).await?;
        }
        self.clear(id).await
    }

    /// Goes on with the imports that a copy of the program left when it ended.
    pub async fn go_on(&self) -> Outcome<()> {
        let (db, now) = (&self.db, self.clock.now());
        for (id, state) in store::abandoned(db, now).await? {
            match state {
                State::Receiving => {
                    let sentence = "The files had not arrived completely when the program ended. Bring them in again.";
                    store::finish(db, id, State::Failed, sentence, "reseat", now).await?;
                    self.clear(id).await?;
                }
                State::Applying => {
                    store::pass(db, id, &[State::Applying], State::Ready, &self.name, now).await?;
                }
                _ => self.read(id).await?,
            }
        }
        Ok(())
    }

    /// Discards an import; one that is being read stops at its next step.
    pub async fn discard(&self, id: ImportId, actor: &str) -> Outcome<bool> {
        let ended = store::finish(&self.db, id, State::Discarded, "", actor, self.clock.now()).await?;
        if ended {
            self.clear(id).await?;
        }
        Ok(ended)
    }

    /// Says every few seconds that the work on an import goes on.
    fn beat(&self, id: ImportId) -> tokio::task::AbortHandle {
        let worker = self.clone();
        let beating = tokio::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                let said = async {
                    let Some(mut tx) = worker.db.try_begin(worker.clock.now()).await? else {
                        return Outcome::Ok(());
                    };
                    let now = tx.at;
                    tx.sql("update imports set heartbeat_at = $1 where id = $2 and state in ('reading', 'applying')")
                        .bind(now)
                        .bind(id)
                        .execute()
                        .await?;
                    Ok(tx.commit().await?)
                };
                if let Err(error) = said.await {
                    tracing::warn!("import {id} goes on, but could not say so: {error:#}");
                }
            }
        });
        beating.abort_handle()
    }

    /// An import whose work failed says so, instead of standing still forever.
    async fn end_in_words(&self, id: ImportId, done: Outcome<()>) -> Outcome<()> {
        if let Err(error) = &done {
            tracing::error!("import {id} failed: {error:#}");
            let sentence = "The import could not be read because the program or the database failed. Nothing was changed; \
                            bring the files in again. The log says more.";
            store::finish(&self.db, id, State::Failed, sentence, "reseat", self.clock.now()).await?;
        }
        done
    }

    /// Files that say what is known say at least that it still holds.
    async fn note_unchanged(&self, import: &Import) -> Outcome<()> {
        change!(self.db, &import.actor, self.clock.now(), tx, {
            let look = look::begin(tx).await?;
            tx.sql(
                "update license_servers set packs_seen_at = s.packs, licenses_seen_at = s.licenses from ( \
                     select v.id, case when i.has_packs = 1 and i.older_packs = 0 then $2 + 0 else v.packs_seen_at end as packs, \
                     case when i.has_licenses = 1 and i.older_licenses = 0 then $2 + 0 else v.licenses_seen_at end as licenses \
                     from import_servers i join license_servers v on v.id = i.server_id where i.import_id = $1) s \
                 where license_servers.id = s.id and (license_servers.packs_seen_at is distinct from s.packs \
                     or license_servers.licenses_seen_at is distinct from s.licenses)",
            )
            .bind(import.id)
            .bind(import.captured_at)
            .execute()
            .await?;
            tx.sql(
                "insert into key_pack_counts (key_pack_id, captured_at, import_id, quantity, issued, available) \
                 select p.key_pack_id, $2 + 0, $1 + 0, p.quantity, p.issued, p.available from import_key_packs p \
                 where p.import_id = $1 and p.described = 1 and p.key_pack_id is not null \
                 on conflict (key_pack_id, captured_at) do nothing",
            )
            .bind(import.id)
            .bind(import.captured_at)
            .execute()
            .await?;
            // Time has passed for those who have not come back.
            let _told = look::at_everything(tx, look, (import.id, import.captured_at), self.unseen_days).await?;
        })
    }

    /// Takes away what was staged and the files themselves; the import's own row and its figures stay.
    async fn clear(&self, id: ImportId) -> Outcome<()> {
        sweep::sweep(&self.db, &self.clock, id).await?;
        let pieces: Vec<(i64, i64)> = self
            .db
            .sql(
                "select c.file_id, c.n from import_chunks c join import_files f on f.id = c.file_id \
                 where f.import_id = $1 order by c.file_id, c.n",
            )
            .bind(id)
            .all()
            .await?;
        for (file, n) in pieces {
            draft!(self.db, self.clock.now(), tx, {
                tx.sql("delete from import_chunks where file_id = $1 and n = $2").bind(file).bind(n).execute().await?;
            })?;
        }
        Ok(())
    }
}
