//! Companies by hand: adding, correcting with a reason, two tabs, retiring.

use crate::bring::{license, licenses, two_clients};
use crate::on_both;

on_both! {
    async fn a_company_is_added_corrected_with_a_reason_and_its_history_says_what_changed(console) {
        let mut ada = console.admin().await;
        ada.get("/companies").await.is(200).says("No company yet").says("/companies/new");
        let page = ada.post_and_follow("/companies", &[("name", " Contoso Ltd "), ("phone", "+1 555")]).await;
        page.is(200).says("<h1>Contoso Ltd</h1>").says("+1 555").says("Contoso Ltd is recorded.");
        let edit = ada.get("/companies/1/edit").await;
        edit.is(200).says(r#"value="Contoso Ltd""#);
        let seen = edit.seen();
        let fields = [("name", "Contoso AG"), ("phone", "+1 555"), ("seen", &seen), ("reason", "Renamed on 1 July"), ("effective_on", "2026-07-01")];
        let page = ada.post_and_follow("/companies/1", &fields).await;
        page.is(200).says("The correction is recorded.").says("<del>Contoso Ltd</del>").says("<ins>Contoso AG</ins>");
        page.says("Renamed on 1 July True since 2026-07-01.").says("by Ada");
        page.says_nothing_of("<del>+1 555</del>");
        console.auditor().await.get("/companies").await.is(200).says("Contoso AG").says_nothing_of("/companies/new");
    }

    async fn a_refused_company_keeps_what_was_typed_and_changes_nothing(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let long = "x".repeat(256);
        for (name, email, says) in [
            ("", "ada@contoso.example", "Type the company’s name"),
            ("contoso", "ada@contoso.example", "Another company bears this name already."),
            ("Fabrikam", "not an address", "Write one e-mail address"),
            (long.as_str(), "ada@contoso.example", "The name may have at most 255 characters."),
            ("Fab\u{0}rikam", "ada@contoso.example", "characters that cannot be shown"),
        ] {
            let page = ada.post("/companies", &[("name", name), ("email", email), ("note", "kept words")]).await;
            page.is(422).says(says).says("kept words").says(email);
        }
        let seen = ada.get("/companies/1/edit").await.seen();
        for (name, reason, day, says) in [
            ("Contoso 2", "", "", "Say why"),
            ("Contoso 2", "kept reason", "2027-01-01", "not in the future"),
            ("Contoso", "kept reason", "", "Nothing differs"),
        ] {
            let fields = [("name", name), ("reason", reason), ("effective_on", day), ("seen", &seen)];
            let page = ada.post("/companies/1", &fields).await;
            page.is(422).says(says).says(reason).says(day);
            assert_eq!(page.seen(), seen);
        }
        ada.get("/companies/1").await.says("<h1>Contoso</h1>").says_nothing_of("Contoso 2");
    }

    async fn an_older_page_in_a_second_tab_shows_what_changed_meanwhile_and_overwrites_nothing(console) {
        let (mut ada, mut bea) = (console.admin().await, console.person("Bea", reseat::users::user::Role::Admin).await);
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let (first, second) = (ada.get("/companies/1/edit").await.seen(), bea.get("/companies/1/edit").await.seen());
        ada.post("/companies/1", &[("name", "Contoso AG"), ("seen", &first), ("reason", "New form")]).await.is(303);
        let mine = [("name", "Contoso SE"), ("note", "my words"), ("seen", &second), ("reason", "I read so")];
        let page = bea.post("/companies/1", &mine).await;
        page.is(422).says("It was changed while your page was open").says("Changed meanwhile");
        page.says("<ins>Contoso AG</ins>").says(r#"value="Contoso SE""#).says("my words").says("I read so");
        bea.get("/companies/1").await.says("<h1>Contoso AG</h1>");
        // Having seen both, the same words are taken.
        let both = page.seen();
        let mine = [("name", "Contoso SE"), ("note", "my words"), ("seen", &both), ("reason", "I read so")];
        bea.post_and_follow("/companies/1", &mine).await.is(200).says("<h1>Contoso SE</h1>");
    }

    async fn an_import_that_waits_goes_on_under_its_companys_new_name(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02"), license(3, "PC-0119", "aa03")];
        let waiting = console.bring("LIC-01").company("My company").file("issued.csv", licenses(&rows)).preview().await;
        let mut ada = console.admin().await;
        let seen = ada.get("/companies/1/edit").await.seen();
        ada.post("/companies/1", &[("name", "Contoso"), ("seen", &seen), ("reason", "Its name")]).await.is(303);
        waiting.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from companies").await, 1);
        assert_eq!(console.count("select count(*) from clients where company_id = 1").await, 3);
    }

    async fn a_company_is_retired_once_its_servers_are_and_can_be_taken_back(console) {
        let server = console.stock().server("LIC-01").await;
        let mut ada = console.admin().await;
        let seen = ada.get("/companies/1/edit").await.seen();
        let fields = [("reason", "Sold"), ("seen", seen.as_str())];
        ada.post("/companies/1/retirement", &[("seen", seen.as_str())]).await.is(422).says("Say why");
        ada.post("/companies/1/retirement", &fields).await.is(422).says("Retire its license servers first").says("Sold");
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update license_servers set retired_at = 1 where id = $1").bind(server).execute().await.unwrap();
        tx.commit().await.unwrap();
        ada.post_and_follow("/companies/1/retirement", &fields).await.is(200).says("The company is retired.").says("Retired");
        let seen = ada.get("/companies/1/edit").await.seen();
        let fields = [("reason", "Bought back"), ("seen", seen.as_str()), ("back", "yes")];
        ada.post_and_follow("/companies/1/retirement", &fields).await.is(200).says("in use again").says("Bought back");
    }
}
