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
            ("purchased_on", json!("1/2/2020"), "like 2026-08-22"),
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
        let odd = program.post("/api/v1/license-servers", &json!({"company": 1, "name": "LIC-02", "connection_method": "fax"})).await;
        assert_eq!(odd.is(422).fields(), ["connection_method"]);
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

    async fn a_key_pack_a_client_and_a_license_are_recorded_by_hand_corrected_and_retired(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        program.post("/api/v1/license-servers", &json!({"company": 1, "name": "OLD-01"})).await.is(201);
        let body = json!({"license_server": 1, "product_version": 2000, "license_type": "per_device", "total": 25, "license_key_pack_id": ID});
        let pack = program.post("/api/v1/key-packs", &body).await;
        assert_eq!(pack.is(201).to, "/api/v1/key-packs/1");
        let told = pack.json();
        assert_eq!((&told["total"], &told["state"], &told["origin"]), (&json!(25), &json!("installed"), &json!("original")));
        assert_eq!((&told["license_key_pack_id_end"], &told["entered_by_hand"]), (&json!("HJKMP"), &json!(true)));
        program.get("/api/v1/history?kind=key_pack&id=1").await.is(200).says_nothing_of(&ID.replace('-', ""));
        let pack = program.patch("/api/v1/key-packs/1", &pack.tag(), &json!({"origin": "reissue", "reason": "By telephone"})).await;
        assert_eq!((&pack.is(200).json()["origin"], &pack.json()["license_key_pack_id_end"]), (&json!("reissue"), &json!("HJKMP")));
        assert_eq!(program.patch("/api/v1/key-packs/1", &pack.tag(), &json!({"license_server": 2, "reason": "x"})).await.is(422).fields(), ["license_server"]);

        let hedda = console.program(Role::HelpDesk).await;
        let client = hedda.post("/api/v1/clients", &json!({"company": 1, "name": "PC-0117", "hardware_id": "AA01"})).await;
        assert_eq!(client.is(201).json()["hardware_ids"], json!(["aa01"]));
        let client = hedda.patch("/api/v1/clients/1", &client.tag(), &json!({"site": "Berlin", "reason": "Moved"})).await;
        let gone = hedda.change("POST", "/api/v1/clients/1/retirement", &client.is(200).tag(), &json!({"reason": "Scrapped"})).await;
        assert_eq!((&gone.is(200).json()["status"], &gone.json()["site"]), (&json!("decommissioned"), &json!("Berlin")));

        let body = json!({"key_pack": 1, "client": "PC-0117", "issued_on": "2003-05-12"});
        let license = program.post("/api/v1/licenses", &body).await;
        assert_eq!((&license.is(201).json()["client"], &license.json()["seat"]), (&json!({"id": 1, "name": "PC-0117"}), &json!(1)));
        // Another client of the same name does not make the holder doubtful.
        hedda.post("/api/v1/clients", &json!({"company": 1, "name": "PC-0117", "hardware_id": "AA02"})).await.is(201);
        let license = program.patch("/api/v1/licenses/1", &license.tag(), &json!({"note": "on paper", "reason": "Found it"})).await;
        assert_eq!((&license.is(200).json()["note"], &license.json()["client"]["id"]), (&json!("on paper"), &json!(1)));
        // Nor does one whose name is the holder's number.
        hedda.post("/api/v1/clients", &json!({"company": 1, "name": "1", "hardware_id": "AA03"})).await.is(201);
        let license = program.patch("/api/v1/licenses/1", &license.tag(), &json!({"note": "in the folder", "reason": "Found it"})).await;
        assert_eq!(license.is(200).json()["client"]["id"], json!(1));
        let off = program.change("POST", "/api/v1/licenses/1/retirement", &license.tag(), &json!({"reason": "Gone"})).await;
        assert!(off.is(200).json()["gone_at"].is_string());
        // What touched a pack's license is on its own timeline too.
        program.change("POST", "/api/v1/key-packs/1/retirement", &pack.tag(), &json!({"reason": "Gone"})).await.is(412);
        let pack = program.get("/api/v1/key-packs/1").await;
        let off = program.change("POST", "/api/v1/key-packs/1/retirement", &pack.tag(), &json!({"reason": "Gone"})).await;
        assert_eq!(off.is(200).json()["state"], "removed");
    }

    async fn what_is_retired_is_not_retired_again_and_what_is_in_use_not_taken_back(console) {
        let program = console.program(Role::Admin).await;
        let bought = json!({"company": 1, "program": "other", "agreement_number": "X-1", "product_version": 2019, "license_type": "per_device", "quantity": 5});
        for (noun, body) in [
            ("companies", json!({"name": "Contoso"})),
            ("license-servers", json!({"company": 1, "name": "OLD-01"})),
            ("agreements", bought),
            ("key-packs", json!({"license_server": 1, "product_version": 2000, "license_type": "per_device", "total": 25})),
            ("clients", json!({"company": 1, "name": "PC-0117"})),
            ("licenses", json!({"key_pack": 1, "client": "PC-0117", "issued_on": "2003-05-12"})),
        ] {
            program.post(&format!("/api/v1/{noun}"), &body).await.is(201);
        }
        for noun in ["licenses", "clients", "key-packs", "agreements", "license-servers", "companies"] {
            let path = format!("/api/v1/{noun}/1/retirement");
            for back in [false, true] {
                let body = json!({"reason": "x", "back": back});
                program.change("POST", &path, "*", &body).await.is(200);
                let before = console.count("select line from history_tail").await;
                program.change("POST", &path, "*", &body).await.is(422).says("already");
                assert_eq!(console.count("select line from history_tail").await, before, "{path}");
            }
            // Retired in the end, as what it belongs to asks for.
            program.change("POST", &path, "*", &json!({"reason": "x"})).await.is(200);
        }
    }

    async fn what_a_server_says_cannot_be_sent_once_an_export_has_shown_it(console) {
        crate::bring::two_clients(&console).await;
        let program = console.program(Role::Admin).await;
        for (path, field, value) in [
            ("/api/v1/key-packs/1", "total", json!(51)),
            ("/api/v1/clients/1", "name", json!("PC-9")),
            ("/api/v1/licenses/1", "status", json!("revoked")),
        ] {
            let tag = program.get(path).await.tag();
            let refused = program.patch(path, &tag, &json!({field: value, "note": "x", "reason": "y"})).await;
            assert_eq!(refused.is(422).fields(), [field]);
            refused.says("Its server says it, and only an import changes it.");
            program.patch(path, &tag, &json!({"note": "x", "reason": "y"})).await.is(200).says("\"note\":\"x\"");
        }
    }
}
