//! Signing in, people and sessions.

use reseat::users::store;
use reseat::users::user::Role;

use crate::on_both;
use crate::support::{Console, PASSWORD};

async fn first_link(console: &Console) -> String {
    let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
    let token = store::make_link(&mut tx, None).await.unwrap();
    tx.commit().await.unwrap();
    format!("/set-up/{token}")
}

on_both! {
    async fn the_set_up_link_makes_the_first_admin_once(console) {
        let link = first_link(&console).await;
        let mut stranger = console.stranger();
        stranger.get(&link).await.is(200).says("name=\"password\"");
        let short = stranger.post(&link, &[("name", "Ada"), ("password", "short"), ("password_again", "short")]).await;
        short.is(422).says("at least 12 characters").says("value=\"Ada\"").says_nothing_of("value=\"short\"");
        let form = [("name", "Ada"), ("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(stranger.post(&link, &form).await.is(303).to, "/");
        stranger.get("/account").await.is(200).says("Ada");
        console.stranger().get(&link).await.is(404);
        console.stranger().post(&link, &form).await.is(404);
    }

    async fn no_demonstration_is_made_where_there_is_something_or_by_another_link(console) {
        let link = first_link(&console).await;
        console.stranger().get(&link).await.says("Show me the demonstration");
        crate::bring::two_clients(&console).await;
        let refused = console.stranger().post(&format!("{link}/demonstration"), &[]).await;
        refused.is(409).says("This database is not empty any more");
        assert!(!reseat::users::store::exist(console.db()).await.unwrap());
        console.add("Ada", Role::Admin).await;
        console.stranger().post(&format!("{link}/demonstration"), &[]).await.is(404);
    }

    async fn the_set_up_link_expires_after_a_day(console) {
        let link = first_link(&console).await;
        console.pass(24 * 3_600 + 1);
        console.stranger().get(&link).await.is(404);
    }

    async fn an_unknown_name_and_a_wrong_password_get_the_same_answer(console) {
        console.add("Ada", Role::Admin).await;
        let mut stranger = console.stranger();
        let unknown = stranger.post("/sign-in", &[("name", "Nobody"), ("password", "x")]).await;
        let wrong = stranger.post("/sign-in", &[("name", "Ada"), ("password", "x")]).await;
        assert_eq!(unknown.is(422).text.replace("Nobody", "Ada"), wrong.is(422).text);
        wrong.says("do not belong together").says_nothing_of("value=\"x\"");
    }

    async fn times_are_written_in_the_zone_that_somebody_chose_else_as_their_browser_says(console) {
        let mut ada = console.admin().await;
        ada.get("/account").await.says("22 Aug 2026, 00:00 UTC");
        ada.cookies.push(("zone".into(), "Asia%2FTokyo".into()));
        ada.get("/account").await.says("22 Aug 2026, 09:00 JST");
        ada.post("/account/time-zone", &[("zone", "Europe/Berlin")]).await.is(303);
        ada.get("/account").await.says("22 Aug 2026, 02:00 CEST").says("<option value=\"Europe/Berlin\" selected>");
        ada.get("/history").await.says("Time zone chosen");
        let wrong = ada.post("/account/time-zone", &[("zone", "Europe/Entenhausen")]).await;
        wrong.is(422).says("There is no such time zone.");
        ada.post("/account/time-zone", &[("zone", "")]).await.is(303);
        ada.get("/account").await.says("22 Aug 2026, 09:00 JST");
        ada.cookies.retain(|(name, _)| name != "zone");
        ada.cookies.push(("zone".into(), "nowhere".into()));
        ada.get("/account").await.says("22 Aug 2026, 00:00 UTC");
        ada.get("/transfers/queue").await.says("by UTC");
    }

    async fn a_browser_keeps_how_it_shows_the_console(console) {
        let mut ada = console.admin().await;
        ada.get("/account").await.says("<html lang=\"en\">");
        ada.post("/account/look", &[("rows", "roomy"), ("text", "large"), ("theme", "dark")]).await.is(303);
        let roomy = "<html lang=\"en\" data-rows=\"roomy\" data-text=\"large\" data-theme=\"dark\">";
        ada.get("/account").await.says(roomy).says("value=\"roomy\" checked");
        ada.get("/nowhere").await.is(404).says(roomy);
        ada.post("/account/look", &[("rows", "\"><script>")]).await.is(303);
        ada.get("/account").await.says("<html lang=\"en\">");
    }

    async fn numbers_are_written_as_the_reader_chose_and_files_alike_for_everybody(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        stock.key_pack(server).of(12_345).await;
        let mut ada = console.admin().await;
        ada.get("/key-packs").await.says(">12,345<");
        for (chosen, shown) in [("dot", ">12.345<"), ("space", ">12\u{a0}345<"), ("apostrophe", ">12’345<"), ("", ">12,345<")] {
            ada.post("/account/look", &[("numbers", chosen)]).await.is(303);
            ada.get("/key-packs").await.says(shown);
            ada.get("/key-packs.csv").await.says(",12345,");
        }
    }

    async fn days_are_written_as_the_reader_chose_and_files_alike_for_everybody(console) {
        let mut ada = console.admin().await;
        ada.get("/account").await.says("Now it is <time datetime=\"2026-08-22T00:00:00Z\">22 Aug 2026, 00:00 UTC<");
        for (chosen, shown) in [("year-first", ">2026-08-22, 00:00 UTC<"), ("month-first", ">Aug 22, 2026, 00:00 UTC<"), ("", ">22 Aug 2026, 00:00 UTC<")] {
            ada.post("/account/look", &[("days", chosen), ("numbers", "dot")]).await.is(303);
            ada.get("/account").await.says(shown);
        }
        ada.post("/account/look", &[("days", "month-first")]).await.is(303);
        ada.get("/history.csv").await.is(200).says_nothing_of("Aug 22");
    }

    async fn names_are_known_in_any_case_and_signing_in_leads_on(console) {
        console.add("Ada", Role::Admin).await;
        let mut stranger = console.stranger();
        let turned_away = stranger.get("/history?actor=Ada").await;
        assert_eq!(turned_away.is(303).to, "/sign-in?next=%2Fhistory%3Factor%3DAda");
        let form = [("name", " aDA "), ("password", PASSWORD), ("next", "/history?actor=Ada")];
        assert_eq!(stranger.post("/sign-in", &form).await.is(303).to, "/history?actor=Ada");
    }

    async fn ten_failed_tries_close_an_account_for_a_quarter_of_an_hour_from_anywhere(console) {
        console.add("Ada", Role::Admin).await;
        for n in 0..10 {
            let mut stranger = console.stranger();
            stranger.address = Some(format!("192.0.2.{n}:5000"));
            stranger.post("/sign-in", &[("name", "ada"), ("password", "x")]).await.is(422);
        }
        let other = console.second_copy().await;
        let right = [("name", "Ada"), ("password", PASSWORD)];
        other.stranger().post("/sign-in", &right).await.is(422).says("Too many tries");
        console.pass(15 * 60 + 1);
        other.stranger().post("/sign-in", &right).await.is(303);
    }

    async fn fifty_failed_tries_close_an_address_for_every_account(console) {
        console.add("Ada", Role::Admin).await;
        let mut here = console.stranger();
        here.address = Some("192.0.2.1:5000".into());
        for n in 0..50 {
            here.post("/sign-in", &[("name", &format!("guess-{n}")), ("password", "x")]).await.is(422);
        }
        let right = [("name", "Ada"), ("password", PASSWORD)];
        here.post("/sign-in", &right).await.is(422).says("Too many tries");
        let mut elsewhere = console.stranger();
        elsewhere.address = Some("192.0.2.2:5000".into());
        elsewhere.post("/sign-in", &right).await.is(303);
    }

    async fn a_session_ends_when_idle_and_when_old(console) {
        let mut ada = console.admin().await;
        for _ in 0..10 {
            console.pass(11 * 3_600);
            ada.get("/account").await.is(200);
        }
        console.pass(13 * 3_600);
        ada.get("/account").await.is(303);
        let mut ada = console.admin().await;
        for _ in 0..15 {
            console.pass(11 * 3_600);
            ada.get("/account").await.is(200);
        }
        console.pass(11 * 3_600);
        ada.get("/account").await.is(303);
    }

    async fn signing_out_ends_the_session_itself_and_not_only_the_cookie(console) {
        let mut ada = console.admin().await;
        let mut copy = ada.clone();
        ada.post("/sign-out", &[]).await.is(303);
        copy.get("/account").await.is(303);
    }

    async fn ones_own_page_lists_and_ends_ones_sessions_and_nobody_elses(console) {
        let mut here = console.admin().await;
        let mut there = console.admin().await;
        let mut audrey = console.auditor().await;
        here.get("/account").await.is(200).says("/account/sessions/2/end");
        audrey.post("/account/sessions/2/end", &[]).await.is(404);
        there.get("/account").await.is(200);
        here.post_and_follow("/account/sessions/2/end", &[]).await.says("The session is ended.");
        there.get("/account").await.is(303);
    }

    async fn a_new_password_asks_for_the_present_one_and_ends_the_other_sessions(console) {
        let mut ada = console.admin().await;
        let mut other = console.admin().await;
        let new = "another password for the tests";
        let wrong = [("present", "x"), ("password", new), ("password_again", new)];
        ada.post("/account/password", &wrong).await.is(422).says("not your present password");
        let right = [("present", PASSWORD), ("password", new), ("password_again", new)];
        ada.post_and_follow("/account/password", &right).await.is(200).says("Your password is changed");
        other.get("/account").await.is(303);
        let mut again = console.stranger();
        again.post("/sign-in", &[("name", "Ada"), ("password", PASSWORD)]).await.is(422);
        again.post("/sign-in", &[("name", "Ada"), ("password", new)]).await.is(303);
    }

    async fn an_admin_adds_a_person_who_sets_a_password_by_a_link_once(console) {
        let mut ada = console.admin().await;
        let added = ada.post("/users", &[("name", "Hedda"), ("role", "help_desk")]).await;
        let link = added.is(200).text.split("/set-up/").nth(1).unwrap().chars().take(64).collect::<String>();
        let link = format!("/set-up/{link}");
        ada.post("/users", &[("name", "hedda"), ("role", "auditor")]).await.is(422).says("already");
        ada.post("/users", &[("name", ""), ("role", "owner")]).await.is(422).says("Choose what").says("Type the name");
        let mut hedda = console.stranger();
        let form = [("password", PASSWORD), ("password_again", PASSWORD)];
        hedda.post(&link, &form).await.is(303);
        hedda.get("/account").await.says("Help desk");
        hedda.get("/users").await.is(404);
        hedda.post("/users", &[("name", "Eve"), ("role", "admin")]).await.is(403);
        console.stranger().post(&link, &form).await.is(404);
    }

    async fn a_link_that_nobody_else_can_open_says_so(console) {
        let new = [("name", "Hedda"), ("role", "help_desk")];
        console.admin().await.post("/users", &new).await.is(200).says("Others cannot open this address").says("--public-url");
        let console = console.with_settings(|settings| settings.public_url = Some("https://reseat.example".into()));
        let other = [("name", "Hans"), ("role", "help_desk")];
        console.admin().await.post("/users", &other).await.is(200).says("https://reseat.example/set-up/").says_nothing_of("Others cannot open");
    }

    async fn a_disabled_person_is_out_at_once_and_the_last_admin_cannot_be_disabled(console) {
        let mut ada = console.admin().await;
        let mut hedda = console.help_desk().await;
        let id = store::look_up(console.db(), "Hedda").await.unwrap().id;
        ada.post_and_follow(&format!("/users/{id}/disablement"), &[]).await.says("Hedda may no longer sign in.");
        hedda.get("/account").await.is(303);
        console.stranger().post("/sign-in", &[("name", "Hedda"), ("password", PASSWORD)]).await.is(422);
        ada.post_and_follow(&format!("/users/{id}/enablement"), &[]).await.is(200);
        console.stranger().post("/sign-in", &[("name", "Hedda"), ("password", PASSWORD)]).await.is(303);
        let own = store::look_up(console.db(), "Ada").await.unwrap().id;
        ada.post(&format!("/users/{own}/disablement"), &[]).await.is(422).says("last admin");
        ada.post(&format!("/users/{own}/role"), &[("role", "auditor")]).await.is(422).says("last admin");
        ada.get("/account").await.is(200);
    }

    async fn a_role_that_somebody_changed_meanwhile_is_not_overwritten(console) {
        let mut ada = console.admin().await;
        console.add("Bea", Role::Auditor).await;
        let bea = format!("/users/{}/role", store::look_up(console.db(), "Bea").await.unwrap().id);
        ada.get("/users").await.says("name=\"was\" value=\"auditor\"");
        ada.post_and_follow(&bea, &[("was", "auditor"), ("role", "help_desk")]).await.is(200).says("Bea is now Help desk.");
        let late = ada.post(&bea, &[("was", "auditor"), ("role", "admin")]).await;
        late.is(422).says("Somebody changed the role of Bea while your page was open.").says("name=\"was\" value=\"help_desk\"");
        assert_eq!(store::look_up(console.db(), "Bea").await.unwrap().role, Role::HelpDesk);
        assert_eq!(console.count("select count(*) from history where action = 'role changed'").await, 1);
    }

    async fn a_session_made_by_one_copy_is_known_to_another(console) {
        let mut ada = console.admin().await;
        let other = console.second_copy().await;
        let mut elsewhere = other.admin().await;
        elsewhere.get("/account").await.is(200);
        ada.get("/account").await.is(200);
    }

    async fn without_tls_the_cookie_tells_consoles_on_one_machine_apart(console) {
        console.add("Ada", Role::Admin).await;
        let console = console.with_settings(|settings| settings.port = Some(8081));
        let reply = console.stranger().post("/sign-in", &[("name", "Ada"), ("password", PASSWORD)]).await;
        let cookie = reply.is(303).headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("reseat-8081="), "{cookie}");
    }

    async fn under_tls_the_cookie_is_bound_to_the_host(console) {
        console.add("Ada", Role::Admin).await;
        let console = console.with_settings(|settings| settings.public_url = Some("https://reseat.example".into()));
        let reply = console.stranger().post("/sign-in", &[("name", "Ada"), ("password", PASSWORD)]).await;
        let cookie = reply.is(303).headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-reseat="), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(reply.headers.contains_key("strict-transport-security"));
    }

    async fn a_change_from_another_site_is_refused(console) {
        let mut ada = console.admin().await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = axum::http::Request::post("/sign-out").header(name, value);
            assert_eq!(ada.send(request, axum::body::Body::empty()).await.status.as_u16(), 403, "{name}");
        }
        ada.get("/account").await.is(200);
    }
}
