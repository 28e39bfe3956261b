//! The demonstration: a made-up estate of license servers with three years of history, for trying the console out.
//!
//! It is made of export files as real servers write them, which go through the same imports as anybody's; only the clock
//! is set back first and moved on between them. So whatever it shows is what the console does.

mod bring;
mod desk;
mod desk_calls;
mod export;
mod ghosts;
mod moves;
pub mod pages;
mod papers;
mod people;
mod plan;
mod random;
mod server;
mod store;

pub use people::Person;
pub use store::{Standing, standing};

use bring::{Delivery, bring};
use server::Server;

use crate::change;
use crate::imports::pages::worker;
use crate::moment::Clock;
use crate::web::app::App;
use crate::web::error::Outcome;

/// Whose changes the making of the demonstration is recorded as.
const MAKER: &str = "reseat demo";

/// What the numbers begin with, so that every demonstration is the same.
const SEED: u64 = 315_262;

/// The day of the export that shows licenses as revoked which still count.
const REVOKED: i64 = 20;

/// The size of the whole demonstration, in percent: some 2,000 clients.
pub const WHOLE: i64 = 100;

/// Makes the demonstration in a database that holds nothing, in a size of so many percent, and says who may sign in.
///
/// # Errors
/// When the database fails; what was made until then stays, and [`standing`] says that it is unfinished.
pub async fn make(app: &App, scale: i64) -> Outcome<Vec<Person>> {
    let present = app.now();
    let exports = exports(scale, app);
    let first = exports.first().map_or(0, |(day, ..)| *day);
    let clock = Clock::standing(present.plus_days(-first - 1));
    let past = App { clock, worker: MAKER.into(), ..app.clone() };
    let people = people::add_all(&past).await?;
    let worker = worker(&past);
    for (day, delivery) in exports {
        let handed_in = delivery.captured_at.plus(1_800);
        worker.clock.advance((handed_in.0 - worker.clock.now().0).max(0));
        bring(&worker, &delivery).await?;
        if let Some(desk) = &delivery.desk {
            desk.work(&past).await?;
        }
        if day == papers::DAY {
            papers::file(&past, scale).await?;
        }
    }
    ghosts::tell(&past).await?;
    worker.clock.advance((present.0 - 900 - worker.clock.now().0).max(0));
    desk::begin_call(&past).await?;
    change!(app.db, MAKER, present, tx, {
        store::mark_complete(tx).await?;
    })?;
    app.db.analyze(present).await?;
    Ok(people)
}

/// Every export of every server, the oldest first, each with its day before the present.
fn exports(scale: i64, app: &App) -> Vec<(i64, Delivery)> {
    let mut all = Vec::new();
    for (plan, seed) in plan::SERVERS.iter().zip(SEED..) {
        let mut server = Server::new(plan, scale, seed, app.now());
        let last = plan.exports.iter().copied().filter(|day| *day > 0).min();
        for day in plan.exports.iter().copied() {
            let captured_at = server.moment_of(day);
            server.live_until(captured_at.0, day);
            server.haunt(captured_at.0, day);
            if day == REVOKED {
                server.revoke_lasting(captured_at.0);
            }
            if Some(day) == last && plan.format == plan::Format::Wmi {
                server.issue_expiring();
            }
            // One question is settled on the way, and the import that waits has some.
            if plan.company == plan::FABRIKAM && day == 430 {
                server.leave_old_name(captured_at.0);
            }
            let waits = day == 0;
            if waits {
                server.leave_old_name(captured_at.0);
                server.leave_old_name(captured_at.0);
                server.give_away(captured_at.0);
            }
            let desk = desk::on(&mut server, day);
            let mut files = export::files(&server, captured_at, day);
            if let Some((_, text)) = files.last_mut().filter(|_| waits) {
                *text += &odd_rows(&server);
            }
            let delivery = Delivery { plan, captured_at, files, waits, desk };
            all.push((day, delivery));
        }
    }
    all.sort_by_key(|(_, delivery)| delivery.captured_at);
    all
}

/// Rows that no server should write: a license that stands twice, and a date that is none.
fn odd_rows(server: &Server) -> String {
    let twice = server.issued.first().map(|one| export::issued_line(one, "20260101000000.000000-000"));
    let dateless = server.issued.last().cloned().map(|mut one| {
        one.number += 1;
        export::issued_line(&one, "yesterday")
    });
    twice.into_iter().chain(dateless).collect()
}
