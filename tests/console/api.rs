//! The API: what is sent and answered, whatever the noun.

use std::collections::BTreeSet;

use regex::Regex;
use reseat::users::user::Role;
use serde_json::{Value, json};

use crate::on_both;

on_both! {
    async fn a_company_is_made_read_corrected_and_retired(console) {
        let program = console.program(Role::Admin).await;
        let made = program.post("/api/v1/companies", &json!({"name": " Contoso ", "phone": 5_550_100})).await;
        made.is(201);
        assert_eq!(made.to, "/api/v1/companies/1");
        let contoso = made.json();
        assert_eq!((&contoso["name"], &contoso["phone"], &contoso["retired_at"]), (&json!("Contoso"), &json!("5550100"), &Value::Null));
        assert_eq!(contoso["created_at"], "2026-08-22T00:00:00Z");
        let shown = program.get("/api/v1/companies/1").await;
        assert_eq!((shown.is(200).json(), shown.tag()), (contoso, made.tag()));
        let corrected = program.patch("/api/v1/companies/1", &made.tag(), &json!({"email": "ada@contoso.example", "reason": "She told us.", "effective_on": "2026-08-01"})).await;
        corrected.is(200);
        assert_eq!((&corrected.json()["name"], &corrected.json()["phone"]), (&json!("Contoso"), &json!("5550100")));
        console.auditor().await.get("/companies/1").await.says("<ins>ada@contoso.example</ins>").says("She told us. True since 2026-08-01.");
        let retired = program.change("POST", "/api/v1/companies/1/retirement", &corrected.tag(), &json!({"reason": "Sold"})).await;
        assert_eq!(retired.is(200).json()["retired_at"], "2026-08-22T00:00:00Z");
        let back = program.change("POST", "/api/v1/companies/1/retirement", &retired.tag(), &json!({"reason": "Bought", "back": true})).await;
        assert_eq!(back.is(200).json()["retired_at"], Value::Null);
    }

    async fn what_the_page_refuses_is_refused_by_the_same_words(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        let long = "x".repeat(256);
        for (name, email, field, says) in [
            (json!(""), "a@b", "name", "Type the company’s name, as its agreements bear it."),
            (json!(null), "a@b", "name", "Type the company’s name, as its agreements bear it."),
            (json!("contoso"), "a@b", "name", "Another company bears this name already."),
            (json!("Fabrikam"), "not an address", "email", "Write one e-mail address, like ada@example.com, or leave it empty."),
            (json!(long), "a@b", "name", "The name may have at most 255 characters."),
            (json!("Fab\u{0}rikam"), "a@b", "name", "The name holds characters that cannot be shown. Type it again."),
        ] {
            let reply = program.post("/api/v1/companies", &json!({"name": name, "email": email})).await;
            let refusal = reply.is(422).json();
            assert!(refusal["fields"][field].as_str().unwrap().starts_with(says), "{refusal}");
            assert!(refusal["error"].as_str().unwrap().contains(says), "{refusal}");
        }
        let several = program.post("/api/v1/companies", &json!({"email": "x"})).await;
        assert_eq!(several.is(422).fields(), ["email", "name"]);
        let tag = program.get("/api/v1/companies/1").await.tag();
        let same = program.patch("/api/v1/companies/1", &tag, &json!({"reason": "so"})).await;
        same.is(422).says("Nothing differs from what is recorded.");
        assert_eq!(program.patch("/api/v1/companies/1", &tag, &json!({"name": "C"})).await.is(422).fields(), ["reason"]);
    }

    async fn what_cannot_be_a_form_is_refused_with_a_sentence_in_json(console) {
        let program = console.program(Role::Admin).await;
        let json = [("content-type", "application/json")];
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for (headers, body, status, says) in [
            (&json[..], "", 400, "This is not JSON from line 1, column 0 on."),
            (&json[..], "{\"name\": ", 400, "This is not JSON"),
            (&json[..], "{'name': 'x'}", 400, "This is not JSON from line 1, column 2 on."),
            (&json[..], deep.as_str(), 400, "This is not JSON"),
            (&json[..], "{\"name\": 1e999}", 400, "This is not JSON"),
            (&json[..], "[]", 422, "Send a JSON object."),
            (&json[..], "\"name\"", 422, "Send a JSON object."),
            (&json[..], "{\"nmae\": \"x\"}", 422, "There is no such field here. There are: address, contact_first_name"),
            (&json[..], "{\"name\": [\"x\"]}", 422, "name: Send a text, a number, true, false or null."),
            (&json[..], "{\"seen\": 7}", 422, "There is no such field"),
            (&json[..], "{\"reason\": \"x\"}", 422, "There is no such field"),
            (&[][..], "{\"name\": \"x\"}", 415, "Send JSON, and say so"),
            (&[("content-type", "application/x-www-form-urlencoded")][..], "name=x", 415, "Send JSON, and say so"),
        ] {
            program.call("POST", "/api/v1/companies", headers, body).await.is(status).says(says).fields();
        }
        let large = json!({"name": "x", "note": "y".repeat(1_100_000)});
        program.post("/api/v1/companies", &large).await.is(413).fields();
        assert_eq!(console.count("select count(*) from companies").await, 0);
    }

    async fn an_address_that_is_wrong_is_refused_in_json(console) {
        let program = console.program(Role::Auditor).await;
        for (method, path, status) in [
            ("GET", "/api/v1/nothing", 404),
            ("GET", "/api/v1", 404),
            ("GET", "/api/v1/companies/seven", 400),
            ("GET", "/api/v1/companies/99999999999999999999", 400),
            ("GET", "/api/v1/companies/-1", 404),
            ("GET", "/api/v1/companies/%00", 400),
            ("GET", "/api/v1/clients?find=%00", 400),
            ("DELETE", "/api/v1/companies/1", 405),
            ("PUT", "/api/v1/companies", 405),
        ] {
            let reply = program.call(method, path, &[], "").await;
            assert_eq!(reply.status.as_u16(), status, "{method} {path} {}", reply.text);
            reply.fields();
            assert_eq!(reply.headers.contains_key("allow"), status == 405, "{method} {path}");
        }
    }

    async fn pages_too_refuse_what_cannot_be_read_with_a_page(console) {
        let mut ada = console.admin().await;
        ada.get("/clients/seven").await.is(400).says("<h1>This cannot be read</h1>");
        ada.get("/clients?q=pc%00-1&kind=%00").await.is(200).says("value=\"pc-1\"");
        ada.get("/history?actor=%%0000").await.is(200);
        console.stranger().post("/sign-in", &[("name", "a\u{0}da"), ("password", "x")]).await.is(422).says("do not belong together");
        let request = || axum::http::Request::post("/companies");
        ada.send(request(), "name=Contoso".into()).await.is(415).says("<h1>This cannot be read</h1>");
        let typed = || request().header("content-type", "application/x-www-form-urlencoded");
        ada.send(typed(), "name=a&name=b".into()).await.says("<h1>This cannot be read</h1>");
        ada.send(typed(), "x".repeat(1_100_000).into()).await.is(413).says("<h1>This is too much</h1>");
    }

    async fn nobody_overwrites_what_they_have_not_seen(console) {
        let program = console.program(Role::Admin).await;
        let old = program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.tag();
        let body = json!({"name": "Contoso AG", "reason": "Renamed"});
        program.call("PATCH", "/api/v1/companies/1", &[("content-type", "application/json")], &body.to_string()).await.is(428).says("If-Match");
        let new = program.patch("/api/v1/companies/1", &old, &body).await.is(200).tag();
        assert!(old != new);
        let again = json!({"name": "Contoso SE", "reason": "I read so"});
        for tag in [old.as_str(), "\"nonsense\"", &format!("W/{new}")] {
            program.patch("/api/v1/companies/1", tag, &again).await.is(412).says("nothing of yours is saved").fields();
            program.change("POST", "/api/v1/companies/1/retirement", tag, &json!({"reason": "x"})).await.is(412);
        }
        assert_eq!(program.patch("/api/v1/companies/1", &format!("\"x\", {new}"), &again).await.is(200).json()["name"], "Contoso SE");
        program.patch("/api/v1/companies/1", "*", &json!({"name": "Contoso", "reason": "Whatever"})).await.is(200);
        program.patch("/api/v1/companies/9", "*", &again).await.is(404);
    }

    async fn what_is_known_already_is_not_sent_again(console) {
        let program = console.program(Role::Admin).await;
        let tag = program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.tag();
        let known = program.call("GET", "/api/v1/companies/1", &[("if-none-match", &tag)], "").await;
        assert_eq!((known.is(304).text.as_str(), known.tag()), ("", tag.clone()));
        // What a company shows also changes by what is recorded elsewhere.
        program.post("/api/v1/license-servers", &json!({"company": 1, "name": "LIC-01"})).await.is(201);
        program.call("GET", "/api/v1/companies/1", &[("if-none-match", &tag)], "").await.is(200).says("\"license_servers\":1");
    }

    async fn a_call_that_is_sent_again_is_answered_as_before_and_makes_nothing_twice(console) {
        let program = console.program(Role::Admin).await;
        let body = json!({"name": "Contoso"});
        let first = program.post_as("k-1", "/api/v1/companies", &body).await;
        let tag = first.is(201).tag();
        assert!(!first.headers.contains_key("idempotency-replayed"));
        // What happened to it since is not what was answered.
        program.patch("/api/v1/companies/1", &tag, &json!({"name": "Contoso AG", "reason": "Renamed"})).await.is(200);
        console.pass(86_399);
        let again = program.post_as("k-1", "/api/v1/companies", &body).await;
        again.is(201);
        assert_eq!((&again.text, &again.to, again.tag()), (&first.text, &first.to, tag));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(console.count("select count(*) from companies").await, 1);
        let other = program.post_as("k-1", "/api/v1/companies", &json!({"name": "Fabrikam"})).await;
        assert_eq!(other.is(422).fields(), ["Idempotency-Key"]);
        program.post_as("k-1", "/api/v1/license-servers", &json!({"company": 1, "name": "LIC-01"})).await.is(422).says("another call");
        // A key is its token's own, and is forgotten after a day.
        let hers = console.token("Ada", Role::Admin, console.app.now().plus_days(1)).await;
        console.program_with(&hers).post_as("k-1", "/api/v1/companies", &json!({"name": "Fabrikam"})).await.is(201);
        console.pass(1);
        program.post_as("k-1", "/api/v1/companies", &json!({"name": "Litware"})).await.is(201);
        for key in ["", "two words", &"x".repeat(256)] {
            assert_eq!(program.post_as(key, "/api/v1/companies", &json!({"name": "W"})).await.is(422).fields(), ["Idempotency-Key"]);
        }
    }

    async fn what_was_answered_is_forgotten_after_a_day_though_nobody_calls_again(console) {
        let program = console.program(Role::Admin).await;
        program.post_as("once", "/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        for (seconds, left) in [(86_399, 1), (1, 0)] {
            console.pass(seconds);
            reseat::api::kept::sweep(console.db(), console.app.now()).await.unwrap();
            assert_eq!(console.count("select count(*) from idempotency_keys").await, left);
        }
    }

    async fn a_refused_call_does_not_use_its_key_up(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        program.post_as("k-1", "/api/v1/companies", &json!({"name": "Contoso"})).await.is(422);
        program.post_as("k-1", "/api/v1/companies", &json!({"name": "Fabrikam"})).await.is(201);
    }

    async fn of_the_same_call_sent_many_times_at_once_one_makes_something(console) {
        let program = console.program(Role::Admin).await;
        let calls = (0..8).map(|_| async { program.post_as("k-1", "/api/v1/companies", &json!({"name": "Contoso"})).await });
        let replies = futures_util::future::join_all(calls).await;
        assert!(replies.iter().all(|reply| reply.is(201).text == replies[0].text));
        let first = replies.iter().filter(|reply| !reply.headers.contains_key("idempotency-replayed")).count();
        assert_eq!((first, console.count("select count(*) from companies").await), (1, 1));
    }

    async fn no_field_of_any_form_lets_the_character_of_number_0_through_to_the_database(console) {
        let program = console.program(Role::Admin).await;
        let document = reseat::api::document::document();
        for (path, told) in document["paths"].as_object().unwrap() {
            let Some(schema) = told["post"]["requestBody"]["content"]["application/json"]["schema"].as_object() else { continue };
            if path.contains("{id}") {
                continue;
            }
            program.post("/api/v1/companies", &json!({"name": "Contoso"})).await;
            for field in schema["properties"].as_object().unwrap().keys() {
                let mut body = schema["example"].clone();
                body[field] = json!("a\u{0}b");
                let reply = program.post(path, &body).await;
                assert!([201, 422].contains(&reply.status.as_u16()), "{path} {field} {}", reply.text);
            }
        }
    }

    async fn the_interface_explains_itself_to_people_and_to_machines(console) {
        let page = console.auditor().await.get("/api").await;
        page.is(200).says("/api/v1/companies/{id}/retirement").says("Idempotency-Key").says("curl -H").says("-F files=@issued.csv");
        page.says_nothing_of("<style").says_nothing_of(" style=");
        let document = console.program_without().get("/api/v1/openapi.json").await.is(200).json();
        assert_eq!(&document, reseat::api::document::document());
        assert_eq!(document["openapi"], "3.1.0");
    }
}

