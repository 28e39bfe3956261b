//! A form whose session has ended: what was typed goes along through signing in, and is sent then.

use axum::body::Body;
use axum::http::{Request, header};
use reseat::users::user::Role;

use crate::forms::otherwise;
use crate::on_both;
use crate::support::{Console, PASSWORD, Person, Reply};

const ID: &str = "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-Z2345-6789<";

/// Sends the form that a page shows, some of its fields otherwise.
async fn send(person: &mut Person, page: &Reply, typed: &[(&str, &str)]) -> Reply {
    let (_, action) = page.text.split_once("<form class=\"long\" action=\"").expect("there is no form");
    let action = action.split('"').next().unwrap();
    person.post_form(action, &otherwise(page.form(action), typed)).await
}

/// An admin whose session ends while a correction of Contoso is being typed; what the console answers to it.
async fn ended(console: &Console) -> (Person, Reply) {
    let mut ada = console.admin().await;
    ada.post("/companies", &[("name", "Contoso")]).await.is(303);
    let seen = ada.get("/companies/1/edit").await.seen();
    console.pass(13 * 3_600);
    let note = format!("first line\r\nsecond & \"third\" <b> {ID}");
    let typed = [("name", "Contoso AG"), ("note", &note), ("email", ""), ("reason", "renamed"), ("seen", &seen)];
    let page = ada.post("/companies/1", &typed).await;
    (ada, page)
}

