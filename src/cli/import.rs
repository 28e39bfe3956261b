//! Importing from the command line: preview, then apply.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use tokio::io::AsyncReadExt;

use super::user::actor;
use super::{Done, Failure, open};
use crate::config::Config;
use crate::ids::ImportId;
use crate::imports::form::{Coverage, NewImport};
use crate::imports::import::{Import, State};
use crate::imports::pages::worker;
use crate::imports::preview::{self, Trouble};
use crate::imports::receive::{self, Receiver};
use crate::imports::store;
use crate::imports::work::Worker;
use crate::moment::Moment;
use crate::web::app::App;
use crate::web::error::Error;
use crate::web::format::number;

/// Brings in what a license server says.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["dry_run", "apply"])))]
#[command(group(ArgGroup::new("dates").args(["day_first", "month_first"])))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct ImportCommand {
    /// The license server, for rows that name none (`PSComputerName`)
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// The company whose server it is; needed when there are several
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
    /// Shows what would change, and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Applies it, unless a row has an error or a conflict is to be settled
    #[arg(long)]
    apply: bool,
    /// 03/05/2024 is 3 May
    #[arg(long)]
    day_first: bool,
    /// 03/05/2024 is 5 March
    #[arg(long)]
    month_first: bool,
    /// The files cover only a part of the server: what they lack is not gone
    #[arg(long)]
    part: bool,
    /// The files cover the whole server, though they are reports (`lsreport` without /D and /T)
    #[arg(long, conflicts_with = "part")]
    whole: bool,
    /// However much would be gone from the server: it is so
    #[arg(long)]
    accept_gone: bool,
    /// When the files were exported (default: the oldest file's own time), such as 2026-08-22T09:14:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    captured_at: Option<Moment>,
    /// The time zone of dates that name none, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    dates_in: String,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Exports: CSV, JSON, lsreport tables, RD Licensing Manager reports
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::of_iso(text)
        .or_else(|| Moment::of_day(text))
        .ok_or_else(|| format!("{text} is not a moment; write it like 2026-08-22T09:14:00Z"))
}

fn zone(text: &str) -> Result<String, String> {
    let known = jiff::tz::TimeZone::get(text).map(|_| text.to_owned());
    known.map_err(|_| format!("{text} is not a time zone; write it like Europe/Berlin"))
}

/// Imports files, or shows what importing them would change.
pub async fn import(config: &Config, command: ImportCommand) -> Done {
    for file in &command.files {
        if let Err(error) = std::fs::File::open(file).and_then(|file| file.metadata()) {
            return Err(Failure::Usage(format!("{} cannot be read: {error}.", file.display())));
        }
    }
    let app = open(config).await?;
    let worker = worker(&app);
    let id = receive_all(&app, &command).await?;
    worker.read(id).await?;
    let import = store::find(&app.db, id).await?;
    let troubles = preview::troubles(&app.db, id).await?;
    let mut troubles = troubles;
    if import.state == State::Asking {
        troubles.extend(questions(&app, &import).await?);
    }
    let done = decide(&command, &worker, &import).await;
    if command.dry_run {
        worker.discard(id, &actor("import")).await?;
    }
    if command.json {
        println!("{}", report(&import, &troubles, matches!(done, Ok(true))));
    } else {
        tell(&command, &import, matches!(done, Ok(true)));
    }
    for trouble in troubles.iter().filter(|trouble| trouble.n > 0) {
        eprintln!("{}:{}: {}", trouble.file, trouble.line, trouble.message);
    }
    app.db.close().await;
    done.map(|_| ())
}

/// What is asked about the files, as a program reads it.
async fn questions(app: &App, import: &Import) -> Done<Vec<Trouble>> {
    let files = store::files(&app.db, import.id).await?;
    let trouble = |file: &str, message: String| Trouble {
        subject: String::new(),
        n: 0,
        kind: "error".to_owned(),
        file: file.to_owned(),
        line: 0,
        message,
        settled: None,
    };
    Ok(preview::asked(import, &files).into_iter().map(|(file, says)| trouble(&file, hinted(says))).collect())
}

/// A question with the flags that answer it on the command line.
fn hinted(says: String) -> String {
    if says.contains("the day or the month") { format!("{says} (--day-first or --month-first)") } else { says }
}

