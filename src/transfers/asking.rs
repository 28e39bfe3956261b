//! The queue: what waits for a call, and making the request of what is ticked in it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Form;
use jiff::civil::Date;
use serde::Deserialize;

use super::clean_up::{self, CleanUp};
use super::picture::Picture;
use super::queue::{self, Group, Row};
use super::read;
use super::signs::{self, Sign};
use super::watch;
use crate::change;
use crate::check::Problems;
use crate::reissues;
use crate::reissues::form::ReissueForm;
use crate::web::actor::{Auditor, HelpDesk};
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::{away, weekday_words};
use crate::web::page::{self, go, problems, refused};
use crate::web::shell::Shell;
use crate::web::slice::CAP;

#[derive(Template)]
#[template(path = "transfers/queue.html")]
struct Queue {
    shell: Shell,
    groups: Vec<Group>,
    picture: Option<Picture>,
    /// Those whose destination has a license already.
    asked: Vec<queue::Asked>,
    /// Those who have not connected since their key pack was installed.
    awaited: Vec<watch::Row>,
    /// What old computers did, about which nobody said yet what was done.
    signs: Vec<Sign>,
    /// How many of those there are.
    open_signs: i64,
    /// The old computers of the latest moves with which something is still to be done.
    old: Vec<CleanUp>,
    /// How many of those there are.
    open_old: i64,
    /// Today, where the reader is.
    today: Date,
    /// What was ticked in which group of a queue that was refused.
    ticked: Option<Ticked>,
    problems: Problems,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template gives references")]
impl Queue {
    async fn of(app: &App, shell: Shell, (ticked, problems): (Option<Ticked>, Problems)) -> Outcome<Queue> {
        let (zone, now) = (&app.settings.zone, app.now());
        let reading = read::reading(&app.db, now, &app.settings).await?;
        let groups = reading.groups(read::queue(&app.db, now).await?);
        let today = now.date(zone);
        let picture = Picture::of(&groups, today, zone);
        Ok(Queue {
            shell,
            asked: read::asked(&app.db).await?,
            awaited: watch::rows(read::awaited(&app.db).await?, now, zone),
            signs: signs::open(&app.db).await?,
            open_signs: signs::count_open(&app.db, CAP).await?,
            old: clean_up::open(&app.db, now).await?,
            open_old: clean_up::count_open(&app.db, now, CAP).await?,
            groups,
            picture,
            today,
            ticked,
            problems,
        })
    }

    fn day(day: &Date) -> String {
        weekday_words(day)
    }

    fn away(&self, day: &Date) -> String {
        away(self.today, day)
    }

    /// The day by which to call for a group, in words; and whether it has passed.
    fn call_by(&self, group: &Group) -> Option<(String, String, bool)> {
        let day = group.call_by()?;
        Some((weekday_words(day), away(self.today, day), day < self.today))
    }

    /// That all that waits in a group frees itself, in words; and whether the first day of that has passed.
    fn frees(&self, group: &Group) -> Option<(String, bool)> {
        group.frees(self.today)
    }

    /// What was ticked in a group, where that was refused. `n`: its place in the queue.
    fn sent(&self, n: &usize) -> Option<&Ticked> {
        self.ticked.as_ref().filter(|ticked| ticked.group.trim() == n.to_string())
    }

    /// Whether a transfer is ticked: as it was sent, else unless it frees itself.
    fn is_ticked(&self, n: &usize, row: &Row) -> bool {
        match self.sent(n) {
            Some(ticked) => ticked.transfers.iter().any(|id| id.trim() == row.transfer.id.to_string()),
            None => row.frees_on.is_none(),
        }
    }
}

/// What was ticked in the queue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ticked {
    /// The place of the group in the queue.
    group: String,
    /// The numbers of the transfers.
    transfers: Vec<String>,
}

impl Ticked {
    /// The request that asks for them; or that there are none.
    fn form(&self) -> Result<ReissueForm, Problems> {
        if self.transfers.iter().all(|id| id.trim().is_empty()) {
            return Err(Problems::of("transfers", "Tick at least one transfer."));
        }
        Ok(ReissueForm { transfers: self.transfers.clone(), ..ReissueForm::default() })
    }
}

/// What waits for a call, with the last safe day of each.
pub async fn queue(State(app): State<App>, auditor: Auditor) -> Outcome<Response> {
    page::show(&Queue::of(&app, auditor.0.shell, (None, Problems::none())).await?)
}

/// Makes the request of what is ticked, so that the call can begin.
pub async fn prepare(State(app): State<App>, help_desk: HelpDesk, Form(ticked): Form<Ticked>) -> Outcome<Response> {
    let opened = match ticked.form().and_then(|form| form.check()) {
        Ok(new) => {
            change!(app.db, &help_desk.name, app.now(), tx, { reissues::store::open(tx, &new).await? })
        }
        Err(wrong) => Err(wrong.into()),
    };
    match opened {
        Ok(id) => Ok(go(&format!("/reissues/{id}"), &format!("R-{id} is open. Its call sheet is ready."))),
        Err(error) => refused(&Queue::of(&app, help_desk.0.shell, (Some(ticked), problems(error)?)).await?),
    }
}
