//! What the reissue desk did in the demonstration: it is done by the same functions as on the pages, at its own time.

use super::desk_calls as calls;
use super::moves::Replaced;
use super::plan::FABRIKAM;
use super::server::Server;
use super::store;
use crate::agreements::agreement::Details as Bought;
use crate::calendars::calendar::Details as DaysOff;
use crate::call_numbers::call_number::Details as Number;
use crate::change;

use crate::clients::local_license::{LocalLicense, Removal};
use crate::clients::removing;
use crate::db::Tx;
use crate::ids::{ClientId, LicenseId, TransferId};
use crate::transfers::form::NewTransfer;
use crate::transfers::{by_hand, ending, store as transfers};
use crate::users::user::Role;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::{agreements, calendars, call_numbers};

/// What the desk does once an export is in the register.
pub enum Desk {
    /// Ten computers are replaced, one call grants eight and another two.
    First(Vec<Replaced>),
    /// What is on its way now, in every state.
    Now(Vec<Replaced>),
}

/// Seats that move in the first story, and one more whose call nobody needed.
const FIRST: usize = 12;
/// Seats that are on their way now.
const NOW: usize = 12;

/// What a server's computers do on a day for the desk to record; nothing on most days.
pub fn on(server: &mut Server, day: i64) -> Option<Desk> {
    if server.plan.company != FABRIKAM {
        return None;
    }
    match day {
        120 => {
            let moves = server.replace(FIRST);
            server.moves.clone_from(&moves);
            Some(Desk::First(moves)).filter(|_| server.moves.len() == FIRST)
        }
        2 => {
            let first = std::mem::take(&mut server.moves);
            if first.len() == FIRST {
                connected(server, &first);
            }
            let now = server.replace(NOW);
            on_their_way(server, &now);
            Some(Desk::Now(now)).filter(|desk| matches!(desk, Desk::Now(all) if all.len() == NOW))
        }
        _ => None,
    }
}

/// What the last export shows of the first story: nine have connected, one still works on its temporary license, an
/// old one has come back, and one holds a license that nobody called for.
fn connected(server: &mut Server, first: &[Replaced]) {
    for (n, one) in first.iter().enumerate() {
        match n {
            7 => server.connect_for_now(one, 70),
            10 => server.connect(one, 4, 40),
            11 => {}
            8 | 9 => server.connect(one, 14, 60),
            _ => server.connect(one, 13, 64),
        }
    }
    // An old row that has been expired for long is no longer shown; another one has come back.
    let _ = first.iter().take(7).any(|one| server.come_back(one, 12));
}

/// The temporary licenses of those that are on their way now: locked out, late, soon, in time, frees itself, none yet.
fn on_their_way(server: &mut Server, now: &[Replaced]) {
    for (n, one) in now.iter().enumerate() {
        server.expire_in(one, 80);
        match n {
            0 => server.connect_for_now(one, 97),
            1 => server.connect_for_now(one, 82),
            2 => server.connect_for_now(one, 62),
            4 => {
                server.expire_in(one, 15);
                server.connect_for_now(one, 4);
            }
            5 => {}
            _ => server.connect_for_now(one, 30),
        }
    }
}

const HELP_DESK: &str = Role::HelpDesk.as_str();
const ADMIN: &str = Role::Admin.as_str();

impl Desk {
    /// Does it, from the clock's present moment on.
    pub async fn work(&self, app: &App) -> Outcome<()> {
        match self {
            Desk::First(moves) => first(app, moves).await,
            Desk::Now(moves) => now(app, moves).await,
        }
    }
}

/// Lets so many minutes pass.
pub(super) fn pass(app: &App, minutes: i64) {
    app.clock.advance(minutes * 60);
}

async fn queue(tx: &mut Tx, one: &Replaced, reason: &str) -> Outcome<TransferId> {
    let license = store::license_of(tx, &one.old).await?;
    let new = NewTransfer {
        destination: one.name.clone(),
        may_be_new: true,
        reason: reason.to_owned(),
        ..NewTransfer::default()
    };
    transfers::queue(tx, license, &new, Role::HelpDesk).await
}

/// Queues computers one after the other, some days apart.
async fn queue_all(app: &App, moves: &[Replaced], minutes: i64) -> Outcome<Vec<TransferId>> {
    let mut queued = Vec::with_capacity(moves.len());
    for (one, reason) in moves.iter().zip(["permanent", "hardware_failed", "permanent", "lost"].into_iter().cycle()) {
        pass(app, minutes);
        queued.push(change!(app.db, HELP_DESK, app.now(), tx, { queue(tx, one, reason).await? })?);
    }
    Ok(queued)
}

