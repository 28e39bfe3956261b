//! Several clients at once: chosen in a list, matching its filters, or named in a pasted list.

use reseat::clients::chosen::MOST;
use reseat::clients::filter::{Asked, Filter};
use reseat::clients::together::{known, matching, named};
use reseat::history::store::verify;
use reseat::ids::ClientId;

use reseat::users::user::Role;
use serde_json::json;

use crate::on_both;
use crate::support::Console;

/// Three computers of one company; the first holds a license.
async fn three(console: &Console) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let pack = stock.key_pack(server).of(10).await;
    let first = stock.client("PC-0117").await;
    stock.client("PC-0118").await;
    stock.client("THIN-007").await;
    stock.license(pack, first).await;
}

on_both! {
    async fn what_is_known_of_a_pasted_list_of_names_is_told(console) {
        three(&console).await;
        console.stock().client("PC-0118").hardware("bb02").await;
        let mut audrey = console.auditor().await;
        audrey.get("/clients/chosen").await.is(200).says("Look up a list of names").says_nothing_of("Record of those chosen");
        let found = audrey.post("/clients/lookup", &[("names", "pc-0117; PC-0118\r\nPC-0999")]).await;
        found.is(200).says("/clients/1").says("No client has these names: PC-0999").says("Several bear one name: PC-0118").says(">3 clients<");
        found.says("pc-0117; PC-0118").says_nothing_of("THIN-007").says_nothing_of("name=\"clients\"");
        audrey.post("/clients/lookup", &[("names", " ")]).await.is(422).says("Paste the names of computers");
        let told = named(console.db(), vec!["PC-0117".into(), "nobody".into()]).await.unwrap();
        assert_eq!((told[0].clients[0].full, told[1].clients.len()), (1, 0));
    }

    async fn the_same_is_recorded_of_all_that_are_chosen_each_with_its_own_history(console) {
        three(&console).await;
        let mut hal = console.help_desk().await;
        hal.get("/clients").await.is(200).says("Look at those chosen").says("Look at all that match");
        hal.get("/clients/chosen?clients=1&clients=3").await.is(200).says("PC-0117").says("THIN-007").says_nothing_of("PC-0118");
        let form = [("clients", "1"), ("clients", "3"), ("change", "site"), ("site", "HQ, 2nd floor"), ("reason", "The office moved")];
        hal.post_and_follow("/clients/chosen", &form).await.is(200).says("It is recorded of 2 clients.");
        for client in [1, 3] {
            hal.get(&format!("/clients/{client}")).await.says("HQ, 2nd floor").says("The office moved").says("Client corrected");
        }
        hal.get("/clients/2").await.says_nothing_of("HQ");
        // Again, and of one more: what is recorded already makes no line.
        let lines = console.count("select line from history_tail").await;
        let form = [("clients", "1"), ("clients", "2"), ("change", "site"), ("site", "HQ, 2nd floor"), ("reason", "Again")];
        hal.post_and_follow("/clients/chosen", &form).await.says("It is recorded of 1 client. Of 1 it was recorded already.");
        assert_eq!(console.count("select line from history_tail").await, lines + 1);
        let form = [("clients", "2"), ("change", "removal"), ("removed_by", "Ben of the second floor"), ("reason", "Replaced")];
        hal.post_and_follow("/clients/chosen", &form).await.says("It is recorded of 1 client.");
        hal.get("/clients/2").await.says("Removal requested").says("Ben of the second floor");
        assert!(verify(console.db()).await.unwrap().is_ok());
    }

    async fn all_that_match_are_changed_whatever_is_ticked(console) {
        three(&console).await;
        let mut hal = console.help_desk().await;
        hal.get("/clients/chosen?all=yes&q=pc-01").await.is(200).says(">2 clients<").says_nothing_of("THIN-007");
        let form = [("all", "yes"), ("q", "pc-01"), ("clients", "3"), ("change", "status"), ("status", "decommissioned"), ("reason", "Sold")];
        hal.post_and_follow("/clients/chosen", &form).await.says("It is recorded of 2 clients.");
        assert_eq!(console.count("select count(*) from clients where status = 'decommissioned'").await, 2);
        hal.get("/clients/chosen?all=yes&in_status=decommissioned").await.says(">2 clients<");
        let filter = Filter::of(&Asked { q: "pc-01".into(), ..Asked::default() });
        assert_eq!(matching(console.db(), &filter).await.unwrap().len(), 2);
        assert_eq!(known(console.db(), &[ClientId(3), ClientId(99)]).await.unwrap().len(), 1);
    }

    async fn what_is_wrong_with_any_of_them_is_said_keeps_everything_and_changes_none(console) {
        three(&console).await;
        let ann = console.stock().client("CONTOSO\\ann").user().await.to_string();
        let mut hal = console.help_desk().await;
        let lines = console.count("select line from history_tail").await;
        let form = [("clients", "1"), ("clients", &ann), ("clients", "99"), ("change", "removal"), ("removed_by", "Ben"), ("reason", "Replaced")];
        let refused = hal.post("/clients/chosen", &form).await;
        refused.is(422).says("Only a computer keeps a license of its own").says("There is no client 99").says("Ben").says("Replaced");
        let empty = [("clients", "1"), ("change", "status"), ("reason", "")];
        hal.post("/clients/chosen", &empty).await.is(422).says("Choose what became of them.").says("Say why").says("PC-0117");
        hal.post("/clients/chosen", &[("change", "owner"), ("reason", "Left")]).await.is(422).says("No client is chosen");
        assert_eq!(console.count("select line from history_tail").await, lines);
    }

    async fn programs_look_names_up_and_record_the_same_of_several(console) {
        three(&console).await;
        let (reader, program) = (console.program(Role::Auditor).await, console.program(Role::HelpDesk).await);
        let found = reader.post("/api/v1/clients/lookup", &json!({"names": ["pc-0117", "PC-0999"]})).await;
        found.is(200);
        let items = found.json()["items"].clone();
        assert_eq!((&items[0]["clients"][0]["id"], &items[0]["clients"][0]["full_licenses"]), (&json!(1), &json!(1)));
        assert_eq!((&items[1]["name"], &items[1]["clients"]), (&json!("PC-0999"), &json!([])));
        let moved = json!({"clients": [1, 3], "change": "site", "site": "HQ", "reason": "The office moved"});
        for key in ["k1", "k1"] {
            let done = program.post_as(key, "/api/v1/clients/changes", &moved).await;
            done.is(201);
            assert_eq!(done.json(), json!({"changed": 2, "same": 0}));
        }
        assert_eq!(program.post("/api/v1/clients/changes", &moved).await.json(), json!({"changed": 0, "same": 2}));
        assert_eq!(console.count("select count(*) from clients where site = 'HQ'").await, 2);
        let refused = program.post("/api/v1/clients/changes", &json!({"clients": [], "change": "rename"})).await;
        refused.is(422);
        assert!(refused.text.contains("Choose what is to be recorded") && refused.text.contains("Say why"), "{}", refused.text);
        program.post("/api/v1/clients/changes", &json!({"clients": [99], "change": "owner", "reason": "Left"})).await.is(422);
        reader.post("/api/v1/clients/changes", &moved).await.is(403);
    }

    async fn those_that_are_out_of_use_together_are_looked_at_for_ghosts(console) {
        three(&console).await;
        let mut hal = console.help_desk().await;
        let form = [("clients", "1"), ("clients", "2"), ("change", "status"), ("status", "lost"), ("reason", "Stolen")];
        hal.post_and_follow("/clients/chosen", &form).await.is(200);
        // The first holds a license, the second none.
        assert_eq!(console.count("select count(*) from findings where kind = 'retired_holder' and state = 'open'").await, 1);
        assert_eq!(console.count("select client_id from findings").await, 1);
    }
}

#[tokio::test]
async fn more_than_can_be_changed_at_once_is_refused_with_what_to_do() {
    let console = Console::on_sqlite().await;
    three(&console).await;
    let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
    for n in 0..MOST {
        tx.sql(
            "insert into clients (company_id, kind, identity, name, name_key, search, last_issued_at, created_at) \
             values (1, 'computer', $1, $1, $1, $1, 0, 0)",
        )
        .bind(format!("n:pc-many-{n}"))
        .execute()
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    console.help_desk().await.get("/clients/chosen?all=yes").await.is(422).says("Narrow the filters");
}