#[test]
fn every_call_is_described_and_every_description_is_a_call() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/routes/api.rs")).unwrap();
    let route = Regex::new(r#"(?s)\.route\(\s*"(/api/v1/[^"]+)",\s*((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)"#).unwrap();
    let method = Regex::new(r"\b(get|post|put|patch|delete)\(").unwrap();
    let mut routed = BTreeSet::new();
    for found in route.captures_iter(&text) {
        routed.extend(method.captures_iter(&found[2]).map(|one| (found[1].to_owned(), one[1].to_owned())));
    }
    let paths = reseat::api::document::document()["paths"].as_object().unwrap();
    let told: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())))
        .collect();
    assert!(routed.len() > 20);
    assert_eq!(routed, told);
}

#[test]
fn every_reference_within_the_description_leads_somewhere_and_every_name_is_its_own() {
    let document = reseat::api::document::document();
    let text = document.to_string();
    for found in Regex::new(r##""\$ref":"#([^"]+)""##).unwrap().captures_iter(&text) {
        assert!(document.pointer(&found[1]).is_some(), "{}", &found[1]);
    }
    let names: Vec<String> = Regex::new(r#""operationId":"([^"]+)""#)
        .unwrap()
        .captures_iter(&text)
        .map(|found| found[1].to_owned())
        .collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}
