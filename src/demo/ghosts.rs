//! Twins and ghosts of the demonstration: what its last exports show, and what people said of some of them.

use super::plan::CONTOSO;
use super::server::{IS_ACTIVE, IS_TEMPORARY, Issued, NEVER, Server};
use super::store;
use crate::change;
use crate::findings::finding::{Answer, Kind};
use crate::findings::{look, store as findings};
use crate::moment::DAY;
use crate::users::user::Role;
use crate::web::app::App;
use crate::web::error::Outcome;

/// Whose work this is.
const HELP_DESK: &str = Role::HelpDesk.as_str();

impl Server {
    /// What the last export that is applied shows: computers that were installed anew, some with a full and a temporary license,
    /// copies of one image, and people whose names stand in two spellings.
    pub fn haunt(&mut self, at: i64, day: i64) {
        if self.plan.company != CONTOSO || self.plan.people == 0 || day != 9 {
            return;
        }
        let pool = self.temporary_pool().unwrap_or(8);
        for n in 1..=3 {
            let (issued_at, name) = (at - n * 6 * DAY, self.new_name());
            let Some(of) = self.some_active().and_then(|place| self.issued.get(place)).cloned() else { return };
            let beside = Issued { issued_at, again_at: NEVER, is_silent: true, ..of };
            self.push(Issued {
                keypack_id: pool,
                status: IS_TEMPORARY,
                expires_at: issued_at + 90 * DAY,
                ..beside.clone()
            });
            if n < 3 {
                self.push(Issued { computer: name, status: IS_ACTIVE, expires_at: issued_at + 70 * DAY, ..beside });
            }
        }
        for n in 1..=4 {
            let (issued_at, hardware_id) = (at - n * 3 * DAY, self.random.hardware_id());
            let Some(of) = self.some_active().and_then(|place| self.issued.get(place)).cloned() else { return };
            self.push(Issued {
                keypack_id: pool,
                hardware_id,
                status: IS_TEMPORARY,
                issued_at,
                expires_at: issued_at + 90 * DAY,
                again_at: NEVER,
                is_silent: true,
                ..of
            });
        }
        let people: Vec<Issued> = self
            .issued
            .iter()
            .filter(|one| one.hardware_id.is_empty() && one.expires_at > at)
            .take(3)
            .cloned()
            .collect();
        for one in people {
            let user = one.user.to_uppercase();
            self.push(Issued { user, issued_at: at - 2 * DAY, expires_at: at + 58 * DAY, is_silent: true, ..one });
        }
    }
}

/// What people say: one computer is out of use, another one lost; one twin is settled, one ghost dismissed.
pub async fn tell(app: &App) -> Outcome<()> {
    app.clock.advance(1_200);
    change!(app.db, HELP_DESK, app.now(), tx, {
        let look = look::begin(tx).await?;
        for client in store::take_out_of_use(tx).await? {
            let _told = look::at_client(tx, look, client, app.settings.unseen_days).await?;
        }
    })?;
    app.clock.advance(600);
    change!(app.db, HELP_DESK, app.now(), tx, {
        for (kind, answer, why) in [
            (Kind::SameName, Answer::Settled, "Installed anew in spring; the old license runs out by itself."),
            (Kind::Unseen, Answer::Dismissed, "It is used for the yearly stocktaking only."),
        ] {
            if let Some(id) = store::open_finding(tx, kind).await? {
                findings::answer(tx, id, answer, why).await?;
            }
        }
    })
}