async fn receive_all(app: &App, command: &ImportCommand) -> Done<ImportId> {
    let now = app.now();
    let order = if command.day_first { Some("day_first") } else { command.month_first.then_some("month_first") };
    let own = command.files.iter().filter_map(|file| modified(file)).min();
    let new = NewImport {
        source: "command line",
        company_name: command.company.clone().unwrap_or_default().trim().to_owned(),
        server_name: command.server.clone().unwrap_or_default().trim().to_owned(),
        captured_at: command.captured_at.or(own).unwrap_or(now),
        captured_said: command.captured_at.is_some(),
        time_zone: command.dates_in.clone(),
        date_order: order.map(str::to_owned),
        covers: match (command.part, command.whole) {
            (true, _) => Coverage::Part,
            (_, true) => Coverage::Whole,
            _ => Coverage::AsUsual,
        },
        accept_gone: command.accept_gone,
    };
    let id = receive::begin(&app.db, &new, &actor("import"), &app.worker, now).await?;
    for path in &command.files {
        receive_one(app, id, path).await?;
    }
    Ok(id)
}

fn modified(path: &Path) -> Option<Moment> {
    let since = std::fs::metadata(path).ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Moment(i64::try_from(since.as_secs()).ok()?))
}

async fn receive_one(app: &App, id: ImportId, path: &Path) -> Done {
    let unreadable = |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}.", path.display()));
    let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let mut receiver = Receiver::begin(&app.db, id, &path.to_string_lossy(), app.now()).await?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer).await.map_err(unreadable)?;
        if read == 0 {
            break;
        }
        receiver.take(buffer.get(..read).unwrap_or_default(), app.now()).await?;
    }
    receiver.end(app.now()).await?;
    Ok(())
}

/// Applies the import if that was asked and may be. Says whether it was applied.
async fn decide(command: &ImportCommand, worker: &Worker, import: &Import) -> Done<bool> {
    match import.state {
        State::NothingToDo => return Ok(false),
        State::Failed => return Err(Failure::Refused(import.message.clone())),
        State::Asking => {
            let files = store::files(&worker.db, import.id).await?;
            let says = preview::asked(import, &files).into_iter().next().map(|(_, says)| says).unwrap_or_default();
            let sentence = hinted(says);
            return Err(Failure::Refused(format!("{sentence}{}", waits(command, import))));
        }
        _ => {}
    }
    let refused = match import.may_apply(&store::servers(&worker.db, import.id).await?) {
        Ok(()) if command.dry_run => return Ok(false),
        Ok(()) => worker.apply(import.id, &actor("import")).await,
        Err(problems) => Err(Error::Refused(problems)),
    };
    match refused {
        Ok(()) => Ok(true),
        Err(Error::Refused(problems)) => Err(Failure::Refused(format!("{problems}{}", waits(command, import)))),
        Err(error) => Err(error.into()),
    }
}

fn waits(command: &ImportCommand, import: &Import) -> String {
    if command.dry_run {
        String::new()
    } else {
        format!(" It waits in the console under Imports (import {}), to be settled and applied there.", import.id)
    }
}

fn report(import: &Import, troubles: &[Trouble], applied: bool) -> serde_json::Value {
    let mut errors: Vec<serde_json::Value> = troubles
        .iter()
        .filter(|trouble| trouble.kind == "error")
        .map(|trouble| serde_json::json!({"file": trouble.file, "line": trouble.line, "message": trouble.message}))
        .collect();
    if import.state == State::Failed {
        errors.push(serde_json::json!({"file": "", "line": 0, "message": import.message}));
    }
    serde_json::json!({
        "import": import.id.0,
        "new": import.new_count,
        "changed": import.changed_count,
        "gone": import.gone_count,
        "unchanged": import.unchanged_count,
        "older": import.older_count,
        "conflicts": import.conflict_count,
        "errors": errors,
        "applied": applied,
    })
}

fn tell(command: &ImportCommand, import: &Import, applied: bool) {
    let counts = format!(
        "{} new, {} changed, {} gone, {} unchanged, {} conflicts, {} rows with errors",
        number(import.new_count),
        number(import.changed_count),
        number(import.gone_count),
        number(import.unchanged_count),
        number(import.conflict_count),
        number(import.error_count)
    );
    let word = match (applied, command.dry_run, import.state) {
        (true, ..) => "Applied",
        (_, _, State::NothingToDo) => "Nothing to do",
        (_, true, _) => "Would be",
        _ => "Not applied",
    };
    println!("{word}: {counts}.");
}