/// Records the purchase, the number to call and the days off.
async fn prepare(app: &App) -> Outcome<()> {
    let bought = Bought {
        program: "open_license".to_owned(),
        license_number: "40123456".to_owned(),
        authorization_number: "66123456ZZE1234".to_owned(),
        product_version: "2012".to_owned(),
        license_type: "per_device".to_owned(),
        quantity: 400,
        purchased_on: Some("2013-05-02".to_owned()),
        transfer_policy: "one_time".to_owned(),
        document: "Folder L-12, office of the purchasing department".to_owned(),
        ..Bought::default()
    };
    let number = Number {
        country: "Germany".to_owned(),
        number: "+49 30 5550 0142 (made up)".to_owned(),
        hours: "Monday to Friday, 8 to 18".to_owned(),
    };
    let days = DaysOff { country: "Germany".to_owned(), days: calls::days_off(app.now()) };
    change!(app.db, ADMIN, app.now(), tx, {
        let company = store::company(tx, FABRIKAM).await?;
        store::known_as(tx, company).await?;
        let agreement = agreements::store::add(tx, company, &bought).await?;
        store::bought_by(tx, company, (agreement, &bought)).await?;
        call_numbers::store::add(tx, company, &number).await?;
        calendars::store::add(tx, &days).await?;
    })
}

async fn first(app: &App, moves: &[Replaced]) -> Outcome<()> {
    pass(app, 60);
    prepare(app).await?;
    let (asked, rest) = moves.split_at(10);
    let mut queued = queue_all(app, asked, 2 * 24 * 60).await?;
    queued.extend(queue_all(app, rest, 30).await?);
    pass(app, 120);
    let [.., cancelled] = queued.as_slice() else { return Ok(()) };
    change!(app.db, HELP_DESK, app.now(), tx, {
        ending::cancel(tx, *cancelled, "The old computer was repaired.").await?;
    })?;
    let asked = queued.get(..10).unwrap_or_default();
    calls::eight_and_two(app, asked).await?;
    for (n, one) in moves.iter().take(6).enumerate() {
        pass(app, 20);
        change!(app.db, HELP_DESK, app.now(), tx, { remove_local(tx, one, n).await? })?;
    }
    Ok(())
}

/// Records what came of the local license of an old computer.
async fn remove_local(tx: &mut Tx, one: &Replaced, n: usize) -> Outcome<()> {
    let client: ClientId = store::client_of(tx, &one.old).await?;
    let removal = Removal {
        state: match n {
            4 => LocalLicense::RemovalRequested,
            5 => LocalLicense::NotPossible,
            _ => LocalLicense::Removed,
        },
        by: String::new(),
        on: None,
        method: if n < 4 { "script" } else { "" }.to_owned(),
        backup: if n < 4 { "\\\\files\\desk\\MSLicensing-backup" } else { "" }.to_owned(),
        note: if n == 5 { "The disk was already gone." } else { "" }.to_owned(),
        decommission: n == 0,
        seen: None,
    };
    removing::record(tx, client, &removal).await
}

async fn now(app: &App, moves: &[Replaced]) -> Outcome<()> {
    pass(app, 30);
    let queued = queue_all(app, moves, 10).await?;
    let at = |n: usize| queued.get(n).copied().unwrap_or(TransferId(0));
    calls::denied(app, at(8)).await?;
    calls::withdrawn(app, at(9)).await?;
    pass(app, 10);
    change!(app.db, HELP_DESK, app.now(), tx, {
        ending::cancel(tx, at(10), "It was the wrong computer.").await?;
    })?;
    pass(app, 10);
    change!(app.db, ADMIN, app.now(), tx, {
        by_hand::queue_again(tx, at(10), "The right one after all; checked with the site.").await?;
        again(tx).await?;
    })?;
    calls::other_packs(app).await?;
    calls::about_the_server(app).await?;
    calls::prepared(app, &[at(6), at(7)]).await
}

/// A seat that has moved once moves again, since an admin says so.
async fn again(tx: &mut Tx) -> Outcome<()> {
    let Some(license): Option<LicenseId> = store::moved(tx).await? else { return Ok(()) };
    let new = NewTransfer {
        destination: "HAM-WS-9001".to_owned(),
        may_be_new: true,
        reason: "hardware_failed".to_owned(),
        override_reason: Some("Microsoft agreed by letter of the purchasing department.".to_owned()),
        ..NewTransfer::default()
    };
    transfers::queue(tx, license, &new, Role::Admin).await.map(drop)
}

/// Somebody is on the telephone at this moment.
pub async fn begin_call(app: &App) -> Outcome<()> {
    calls::live(app).await
}
