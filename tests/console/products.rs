//! The tables of versions, systems and who needs a license: each row with its source, corrected by an admin.

use crate::bring::{license, licenses, packs};
use crate::on_both;

on_both! {
    async fn everybody_reads_who_needs_a_license_and_where_it_is_written(console) {
        let page = console.auditor().await.get("/products").await;
        page.is(200).says("Windows XP Professional").says("KB 315262").says("KB 823313").says("Read your agreement");
        page.says("True only against a Windows 2000 terminal server.").says("A02-10.01-S").says_nothing_of("/products/needs/3");
        let mut audrey = console.auditor().await;
        audrey.get("/products/needs/rows.csv").await.is(200).says("Name,Answer,Note,Source,Number").says("\"Windows XP Professional, session host Windows 2000\",Needs none,");
        audrey.get("/products/versions/rows.csv").await.is(200).says("A02-10.01-S").says_nothing_of("Answer");
        console.admin().await.get("/users.csv?columns=all").await.is(200).says("Name,State,Last here,Role,Number,Added").says("Ada,May sign in,");
        audrey.get("/products/nothing/rows.csv").await.is(404);
        console.admin().await.get("/products").await.says("/products/needs/3").says("/products/serves/1");
    }

    async fn an_admin_corrects_a_row_with_a_reason_and_two_pages_are_told_apart(console) {
        let mut ada = console.admin().await;
        let seen = ada.get("/products/needs/19").await.is(200).says("session host Windows 2000").seen();
        let fields = [("answer", "none"), ("source", "Our agreement, page 7"), ("seen", seen.as_str()), ("reason", "Counsel said so")];
        ada.post_and_follow("/products/needs/19", &fields).await.is(200).says("The correction is recorded.").says("Our agreement, page 7");
        ada.get("/products/needs/19").await.says("Counsel said so").says("<ins>none</ins>");
        ada.post("/products/needs/19", &fields).await.is(422).says("Changed meanwhile").says("Our agreement, page 7");
        for (table, id, other, says) in [
            ("needs", 19, ("answer", "perhaps"), "Choose one of the answers"),
            ("serves", 3, ("source", ""), "Say where it is written"),
            ("versions", 2, ("product_code", "A02"), "like A02-10.03-S"),
            ("systems", 4, ("name", " "), "Type the system’s name"),
            ("systems", 4, ("name", "Linux"), "It is in the table already"),
            ("systems", 4, ("reason", ""), "Say why"),
        ] {
            let page = format!("/products/{table}/{id}");
            let seen = ada.get(&page).await.is(200).seen();
            let filled = [("name", "Other"), ("answer", "yes"), ("source", "kept words"), ("product_code", "A02-5.02-S"), ("seen", seen.as_str()), ("reason", "kept reason")];
            let fields: Vec<_> = filled.iter().filter(|(name, _)| *name != other.0).copied().chain([other]).collect();
            let refused = ada.post(&page, &fields).await;
            refused.is(422).says(says);
            if other.0 != "source" {
                refused.says("kept words");
            }
        }
        for (table, id, answer) in [("serves", 3, "no"), ("versions", 2, ""), ("systems", 4, "")] {
            let page = format!("/products/{table}/{id}");
            let seen = ada.get(&page).await.seen();
            let fields = [("name", "Windows 98"), ("answer", answer), ("source", "A letter"), ("product_code", "A02-5.02-S"), ("seen", seen.as_str()), ("reason", "Read again")];
            ada.post_and_follow(&page, &fields).await.is(200).says("The correction is recorded.");
            ada.get(&page).await.says("A letter").says("Read again");
        }
        ada.get("/products").await.says("Windows 98");
        ada.get("/history").await.is(200).says("Windows Server 2003");
    }

    async fn a_system_is_added_asked_about_and_offered_no_longer(console) {
        console.stock().company("Contoso").await;
        let mut ada = console.admin().await;
        ada.post("/products/systems", &[("name", "Android")]).await.is(422).says("Say where it is written");
        ada.post_and_follow("/products/systems", &[("name", "Android"), ("source", "Our counsel")]).await.is(200).says("Android is in the table.");
        ada.post("/products/systems", &[("name", "android"), ("source", "Our counsel")]).await.is(422).says("in the table already");
        assert_eq!(console.count("select count(*) from cal_needs where need = 'ask' and source = 'Our counsel'").await, 2);
        let seen = ada.get("/products/systems/12").await.seen();
        ada.get("/clients/new").await.says("Android");
        for (back, says) in [("", "offered no longer"), ("yes", "offered again")] {
            let seen = if back.is_empty() { seen.clone() } else { ada.get("/products/systems/12").await.seen() };
            ada.post("/products/systems/12/retirement", &[("seen", &seen), ("back", back)]).await.is(422).says("Say why");
            let fields = [("seen", seen.as_str()), ("back", back), ("reason", "Not in use")];
            ada.post_and_follow("/products/systems/12/retirement", &fields).await.is(200).says(says);
            if back.is_empty() {
                ada.get("/clients/new").await.says_nothing_of("Android");
            }
        }
        ada.get("/products/systems/99").await.is(404);
        ada.get("/products/nothing/1").await.is(404);
        ada.post("/products/needs", &[("name", "x")]).await.is(404);
    }

    async fn a_version_that_is_added_may_be_bought_and_is_recognized_by_its_product_code(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let bought = [("company", "1"), ("program", "other"), ("agreement_number", "X-1"), ("product_version", "2028"),
            ("license_type", "per_device"), ("quantity", "20"), ("transfer_policy", "one_time")];
        ada.post("/agreements", &bought).await.is(422).says("Choose one of the product versions").says("X-1");
        ada.post("/products/versions", &[("name", "eleven"), ("source", "A letter"), ("product_code", "A02-11.00-S")]).await.is(422).says("Type the year");
        let new = [("name", "2028"), ("source", "A letter"), ("product_code", "A02-11.00-S"), ("per_device_name", "RDS Per Device CAL")];
        ada.post_and_follow("/products/versions", &new).await.is(200).says("2028 is in the table.").says("Windows Server 2028");
        ada.post("/products/versions", &new).await.is(422).says("in the table already");
        for (text, count) in [
            ("select count(*) from cal_serves where cal = '2028' and serves = 'yes' and host in ('2008', '2025', '2028')", 3),
            ("select count(*) from cal_serves where host = '2028' and serves = 'no'", 8),
            ("select count(*) from cal_serves where cal = '2028' and serves = 'ask'", 2),
        ] {
            assert_eq!(console.count(text).await, count, "{text}");
        }
        ada.post_and_follow("/agreements", &bought).await.is(200).says("Windows Server 2028 Per Device");
        let export = packs(&[(4, 50, 1)]).replace("A02-10.02-S", "A02-11.00-S").replace(",7,50", ",9,50");
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", export).file("issued.csv", licenses(&[license(1, "PC-0117", "aa01")])).apply().await;
        assert_eq!(console.count("select count(*) from key_packs where version = '2028'").await, 1);
        ada.get("/key-packs?version=2028").await.is(200).says("Windows Server 2028 – RDS Per Device CAL");
        ada.get("/licenses?version=2028").await.is(200).says("PC-0117").says("<option value=\"2028\" selected>Windows Server 2028");
    }
}
