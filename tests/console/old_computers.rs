//! The old computer: how its local license is removed, and what is recorded of that.

use reseat::users::user::Role;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::Console;

/// PC-0117 with a license of LIC-01, whose seat is on its way to PC-0200.
async fn a_seat_on_its_way(console: &Console) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let pack = stock.key_pack(server).of(10).await;
    let (source, _) = (stock.client("PC-0117").await, stock.client("PC-0200").await);
    let license = stock.license(pack, source).await;
    let fields = [("destination", "PC-0200"), ("reason", "permanent")];
    console.help_desk().await.post(&format!("/licenses/{license}/transfer"), &fields).await.is(303);
}

async fn system(console: &Console, client: i64, family: i64) {
    let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
    let query = tx.sql("update clients set os_family_id = $1 where id = $2").bind(family).bind(client);
    query.execute().await.unwrap();
    tx.commit().await.unwrap();
}

const FORM: &str = "/clients/1/local-license-removal";

const REMOVED: [(&str, &str); 5] = [
    ("state", "removed"),
    ("removed_by", "Otto at the workbench"),
    ("removed_on", "2026-08-20"),
    ("method", "script"),
    ("backup", "D:\\backup\\PC-0117.reg"),
];

fn with<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let others = REMOVED.into_iter().filter(|(name, _)| fields.iter().all(|(other, _)| other != name));
    others.chain(fields.iter().copied()).collect()
}