on_both! {
    async fn what_was_typed_when_the_session_ended_is_sent_after_signing_in(console) {
        let (mut ada, page) = ended(&console).await;
        page.is(401).says("Your session has ended. Sign in, and what you typed is still here.").says("<h1>Sign in</h1>");
        page.says_nothing_of(ID);
        assert_eq!(page.headers["cache-control"], "no-store");
        let page = send(&mut ada, &page, &[("name", "Ada"), ("password", "wrong")]).await;
        page.is(422).says("do not belong together").says("what you typed is still here");
        let page = send(&mut ada, &page, &[("password", PASSWORD)]).await;
        page.is(200).says("<h1>You are signed in again</h1>").says("You are Ada.").says("not sent yet");
        page.says(">Note</label>").says("second &#38; &#34;third&#34; &#60;b&#62;").says("6789&#60;").says_nothing_of("6789<\n");
        assert_eq!(page.headers["cache-control"], "no-store");
        ada.get("/companies/1").await.is(200).says("<h1>Contoso</h1>");
        let page = send(&mut ada, &page, &[("reason", "renamed on 1 July")]).await;
        assert_eq!(page.is(303).to, "/companies/1");
        let page = ada.get("/companies/1").await;
        page.says("<h1>Contoso AG</h1>").says("second &#38; &#34;third&#34;").says("renamed on 1 July").says("by Ada");
    }

    async fn a_correction_that_was_overtaken_while_nobody_was_signed_in_overwrites_nothing(console) {
        let (mut ada, page) = ended(&console).await;
        let mut bea = console.person("Bea", Role::Admin).await;
        let seen = bea.get("/companies/1/edit").await.seen();
        bea.post("/companies/1", &[("name", "Contoso SE"), ("seen", &seen), ("reason", "new form")]).await.is(303);
        let page = send(&mut ada, &page, &[("name", "Ada"), ("password", PASSWORD)]).await;
        let page = send(&mut ada, page.is(200), &[]).await;
        page.is(422).says("It was changed while your page was open").says("Contoso AG").says("second");
        ada.get("/companies/1").await.says("<h1>Contoso SE</h1>");
    }

    async fn somebody_else_who_signs_in_may_send_only_what_their_role_may(console) {
        let (_, page) = ended(&console).await;
        console.add("Hedda", Role::HelpDesk).await;
        let mut hedda = console.stranger();
        let page = send(&mut hedda, &page, &[("name", "Hedda"), ("password", PASSWORD)]).await;
        let page = send(&mut hedda, page.is(200), &[]).await;
        page.is(403).says("This change needs the role Admin; you are signed in as Hedda (Help desk).");
        hedda.get("/companies/1").await.says("<h1>Contoso</h1>");
    }

    async fn nobody_is_led_to_another_site_and_no_link_fills_a_form_in(console) {
        console.add("Ada", Role::Admin).await;
        for hostile in ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", "/sign-out", "/set-up/x", "/api/v1/companies"] {
            let form = [("name", "Ada"), ("password", PASSWORD), ("to", hostile), ("typed", "note=a"), ("back", hostile)];
            let reply = console.stranger().post("/sign-in", &form).await;
            assert_eq!(reply.is(303).to, "/", "{hostile}");
            reply.says_nothing_of("evil");
            let form = [("name", "Ada"), ("password", PASSWORD), ("to", "/companies"), ("typed", "note=a"), ("back", "//evil.example")];
            console.stranger().post("/sign-in", &form).await.is(200).says("action=\"/companies\"").says_nothing_of("evil");
        }
        let link = "/sign-in?to=/users&typed=name%3DEve%26role%3Dadmin&name=Ada&next=/clients";
        console.stranger().get(link).await.is(200).says_nothing_of("Eve").says_nothing_of("name=\"typed\"");
    }

    async fn the_link_back_leads_to_the_page_of_the_form(console) {
        console.add("Ada", Role::Admin).await;
        for (from, says) in [
            ("http://localhost:8080/companies/new?x=1", "<a href=\"/companies/new?x=1\">Open the form anew</a>"),
            ("http://localhost:8080//evil.example", "<a href=\"/\">"),
            ("https://evil.example/companies/new", "<a href=\"/\">"),
            ("http://localhost:8080.evil.example/", "<a href=\"/\">"),
            ("http://localhost:8080/companies", "<a href=\"/\">"),
        ] {
            let mut stranger = console.stranger();
            let request = Request::post("/companies").header(header::REFERER, from);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let page = stranger.send(request, Body::from("name=Contoso")).await;
            let page = send(&mut stranger, page.is(401), &[("name", "Ada"), ("password", PASSWORD)]).await;
            page.is(200).says(says).says_nothing_of("evil");
        }
    }

    async fn passwords_are_never_carried(console) {
        let mut stranger = console.stranger();
        let form = [("present", PASSWORD), ("password", "new new new new"), ("password_again", "new new new new")];
        assert_eq!(stranger.post("/account/password", &form).await.is(303).to, "/sign-in");
        let form = [("name", "Eve"), ("password", "new new new new"), ("note", "kept")];
        stranger.post("/users", &form).await.is(401).says("note=kept").says_nothing_of("new+new").says_nothing_of("new%20new");
        console.add("Ada", Role::Admin).await;
        let form = [("name", "Ada"), ("password", PASSWORD), ("to", "/users"), ("typed", "note=kept&password=out-of-sight")];
        stranger.post("/sign-in", &form).await.is(200).says("kept").says_nothing_of("out-of-sight");
    }

    async fn what_is_too_large_or_no_form_goes_on_as_before(console) {
        let mut stranger = console.stranger();
        let (large, largest) = ("x".repeat(299_990), "x".repeat(300_001));
        stranger.post("/companies", &[("note", &large)]).await.is(401).says("what you typed is still here");
        assert_eq!(stranger.post("/companies", &[("note", &largest)]).await.is(303).to, "/sign-in");
        assert_eq!(stranger.post("/companies", &[("note", &"x".repeat(2_000_000))]).await.is(303).to, "/sign-in");
        assert_eq!(stranger.upload("/imports", &[("server", "LIC-01")], &[("issued.csv", b"x")]).await.is(303).to, "/sign-in");
        assert_eq!(stranger.post("/checks/backup", &[]).await.is(303).to, "/sign-in");
        let request = Request::post("/companies").header(header::CONTENT_TYPE, "text/plain");
        assert_eq!(stranger.send(request, Body::from("name=Contoso")).await.is(303).to, "/sign-in");
        console.program_without().call("POST", "/api/v1/companies", &[("content-type", "application/x-www-form-urlencoded")], "name=a").await.is(401).says_nothing_of("typed");
        // All of it fits into the form for signing in, also where every sign of it takes three.
        console.add("Ada", Role::Admin).await;
        let signs = "&".repeat(299_000);
        let form = [("name", "Ada"), ("password", PASSWORD), ("to", "/companies"), ("typed", &format!("note=a{signs}"))];
        stranger.post("/sign-in", &form).await.is(200).says("You are signed in again");
    }
}
