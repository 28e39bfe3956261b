//! The page on which an admin sees how backups and checks stand, and has them made now.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::moment::Moment;
use crate::upkeep::keeper::Keeper;
use crate::upkeep::{Plan, Run, Work, store};
use crate::web::actor::Admin;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::counted;
use crate::web::page::{go, show};
use crate::web::parts::Meaning;
use crate::web::shell::Shell;

/// Runs of a kind that the page lists.
const LISTED: i64 = 10;

/// How long an answer waits for the end of what was asked for, so that a small database's result is told at once.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

#[derive(Template)]
#[template(path = "checks/show.html")]
struct Show {
    shell: Shell,
    backups: Side,
    checks: Side,
}

/// One kind of work on the page.
struct Side {
    running: bool,
    runs: Vec<Run>,
    good: Option<Run>,
    /// The run by which it stands failed, if it does.
    bad: Option<Run>,
    plan: String,
    planned: bool,
}

impl Side {
    async fn of(app: &App, work: Work) -> Outcome<Side> {
        let standing = store::find(&app.db, work).await?;
        Ok(Side {
            running: standing.is_held(app.now()),
            runs: store::latest(&app.db, work, LISTED).await?,
            good: store::last_good(&app.db, work).await?,
            bad: store::failed(&app.db, work).await?,
            plan: in_words(&app.settings.upkeep, work),
            planned: app.settings.upkeep.does(work),
        })
    }

    /// What the state asks of the reader, and its word.
    fn state(&self) -> (Meaning, &'static str) {
        match (self.running, self.bad.is_none(), self.runs.is_empty()) {
            (true, ..) => (Meaning::Wait, "Running now"),
            (_, false, _) => (Meaning::Stop, "Failed"),
            (_, true, true) => (Meaning::Plain, "Not yet"),
            (_, true, false) => (Meaning::Done, "Well"),
        }
    }

    fn meaning(&self) -> Meaning {
        self.state().0
    }

    fn word(&self) -> &'static str {
        self.state().1
    }

    /// When it last ended well; [`Moment::UNKNOWN`]: never.
    fn good_at(&self) -> &Moment {
        self.good.as_ref().map_or(&Moment::UNKNOWN, |run| &run.began_at)
    }
}

/// The plan of this copy of the program.
fn in_words(plan: &Plan, work: Work) -> String {
    match (work, &plan.backups, plan.verify_hour) {
        (Work::Backup, Some(backups), _) => format!(
            "Every {} into {}, of which the newest {} stay.",
            counted(backups.every / 3_600, "hour"),
            backups.folder.display(),
            backups.keep
        ),
        (Work::Backup, None, _) => "Not by this copy of the program (RESEAT_BACKUP_DIR, RESEAT_BACKUP_HOURS).".into(),
        (Work::Verify, _, Some(hour)) => format!("Once a day, from {hour:02}:00 UTC on."),
        (Work::Verify, _, None) => "Not by itself: it is off (RESEAT_VERIFY_HOUR).".into(),
    }
}

/// How backups and checks stand.
pub async fn list(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    let (backups, checks) = (Side::of(&app, Work::Backup).await?, Side::of(&app, Work::Verify).await?);
    show(&Show { shell: admin.0.shell, backups, checks })
}

/// Checks everything now.
pub async fn verify(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    do_now(&app, admin, Work::Verify).await
}

/// Takes a backup now.
pub async fn back_up(State(app): State<App>, admin: Admin) -> Outcome<Response> {
    do_now(&app, admin, Work::Backup).await
}

async fn do_now(app: &App, admin: Admin, work: Work) -> Outcome<Response> {
    let (keeper, actor) = (Keeper::of(app), admin.name.clone());
    if work == Work::Backup && !app.settings.upkeep.does(work) {
        return Ok(go("/checks", "This copy of the program takes no backups: its settings name no folder for them."));
    }
    if !keeper.begin(work).await? {
        return Ok(go("/checks", "It is being done already. Its result will stand here."));
    }
    let doing = tokio::spawn(async move {
        if let Err(error) = keeper.finish(work, &actor).await {
            tracing::error!("the result of a {} could not be noted: {error:#}", work.as_str());
        }
    });
    let says = match tokio::time::timeout(PATIENCE, doing).await {
        Ok(_) => "It is done; see the result.",
        Err(_) => "It has begun and goes on by itself. Its result will stand here.",
    };
    Ok(go("/checks", says))
}
