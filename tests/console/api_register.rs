//! Agreements and license servers by the API.

use reseat::users::user::Role;
use serde_json::json;

use crate::on_both;

const ID: &str = "BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMP";
const OTHER: &str = "XY234-67892-BCDFG-HJKMP-QRTVW-XY234-67892";

on_both! {
    async fn an_agreement_is_recorded_corrected_and_retired(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        let bought = json!({"company": 1, "program": "select", "agreement_number": "1234567", "product_version": 2019, "license_type": "per_device", "quantity": 50, "purchased_on": "2020-05-01"});
        let made = program.post("/api/v1/agreements", &bought).await;
        let agreement = made.is(201).json();
        assert_eq!((&agreement["company"], &agreement["quantity"]), (&json!({"id": 1, "name": "Contoso"}), &json!(50)));
        assert_eq!((&agreement["product_version"], &agreement["transfer_policy"]), (&json!("2019"), &json!("one_time")));
        let corrected = program.patch("/api/v1/agreements/1", &made.tag(), &json!({"quantity": 60, "reason": "The invoice says so."})).await;
        assert_eq!((&corrected.is(200).json()["quantity"], &corrected.json()["purchased_on"]), (&json!(60), &json!("2020-05-01")));
        let moved = program.patch("/api/v1/agreements/1", &corrected.tag(), &json!({"company": 2, "reason": "x"})).await;
        assert_eq!(moved.is(422).fields(), ["company"]);
        program.change("POST", "/api/v1/agreements/1/retirement", &corrected.tag(), &json!({"reason": "Run out"})).await.is(200);
        for (field, value, says) in [
            ("quantity", json!(1e20), "a number from 1 to 9,999,999"),
            ("quantity", json!(1.5), "a number from 1 to 9,999,999"),
            ("quantity", json!("99999999999999999999"), "a number from 1 to 9,999,999"),
            ("company", json!(99), "Choose the company that bought."),
            ("company", json!(9_223_372_036_854_775_807_i64), "Choose the company that bought."),
            ("program", json!("gift"), "Choose the program"),
            ("purchased_on", json!("1.2.2020"), "like 2026-08-22"),
        ] {
            let mut body = bought.clone();
            body[field] = value;
            let reply = program.post("/api/v1/agreements", &body).await;
            assert_eq!(reply.is(422).fields(), [field]);
            reply.says(says);
        }
    }

    async fn another_license_server_id_asks_what_happened_as_the_page_does(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        let made = program.post("/api/v1/license-servers", &json!({"company": 1, "name": "LIC-01", "license_server_id": ID})).await;
        assert_eq!(made.is(201).json()["license_server_id"], ID.replace('-', ""));
        let asked = program.patch("/api/v1/license-servers/1", &made.tag(), &json!({"license_server_id": OTHER, "reason": "It differs."})).await;
        assert_eq!(asked.is(422).fields(), ["id_change"]);
        let body = json!({"license_server_id": OTHER, "id_change": "new_database", "reason": "Rebuilt"});
        let rebuilt = program.patch("/api/v1/license-servers/1", &made.tag(), &body).await;
        assert_eq!((&rebuilt.is(200).json()["epoch"], &rebuilt.json()["license_server_id"]), (&json!(2), &json!(OTHER.replace('-', ""))));
        let body = json!({"reason": "Gone"});
        program.change("POST", "/api/v1/license-servers/1/retirement", &rebuilt.tag(), &body).await.is(200).says("\"retired_at\":\"2026");
        program.post("/api/v1/license-servers", &json!({"company": 1, "name": "lic-01"})).await.is(422).says("of this name already");
    }

    async fn of_two_programs_that_change_at_once_one_is_told_so(console) {
        let program = console.program(Role::Admin).await;
        let tag = program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.tag();
        let bodies: Vec<_> = (0..6).map(|n| json!({"note": format!("note {n}"), "reason": "At once"})).collect();
        let calls = bodies.iter().map(|body| program.patch("/api/v1/companies/1", &tag, body));
        let mut statuses: Vec<u16> = futures_util::future::join_all(calls).await.iter().map(|reply| reply.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    }
}
