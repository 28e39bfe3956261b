//! The papers of the demonstration: what was bought, which Windows the license servers run on, and a revocation that somebody
//! made at the server and wrote down.

use super::plan::{CONTOSO, FABRIKAM, SERVERS};
use super::store;
use crate::agreements::agreement::Details as Bought;
use crate::agreements::store as agreements;
use crate::change;
use crate::history::correction::Correction;
use crate::history::line::Subject;
use crate::history::store::newest;
use crate::license_servers::by_hand::correct;
use crate::license_servers::form::IdChange;
use crate::revocations::form::NewRevocation;
use crate::revocations::store as revocations;
use crate::users::user::Role;
use crate::web::app::App;
use crate::web::error::Outcome;

/// The day on which they are filed: behind the only export of that day, and before those that wait.
pub const DAY: i64 = 6;

/// A purchase, in the size of the whole demonstration.
struct Paper {
    company: &'static str,
    version: &'static str,
    license_type: &'static str,
    program: &'static str,
    number: &'static str,
    quantity: i64,
    purchased_on: &'static str,
}

/// What was bought. Of Windows 2000 nobody finds the papers, and ten licenses of Windows Server 2022 nobody bought.
const PAPERS: [Paper; 5] = [
    Paper {
        company: CONTOSO,
        version: "2003",
        license_type: "per_device",
        program: "select",
        number: "7315262",
        quantity: 302,
        purchased_on: "2005-11-07",
    },
    Paper {
        company: CONTOSO,
        version: "2019",
        license_type: "per_device",
        program: "select",
        number: "7315262",
        quantity: 80,
        purchased_on: "2020-02-18",
    },
    Paper {
        company: CONTOSO,
        version: "2022",
        license_type: "per_device",
        program: "enterprise",
        number: "8315262",
        quantity: 340,
        purchased_on: "2022-05-30",
    },
    Paper {
        company: CONTOSO,
        version: "2022",
        license_type: "per_user",
        program: "enterprise",
        number: "8315262",
        quantity: 225,
        purchased_on: "2022-05-30",
    },
    Paper {
        company: FABRIKAM,
        version: "2008",
        license_type: "per_device",
        program: "select",
        number: "5315262",
        quantity: 160,
        purchased_on: "2009-09-01",
    },
];

impl Paper {
    fn bought(&self, scale: i64) -> Bought {
        Bought {
            program: self.program.to_owned(),
            agreement_number: self.number.to_owned(),
            product_version: self.version.to_owned(),
            license_type: self.license_type.to_owned(),
            quantity: (self.quantity * scale / 100).max(1),
            purchased_on: Some(self.purchased_on.to_owned()),
            transfer_policy: "one_time".to_owned(),
            document: "Purchasing department, cabinet 4".to_owned(),
            ..Bought::default()
        }
    }
}

/// Files them, in a demonstration of so many percent.
pub async fn file(app: &App, scale: i64) -> Outcome<()> {
    app.clock.advance(3_600);
    change!(app.db, Role::Admin.as_str(), app.now(), tx, {
        for paper in &PAPERS {
            let company = store::company(tx, paper.company).await?;
            let bought = paper.bought(scale);
            let agreement = agreements::add(tx, company, &bought).await?;
            store::bought_by(tx, company, (agreement, &bought)).await?;
        }
        for plan in &SERVERS {
            let (id, mut details) = store::server_named(tx, plan.name).await?;
            plan.windows.clone_into(&mut details.os_version);
            details.license_server_id = Some(plan.license_server_id.replace('-', ""));
            let seen = newest(&mut *tx, Subject("license_server", id.0)).await?;
            let why = Correction { reason: "As the server’s own window says.".to_owned(), effective_on: None, seen };
            correct(tx, id, (&details, IdChange::None), &why).await?;
        }
    })?;
    app.clock.advance(600);
    change!(app.db, Role::HelpDesk.as_str(), app.now(), tx, {
        if let Some(license) = store::to_revoke(tx).await? {
            let new = NewRevocation {
                revoked_on: tx.at.day(&app.settings.zone),
                revoked_by: "Ada Admin".to_owned(),
                reason: "The thin client was sold; its seat is needed before it expires.".to_owned(),
            };
            revocations::record(tx, license, &new).await?;
        }
    })
}
