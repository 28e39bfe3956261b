//! Keeping what is there: backups, giving them back, and checks, from the command line.

use std::path::PathBuf;

use clap::Args;

use super::user::actor;
use super::{Done, Failure, open};
use crate::backups::{open_files, restore as give_back, write};
use crate::change;
use crate::checks::{self, doctor};
use crate::config::Config;
use crate::db::Db;
use crate::moment::{Clock, Stopwatch};
use crate::upkeep::{Run, Work, store};
use crate::web::error::Outcome;

/// Writes a backup.
#[derive(Args, Debug)]
pub struct BackupCommand {
    /// Writes over a file that is there already
    #[arg(long)]
    force: bool,
    /// The file to write; it holds names of people and computers and the hashes of passwords
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Restores a backup.
#[derive(Args, Debug)]
pub struct RestoreCommand {
    /// Replaces all that the database holds
    #[arg(long)]
    force: bool,
    /// A file that `reseat backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Writes open files.
#[derive(Args, Debug)]
pub struct ExportCommand {
    /// The folder to write into, empty or not there yet; the files hold names of people and computers
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Writes everything as open files.
pub async fn export(config: &Config, command: &ExportCommand) -> Done {
    let app = open(config).await?;
    let written = open_files::write(&app.db, &command.folder, app.now()).await;
    app.db.close().await;
    let written = written?;
    let (tables, rows, folder) = (written.tables, written.rows, command.folder.display());
    println!("{folder} holds {rows} rows of {tables} tables; its README.txt says what is what.");
    Ok(())
}

/// Writes everything into one file.
pub async fn backup(config: &Config, command: &BackupCommand) -> Done {
    let app = open(config).await?;
    let (mut run, watch) = (Run::begin(Work::Backup, &actor("backup"), app.now()), Stopwatch::start());
    let written = write::write(&app.db, &command.file, command.force, app.now()).await;
    if written.is_ok() {
        run.end(app.now(), watch);
        run.wrote(&command.file);
        kept_in_mind(&run, change!(app.db, "", app.now(), tx, { store::note(tx, &run).await? }));
    }
    app.db.close().await;
    let manifest = written?;
    println!(
        "{} holds {} rows as of {}; history ends with line {}, {}.",
        command.file.display(),
        manifest.rows.values().sum::<i64>(),
        manifest.taken_at,
        manifest.history_line,
        manifest.history_hash,
    );
    Ok(())
}

/// Gives the database what a backup holds.
pub async fn restore(config: &Config, command: &RestoreCommand) -> Done {
    let url = config.database().map_err(Failure::Usage)?;
    let restored = give_back::restore(&command.file, &url, command.force, Clock::machine().now()).await?;
    println!(
        "Restored {} rows as of {}; history ends with line {}. Everything was checked.",
        restored.manifest.rows.values().sum::<i64>(),
        restored.manifest.taken_at,
        restored.manifest.history_line,
    );
    if let Some(before) = restored.before {
        println!(
            "The database that was there before is kept as {}. Delete it when you need it no more.",
            before.display()
        );
    }
    Ok(())
}

/// Checks everything, and says what is wrong.
pub async fn verify(config: &Config) -> Done {
    let app = open(config).await?;
    let (mut run, watch) = (Run::begin(Work::Verify, &actor("verify"), app.now()), Stopwatch::start());
    let wrong = checks::verify(&app.db).await;
    if let Ok(sentences) = &wrong {
        run.end(app.now(), watch);
        run.wrong = sentences.join("\n");
        kept_in_mind(&run, change!(app.db, "", app.now(), tx, { store::record(tx, &run).await? }));
    }
    app.db.close().await;
    let wrong = wrong?;
    if wrong.is_empty() {
        println!("All is well: the database is sound, its tables agree, and history's chain is whole.");
        return Ok(());
    }
    Err(Failure::Refused(wrong.join("\nreseat: ")))
}

/// What was done is done, and what was found is found, even where it cannot be noted for the console's page.
fn kept_in_mind(run: &Run, noted: Outcome<()>) {
    if let Err(error) = noted {
        tracing::warn!("the result of this {} could not be noted in the database: {error:#}", run.work.as_str());
    }
}

/// Says how everything stands.
pub async fn doctor(config: &Config) -> Done {
    let found = doctor::look(config, Clock::machine().now()).await;
    for (standing, sentence) in &found {
        println!("{:<8} {sentence}", standing.word());
    }
    match found.iter().filter(|(standing, _)| *standing == doctor::Standing::Wrong).count() {
        0 => Ok(()),
        1 => Err(Failure::Refused("One thing is wrong.".into())),
        n => Err(Failure::Refused(format!("{n} things are wrong."))),
    }
}

/// Brings the schema up to this program's, after a backup in the data folder when there is something to lose.
pub async fn migrate(config: &Config, db: &Db) -> Done {
    match write::migrate_after_backup(db, &config.data_dir, Clock::machine().now()).await {
        Ok(Some(file)) => {
            tracing::info!("the schema was brought up to date; a backup of before is {}", file.display());
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) => {
            db.close().await;
            Err(Failure::Usage(format!("The schema was not brought up to date. {error}")))
        }
    }
}
