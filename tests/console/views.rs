//! Saved views: a list's filters and order under a name.

use reseat::history::store::verify;
use reseat::ids::{SavedViewId, UserId};
use reseat::users::user::Role;
use reseat::views::store;
use serde_json::json;

use crate::on_both;
use crate::support::Console;

const SOON: [(&str, &str); 3] =
    [("list", "/licenses"), ("query", "status=temporary&within=14&after=3.1"), ("name", "Ending soon")];

/// A license, so that the list has something to filter.
async fn one_license(console: &Console) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let (pack, client) = (stock.key_pack(server).await, stock.client("PC-0117").await);
    stock.license(pack, client).await;
}

on_both! {
    async fn what_a_list_shows_is_saved_under_a_name_and_stands_above_it(console) {
        one_license(&console).await;
        let mut audrey = console.auditor().await;
        audrey.get("/licenses").await.is(200).says_nothing_of("Save this view");
        audrey.get("/licenses?status=temporary&within=14&after=3.1").await.says("Save this view").says("value=\"status=temporary&#38;within=14\"");
        audrey.post_and_follow("/views", &SOON).await.is(200).says("The view “Ending soon” is saved.").says("aria-current=\"page\">Ending soon");
        let list = audrey.get("/licenses").await;
        list.says("href=\"/licenses?status=temporary&#38;within=14\"").says("Ending soon").says("All views");
        audrey.get("/clients").await.says_nothing_of("Ending soon");
        // It is hers alone, until she shares it.
        console.help_desk().await.get("/licenses").await.says_nothing_of("Ending soon");
        audrey.post_and_follow("/views/1/sharing", &[("shared", "yes")]).await.says("Everybody sees the view “Ending soon” now.");
        console.help_desk().await.get("/licenses").await.says("Ending soon").says("Saved by Audrey, seen by everybody");
        console.help_desk().await.post("/views/1/removal", &[]).await.is(404);
        console.admin().await.post_and_follow("/views/1/sharing", &[]).await.says("Only its owner sees the view");
        console.admin().await.post("/views/1/removal", &[]).await.is(404);
        audrey.post_and_follow("/views/1/removal", &[]).await.says("is taken away").says("No view yet");
        assert_eq!(console.count("select count(*) from history where action like 'view %'").await, 4);
        assert!(verify(console.db()).await.unwrap().is_ok());
        assert!(store::find(console.db(), SavedViewId(1)).await.is_err());
    }

    async fn a_view_without_a_name_or_of_no_list_is_refused_and_keeps_what_was_typed(console) {
        one_license(&console).await;
        let mut audrey = console.auditor().await;
        audrey.post("/views", &SOON).await.is(303);
        audrey.post("/views", &SOON).await.is(422).says("You have a view of this list by that name").says("value=\"Ending soon\"");
        audrey.post("/views", &[("list", "/licenses"), ("query", "status=active")]).await.is(422).says("Give the view a name").says("status=active");
        audrey.post("/views", &[("list", "//elsewhere.example"), ("name", "x")]).await.is(422).says("Open one of the lists");
        // Another person may use the same name.
        let mut hal = console.help_desk().await;
        hal.post("/views", &SOON).await.is(303);
        assert_eq!(store::all(console.db(), UserId(1)).await.unwrap().len(), 1);
        assert_eq!(store::of_list(console.db(), "/licenses", UserId(2)).await.unwrap().len(), 1);
    }

    async fn programs_save_share_and_take_away_views_by_the_rules_of_the_page(console) {
        let program = console.program(Role::Auditor).await;
        assert_eq!(program.get("/api/v1/views").await.is(200).json(), json!({"items": []}));
        let narrow = json!({"list": "/licenses", "query": "?status=temporary&after=3.1&without=seat", "name": " Narrow "});
        let made = program.post("/api/v1/views", &narrow).await;
        assert_eq!((made.is(201).to.as_str(), made.json()["owner"]["id"].clone()), ("/api/v1/views/1", json!(1)));
        assert_eq!(made.json()["query"], "status=temporary&without=seat");
        assert_eq!((made.json()["address"].clone(), made.json()["shared"].clone()), (json!("/licenses?status=temporary&without=seat"), json!(false)));
        let shown = program.get("/api/v1/views/1").await;
        assert_eq!((shown.is(200).json(), shown.tag()), (made.json(), made.tag()));
        // The page's sentences.
        program.post("/api/v1/views", &narrow).await.is(422).says("You have a view of this list by that name.");
        assert_eq!(program.post("/api/v1/views", &json!({"list": "/users"})).await.is(422).fields(), ["list", "name"]);
        program.post("/api/v1/views", &json!({"list": "/licenses"})).await.is(422).says("Give the view a name");
        // It is its owner's alone, until it is shared; then an admin may take it away, and nobody else.
        let (help_desk, admin) = (console.program(Role::HelpDesk).await, console.program(Role::Admin).await);
        help_desk.get("/api/v1/views/1").await.is(404);
        admin.post("/api/v1/views/1/removal", &json!({})).await.is(404);
        let shared = program.change("POST", "/api/v1/views/1/sharing", &made.tag(), &json!({"shared": true})).await;
        assert_eq!(shared.is(200).json()["shared"], json!(true));
        program.change("POST", "/api/v1/views/1/removal", &made.tag(), &json!({})).await.is(412);
        program.post("/api/v1/views/1/sharing", &json!({"shared": "all"})).await.is(422).says("Send true or false.");
        assert_eq!(help_desk.get("/api/v1/views").await.json()["items"], json!([shared.json()]));
        help_desk.post("/api/v1/views/1/removal", &json!({})).await.is(404);
        assert_eq!(admin.call("POST", "/api/v1/views/1/removal", &[], "").await.is(200).json()["name"], "Narrow");
        program.get("/api/v1/views/1").await.is(404);
        assert_eq!(console.count("select count(*) from history where action like 'view %'").await, 3);
        assert!(verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_view_that_a_program_saves_again_by_its_key_is_one_view(console) {
        let program = console.program(Role::Auditor).await;
        let new = json!({"list": "/calls", "query": "state=open", "name": "To follow", "shared": true});
        let first = program.post_as("k1", "/api/v1/views", &new).await;
        let again = program.post_as("k1", "/api/v1/views", &new).await;
        assert_eq!(first.is(201).json(), again.is(201).json());
        assert_eq!(console.count("select count(*) from saved_views").await, 1);
        console.admin().await.get("/views").await.says("To follow").says("everybody");
    }
}
