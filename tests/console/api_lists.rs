//! The API's lists: filters, orders, paging, and what is refused.

use reseat::users::user::Role;
use serde_json::{Value, json};

use crate::bring::two_clients;
use crate::on_both;
use crate::support::Console;

fn ids(items: &[Value]) -> Vec<i64> {
    items.iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// Two servers with a pack each, three clients, and licenses of several kinds.
async fn estate(console: &Console) {
    let stock = console.stock();
    let (one, two) = (stock.server("LIC-01").await, stock.server("LIC-02").await);
    let (first, second) = (stock.key_pack(one).await, stock.key_pack(two).version("2012").counted_by("per_user").await);
    let (pc, ada) = (stock.client("PC-0117").await, stock.client("CONTOSO\\ada").user().await);
    stock.client("PC-0118").await;
    let now = console.app.now();
    let day = |days| now.plus_days(days);
    stock.license(first, pc).issued(day(-5)).expires(day(60)).await;
    stock.license(first, pc).issued(day(-80)).expires(day(10)).status(1).await;
    stock.license(second, ada).issued(day(-90)).expires(day(-1)).await;
    stock.license(second, ada).issued(day(-200)).expires(day(-140)).gone(day(-40)).await;
    stock.license(first, pc).issued(day(-3)).expires(day(70)).status(4).await;
}

on_both! {
    async fn every_filter_and_order_of_a_list_gives_what_its_page_gives(console) {
        estate(&console).await;
        let program = console.program(Role::Auditor).await;
        for (path, expected) in [
            ("licenses", vec![5, 1, 2, 3]),
            ("licenses?on=all", vec![5, 4, 3, 2, 1].into_iter().rev().rev().collect()),
            ("licenses?on=gone", vec![4]),
            ("licenses?sort=expires", vec![3, 2, 1, 5]),
            ("licenses?sort=-issued", vec![3, 2, 1, 5]),
            ("licenses?server=2", vec![3]),
            ("licenses?pack=1&sort=expires", vec![2, 1, 5]),
            ("licenses?client=2&on=all", vec![3, 4]),
            ("licenses?version=2012&type=per_user&on=all", vec![3, 4]),
            ("licenses?status=expired", vec![3]),
            ("licenses?within=65", vec![2, 1]),
            ("licenses?unseen=30", vec![4]),
            ("licenses?server=999", vec![]),
            ("key-packs", vec![2, 1]),
            ("key-packs?sort=-newest", vec![1, 2]),
            ("key-packs?version=2012", vec![2]),
            ("key-packs?server=1&on=server", vec![1]),
            ("key-packs?type=per_user", vec![2]),
            ("key-packs?state=installed", vec![2, 1]),
            ("key-packs?agreement=1", vec![]),
            ("clients?status=active&sort=-newest", vec![1, 2, 3]),
            ("clients?os_family=1", vec![]),
            ("key-packs?on=gone", vec![]),
            ("clients", vec![3, 2, 1]),
            ("clients?sort=name", vec![2, 1, 3]),
            ("clients?find=0117", vec![1]),
            ("clients?find=pc", vec![1, 3]),
            ("clients?kind=user", vec![2]),
            ("clients?company=1", vec![3, 2, 1]),
            ("license-servers", vec![1, 2]),
            ("license-servers?sort=-name", vec![2, 1]),
            ("license-servers?company=2", vec![]),
            ("companies", vec![1]),
            ("companies?find=ONTO", vec![1]),
            ("companies?find=nobody", vec![]),
            ("license-servers?find=02", vec![2]),
            ("agreements?find=1", vec![]),
            ("key-packs?find=2012", vec![2]),
            ("key-packs?find=lic-01", vec![1]),
            ("licenses?find=0117", vec![5, 1, 2]),
            ("licenses?find=pc", vec![5, 1, 2]),
            ("licenses?find=pc&on=gone", vec![]),
            ("licenses?find=%250117", vec![]),
            ("agreements", vec![]),
        ] {
            assert_eq!(ids(&program.all(&format!("/api/v1/{path}"), 50).await), expected, "{path}");
            assert_eq!(ids(&program.all(&format!("/api/v1/{path}"), 1).await), expected, "{path}, one by one");
        }
    }

    async fn a_list_stays_right_while_rows_are_added_and_changed(console) {
        let program = console.program(Role::Admin).await;
        for name in ["delta", "bravo", "Echo", "alpha", "charlie"] {
            program.post("/api/v1/companies", &json!({"name": name})).await.is(201);
        }
        let first = program.get("/api/v1/companies?limit=2").await.json();
        assert_eq!(ids(first["items"].as_array().unwrap()), [4, 2]);
        for name in ["aardvark", "bravo 2", "zulu"] {
            program.post("/api/v1/companies", &json!({"name": name})).await.is(201);
        }
        let next = first["next"].as_str().unwrap();
        let rest = program.all(&format!("/api/v1/companies?after={next}"), 500).await;
        assert_eq!(ids(&rest), [7, 5, 1, 3, 8]);
        let backwards = program.all("/api/v1/companies?sort=-name", 3).await;
        assert_eq!(ids(&backwards), [8, 3, 1, 5, 7, 2, 4, 6]);
    }

    async fn what_an_address_says_wrongly_is_refused_and_not_passed_over(console) {
        let program = console.program(Role::Admin).await;
        for (path, field, says) in [
            ("companies?limit=0", "limit", "from 1 to 500"),
            ("companies?limit=501", "limit", "from 1 to 500"),
            ("companies?limit=ten", "limit", "from 1 to 500"),
            ("companies?limit=2&limit=3", "limit", "only once"),
            ("companies?after=nonsense", "after", "as “next”"),
            ("companies?after=", "after", "as “next”"),
            ("licenses?after=x.1", "after", "as “next”"),
            ("licenses?after=1.99999999999999999999", "after", "as “next”"),
            ("companies?sort=size", "sort", "Send one of: name, -name."),
            ("clients?find=pc-01&sort=name", "sort", "Leave sort out"),
            ("licenses?on=gone&sort=expires", "sort", "Leave sort out"),
            ("licenses?on=all&unseen=30", "on", "Leave on out"),
            ("history?sort=id", "sort", "one order"),
            ("companies?colour=red", "colour", "There are: find, limit, after, sort."),
            ("key-packs?server=LIC-01", "server", "whole number"),
            ("key-packs?server=-1", "server", "whole number"),
            ("key-packs?server=", "server", "whole number"),
            ("key-packs?version=02019", "version", "a year such as 2019"),
            ("licenses?within=99999", "within", "at most 36500"),
            ("history?from=yesterday", "from", "like 2026-08-22"),
            ("history?kind=license", "kind", "together"),
            ("imports?state=lost", "state", "Send one of"),
        ] {
            let reply = program.get(&format!("/api/v1/{path}")).await;
            assert_eq!(reply.is(422).fields(), [field], "{path}");
            reply.says(says);
        }
    }

    async fn items_say_what_was_agreed(console) {
        two_clients(&console).await;
        let program = console.program(Role::Auditor).await;
        let license = program.get("/api/v1/licenses/1").await.is(200).json();
        assert_eq!(license["seat"], 1);
        assert_eq!((&license["client"], &license["license_server"]), (&json!({"id": 1, "name": "PC-0117"}), &json!({"id": 1, "name": "LIC-01"})));
        assert_eq!((&license["key_pack"]["id"], &license["status"], &license["transferred_at"]), (&json!(1), &json!("active"), &Value::Null));
        assert_eq!((&license["issued_at"], &license["expires_at"]), (&json!("2026-07-01T09:14:22Z"), &json!("2026-09-20T09:14:22Z")));
        let pack = program.get("/api/v1/key-packs/1").await.is(200).json();
        assert_eq!((&pack["keypack_id"], &pack["total"], &pack["issued"], &pack["available"]), (&json!(4), &json!(50), &json!(2), &json!(48)));
        assert_eq!((&pack["expires_on"], &pack["license_type"], &pack["product_version"]), (&Value::Null, &json!("per_device"), &json!("2022")));
        assert_eq!(pack["description"], "Windows Server 2022 – RDS Per Device CAL");
        let client = program.get("/api/v1/clients/1").await.is(200).json();
        assert_eq!((&client["name"], &client["hardware_ids"]), (&json!("PC-0117"), &json!(["aa01"])));
        let import = program.get("/api/v1/imports/1").await.is(200).json();
        assert_eq!((&import["state"], &import["counts"]["new"], &import["files"][1]["name"]), (&json!("applied"), &json!(3), &json!("issued.csv")));
        for path in ["licenses/9", "key-packs/9", "clients/9", "imports/9", "history/999", "agreements/9"] {
            program.get(&format!("/api/v1/{path}")).await.is(404).fields();
        }
    }

    async fn a_temporary_license_has_no_seat(console) {
        estate(&console).await;
        let program = console.program(Role::Auditor).await;
        assert_eq!(program.get("/api/v1/licenses/2").await.json()["seat"], Value::Null);
        assert_eq!(program.get("/api/v1/licenses/5").await.json()["seat"], 5);
    }

    async fn history_is_read_whole_by_what_it_touches_by_whom_and_by_time(console) {
        let program = console.program(Role::Admin).await;
        program.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        console.pass(86_400);
        program.post("/api/v1/companies", &json!({"name": "Fabrikam"})).await.is(201);
        let lines = program.all("/api/v1/history", 1).await;
        assert!(lines.len() >= 4, "{lines:?}");
        // The chain can be checked by whoever reads it all.
        assert!(lines.windows(2).all(|two| two[0]["previous_hash"] == two[1]["hash"]));
        let about = program.all("/api/v1/history?kind=company&id=1", 50).await;
        assert_eq!((about.len(), &about[0]["action"], &about[0]["subject"]), (1, &json!("company added"), &json!({"kind": "company", "id": 1, "name": "Contoso"})));
        assert_eq!(about[0]["after"], json!({"name": "Contoso"}));
        assert_eq!(program.all("/api/v1/history?from=2026-08-23", 50).await.len(), 1);
        assert_eq!(program.all("/api/v1/history?until=2026-08-22&action=company+added", 50).await.len(), 1);
        assert_eq!(program.all("/api/v1/history?actor=Ada+(API+token+1)", 50).await.len(), 2);
        let line = program.get(&format!("/api/v1/history/{}", about[0]["id"])).await;
        assert_eq!(line.is(200).json(), about[0]);
    }

    async fn a_license_server_id_is_read_by_the_help_desk_and_never_told_to_auditors(console) {
        const ID: &str = "BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMP";
        let ada = console.program(Role::Admin).await;
        ada.post("/api/v1/companies", &json!({"name": "Contoso"})).await.is(201);
        let body = json!({"company": 1, "name": "LIC-01", "license_server_id": ID});
        ada.post("/api/v1/license-servers", &body).await.is(201);
        let plain = ID.replace('-', "");
        for path in ["/api/v1/license-servers/1", "/api/v1/license-servers", "/api/v1/history"] {
            console.program(Role::Auditor).await.get(path).await.is(200).says_nothing_of(&plain).says_nothing_of(ID);
            console.program(Role::HelpDesk).await.get(path).await.is(200).says(&plain);
        }
        console.program(Role::Auditor).await.get("/api/v1/history").await.says("\"withheld\":true");
    }

    async fn people_are_read_by_admins_only(console) {
        let program = console.program(Role::Admin).await;
        console.program(Role::Auditor).await;
        let people = program.all("/api/v1/users", 1).await;
        assert_eq!(people.iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Audrey", "Ada"]);
        program.get("/api/v1/users/1").await.is(200).says_nothing_of("password_hash").says("\"role\":\"admin\"");
    }
}
