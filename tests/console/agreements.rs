//! Agreements: what was bought.

use crate::on_both;

const OPEN: [(&str, &str); 9] = [
    ("company", "1"),
    ("program", "open_license"),
    ("license_number", "1234 5678"),
    ("authorization_number", "12345-ABCDE-67890"),
    ("product_version", "2003"),
    ("license_type", "per_device"),
    ("quantity", "100"),
    ("purchased_on", "2004-12-27"),
    ("transfer_policy", "one_time"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = OPEN.to_vec();
    for change in changes {
        fields.retain(|(name, _)| name != &change.0);
        fields.push(*change);
    }
    fields
}

on_both! {
    async fn a_purchase_is_recorded_and_read_by_everybody(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        ada.get("/agreements").await.is(200).says("No agreement yet");
        let page = ada.post_and_follow("/agreements", &OPEN).await;
        page.is(200).says("Open License 12345678").says("12345ABCDE67890").says("Windows Server 2003 Per Device");
        page.says("100").says("One-time").says("2004-12-27");
        console.auditor().await.get("/agreements").await.is(200).says("Open License 12345678").says_nothing_of("/agreements/new");
        console.auditor().await.get("/companies/1").await.says("/agreements?company=1").says("Agreement added");
        ada.get("/agreements.csv").await.is(200).says("Open License 12345678").says("100");
        ada.get("/companies.csv?columns=all").await.is(200).says("Contoso").says("In use");
        ada.get("/agreements?company=2").await.says("No agreement of this company");
    }

    async fn a_refused_purchase_names_everything_at_once_and_keeps_what_was_typed(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let page = ada.post("/agreements", &with(&[("license_number", "12"), ("quantity", "many"), ("note", "kept words")])).await;
        page.is(422).says("2 things to mend").says("has 8 digits").says("a number from 1 to 9,999,999").says("kept words").says(r#"value="many""#);
        ada.post("/agreements", &with(&[("company", "9")])).await.is(422).says("Choose the company that bought.");
        ada.post("/agreements", &with(&[("purchased_on", "27/12/2004")])).await.is(422).says("Write a day that exists");
        ada.get("/agreements").await.says("No agreement yet");
    }

    async fn a_retail_code_is_kept_as_its_last_five_characters_only(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let code = "ABCDE-FGHJK-LMNPQ-RSTUV-WXYZ2";
        let page = ada.post_and_follow("/agreements", &with(&[("program", "retail"), ("retail_code", code)])).await;
        page.is(200).says("…-WXYZ2").says_nothing_of("RSTUV");
        ada.get("/history").await.is(200).says_nothing_of("RSTUV");
    }

    async fn an_odd_enrollment_number_is_recorded_and_worth_a_look(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        let fields = with(&[("program", "select"), ("agreement_number", "12345678")]);
        ada.post_and_follow("/agreements", &fields).await.is(200).says("Worth a look").says("7 digits");
    }

    async fn an_agreement_is_corrected_retired_and_taken_back(console) {
        let mut ada = console.admin().await;
        ada.post("/companies", &[("name", "Contoso")]).await.is(303);
        ada.post("/agreements", &OPEN).await.is(303);
        ada.get("/agreements/1/edit").await.is(200);
        let seen = ada.get("/agreements/1/edit").await.says(r#"value="12345678""#).seen();
        let corrected = with(&[("quantity", "110"), ("reason", "The paper says 110"), ("seen", &seen)]);
        let page = ada.post_and_follow("/agreements/1", &corrected).await;
        page.is(200).says("<del>100</del>").says("<ins>110</ins>").says("The paper says 110");
        ada.post("/agreements/1", &corrected).await.is(422).says("Changed meanwhile");
        let seen = ada.get("/agreements/1/edit").await.seen();
        let page = ada.post_and_follow("/agreements/1/retirement", &[("reason", "Ended"), ("seen", &seen)]).await;
        page.is(200).says("The agreement is retired.").says("Ended");
        let seen = ada.get("/agreements/1/edit").await.seen();
        let back = [("reason", "Prolonged"), ("seen", &seen), ("back", "yes")];
        ada.post_and_follow("/agreements/1/retirement", &back).await.is(200).says("in force again");
    }
}
