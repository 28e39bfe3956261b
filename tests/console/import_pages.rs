//! Imports in the browser: bring files in, look, decide.

use crate::bring::{L, license, licenses, packs};
use crate::on_both;
use crate::support::{Console, Person, Reply};

/// The page of an import, once the program has done what it does in the background.
async fn settled(person: &mut Person, address: &str) -> Reply {
    for _ in 0..600 {
        let reply = person.get(address).await;
        if !reply.is(200).text.contains("data-poll=") {
            return reply;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{address} is still at work");
}

async fn bring(ada: &mut Person, form: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Reply) {
    let reply = ada.upload("/imports", form, files).await;
    let address = reply.is(303).to.clone();
    let page = settled(ada, &address).await;
    (address, page)
}

async fn apply(ada: &mut Person, address: &str, form: &[(&str, &str)]) -> Reply {
    ada.post(&format!("{address}/application"), form).await.is(303);
    settled(ada, address).await
}

async fn two_clients(_console: &Console, ada: &mut Person) {
    let issued = licenses(&[license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")]);
    let files: [(&str, &[u8]); 2] =
        [("issued.csv", issued.as_bytes()), ("keypacks.csv", packs(&[(4, 50, 2)]).leak().as_bytes())];
    let (address, page) = bring(ada, &[("server", "LIC-01")], &files).await;
    page.says("Waits for your decision").says("PC-0117").says("Apply 3 changes");
    apply(ada, &address, &[]).await.says("Applied");
}

on_both! {
    async fn an_admin_brings_files_in_looks_and_applies(console) {
        let mut ada = console.admin().await;
        ada.get("/imports").await.is(200).says("No import yet");
        ada.get("/imports/new").await.is(200).says("export-license-server.ps1");
        two_clients(&console, &mut ada).await;
        assert_eq!(console.count("select count(*) from licenses").await, 2);
        assert_eq!(console.count("select count(*) from history where action = 'import applied' and actor = 'Ada'").await, 1);
        ada.get("/imports").await.is(200).says("Import 1 from LIC-01").says("Applied");
        let mut audrey = console.auditor().await;
        audrey.get("/imports/1").await.is(200).says("keypacks.csv");
    }

    async fn a_form_without_files_is_refused_and_keeps_what_was_typed(console) {
        let mut ada = console.admin().await;
        let refused = ada.upload("/imports", &[("server", "LIC-<01>"), ("captured_at", "yesterday")], &[("", b"")]).await;
        refused.is(422).says("Choose the files to bring in").says("LIC-&#60;01&#62;").says("yesterday");
        let issued = licenses(&[license(1, "PC-0117", "aa01")]);
        let refused = ada.upload("/imports", &[("server", "LIC-01"), ("captured_at", "yesterday")], &[("issued.csv", issued.as_bytes())]).await;
        refused.is(422).says("Write the moment of the export");
        assert_eq!(console.count("select count(*) from import_chunks").await, 0, "nothing of it is kept");
    }

    async fn a_file_larger_than_the_limit_is_refused(console) {
        let console = console.with_settings(|settings| settings.upload_limit = 1_000_000);
        let mut ada = console.admin().await;
        let large = vec![b'x'; 1_200_000];
        ada.upload("/imports", &[("server", "LIC-01")], &[("large.csv", &large)]).await.is(422).says("larger than 1 MB");
        assert_eq!(console.count("select count(*) from import_chunks").await, 0);
    }

    async fn a_discarded_preview_changes_nothing(console) {
        let mut ada = console.admin().await;
        let issued = licenses(&[license(1, "PC-0117", "aa01")]);
        let (address, _) = bring(&mut ada, &[("server", "LIC-01")], &[("issued.csv", issued.as_bytes())]).await;
        ada.post_and_follow(&format!("{address}/discard"), &[]).await.says("Nothing was changed");
        ada.get(&address).await.is(200).says("Discarded");
        ada.post(&format!("{address}/application"), &[]).await.is(422);
        assert_eq!(console.count("select count(*) from clients").await, 0);
    }

    async fn a_conflict_is_answered_on_its_page(console) {
        let mut ada = console.admin().await;
        two_clients(&console, &mut ada).await;
        console.pass(86_400);
        let mut ada = console.admin().await;
        let issued = licenses(&[license(1, "PC-0900", "cc01"), license(2, "PC-0118", "aa02")]);
        let (address, page) = bring(&mut ada, &[("server", "LIC-01")], &[("issued.csv", issued.as_bytes())]).await;
        page.says("Settle this first").says("was held by PC-0117").says("its history says who held it before");
        ada.post(&format!("{address}/application"), &[]).await.is(422).says("1 conflict to be settled");
        let mut hedda = console.help_desk().await;
        hedda.get(&address).await.is(200).says("An admin decides").says_nothing_of("Apply ");
        hedda.post(&format!("{address}/application"), &[]).await.is(403);
        ada.post(&format!("{address}/answers"), &[("n", "1"), ("way", "nonsense")]).await.is(422).says("Choose one of the answers");
        ada.post(&format!("{address}/answers"), &[("n", "1"), ("way", "reassigned")]).await.is(303);
        settled(&mut ada, &address).await.says("Apply this import");
        apply(&mut ada, &address, &[]).await.says("Applied");
    }

    async fn rows_with_errors_are_left_out_one_by_one_or_all(console) {
        let mut ada = console.admin().await;
        let good = licenses(&[license(1, "PC-0117", "aa01")]);
        let bad = good.clone() + "x,4,,PC-1,2,20260701091422.000000+000,,aa\r\ny,4,,PC-2,2,20260701091422.000000+000,,ab\r\nz,4,,PC-3,2,nonsense,,ac\r\n";
        let (address, page) = bring(&mut ada, &[("server", "LIC-01")], &[("issued.csv", bad.as_bytes())]).await;
        page.says("Leave all 3 out").says("nonsense");
        ada.post(&format!("{address}/omissions"), &[]).await.is(422).says("Tick the rows");
        ada.post(&format!("{address}/omissions"), &[("n", "1"), ("n", "2")]).await.is(303);
        ada.post(&format!("{address}/application"), &[]).await.is(422).says("1 row with errors");
        ada.post(&format!("{address}/omissions"), &[("all", "yes")]).await.is(303);
        apply(&mut ada, &address, &[]).await.says("Applied").says("Left out on purpose");
        assert_eq!(console.count("select count(*) from licenses").await, 1);
    }

    async fn much_that_is_gone_needs_a_word(console) {
        let mut ada = console.admin().await;
        two_clients(&console, &mut ada).await;
        console.pass(3_600);
        let (address, page) = bring(&mut ada, &[("server", "LIC-01")], &[("issued.csv", licenses(&[]).as_bytes())]).await;
        page.says("2 rows would be gone from the server");
        ada.post(&format!("{address}/application"), &[]).await.is(422).says("2 of the 2 licenses of LIC-01 would be gone");
        apply(&mut ada, &address, &[("accept_gone", "yes")]).await.says("Applied");
        assert_eq!(console.count("select count(*) from licenses where gone_at is null").await, 0);
    }

    async fn ambiguous_dates_and_missing_names_are_asked_on_the_page(console) {
        let mut ada = console.admin().await;
        let text = "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n\
                    1,4,,PC-0117,2,3/5/2026 9:14:22,5/6/2026 9:14:22,aa01\r\n";
        let (address, page) = bring(&mut ada, &[], &[("issued.csv", text.as_bytes())]).await;
        page.says("3/5/2026").says("The day comes first");
        ada.post(&format!("{address}/dates"), &[]).await.is(422).says("Choose whether");
        ada.post(&format!("{address}/dates"), &[("order", "day_first")]).await.is(303);
        settled(&mut ada, &address).await.says("Name the server");
        ada.post(&format!("{address}/names"), &[("server", "LIC-01")]).await.is(303);
        settled(&mut ada, &address).await.says("3 May 2026");
        apply(&mut ada, &address, &[]).await.says("Applied");
    }

    async fn the_columns_of_an_unknown_table_are_explained_once(console) {
        let mut ada = console.admin().await;
        let table = |name: &str| format!("Lizenz\tPaket\tRechner\tAusgestellt\r\n12\t3\t{name}\t2026-05-03 09:14\r\n");
        let (address, page) = bring(&mut ada, &[("server", "LIC-2003")], &[("lsreport.txt", table("PC-0117").as_bytes())]).await;
        page.says("Which column holds what?").says("Rechner");
        let form = [("file", "1"), ("kind", "licenses"), ("header_line", "1"), ("license_id", "0"), ("keypack_id", "1"), ("computer", "2"), ("issued_at", "3")];
        ada.post(&format!("{address}/columns"), &form).await.is(303);
        settled(&mut ada, &address).await.says("PC-0117").says("a part");
        apply(&mut ada, &address, &[]).await.says("Applied");
        console.pass(3_600);
        let rows = table("PC-0117") + "13\t3\tPC-0118\t2026-05-03 09:14\r\n";
        let (_, page) = bring(&mut ada, &[("server", "LIC-2003")], &[("lsreport.txt", rows.as_bytes())]).await;
        page.says("PC-0118").says("Apply 1 change");
    }

    async fn a_preview_can_be_downloaded_and_runs_nothing_in_a_spreadsheet(console) {
        let mut ada = console.admin().await;
        let rows = [license(1, "=cmd()", "aa01"), L { status: 1, ..license(2, "PC-0118", "aa02") }];
        let (address, _) = bring(&mut ada, &[("server", "LIC-01")], &[("issued.csv", licenses(&rows).as_bytes())]).await;
        let download = ada.get(&format!("{address}/rows.csv")).await;
        download.is(200).says("'=cmd()").says("Temporary");
        assert_eq!(download.text.lines().count(), 3);
        assert!(download.headers["content-disposition"].to_str().unwrap().contains("import-1.csv"));
    }

    async fn a_file_that_cannot_be_read_says_so_in_one_sentence(console) {
        let mut ada = console.admin().await;
        let (_, page) = bring(&mut ada, &[("server", "LIC-01")], &[("export.csv", b"PK\x03\x04 and so on")]).await;
        page.says("Failed").says("export.csv:");
        assert_eq!(console.count("select count(*) from license_servers").await, 0);
    }
}
