//! The desk's whole story: ten computers are replaced over three weeks, one call grants eight and a callback two, imports
//! complete them, the old computers' licenses are removed, and in the end ten more licenses are installed than were bought.

use crate::desk::{EIGHT, first_box, names};
use crate::exports::{Export, TEMPORARY};
use crate::steps::{apply, bring, set_up};
use crate::support::{Browser, Server};

const TWO: &str = "CDFGHJKMPQRTVWXY2346789BCDFGHJKMPQR";

/// The weeks: how many days ago the new computers got their temporary licenses, and which of the ten.
const WEEKS: [(i64, std::ops::Range<usize>); 3] = [(20, 0..3), (13, 3..6), (6, 6..10)];

#[tokio::test]
async fn ten_computers_are_replaced_by_one_call_and_a_callback() {
    story(true).await;
}

#[tokio::test]
async fn ten_computers_are_replaced_by_one_call_and_a_callback_without_javascript() {
    story(false).await;
}

async fn story(javascript: bool) {
    let mut server = Server::start().await;
    let ada = Browser::new(javascript, false, 1280).await;
    set_up(&ada, &mut server).await;
    let mut desk = Desk { ada, server, rows: Vec::new(), javascript };
    desk.bought().await;
    desk.queued().await;
    desk.called().await;
    desk.installed().await;
    desk.completed().await;
    desk.removed().await;
    desk.explained().await;
    desk.ada.is_quiet().await;
}

/// Some of the ten computers: each one's place, the old name and the new one.
fn replaced(which: &std::ops::Range<usize>) -> Vec<(usize, String, String)> {
    let pairs = names("OLD").into_iter().zip(names("NEW"));
    pairs.enumerate().filter(|(n, _)| which.contains(n)).map(|(n, (old, new))| (n, old, new)).collect()
}

/// One license that the server shows.
#[derive(Clone)]
struct Row {
    id: String,
    pack: &'static str,
    computer: String,
    status: &'static str,
    day: String,
    hardware: String,
}

struct Desk {
    ada: Browser,
    server: Server,
    rows: Vec<Row>,
    javascript: bool,
}

impl Desk {
    async fn visit(&self, path: &str) {
        self.ada.visit(&self.server.at(path)).await;
    }

    async fn picture(&self, name: &str) {
        let javascript = if self.javascript { "" } else { "-without-javascript" };
        self.ada.screenshot(&format!("story-{name}{javascript}")).await;
    }

    async fn day(&self, days_ago: i64) -> String {
        let script = format!("return new Date(Date.now() - {days_ago} * 864e5).toISOString().slice(0, 10)");
        self.ada.script(&script).await.as_str().unwrap_or_default().replace('-', "")
    }

    async fn add(
        &mut self,
        (pack, status, days_ago): (&'static str, &'static str, i64),
        computer: &str,
        hardware: String,
    ) {
        let day = self.day(days_ago).await;
        let id = (self.rows.len() + 1).to_string();
        self.rows.push(Row { id, pack, computer: computer.to_owned(), status, day, hardware });
    }

    /// Brings in what LIC-01 shows, and applies it.
    async fn shows(&self, packs: &[(i64, i64, i64)]) {
        let rows: Vec<[&str; 6]> = self
            .rows
            .iter()
            .map(|row| [&*row.id, row.pack, &*row.computer, row.status, &*row.day, &*row.hardware])
            .collect();
        self.visit("/imports/new").await;
        bring(&self.ada, "LIC-01", &Export::new().packs(packs).rows(&rows).server("LIC-01")).await;
        self.ada.comes_to("Waits for your decision").await;
        apply(&self.ada).await;
    }

    /// Fifty licenses were bought, and installed; ten old computers hold ten of them.
    async fn bought(&mut self) {
        for (n, name) in (1..).zip(names("OLD")) {
            self.add(("4", "2", 60), &name, format!("aa{n:02}")).await;
        }
        self.shows(&[(4, 50, 10)]).await;
        self.visit("/agreements/new").await;
        self.ada.fill("program", "Open License").await;
        self.ada.fill("license_number", "12345678").await;
        self.ada.fill("authorization_number", "12345678ABCDEFG").await;
        self.ada.fill("product_version", "Windows Server 2022").await;
        self.ada.fill("license_type", "Per Device").await;
        self.ada.fill("quantity", "50").await;
        self.ada.press("Record the purchase").await;
        self.ada.sees("Open License").await;
        self.visit("/key-packs/1/edit").await;
        self.ada.fill("origin", "Original").await;
        self.ada.script("document.querySelector('[name=agreement]').selectedIndex = 1").await;
        self.ada.fill("Reason for the correction", "The papers were found").await;
        self.ada.press("Save the correction").await;
        self.ada.sees("The correction is recorded").await;
    }

