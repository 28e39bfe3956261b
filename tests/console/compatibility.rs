//! Whether a client, a session host and a license go together, by the tables that admins keep.

use reseat::users::user::Role;
use serde_json::json;

use crate::on_both;

on_both! {
    async fn a_page_and_programs_are_answered_alike_with_the_tables_sources(console) {
        let mut audrey = console.auditor().await;
        audrey.get("/reports/compatibility").await.is(200).says("Session host").says_nothing_of("id=\"answer\"");
        let program = console.program(Role::Auditor).await;
        // A Windows 11 client to a 2019 session host with 2016 licenses; later licenses; XP on 2000; a downgrade.
        for (asked, answer, page, says) in [
            ("client=10&host=2019&cal=2016", "no", ">No<", "A license of Windows Server 2016 does not serve a session host of Windows Server 2019."),
            ("client=10&host=2016&cal=2019", "yes", ">Yes<", "The license server must run Windows Server 2019 or later"),
            ("client=2&host=2000&cal=2003", "yes", ">Yes<", "Windows XP Professional needs no license on a session host of Windows 2000 Server."),
            ("client=2&host=2003&cal=2003", "yes", ">Yes<", "Windows Server 2003 ended the exemption."),
            ("client=8&host=2003&cal=2019", "ask", ">Ask<", "Legally a downgrade"),
            ("client=linux&host=2019&cal=2019", "yes", ">Yes<", "Linux needs a license"),
            ("host=2022&cal=2019", "no", ">No<", "does not serve"),
        ] {
            audrey.get(&format!("/reports/compatibility?{asked}")).await.is(200).says(page).says(says);
            let told = program.get(&format!("/api/v1/compatibility?{asked}")).await.json();
            assert_eq!(told["answer"], json!(answer), "{asked}");
            let reasons = told["reasons"].as_array().unwrap();
            assert!(reasons.iter().any(|one| one["says"].as_str().unwrap().contains(says)), "{asked} {told}");
            assert!(reasons.iter().all(|one| one["source"].is_string()), "{told}");
        }
        for (asked, says) in [
            ("client=10&host=1999&cal=2016", "Choose the session host’s version."),
            ("client=77&host=2019&cal=2016", "No system of this number or name"),
            ("host=2019", "Choose the license’s version."),
        ] {
            audrey.get(&format!("/reports/compatibility?{asked}")).await.is(422).says(says).says_nothing_of("id=\"answer\"");
            let refused = program.get(&format!("/api/v1/compatibility?{asked}")).await;
            refused.is(422);
            assert!(refused.text.contains(says), "{}", refused.text);
        }
    }

    async fn what_an_admin_corrects_in_the_tables_is_answered_at_once(console) {
        let row = console.count("select id from cal_serves where host = '2019' and cal = '2016'").await;
        let mut ada = console.admin().await;
        let address = format!("/products/serves/{row}");
        let seen = ada.get(&address).await.seen();
        let fields = [("answer", "ask"), ("source", "Letter of 3 August"), ("seen", &seen), ("reason", "Agreed so")];
        ada.post(&address, &fields).await.is(303);
        ada.get("/reports/compatibility?host=2019&cal=2016").await.is(200).says(">Ask<").says("Letter of 3 August");
    }

    async fn key_packs_servers_and_the_transfer_check_say_which_session_hosts_are_served(console) {
        let (license, _) = crate::transfers::two_computers(&console).await;
        let mut hal = console.help_desk().await;
        let hosts = "2008, 2012, 2016, 2019 (ask your agreement about 2000, 2003)";
        hal.get("/key-packs/1").await.is(200).says("Serves session hosts").says(hosts);
        hal.get("/license-servers/1").await.is(200).says("Licenses of 2019 serve session hosts").says(hosts);
        let asks = format!("/licenses/{license}/transfer?destination=PC-0200&reason=permanent");
        hal.get(&asks).await.is(200).says(hosts).says("/reports/compatibility?cal=2019");
    }
}
