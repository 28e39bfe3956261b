//! Bringing files in, as the pages and the command line do.

use std::fmt::Write;

use reseat::history::store::{Filter, list as history};
use reseat::ids::ImportId;
use reseat::imports::form::{Coverage, NewImport};
use reseat::imports::import::{Import, State};
use reseat::imports::preview::{self, Trouble};
use reseat::imports::receive::{Receiver, begin};
use reseat::imports::settle::{Which, settle};
use reseat::imports::store;
use reseat::imports::work::Worker;
use reseat::moment::Moment;
use reseat::web::error::Error;
use reseat::web::slice::Window;

use crate::support::Console;

/// An import that is being put together.
pub struct Bring<'a> {
    console: &'a Console,
    new: NewImport,
    files: Vec<(String, Vec<u8>)>,
}

impl Console {
    pub fn bring(&self, server: &str) -> Bring<'_> {
        let new = NewImport {
            source: "upload",
            company_name: String::new(),
            server_name: server.into(),
            captured_at: self.app.now(),
            captured_said: false,
            time_zone: "UTC".into(),
            date_order: None,
            covers: Coverage::AsUsual,
            accept_gone: false,
        };
        Bring { console: self, new, files: Vec::new() }
    }

    pub fn worker(&self) -> Worker {
        reseat::imports::pages::worker(&self.app)
    }

    pub async fn count(&self, text: &'static str) -> i64 {
        self.db().sql(text).scalar().await.unwrap()
    }
}

impl Bring<'_> {
    pub fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.into(), bytes.into()));
        self
    }

    pub fn company(mut self, name: &str) -> Self {
        self.new.company_name = name.into();
        self
    }

    pub fn captured(mut self, day: &str) -> Self {
        self.new.captured_at = Moment::of_day(day).unwrap();
        self.new.captured_said = true;
        self
    }

    pub fn part(mut self) -> Self {
        self.new.covers = Coverage::Part;
        self
    }

    pub fn accepting_gone(mut self) -> Self {
        self.new.accept_gone = true;
        self
    }

    pub fn dates(mut self, order: &str) -> Self {
        self.new.date_order = Some(order.into());
        self
    }

    /// Receives, reads and compares.
    pub async fn preview(self) -> Preview {
        let (app, now) = (&self.console.app, self.console.app.now());
        let id = begin(&app.db, &self.new, "Ada", "the test", now).await.unwrap();
        for (name, bytes) in &self.files {
            let mut receiver = Receiver::begin(&app.db, id, name, now).await.unwrap();
            receiver.take(bytes, now).await.unwrap();
            receiver.end(now).await.unwrap();
        }
        let worker = self.console.worker();
        worker.read(id).await.unwrap();
        Preview { worker, id }
    }

    /// Applies it all, as it must be possible.
    pub async fn apply(self) -> Import {
        let preview = self.preview().await;
        let import = preview.import().await;
        assert_eq!(import.state, State::Ready, "{} {:?}", import.message, preview.troubles().await);
        preview.apply().await.unwrap();
        preview.import().await
    }
}

/// An import whose files were read.
pub struct Preview {
    pub worker: Worker,
    pub id: ImportId,
}

impl Preview {
    pub async fn import(&self) -> Import {
        store::find(&self.worker.db, self.id).await.unwrap()
    }

    pub async fn troubles(&self) -> Vec<Trouble> {
        preview::troubles(&self.worker.db, self.id).await.unwrap()
    }

    pub async fn apply(&self) -> Result<(), Error> {
        self.worker.apply(self.id, "Ada").await
    }

    pub async fn refusal(&self) -> String {
        self.apply().await.unwrap_err().to_string()
    }

    pub async fn settle(&self, which: Which<'_>, way: &str) {
        if settle(&self.worker, self.id, which, way, "Ada").await.unwrap() {
            self.worker.compare_again(self.id).await.unwrap();
        }
    }
}

/// `new, changed, unchanged, gone, older, conflicts, errors`
pub fn counts(import: &Import) -> [i64; 7] {
    [
        import.new_count,
        import.changed_count,
        import.unchanged_count,
        import.gone_count,
        import.older_count,
        import.conflict_count,
        import.error_count,
    ]
}

/// An export of key packs: keypack ID, total, issued, of Windows Server 2022, Per Device.
pub fn packs(rows: &[(i64, i64, i64)]) -> String {
    let mut text = String::from(
        "KeyPackId,Description,KeyPackType,ProductType,ProductVersion,ProductVersionID,TotalLicenses,IssuedLicenses,\
         AvailableLicenses,ExpirationDate,AccessRights,TypeAndModel\r\n",
    );
    for (id, total, issued) in rows {
        let _ = write!(
            text,
            "{id},A02-10.02-S,2,0,Windows Server 2022,7,{total},{issued},{},20380101000000.000000-000,7,RDS Per Device CAL\r\n",
            (total - issued).max(0)
        );
    }
    text
}

/// One row of an export of licenses.
#[derive(Clone, Copy)]
pub struct L<'a> {
    pub id: i64,
    pub pack: i64,
    pub computer: &'a str,
    pub hardware_id: &'a str,
    pub user: &'a str,
    pub status: i64,
    pub issued: &'a str,
    pub expires: &'a str,
}

/// License `id` of keypack 4, active, held by a computer.
pub fn license<'a>(id: i64, computer: &'a str, hardware_id: &'a str) -> L<'a> {
    L { id, pack: 4, computer, hardware_id, user: "", status: 2, issued: "20260701", expires: "20260920" }
}

/// An export of licenses.
pub fn licenses(rows: &[L<'_>]) -> String {
    let mut text = String::from(
        "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n",
    );
    for row in rows {
        let _ = write!(
            text,
            "{},{},{},{},{},{}091422.000000+000,{}091422.000000+000,{}\r\n",
            row.id, row.pack, row.user, row.computer, row.status, row.issued, row.expires, row.hardware_id
        );
    }
    text
}

/// What history says was done to a thing, the newest first.
pub async fn actions(console: &Console, kind: &str, id: i64) -> Vec<String> {
    let lines = history(console.db(), &Filter::about(kind, id), &Window::first(100)).await.unwrap();
    lines.into_iter().map(|line| line.action).collect()
}

/// Brings in two clients with a license each.
pub async fn two_clients(console: &Console) {
    let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")];
    console
        .bring("LIC-01")
        .file("keypacks.csv", packs(&[(4, 50, 2)]))
        .file("issued.csv", licenses(&rows))
        .apply()
        .await;
}