    /// Week by week new computers connect, with temporary licenses, and their seats are queued.
    async fn queued(&mut self) {
        for (days_ago, which) in WEEKS {
            let some = replaced(&which);
            for (n, _, new) in &some {
                self.add(("13", "1", days_ago), new, format!("bb{n:02}")).await;
            }
            self.shows(&[(4, 50, 10), (TEMPORARY, 0, 10)]).await;
            let lines: Vec<String> = some.iter().map(|(_, old, new)| format!("{old} -> {new}")).collect();
            self.visit("/transfers/new").await;
            self.ada.fill("Old and new computers", &lines.join("\n")).await;
            self.ada.fill("Reason", "Client hardware failed").await;
            self.ada.press("Queue them").await;
            self.ada.sees(&format!("{} transfers queued.", which.len())).await;
        }
        self.visit("/transfers/queue").await;
        self.ada.sees("10 clients depend on it").await;
        self.picture("queue").await;
    }

    /// One call, which grants eight, and a callback, which grants two.
    async fn called(&self) {
        let ada = &self.ada;
        ada.press("Prepare the call").await;
        ada.sees("10 × Windows Server 2022").await;
        self.picture("request").await;
        ada.press("Start the call").await;
        ada.sees("What comes back").await;
        ada.fill("Representative", "Ann Example").await;
        ada.fill("granted-1", "8").await;
        first_box(ada, EIGHT).await;
        ada.fill("said", "A second clerk must agree").await;
        ada.press("Note").await;
        ada.comes_to("A second clerk must agree").await;
        self.picture("live-call").await;
        ada.fill("Callback somebody calls again", "on").await;
        ada.press("End the call").await;
        ada.sees("8 licenses for").await;
        self.picture("first-call").await;
        ada.follow("Call again").await;
        ada.press("Start the call now").await;
        ada.fill("granted-1", "2").await;
        first_box(ada, TWO).await;
        ada.fill("Completed all that was asked for", "on").await;
        ada.press("End the call").await;
        ada.sees("2 licenses for").await;
        self.picture("callback").await;
    }

    async fn installed(&self) {
        for (call, small) in [(1, "5"), (2, "6")] {
            self.visit(&format!("/calls/{call}")).await;
            self.ada.follow("Record the installation").await;
            self.ada.fill("Keypack ID", small).await;
            self.ada.press("It is installed").await;
            self.ada.sees("The key pack is installed.").await;
        }
        self.visit("/transfers/queue").await;
        self.ada.sees("Have not connected since their key pack was installed").await;
        self.picture("reconnect-watch").await;
    }

    /// The computers connect again and get full licenses of whichever pack: two imports show it.
    async fn completed(&mut self) {
        for (pack, which) in [("5", 0..6), ("6", 6..8), ("4", 8..10)] {
            for (n, _, new) in replaced(&which) {
                self.add((pack, "2", 0), &new, format!("bb{n:02}")).await;
            }
            if pack == "5" {
                self.shows(&[(4, 50, 10), (5, 8, 6), (6, 2, 0), (TEMPORARY, 0, 10)]).await;
                self.visit("/transfers?state=completed").await;
                self.ada.sees("6 transfers").await;
            }
        }
        self.shows(&[(4, 50, 12), (5, 8, 6), (6, 2, 2), (TEMPORARY, 0, 10)]).await;
        self.visit("/transfers?state=completed").await;
        self.ada.sees("10 transfers").await;
        self.picture("completed").await;
    }

    /// The old computers lose their local licenses, and are decommissioned.
    async fn removed(&self) {
        for client in 1..=10 {
            self.visit(&format!("/clients/{client}/local-license-removal")).await;
            self.ada.fill("method", "By the PowerShell script").await;
            self.ada.fill("backup", "C:\\ProgramData\\MSLicensing-backup").await;
            self.ada.fill("decommission", "on").await;
            self.ada.press("Record it").await;
            self.ada.sees("It is recorded.").await;
        }
        self.picture("removed").await;
        self.visit("/clients?status=decommissioned").await;
        self.ada.sees("10 clients").await;
    }

    /// Sixty licenses are installed where fifty were bought, and each of the ten leads to its call.
    async fn explained(&self) {
        for transfer in 1..=10 {
            self.visit(&format!("/transfers/{transfer}")).await;
            self.ada.sees("Completed").await;
            self.ada.follow(if transfer <= 8 { "call 1" } else { "call 2" }).await;
            self.ada.sees("What it granted").await;
        }
        self.visit("/key-packs?origin=reissue").await;
        self.ada.sees("2 key packs").await;
        self.picture("key-packs").await;
        self.visit("/reports/position").await;
        self.ada.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })").await;
        self.ada.sees("installed 60 − owned 50 = phantom 10").await;
        self.picture("position").await;
    }
}
