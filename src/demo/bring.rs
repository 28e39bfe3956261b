//! Bringing the demonstration's files in, by the same functions as the pages and the command line.

use super::desk::Desk;
use super::plan::{Format, ServerPlan};
use crate::ids::ImportId;
use crate::imports::form::{Coverage, NewImport};
use crate::imports::import::State;
use crate::imports::reading::Inspection;
use crate::imports::receive::{self, Receiver};
use crate::imports::settle::{Which, settle};
use crate::imports::work::Worker;
use crate::imports::{preview, store};
use crate::moment::Moment;
use crate::users::user::Role;
use crate::web::error::{Error, Outcome};

/// An export on its way into the register.
pub struct Delivery {
    pub plan: &'static ServerPlan,
    pub captured_at: Moment,
    pub files: Vec<(String, String)>,
    /// Whether it stays a preview that waits for a decision.
    pub waits: bool,
    /// What the desk does once it is applied.
    pub desk: Option<Desk>,
}

/// Brings an export in and, unless it is to wait, settles and applies it.
pub async fn bring(worker: &Worker, delivery: &Delivery) -> Outcome<()> {
    let actor = Role::Admin.as_str();
    let id = receive(worker, delivery, actor).await?;
    worker.read(id).await?;
    if store::find(&worker.db, id).await?.state == State::Asking {
        confirm_columns(worker, id, actor).await?;
        worker.clock.advance(90);
        worker.read(id).await?;
    }
    if delivery.waits {
        return Ok(());
    }
    // On the server with people, computers were made of one image; elsewhere they were renamed.
    let way = if delivery.plan.people > 0 { "cloned" } else { "one_computer" };
    for trouble in preview::troubles(&worker.db, id).await? {
        worker.clock.advance(120);
        if settle(worker, id, Which::One(trouble.n), way, actor).await? {
            worker.compare_again(id).await?;
        }
    }
    worker.clock.advance(300);
    let import = store::find(&worker.db, id).await?;
    if import.state == State::NothingToDo {
        return Ok(());
    }
    if import.state != State::Ready {
        let why = format!("the export of {} was not taken: {}", delivery.plan.name, import.message);
        return Err(Error::internal(why));
    }
    worker.apply(id, actor).await
}

async fn receive(worker: &Worker, delivery: &Delivery, actor: &str) -> Outcome<ImportId> {
    let is_report = delivery.plan.format != Format::Wmi;
    let new = NewImport {
        source: "upload",
        company_name: delivery.plan.company.to_owned(),
        server_name: delivery.plan.name.to_owned(),
        captured_at: delivery.captured_at,
        captured_said: true,
        time_zone: "UTC".to_owned(),
        date_order: is_report.then(|| "month_first".to_owned()),
        // The older reporter is told a range of dates, so what it lacks is not gone.
        covers: if is_report { Coverage::Part } else { Coverage::AsUsual },
        accept_gone: false,
    };
    let (db, now) = (&worker.db, worker.clock.now());
    let id = receive::begin(db, &new, actor, &worker.name, now).await?;
    for (name, text) in &delivery.files {
        let mut receiver = Receiver::begin(db, id, name, now).await?;
        receiver.take(text.as_bytes(), now).await?;
        receiver.end(now).await?;
    }
    Ok(id)
}

/// Says of tables that nobody knows yet that the guess of what their columns mean is right; it is remembered.
async fn confirm_columns(worker: &Worker, id: ImportId, actor: &str) -> Outcome<()> {
    for file in store::files(&worker.db, id).await? {
        let inspection: Inspection = serde_json::from_str(&file.inspection).map_err(Error::internal)?;
        if let Some(guess) = inspection.guess.filter(|_| file.question == "columns") {
            let now = worker.clock.now();
            store::remember_mapping(&worker.db, &file.signature, &guess, actor, now).await?;
        }
    }
    Ok(())
}
