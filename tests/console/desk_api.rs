//! The reissue desk for programs: requests, calls and key packs that were received.

use serde_json::{Value, json};

use crate::calls::{ID, queued};
use crate::on_both;

use reseat::users::user::Role;

const OTHER: &str = "CCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ";

on_both! {
    async fn a_program_opens_a_request_logs_the_call_and_installs_the_pack(console) {
        queued(&console, 3).await;
        let program = console.program(Role::HelpDesk).await;
        let made = program.post("/api/v1/reissues", &json!({"transfers": [1, "T-2"]})).await;
        made.is(201);
        let request = &made.json();
        assert_eq!((&request["id"], &request["state"], &request["transfers"]), (&json!(1), &json!("open"), &json!([1, 2])));
        let refused = program.post("/api/v1/reissues", &json!({"transfers": [2]})).await;
        refused.is(422);
        assert!(refused.text.contains("T-2 is asked for by R-1 already"), "{}", refused.text);
        let call = json!({
            "requests": [1], "representative": "Ann", "case_reference": "C-77", "outcome": "partial",
            "call_back_at": "2026-08-25T09:30:00Z", "grants": [{"request": 1, "granted": 1, "license_key_pack_ids": [ID]}],
            "notes": "The rest tomorrow",
        });
        let logged = program.post("/api/v1/calls", &call).await;
        logged.is(201);
        assert_eq!(logged.json()["state"], "open");
        assert_eq!(logged.json()["grants"], json!([{"request": 1, "key_pack": 2, "quantity": 1, "license_key_pack_id_end": "JKMPQ"}]));
        assert_eq!(logged.json()["requests"], json!([{"request": 1, "asked": 2, "granted": 1}]));
        assert!(!logged.text.contains("BCDFG"), "the whole ID is given away");
        let second = json!({"requests": [1], "follows": 1, "outcome": "completed",
            "grants": [{"request": 1, "granted": 1, "license_key_packs": [{"license_key_pack_id": OTHER, "quantity": 1}]}]});
        program.post("/api/v1/calls", &second).await.is(201);
        assert_eq!(program.get("/api/v1/calls/1").await.json()["state"], "closed");
        assert_eq!(program.get("/api/v1/reissues/1").await.json()["state"], "granted");
        let installed = program.post("/api/v1/key-packs/2/installation", &json!({"keypack_id": 7, "installed_on": "2026-08-22"})).await;
        installed.is(201);
        assert_eq!(installed.json()["state"], "installed");
        program.post("/api/v1/key-packs/2/installation", &json!({})).await.is(422);
        let failed = program.post("/api/v1/key-packs/3/installation-failure", &json!({"failure": "0x13a3"})).await;
        assert_eq!(failed.json()["state"], "install_failed");
        let heard = json!({"license_key_pack_id": OTHER.replacen('C', "D", 1), "reason": "Read back"});
        assert_eq!(program.post("/api/v1/key-packs/3/corrected-id", &heard).await.json()["state"], "received");
        let void = program.post("/api/v1/key-packs/3/void", &json!({"reason": "The server was reactivated"})).await;
        assert_eq!(void.json()["state"], "void");
        let calls = program.get("/api/v1/calls?state=closed&limit=1").await;
        assert_eq!(calls.json()["items"].as_array().map(Vec::len), Some(1));
        let requests = program.get("/api/v1/reissues?state=partly_granted").await;
        assert_eq!(requests.json()["items"][0]["granted"], 1);
    }

    async fn a_call_that_is_sent_again_by_its_key_is_one_call(console) {
        queued(&console, 1).await;
        let program = console.program(Role::HelpDesk).await;
        for key in ["k1", "k1"] {
            let made = program.post_as(key, "/api/v1/reissues", &json!({"transfers": [1]})).await;
            made.is(201);
        }
        let call = json!({"outcome": "completed", "grants": [{"request": 1, "granted": 1, "license_key_pack_ids": [ID]}]});
        let first = program.post_as("k2", "/api/v1/calls", &call).await;
        let again = program.post_as("k2", "/api/v1/calls", &call).await;
        assert_eq!(first.is(201).json(), again.is(201).json());
        assert_eq!(console.count("select count(*) from calls").await, 1);
        assert_eq!(console.count("select count(*) from key_packs").await, 2);
    }

    async fn grants_that_do_not_add_up_are_refused_and_nothing_is_done(console) {
        queued(&console, 2).await;
        let program = console.program(Role::HelpDesk).await;
        program.post("/api/v1/reissues", &json!({"transfers": [1, 2]})).await.is(201);
        let grants = |grants: Value| json!({"requests": [1], "outcome": "completed", "grants": [grants]});
        for (grant, says) in [
            (json!({"request": 1, "granted": 2, "license_key_packs": [{"license_key_pack_id": ID, "quantity": 1}]}), "they must be the same"),
            (json!({"request": 1, "granted": 2, "license_key_pack_ids": [ID, OTHER]}), "how many licenses this license key pack id holds"),
            (json!({"request": 1, "granted": 2, "license_key_pack_ids": ["BCDFG"]}), "a promise without a complete id"),
            (json!({"request": 1, "granted": 2}), "no license key pack id stands here"),
            (json!({"request": 9, "granted": 2, "license_key_pack_ids": [ID]}), "there is no request r-9"),
            (json!({"request": 1, "granted": 2, "license_key_pack_ids": [ID], "odd": 1}), "unknown field"),
        ] {
            let refused = program.post("/api/v1/calls", &grants(grant)).await;
            refused.is(422);
            assert!(refused.text.to_lowercase().contains(says), "{says}: {}", refused.text);
        }
        assert_eq!(console.count("select count(*) from calls").await, 0);
    }

    async fn a_program_asks_for_licenses_that_move_no_seat_and_begins_a_call(console) {
        queued(&console, 0).await;
        let program = console.program(Role::HelpDesk).await;
        let wanted = json!({"license_server": 1, "product_version": 2019, "license_type": "per_device", "quantity": 100,
            "reason": "reinstall", "cause": "rebuilt", "replaces": [1]});
        let made = program.post("/api/v1/reissues", &wanted).await;
        assert_eq!(made.is(201).json()["replaces"], json!([1]));
        let begun = program.post("/api/v1/calls", &json!({"requests": ["R-1"]})).await;
        assert_eq!(begun.is(201).json()["state"], "live");
        let noted = program.post("/api/v1/calls/1/notes", &json!({"note": "On hold", "kind": "hold"})).await;
        noted.is(201);
        program.post("/api/v1/calls/1/closing", &json!({"reason": "x"})).await.is(422);
        let withdrawn = program.post("/api/v1/reissues/1/withdrawal", &json!({"reason": "The papers are missing"})).await;
        assert_eq!(withdrawn.is(201).json()["state"], "withdrawn");
        let alone = json!({"about": "deactivation", "license_server": 1, "outcome": "completed", "notes": "Confirmation code 123"});
        assert_eq!(program.post("/api/v1/calls", &alone).await.is(201).json()["about"], "deactivation");
    }
}
