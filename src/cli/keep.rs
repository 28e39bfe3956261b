//! Keeping what is there: backups, giving them back, and checks, from the command line.

use std::path::{Path, PathBuf};

use clap::Args;

use super::user::actor;
use super::{Done, Failure, open};
use crate::backups::{open_files, restore as give_back, write};
use crate::change;
use crate::checks::{self, doctor};
use crate::companies;
use crate::config::Config;
use crate::db::Db;
use crate::evidence::checking;
use crate::evidence::form::EvidenceForm;
use crate::evidence::make::make;
use crate::moment::{Clock, Stopwatch};
use crate::upkeep::{Run, Work, store};
use crate::web::app::App;
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

/// Makes audit evidence.
#[derive(Args, Debug)]
pub struct EvidenceCommand {
    /// The company it is about
    #[arg(long)]
    company: String,
    /// The first day, like 2025-01-01
    #[arg(long, value_name = "DAY")]
    from: String,
    /// The last day
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Tells license server IDs and license key pack IDs in history; then keep the file like a key
    #[arg(long)]
    with_license_ids: bool,
    /// The file to write, a zip file that is not there yet
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Checks the database or a bundle of evidence.
#[derive(Args, Debug)]
pub struct VerifyCommand {
    /// A bundle of evidence: checks it, and no database
    #[arg(value_name = "BUNDLE")]
    bundle: Option<PathBuf>,
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

/// Makes audit evidence and writes it into a new file.
pub async fn evidence(config: &Config, command: EvidenceCommand) -> Done {
    let app = open(config).await?;
    let made = make_evidence(&app, command).await;
    app.db.close().await;
    println!("{}", made?);
    Ok(())
}

async fn make_evidence(app: &App, command: EvidenceCommand) -> Done<String> {
    let (file, name) = (&command.output, &command.company);
    let Some(company) = companies::store::look_up(&app.db, name).await? else {
        return Err(Failure::Refused(format!("There is no company {name:?}.")));
    };
    let known = [(company.id.0, company.name)];
    let ids = if command.with_license_ids { "yes" } else { "" }.to_owned();
    let form = EvidenceForm { company: company.id.to_string(), from: command.from, to: command.to, ids };
    let scope = form.check(&known, (app.now(), &app.settings.zone), true).map_err(crate::web::error::Error::from)?;
    let cannot = |error: std::io::Error| Failure::Refused(format!("{} cannot be written: {error}.", file.display()));
    // Taken before anything is made, so that what history keeps is never without its file.
    let mut into = std::fs::OpenOptions::new().write(true).create_new(true).open(file).map_err(cannot)?;
    let written = match make(&app.db, &scope, &actor("evidence"), app.now()).await {
        Ok(mut bundle) => match std::io::copy(&mut bundle.file, &mut into).and_then(|_| into.sync_all()) {
            Ok(()) => Ok(bundle),
            Err(error) => Err(cannot(error)),
        },
        Err(error) => Err(error.into()),
    };
    match written {
        Ok(bundle) => Ok(format!(
            "{} holds {} lines of history, {} of them of {}. The SHA-256 of its manifest, as history keeps it:\n{}",
            file.display(),
            bundle.manifest.chain.lines(),
            bundle.manifest.chain.told(),
            bundle.manifest.company,
            bundle.manifest_sha256,
        )),
        Err(failure) => {
            let _ = std::fs::remove_file(file);
            Err(failure)
        }
    }
}

/// Checks a bundle of evidence, and says what is wrong.
fn verify_bundle(bundle: &Path) -> Done {
    let found = checking::check(bundle)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}.", bundle.display())))?;
    if let (Some(told), true) = (&found.manifest, found.wrong.is_empty()) {
        println!(
            "All is well: every file is as it was made, and the chain goes through lines {} to {}.\n{}, {} to {}; made {} by {}.\n\
             The SHA-256 of its manifest is\n{}\nCompare it with the one that the console’s history tells under “evidence made”.",
            told.chain.first_line,
            told.chain.last_line,
            told.company,
            told.from,
            told.to,
            told.made_at,
            told.made_by,
            found.manifest_sha256,
        );
        return Ok(());
    }
    Err(Failure::Refused(found.wrong.join("\nreseat: ")))
}

/// Checks everything, and says what is wrong.
pub async fn verify(config: &Config, command: &VerifyCommand) -> Done {
    if let Some(bundle) = &command.bundle {
        return verify_bundle(bundle);
    }
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
        println!("All is well: the database is sound, its tables agree, and history’s chain is whole.");
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