on_both! {
    async fn what_came_of_removing_a_local_license_is_recorded_and_told(console) {
        a_seat_on_its_way(&console).await;
        let mut hal = console.help_desk().await;
        let page = hal.get("/clients/1").await;
        page.is(200).says("Local license").says("Not known").says("/clients/1/runbook").says(FORM);
        let form = hal.get(FORM).await;
        form.is(200).says("It removes nothing from the license server").says("value=\"Hedda\"").says("value=\"2026-08-22\"");
        let seen = form.seen();
        let done = hal.post_and_follow(FORM, &with(&[("seen", &seen), ("note", "Before it went to the store")])).await;
        done.is(200).says("The license server was not told").says("Removed").says("20 Aug 2026").says("Otto at the workbench");
        done.says("By the PowerShell script").says("D:\\backup\\PC-0117.reg").says("Before it went to the store");
        done.says("Local license removed").says("True since 2026-08-20.").says("by Hedda");
        // The transfer that takes its seat tells it too; the license itself is untouched.
        hal.get("/transfers/1").await.says("Local license removed").says("Otto at the workbench");
        hal.get("/clients/2").await.says_nothing_of("Local license removed");
        assert_eq!(console.count("select count(*) from licenses where status = 2 and gone_at is null").await, 1);
        assert_eq!(console.count("select count(*) from history where action = 'local license removed'").await, 1);
        let list = console.auditor().await.get("/clients.csv?columns=all").await;
        list.is(200).says("Local license removed by").says("Otto at the workbench");
        console.auditor().await.get("/clients/1").await.says("Otto at the workbench").says_nothing_of(FORM);
    }

    async fn a_mistake_is_taken_back_by_a_new_line_that_says_why(console) {
        console.stock().client("PC-0117").await;
        let mut hal = console.help_desk().await;
        hal.post(FORM, &[("state", "removal_requested"), ("removed_by", "Otto")]).await.is(303);
        hal.get("/clients/1").await.says("Removal requested").says("22 Aug 2026");
        hal.post(FORM, &REMOVED).await.is(303);
        hal.post(FORM, &[("state", "present")]).await.is(422).says("Say how it is known to be there");
        hal.post(FORM, &[("state", "present"), ("note", "It was the other PC-0117")]).await.is(303);
        let page = hal.get("/clients/1").await;
        page.says("<del>Removed</del>").says("<ins>Present</ins>").says("It was the other PC-0117");
        assert_eq!(console.count("select count(*) from history_subjects where kind = 'client' and id = 1").await, 3);
        assert_eq!(console.count("select count(*) from clients where local_license_backup <> ''").await, 0);
        hal.post(FORM, &[("state", "not_possible"), ("note", "A thin client")]).await.is(303);
        hal.get("/clients/1").await.says("Cannot be removed");
    }

    async fn a_refused_removal_keeps_what_was_typed_and_changes_nothing(console) {
        let stock = console.stock();
        stock.client("PC-0117").await;
        stock.client("CONTOSO\\ada").user().await;
        let mut hal = console.help_desk().await;
        for (field, says) in [
            (("state", ""), "Choose what came of it."),
            (("removed_on", "2026-08-23"), "Choose a day that is not in the future."),
            (("removed_on", "20/8/2026"), "like 2026-08-22"),
            (("removed_on", "31.2.2026"), "Write a day that exists"),
            (("removed_on", ""), "Write the day on which it was removed"),
            (("method", "magic"), "Choose how it was removed."),
            (("removed_by", "a\0b"), "characters that cannot be shown"),
        ] {
            hal.post(FORM, &with(&[field, ("note", "kept words")])).await.is(422).says(says).says("kept words");
        }
        assert_eq!(console.count("select count(*) from history where action like 'local license%'").await, 0);
        hal.post(FORM, &REMOVED).await.is(303);
        hal.post(FORM, &REMOVED).await.is(422).says("Nothing differs from what is recorded.");
        // A user has no registry.
        for page in ["runbook", "local-license-removal", "remove-local-license.ps1", "remove-local-license.reg"] {
            hal.get(&format!("/clients/2/{page}")).await.is(404);
        }
        hal.post("/clients/2/local-license-removal", &REMOVED).await.is(404);
        hal.get("/clients/2").await.is(200).says_nothing_of("Local license");
    }

    async fn an_older_page_overwrites_nothing_and_shows_what_happened_meanwhile(console) {
        console.stock().client("PC-0117").await;
        let mut hal = console.help_desk().await;
        let seen = hal.get(FORM).await.seen();
        console.admin().await.post(FORM, &with(&[("seen", &seen)])).await.is(303);
        let late = hal.post(FORM, &[("state", "not_possible"), ("note", "No access"), ("seen", &seen)]).await;
        late.is(422).says("Changed meanwhile").says("Otto at the workbench").says("No access");
        hal.post(FORM, &[("state", "not_possible"), ("note", "No access"), ("seen", &late.seen())]).await.is(303);
    }

    async fn the_computer_is_decommissioned_in_the_same_breath(console) {
        console.stock().client("PC-0117").await;
        let mut hal = console.help_desk().await;
        let seen = hal.get(FORM).await.says("Mark the computer as decommissioned").seen();
        hal.post(FORM, &with(&[("seen", &seen), ("decommission", "yes")])).await.is(303);
        hal.get("/clients/1").await.says("Decommissioned").says("Client decommissioned").says("Local license removed");
        hal.get(FORM).await.is(200).says_nothing_of("Mark the computer as decommissioned");
        // Said again it is no problem.
        hal.post(FORM, &with(&[("decommission", "yes"), ("backup", "E:\\")])).await.is(303);
        assert_eq!(console.count("select count(*) from history where action = 'client decommissioned'").await, 1);
    }

    async fn the_runbook_says_what_it_does_and_puts_the_computers_own_system_first(console) {
        console.stock().client("PC-0117").await;
        let mut audrey = console.auditor().await;
        let page = audrey.get("/clients/1/runbook").await;
        page.is(200).says("this computer only").says("may take a seat again when it connects").says("KB 322756");
        page.says("MSLicensing\\Store\\LICENSE00x").says("WOW6432Node").says("HardwareID").says("system not recorded");
        page.says("Restore the backup on this same computer only").says_nothing_of("GracePeriod").says_nothing_of("race period");
        page.says_nothing_of(FORM);
        console.help_desk().await.get("/clients/1/runbook").await.says(FORM);
        for (family, first, then) in [
            (2, "Windows 2000, XP or Server 2003", "Or, on Windows Vista or later"),
            (10, "Windows Vista or later", "Or, on Windows 2000, XP or Server 2003"),
            (4, "Windows 95, 98, Me or NT 4.0", "Or, on Windows 2000, XP or Server 2003"),
        ] {
            system(&console, 1, family).await;
            let text = audrey.get("/clients/1/runbook").await.text;
            let (first, then) = (text.find(&format!(">{first}")), text.find(then));
            assert!(first.is_some() && first < then, "{family}\n{text}");
        }
        for (family, says) in [(7, "RDC Crucial Server Information"), (8, "~/.rdesktop/licence."), (6, "its maker’s affair"), (9, "Nothing is known here")] {
            system(&console, 1, family).await;
            let page = audrey.get("/clients/1/runbook").await;
            page.is(200).says(says).says("This was not verified on such a system").says_nothing_of("LICENSE00x");
        }
    }

    async fn the_script_and_the_reg_file_bear_the_computers_name_and_nothing_breaks_out_of_it(console) {
        let stock = console.stock();
        stock.client("PC-0117").await;
        let evil = "X'#>\u{2019};calc\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE]\"<b>";
        stock.client(evil).await;
        let mut audrey = console.auditor().await;
        let script = audrey.get("/clients/1/remove-local-license.ps1").await;
        script.is(200).says("from the computer PC-0117 (client 1 in Reseat)").says("$computer = 'PC-0117'").says("SupportsShouldProcess");
        assert_eq!(script.headers["content-disposition"], "attachment; filename=\"remove-local-license-PC-0117.ps1\"");
        assert_eq!(script.headers["x-content-type-options"], "nosniff");
        let reg = audrey.get("/clients/1/remove-local-license.reg").await;
        reg.is(200).says("Windows Registry Editor Version 5.00\r\n").says("; For the computer PC-0117 (client 1 in Reseat) alone.\r\n");
        assert!(!reg.text.contains("HardwareID]") && reg.text.contains("Store\\LICENSE000]"));
        system(&console, 1, 4).await;
        assert!(audrey.get("/clients/1/remove-local-license.reg").await.text.starts_with("REGEDIT4\r\n"));
        for ending in ["ps1", "reg"] {
            let file = audrey.get(&format!("/clients/2/remove-local-license.{ending}")).await;
            file.is(200).says("X_____calc___-HKEY").says_nothing_of("X'").says_nothing_of("SOFTWARE]").says_nothing_of("\u{2019}");
            let name = file.headers["content-disposition"].to_str().unwrap();
            assert!(name.starts_with("attachment; filename=\"remove-local-license-X_____calc___-HKEY"), "{name}");
        }
        audrey.get("/clients/2/remove-local-license.ps1").await.says("$computer = ''");
        audrey.get("/clients/2/runbook").await.is(200).says_nothing_of("<b>\"").says("&#60;b&#62;");
    }

    async fn a_program_records_a_removal_and_is_refused_by_the_same_words(console) {
        a_seat_on_its_way(&console).await;
        console.stock().client("CONTOSO\\ada").user().await;
        let program = console.program(Role::HelpDesk).await;
        let address = "/api/v1/clients/1/local-license-removal";
        let body = json!({"state": "removed", "removed_on": "2026-08-20", "method": "script", "backup": "D:\\b.reg", "decommission": true});
        let made = program.post_as("k-1", address, &body).await;
        let client = made.is(201).json();
        assert_eq!((&made.to[..], &client["status"]), ("/api/v1/clients/1", &json!("decommissioned")));
        assert_eq!((&client["local_license"], &client["local_license_on"]), (&json!("removed"), &json!("2026-08-20")));
        assert_eq!((&client["local_license_method"], &client["local_license_backup"]), (&json!("script"), &json!("D:\\b.reg")));
        assert!(client["local_license_by"].as_str().unwrap().contains("API token"), "{client}");
        let again = program.post_as("k-1", address, &body).await;
        assert_eq!((&again.is(201).text, &again.headers["idempotency-replayed"]), (&made.text, &"true".parse().unwrap()));
        assert_eq!(console.count("select count(*) from history where action = 'local license removed'").await, 1);
        assert_eq!(program.get("/api/v1/clients/1").await.is(200).json(), client);
        assert_eq!(program.get("/api/v1/clients/2").await.json()["local_license_on"], Value::Null);
        for (body, field, says) in [
            (json!({}), "state", "Choose what came of it."),
            (json!({"state": "removed", "method": "script"}), "removed_on", "Write the day on which it was removed"),
            (json!({"state": "removed", "removed_on": "2027-01-01", "method": "script"}), "removed_on", "not in the future"),
            (json!({"state": "not_possible"}), "note", "Say why it cannot be removed."),
        ] {
            let refused = program.post(address, &body).await;
            assert_eq!(refused.is(422).fields(), [field]);
            refused.says(says);
        }
        let body = json!({"state": "removed", "removed_on": "2026-08-20", "method": "other"});
        program.post("/api/v1/clients/3/local-license-removal", &body).await.is(422).says("Only a computer keeps a license of its own");
    }
}
