//! Whoever does the upkeep: takes what is due, does it, and notes how it ended.

use std::path::Path;

use super::{Backups, Run, Standing, Work, folder, store};
use crate::backups::{holds_something, refused, write};
use crate::change;
use crate::checks;
use crate::db::{Db, make_folder};
use crate::moment::{Clock, Moment, Stopwatch};
use crate::web::app::App;
use crate::web::error::{Error, Outcome};

/// Seconds between two signs of life.
const BEAT: u64 = 20;

/// Signs of life after which nobody believes them, a day's worth: work that hangs must not be held forever.
const MOST_BEATS: u64 = 86_400 / BEAT;

/// Gives signs of life until it is dropped, also when the work ends in a panic.
struct Beating(tokio::task::AbortHandle);

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The upkeep of one copy of the program.
#[derive(Clone, Debug)]
pub struct Keeper {
    db: Db,
    clock: Clock,
    copy: std::sync::Arc<str>,
    plan: super::Plan,
}

impl Keeper {
    /// The upkeep that the settings ask for.
    pub fn of(app: &App) -> Keeper {
        Keeper {
            db: app.db.clone(),
            clock: app.clock.clone(),
            copy: app.worker.clone(),
            plan: app.settings.upkeep.clone(),
        }
    }

    /// Does what is due.
    pub async fn go_on(&self) -> Outcome<()> {
        for work in Work::ALL {
            if self.is_due(work).await? && self.take(work, false).await? {
                self.finish(work, "reseat serve").await?;
            }
        }
        Ok(())
    }

    /// A look before taking: most of the time nothing is due, and nothing need be written to know that.
    async fn is_due(&self, work: Work) -> Outcome<bool> {
        if !self.plan.does(work) {
            return Ok(false);
        }
        let (standing, now) = (store::find(&self.db, work).await?, self.clock.now());
        if standing.is_held(now) || !(standing.is_left(now) || self.plan.is_due(&standing, now)) {
            return Ok(false);
        }
        // Nobody would miss what a new console holds.
        Ok(work != Work::Backup || holds_something(&mut self.db.snapshot().await?).await?)
    }

    /// Takes work that a person asks for. False: a copy of the program is at it already.
    pub async fn begin(&self, work: Work) -> Outcome<bool> {
        self.take(work, true).await
    }

    /// Gives up what is under way, since the program is told to stop.
    pub async fn stop(&self) -> Outcome<()> {
        change!(self.db, "", self.clock.now(), tx, { store::give_up(tx, &self.copy).await? })
    }

    async fn take(&self, work: Work, asked: bool) -> Outcome<bool> {
        change!(self.db, "", self.clock.now(), tx, {
            let now = tx.at;
            let wanted = |standing: &Standing| asked || standing.is_left(now) || self.plan.is_due(standing, now);
            store::take(tx, work, &self.copy, wanted).await?
        })
    }

    /// Does work that was taken, and notes how it ended.
    pub async fn finish(&self, work: Work, actor: &str) -> Outcome<()> {
        let beating = self.beat(work);
        let run = self.run(work, actor).await;
        drop(beating);
        change!(self.db, "", self.clock.now(), tx, { store::finish(tx, &self.copy, &run).await? })
    }

    async fn run(&self, work: Work, actor: &str) -> Run {
        let (mut run, watch) = (Run::begin(work, actor, self.clock.now()), Stopwatch::start());
        match work {
            Work::Backup => self.back_up(&mut run).await,
            Work::Verify => run.wrong = in_words(checks::verify(&self.db).await),
        }
        run.end(self.clock.now(), watch);
        let (ms, work) = (run.ms, work.as_str());
        if run.is_good() {
            tracing::info!(ms, file = run.file, "{work} by {actor}: well");
        } else {
            tracing::error!(ms, "{work} by {actor}: {}", run.wrong);
        }
        run
    }

    async fn back_up(&self, run: &mut Run) {
        let Some(backups) = &self.plan.backups else {
            "The settings name no folder for backups.".clone_into(&mut run.wrong);
            return;
        };
        let file = folder::file_at(&backups.folder, run.began_at);
        match self.write(backups, &file, run.began_at).await {
            Ok(()) => {
                run.wrote(&file);
                clear(backups, &file);
            }
            Err(error) => run.wrong = in_words(Err(error)),
        }
    }

    async fn write(&self, backups: &Backups, file: &Path, at: Moment) -> Outcome<()> {
        make_folder(&backups.folder)
            .map_err(|error| refused(format!("The folder {} cannot be made: {error}.", backups.folder.display())))?;
        // What a copy that was killed left may be what fills the disk.
        if let Err(error) = folder::clear_parts(&backups.folder) {
            tracing::warn!("what was left of a backup could not be removed: {error}");
        }
        write::write(&self.db, file, true, at).await.map(|_| ())
    }

    /// Says now and then that the work goes on, unless somebody else is writing just then.
    fn beat(&self, work: Work) -> Beating {
        let keeper = self.clone();
        let beating = tokio::spawn(async move {
            for _ in 0..MOST_BEATS {
                tokio::time::sleep(std::time::Duration::from_secs(BEAT)).await;
                if let Err(error) = keeper.say_so(work).await {
                    tracing::warn!("{} goes on, but could not say so: {error:#}", work.as_str());
                }
            }
        });
        Beating(beating.abort_handle())
    }

    async fn say_so(&self, work: Work) -> Outcome<()> {
        let Some(mut tx) = self.db.try_begin(self.clock.now()).await? else { return Ok(()) };
        store::beat(&mut tx, work, &self.copy).await?;
        Ok(tx.commit().await?)
    }
}

/// Older backups go once there is a newer one. One that cannot be removed is no reason to call that one failed.
fn clear(backups: &Backups, written: &Path) {
    match folder::clear(&backups.folder, backups.keep, written) {
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => tracing::info!("{} older backups were removed", gone.len()),
        Err(error) => tracing::warn!("older backups could not be removed: {error}"),
    }
}

/// What is wrong, one sentence a line.
fn in_words(found: Outcome<Vec<String>>) -> String {
    match found {
        Ok(sentences) => sentences.join("\n"),
        Err(Error::Refused(problems)) => problems.to_string(),
        Err(error) => format!("It could not be done: {error:#}."),
    }
}
