//! Imports by the API.

use reseat::users::user::Role;
use serde_json::{Value, json};

use crate::api_program::Program;
use crate::bring::{license, licenses, packs};
use crate::on_both;
use crate::support::{Console, MULTIPART, Reply, multipart};

async fn hand_in(program: &Program, key: &str, form: &[(&str, &str)], files: &[(&str, &str)]) -> Reply {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let mut headers = vec![("content-type", MULTIPART)];
    if !key.is_empty() {
        headers.push(("idempotency-key", key));
    }
    program.send("POST", "/api/v1/imports", &headers, multipart(form, &files).into()).await
}

/// Reads an import until the program is no longer at work on it.
async fn settled(program: &Program, id: i64) -> (Value, String) {
    for _ in 0..400 {
        let reply = program.get(&format!("/api/v1/imports/{id}")).await;
        let import = reply.is(200).json();
        if !["receiving", "reading", "applying"].contains(&import["state"].as_str().unwrap()) {
            return (import, reply.tag());
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("import {id} does not come to an end");
}

fn files() -> (String, String) {
    (packs(&[(4, 50, 2)]), licenses(&[license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")]))
}

async fn kept(console: &Console) -> i64 {
    console.count("select count(*) from imports where state <> 'discarded'").await
}

on_both! {
    async fn files_are_handed_in_looked_at_row_by_row_and_applied(console) {
        let program = console.program(Role::Admin).await;
        let (packs, licenses) = files();
        let handed = hand_in(&program, "", &[("server", "LIC-01"), ("captured_at", "2026-08-01T06:00Z")], &[("keypacks.csv", &packs), ("issued.csv", &licenses)]).await;
        assert_eq!((handed.is(202).to.as_str(), &handed.json()["license_server"]), ("/api/v1/imports/1", &json!("LIC-01")));
        let (import, tag) = settled(&program, 1).await;
        assert_eq!((&import["state"], &import["counts"]["new"], &import["in_the_way"]), (&json!("ready"), &json!(3), &json!([])));
        assert_eq!(import["captured_at"], "2026-08-01T06:00:00Z");
        let rows = program.all("/api/v1/imports/1/rows?show=new", 1).await;
        assert_eq!(rows.len(), 2);
        assert_eq!((&rows[0]["kind"], &rows[0]["line"], &rows[0]["changes"]), (&json!("license"), &json!(2), &json!([])));
        let packs = program.all("/api/v1/imports/1/rows?of=key_packs", 1).await;
        assert_eq!((packs.len(), &packs[0]["total"], &packs[0]["keypack_id"]), (1, &json!(50), &json!(4)));
        program.post("/api/v1/imports/1/application", &json!({})).await.is(428);
        program.change("POST", "/api/v1/imports/1/application", "\"old\"", &json!({})).await.is(412);
        program.change("POST", "/api/v1/imports/1/application", &tag, &json!({})).await.is(202);
        let (import, _) = settled(&program, 1).await;
        assert_eq!((&import["state"], &import["finished_by"]), (&json!("applied"), &json!("Ada (API token 1)")));
        assert_eq!(program.all("/api/v1/licenses", 50).await.len(), 2);
        assert!(!program.all("/api/v1/history?import=1", 50).await.is_empty());
        program.change("POST", "/api/v1/imports/1/discard", "*", &json!({})).await.is(422).says("can no longer be discarded");
        program.change("POST", "/api/v1/imports/1/application", "*", &json!({})).await.is(422).says("cannot be applied");
    }

    async fn what_is_in_the_way_is_told_and_a_discarded_import_changes_nothing(console) {
        let program = console.program(Role::Admin).await;
        let twins = licenses(&[license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa01")]);
        hand_in(&program, "", &[("server", "LIC-01")], &[("issued.csv", &twins)]).await.is(202);
        let (import, tag) = settled(&program, 1).await;
        assert_eq!((&import["state"], &import["counts"]["conflicts"]), (&json!("ready"), &json!(1)));
        let way = import["in_the_way"][0].as_str().unwrap();
        assert!(way.contains("to be settled by a person first"), "{way}");
        let rows = program.all("/api/v1/imports/1/rows?show=conflicts", 50).await;
        assert_eq!((rows.len(), &rows[0]["kind"]), (1, &json!("hardware_id")));
        program.change("POST", "/api/v1/imports/1/application", &tag, &json!({})).await.is(422).says("to be settled");
        let over = program.change("POST", "/api/v1/imports/1/discard", &tag, &json!({})).await;
        assert_eq!(over.is(200).json()["state"], "discarded");
        assert_eq!(console.count("select count(*) from licenses").await, 0);
    }

    async fn what_an_import_asks_is_told_in_words_that_are_not_the_command_lines(console) {
        let program = console.program(Role::Admin).await;
        let ambiguous = licenses(&[license(1, "PC-0117", "aa01")]).replace("20260701091422.000000+000", "3/5/2026 9:14:22").replace("20260920091422.000000+000", "5/6/2026 9:14:22");
        hand_in(&program, "", &[("server", "LIC-01")], &[("i.csv", &ambiguous)]).await.is(202);
        let (import, _) = settled(&program, 1).await;
        let way = import["in_the_way"][0].as_str().unwrap();
        assert!(way.contains("can be read in two ways") && !way.contains("--"), "{way}");
        // An import that asks for its server says so too.
        hand_in(&program, "", &[], &[("i.csv", &files().1)]).await.is(202);
        let (import, _) = settled(&program, 2).await;
        assert_eq!(import["state"], json!("asking"));
        assert_eq!(import["in_the_way"][0], import["message"]);
    }

    async fn rows_that_changed_or_are_gone_say_what_was_and_is(console) {
        let program = console.program(Role::Admin).await;
        let (packs, licenses_before) = files();
        console.bring("LIC-01").captured("2026-08-01").file("keypacks.csv", packs).file("issued.csv", licenses_before).apply().await;
        let after = licenses(&[crate::bring::L { expires: "20261120", ..license(1, "PC-0117", "aa01") }]);
        hand_in(&program, "", &[("server", "LIC-01"), ("captured_at", "2026-08-02T00:00Z")], &[("issued.csv", &after)]).await.is(202);
        let (import, _) = settled(&program, 2).await;
        assert_eq!((&import["counts"]["changed"], &import["counts"]["gone"]), (&json!(1), &json!(1)));
        let changed = program.all("/api/v1/imports/2/rows?show=changed", 50).await;
        assert_eq!(changed[0]["changes"], json!([{"field": "Expires", "before": "20 Sep 2026", "after": "20 Nov 2026"}]));
        let gone = program.all("/api/v1/imports/2/rows?show=gone", 50).await;
        assert_eq!((&gone[0]["license"], &gone[0]["client"]), (&json!(2), &json!("PC-0118")));
        for (path, field) in [("show=lost", "show"), ("show=errors&of=key_packs", "of"), ("of=clients", "of"), ("after=x", "after")] {
            assert_eq!(program.get(&format!("/api/v1/imports/2/rows?{path}")).await.is(422).fields(), [field]);
        }
    }

    async fn files_that_are_handed_in_again_by_the_same_key_are_one_import(console) {
        let program = console.program(Role::Admin).await;
        let (packs, licenses) = files();
        let form = [("server", "LIC-01")];
        let first = hand_in(&program, "night 1".replace(' ', "-").as_str(), &form, &[("k.csv", &packs), ("i.csv", &licenses)]).await;
        first.is(202);
        settled(&program, 1).await;
        let again = hand_in(&program, "night-1", &form, &[("k.csv", &packs), ("i.csv", &licenses)]).await;
        assert_eq!((&again.is(202).text, &again.to, again.tag()), (&first.text, &first.to, first.tag()));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(kept(&console).await, 1);
        assert_eq!(hand_in(&program, "night-1", &form, &[("k.csv", &packs)]).await.is(422).fields(), ["Idempotency-Key"]);
        assert_eq!(kept(&console).await, 1);
    }

    async fn what_is_no_delivery_is_refused_by_the_pages_own_words(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/imports", &json!({})).await.is(415).says("multipart/form-data").fields();
        let broken = [("content-type", "multipart/form-data; boundary=b0undary")];
        program.call("POST", "/api/v1/imports", &broken, "nonsense").await.is(422).fields();
        assert_eq!(hand_in(&program, "", &[("server", "LIC-01")], &[]).await.is(422).fields(), ["files"]);
        let reply = hand_in(&program, "", &[("captured_at", "soon"), ("server", "a\u{1}b")], &[("i.csv", "x")]).await;
        assert_eq!(reply.is(422).fields(), ["captured_at", "server"]);
        for (field, value) in [("date_order", "dayfirst"), ("covers", "half"), ("time_zone", "Mars")] {
            assert_eq!(hand_in(&program, "", &[(field, value)], &[("i.csv", "x")]).await.is(422).fields(), [field]);
        }
        hand_in(&program, "", &[("captured", "2026-08-01")], &[("i.csv", "x")]).await.is(422).says("no field “captured” here");
        for (server, file) in [("a\u{0}b", "i.csv"), ("LIC-01", "i\u{0}.csv")] {
            let zero = hand_in(&program, "", &[("server", server)], &[(file, "x")]).await;
            assert_eq!(zero.status.as_u16(), 422, "{server:?} {file:?} {}", zero.text);
        }
        assert_eq!(kept(&console).await, 0);
    }
}
