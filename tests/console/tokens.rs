//! API tokens: made, shown once, used, expired, revoked.

use axum::http::StatusCode;
use reseat::moment::Moment;
use reseat::users::user::Role;

use crate::on_both;

on_both! {
    async fn a_token_is_shown_once_and_lets_a_program_in_until_it_is_revoked(console) {
        let mut hedda = console.help_desk().await;
        let page = hedda.post("/account/tokens", &[("label", "job-17"), ("role", "auditor"), ("expires", "90")]).await;
        page.is(200).says("A token for job-17").says("shown only now");
        let (_, rest) = page.text.split_once("<code>reseat_").unwrap();
        let token = format!("reseat_{}", rest.split('<').next().unwrap());
        assert_eq!(token.len(), 7 + 64);
        hedda.get("/account").await.says("job-17").says_nothing_of(&token);
        let kept: String = console.db().sql("select token_hash from api_tokens").scalar().await.unwrap();
        assert!(!token.contains(&kept));
        let program = console.program_with(&token);
        program.get("/api/v1/companies").await.is(200);
        let mut ada = console.admin().await;
        ada.get("/tokens").await.is(200).says("job-17").says("Hedda").says_nothing_of(&token);
        let used: Option<Moment> = console.db().sql("select last_used_at from api_tokens").scalar().await.unwrap();
        assert_eq!(used, Some(console.app.now()));
        hedda.post_and_follow("/account/tokens/1/revocation", &[]).await.says("The token is revoked.").says_nothing_of("job-17");
        program.get("/api/v1/companies").await.is(401);
        ada.get("/tokens").await.says("Revoked");
        for says in ["API token made", "API token revoked"] {
            ada.get("/history").await.says(says).says_nothing_of(&token);
        }
    }

    async fn a_token_that_is_wrong_expired_revoked_or_of_a_disabled_person_lets_nobody_in(console) {
        let program = console.program(Role::Auditor).await;
        program.get("/api/v1/companies").await.is(200);
        let soon = console.token("Audrey", Role::Auditor, console.app.now().plus(60)).await;
        console.program_with(&soon).get("/api/v1/companies").await.is(200);
        console.pass(60);
        for token in ["", "reseat_", "nonsense", &soon, &format!("{soon}0")] {
            let reply = console.program_with(token).get("/api/v1/companies").await;
            reply.is(401).says("Authorization: Bearer");
            assert_eq!(reply.headers["www-authenticate"], "Bearer realm=\"reseat\"");
            assert!(reply.fields().is_empty());
        }
        let basic = console.program_without().call("GET", "/api/v1/companies", &[("authorization", "Basic YTpi")], "").await;
        basic.is(401);
        let audrey = reseat::users::store::look_up(console.db(), "Audrey").await.unwrap();
        let mut ada = console.admin().await;
        ada.post(&format!("/users/{}/disablement", audrey.id), &[]).await.is(303);
        program.get("/api/v1/companies").await.is(401);
        // Whoever may sign in again makes new tokens: the old ones stay ended, as sessions do.
        ada.post(&format!("/users/{}/enablement", audrey.id), &[]).await.is(303);
        program.get("/api/v1/companies").await.is(401);
    }

    async fn a_token_may_never_do_more_than_its_person_now(console) {
        let mut audrey = console.auditor().await;
        audrey.post("/account/tokens", &[("label", "x"), ("role", "admin"), ("expires", "90")]).await.is(422).says("Auditor at most");
        audrey.post("/account/tokens", &[]).await.is(422).says("Say what the token is for").says("Choose what the token may do");
        let program = console.program(Role::Admin).await;
        program.get("/api/v1/users").await.is(200);
        let ada = reseat::users::store::look_up(console.db(), "Ada").await.unwrap();
        console.person("Bea", Role::Admin).await.post(&format!("/users/{}/role", ada.id), &[("role", "auditor")]).await.is(303);
        program.get("/api/v1/users").await.is(404);
        program.post("/api/v1/companies", &serde_json::json!({"name": "Contoso"})).await.is(403).says("needs the role Admin");
    }

    async fn cookies_are_not_taken_by_the_api_nor_tokens_by_pages(console) {
        let mut ada = console.admin().await;
        ada.get("/api/v1/companies").await.is(401);
        let reply = console.program(Role::Admin).await.get("/companies").await;
        assert_eq!((reply.status, reply.to.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fcompanies"));
    }

    async fn another_persons_token_is_not_ones_own_to_revoke(console) {
        console.program(Role::Admin).await;
        console.help_desk().await.post("/account/tokens/1/revocation", &[]).await.is(404);
        console.help_desk().await.post("/tokens/1/revocation", &[]).await.is(403);
        console.admin().await.post("/tokens/1/revocation", &[]).await.is(303);
        console.admin().await.post("/tokens/1/revocation", &[]).await.is(404);
    }

    async fn what_a_program_changes_is_told_of_its_person_and_token(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &serde_json::json!({"name": "Contoso"})).await.is(201);
        console.auditor().await.get("/history").await.says("Ada (API token 1)");
    }

    async fn a_program_on_another_site_of_the_web_is_refused_in_json_and_one_without_a_browser_is_not(console) {
        let program = console.program(Role::Admin).await;
        let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
        program.call("POST", "/api/v1/companies", &headers, r#"{"name": "Contoso"}"#).await.is(403).fields();
        program.post("/api/v1/companies", &serde_json::json!({"name": "Contoso"})).await.is(201);
    }
}
