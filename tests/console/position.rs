//! The entitlement position: worked cases whose numbers are written out by hand, through the router and the database.

use serde_json::{Value, json};

use reseat::history::line::{NewLine, Subject};
use reseat::history::store::record;
use reseat::moment::DAY;
use reseat::users::user::Role;

use crate::api_program::Program;
use crate::bring::packs;
use crate::on_both;
use crate::support::Console;

/// What was bought, asked for, granted and installed, as programs do it.
pub struct Desk<'a> {
    console: &'a Console,
    program: Program,
}

impl Console {
    pub async fn desk(&self) -> Desk<'_> {
        Desk { console: self, program: self.program(Role::Admin).await }
    }
}

impl Desk<'_> {
    async fn made(&self, path: &str, body: &Value) -> i64 {
        let reply = self.program.post(&format!("/api/v1/{path}"), body).await;
        reply.is(201).json()["id"].as_i64().unwrap()
    }

    /// A purchase by Contoso of Per Device licenses for Windows Server 2019, unless said otherwise.
    pub async fn buys(&self, quantity: i64, more: &Value) -> i64 {
        self.console.stock().company("Contoso").await;
        let mut body = json!({"company": 1, "program": "select", "agreement_number": "1234567", "product_version": "2019",
            "license_type": "per_device", "quantity": quantity, "purchased_on": "2020-05-01"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.made("agreements", &body).await
    }

    /// So many seats of a key pack are to move to new computers: the transfers.
    pub async fn queue(&self, pack: i64, many: usize) -> Vec<i64> {
        let stock = self.console.stock();
        let mut transfers = Vec::new();
        for _ in 0..many {
            let n = self.console.count("select count(*) from clients").await;
            let old = stock.client(&format!("PC-OLD-{n}")).await;
            stock.client(&format!("PC-NEW-{n}")).await;
            let license = stock.license(pack, old).await;
            let body = json!({"destination": format!("PC-NEW-{n}"), "reason": "permanent"});
            transfers.push(self.made(&format!("licenses/{license}/transfer"), &body).await);
        }
        transfers
    }

    /// A request for transfers.
    pub async fn asks_for(&self, transfers: &[i64]) -> i64 {
        self.made("reissues", &json!({"transfers": transfers})).await
    }

    /// A request to install so many licenses again in the place of key packs of server 1.
    pub async fn asks_again(&self, server: i64, quantity: i64, replaces: &[i64]) -> i64 {
        let body = json!({"license_server": server, "product_version": "2019", "license_type": "per_device",
            "quantity": quantity, "reason": if server == 1 { "reinstall" } else { "migration" }, "cause": "rebuilt", "replaces": replaces});
        self.made("reissues", &body).await
    }

    /// A call that grants so many licenses for a request: the key pack, not yet installed.
    pub async fn granted(&self, request: i64, quantity: i64, outcome: &str) -> i64 {
        let number = self.console.count("select count(*) from key_packs").await;
        let letters: Vec<char> = "BCDFGHJKMPQRTVWXY2346789".chars().collect();
        let n = usize::try_from(number).unwrap();
        let id: String = (0..35).map(|place| letters[(n * (place % 3 + 1) + place + n / 24) % 24]).collect();
        let back = if outcome == "partial" { json!("2026-12-24T09:30:00Z") } else { Value::Null };
        let body = json!({"requests": [request], "outcome": outcome, "call_back_at": back, "grants": [{"request": request,
            "granted": quantity, "license_key_packs": [{"license_key_pack_id": id, "quantity": quantity}]}]});
        let call = self.made("calls", &body).await;
        let reply = self.program.get(&format!("/api/v1/calls/{call}")).await.json();
        reply["grants"][0]["key_pack"].as_i64().unwrap()
    }

    pub async fn installs(&self, pack: i64) {
        self.made(&format!("key-packs/{pack}/installation"), &json!({})).await;
    }

    /// The same, all of it, installed: `many` seats of a pack moved, and a key pack of `quantity` came for them.
    pub async fn moves(&self, pack: i64, many: usize) -> i64 {
        let request = self.asks_for(&self.queue(pack, many).await).await;
        let reissued = self.granted(request, i64::try_from(many).unwrap(), "completed").await;
        self.installs(reissued).await;
        reissued
    }

    /// The server's license database was lost: it has another license server ID, and shows no key pack any more.
    pub async fn rebuilds(&self, server: i64, id: &str) {
        let path = format!("/api/v1/license-servers/{server}");
        let tag = self.program.get(&path).await.tag();
        let body = json!({"license_server_id": id, "id_change": "new_database", "reason": "The disk was lost"});
        self.program.patch(&path, &tag, &body).await.is(200);
    }

    pub async fn items(&self, asked: &str) -> Vec<Value> {
        let reply = self.program.get(&format!("/api/v1/position{asked}")).await;
        reply.is(200).json()["items"].as_array().unwrap().clone()
    }

    /// Owned, installed, in use, phantom, explained, unexplained of each company, version and type. Each time the terms must
    /// add up.
    pub async fn stands(&self, asked: &str) -> Vec<[Option<i64>; 6]> {
        let items = self.items(asked).await;
        items.iter().for_each(adds_up);
        let term = |item: &Value, name: &str| item[name].as_i64();
        let terms = ["owned", "installed", "in_use", "phantom", "explained", "unexplained"];
        items.iter().map(|item| terms.map(|name| term(item, name))).collect()
    }
}

/// Phantom is installed without owned, explained and unexplained are phantom, and lines are their terms.
#[track_caller]
pub fn adds_up(item: &Value) {
    let term = |name: &str| item[name].as_i64();
    let lines = |name: &str| -> i64 {
        let lines = item["lines"].as_array().unwrap().iter().filter(|line| line["term"] == name);
        lines.map(|line| line["amount"].as_i64().unwrap()).sum()
    };
    for name in ["owned", "installed", "explained"] {
        assert_eq!(lines(name), term(name).unwrap_or(0), "{name} is not what its lines come to: {item:#}");
    }
    for name in ["installed", "in_use", "explained"] {
        assert!(term(name).unwrap_or(0) >= 0, "{name} is below zero: {item:#}");
    }
    let (owned, installed, explained) = (term("owned"), term("installed"), term("explained"));
    let phantom = owned.zip(installed).map(|(owned, installed)| installed - owned);
    assert_eq!(term("phantom"), phantom, "{item:#}");
    assert_eq!(term("unexplained"), phantom.zip(explained).map(|(phantom, explained)| phantom - explained), "{item:#}");
    assert_eq!(installed.is_none(), explained.is_none(), "{item:#}");
}

fn all(terms: [i64; 6]) -> [Option<i64>; 6] {
    terms.map(Some)
}

/// The example of the definition: 100 bought and installed, 8 and 2 seats moved.
async fn worked(console: &Console) -> (Desk<'_>, [i64; 3]) {
    let desk = console.desk().await;
    desk.buys(100, &json!({})).await;
    let stock = console.stock();
    let server = stock.server("LIC-01").id("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678").await;
    let original = stock.key_pack(server).of(100).issued(90).await;
    let eight = desk.moves(original, 8).await;
    let two = desk.moves(original, 2).await;
    (desk, [original, eight, two])
}

on_both! {
    async fn what_was_bought_and_installed_as_bought_leaves_nothing_to_explain(console) {
        let desk = console.desk().await;
        desk.buys(100, &json!({})).await;
        console.stock().server("LIC-01").await;
        console.stock().key_pack(1).of(100).issued(37).await;
        assert_eq!(desk.stands("").await, [all([100, 100, 37, 0, 0, 0])]);
        // Pools and unlimited packs are outside.
        console.stock().key_pack(1).origin("built_in").unlimited().issued(5).await;
        console.stock().key_pack(1).origin("temporary").unlimited().issued(9).await;
        console.stock().key_pack(1).origin("over_used").of(0).issued(3).await;
        console.stock().key_pack(1).unlimited().issued(4).await;
        assert_eq!(desk.stands("").await, [all([100, 100, 37, 0, 0, 0])]);
    }

    async fn reissues_explain_the_licenses_that_nobody_bought(console) {
        let (desk, [original, eight, two]) = worked(&console).await;
        assert_eq!(desk.stands("").await, [all([100, 110, 90, 10, 10, 0])]);
        let items = desk.items("").await;
        assert_eq!(items[0]["equation"], "installed 110 − owned 100 = phantom 10; explained 10: R-1 moved 8 (call 1), R-2 moved 2 (call 2); unexplained 0");
        let explained: Vec<&Value> = items[0]["lines"].as_array().unwrap().iter().filter(|line| line["term"] == "explained").collect();
        assert_eq!(explained.len(), 2);
        assert_eq!((&explained[0]["key_packs"], &explained[0]["reissue"], &explained[0]["calls"]), (&json!([eight]), &json!(1), &json!([1])));
        assert_eq!((&explained[1]["key_packs"], &explained[1]["transfers"]), (&json!([two]), &json!([9, 10])));
        let page = console.auditor().await.get("/reports/position").await;
        page.is(200).says("Contoso").says("As it is now").says("installed 110 − owned 100 = phantom 10");
        page.says(&format!("/key-packs/{original}\"")).says("/reissues/1\"").says("/calls/2\"").says("/transfers/10\"").says("/agreements/1\"");
    }

    async fn a_rebuilt_server_has_again_what_was_bought(console) {
        let (desk, [original, eight, two]) = worked(&console).await;
        desk.rebuilds(1, "BBCDEFGHIJKLMNOPQRSTUVWXYZ012345678").await;
        let request = desk.asks_again(1, 100, &[original, eight, two]).await;
        let again = desk.granted(request, 100, "completed").await;
        desk.installs(again).await;
        assert_eq!(desk.stands("").await[0].map(|n| n.filter(|_| true)), [Some(100), Some(100), None, Some(0), Some(0), Some(0)]);
    }

    async fn what_moved_is_still_explained_when_everything_is_reinstalled(console) {
        let (desk, packs) = worked(&console).await;
        desk.rebuilds(1, "BBCDEFGHIJKLMNOPQRSTUVWXYZ012345678").await;
        let request = desk.asks_again(1, 110, &packs).await;
        let again = desk.granted(request, 110, "completed").await;
        desk.installs(again).await;
        assert_eq!(desk.stands("").await, [[Some(100), Some(110), None, Some(10), Some(10), Some(0)]]);
        // And once more, of which one pack comes later.
        desk.rebuilds(1, "CBCDEFGHIJKLMNOPQRSTUVWXYZ012345678").await;
        let request = desk.asks_again(1, 110, &[again]).await;
        let first = desk.granted(request, 70, "partial").await;
        desk.installs(first).await;
        let rest = desk.granted(request, 40, "completed").await;
        assert_eq!(desk.stands("").await[0][1..], [Some(70), None, Some(-30), Some(0), Some(-30)]);
        desk.installs(rest).await;
        assert_eq!(desk.stands("").await, [[Some(100), Some(110), None, Some(10), Some(10), Some(0)]]);
    }

    async fn the_packs_of_an_old_server_that_are_left_standing_are_unexplained(console) {
        let (desk, packs) = worked(&console).await;
        // The old server's export shows them: the ones that people recorded, too.
        let text = "update key_packs set described_at = created_at, entered_by_hand = 0, issued = 0 where described_at is null";
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql(text).execute().await.unwrap();
        tx.commit().await.unwrap();
        let new = console.stock().server("LIC-02").id("DBCDEFGHIJKLMNOPQRSTUVWXYZ012345678").await;
        let request = desk.asks_again(new, 110, &packs).await;
        let again = desk.granted(request, 110, "completed").await;
        desk.installs(again).await;
        assert_eq!(desk.stands("").await, [all([100, 220, 90, 120, 10, 110])]);
        let page = console.auditor().await.get("/reports/position").await;
        page.is(200).says("Superseded, still installed: must be removed").says("110 must be removed").says("unexplained 110");
        // The old server shows them no more.
        let gone = format!("update key_packs set gone_at = {} where id <> {again}", console.app.now().0);
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql(Box::leak(gone.into_boxed_str())).execute().await.unwrap();
        record(&mut tx, NewLine::new("key pack gone from the server", Subject("key_pack", 1))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(desk.stands("").await, [[Some(100), Some(110), None, Some(10), Some(10), Some(0)]]);
    }

    async fn a_reissue_explains_only_what_moved_and_only_once_it_is_installed(console) {
        let desk = console.desk().await;
        desk.buys(100, &json!({})).await;
        console.stock().server("LIC-01").await;
        let original = console.stock().key_pack(1).of(100).issued(50).await;
        let transfers = desk.queue(original, 3).await;
        let request = desk.asks_for(&transfers).await;
        assert_eq!(desk.stands("").await, [all([100, 100, 50, 0, 0, 0])]);
        // Five were granted for the three that move: more than was asked for, and somebody was certain of it.
        let body = json!({"requests": [request], "outcome": "completed", "grants": [{"request": request, "granted": 5, "more_than_asked": true,
            "license_key_packs": [{"license_key_pack_id": "BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ", "quantity": 5}]}]});
        let logged = desk.program.post("/api/v1/calls", &body).await;
        let pack = desk.program.get(&format!("/api/v1/calls/{}", logged.is(201).json()["id"])).await.json()["grants"][0]["key_pack"].as_i64().unwrap();
        assert_eq!(desk.stands("").await, [all([100, 100, 50, 0, 0, 0])], "what is not installed yet counts for nothing");
        desk.installs(pack).await;
        assert_eq!(desk.stands("").await, [all([100, 105, 50, 5, 3, 2])]);
        let items = desk.items("").await;
        let lines = items[0]["lines"].as_array().unwrap();
        let suspects: Vec<(&Value, &Value)> = lines.iter().filter(|line| line["term"] == "may_be_unexplained").map(|line| (&line["key_packs"], &line["amount"])).collect();
        assert_eq!(suspects, [(&json!([original]), &json!(100)), (&json!([pack]), &json!(2))]);
    }

    async fn what_was_denied_cancelled_or_completed_without_a_grant_explains_nothing(console) {
        let desk = console.desk().await;
        desk.buys(100, &json!({})).await;
        console.stock().server("LIC-01").await;
        let original = console.stock().key_pack(1).of(100).issued(50).await;
        let four = desk.queue(original, 4).await;
        for (path, transfer) in [("denial", four[0]), ("cancellation", four[1]), ("completion", four[2])] {
            let reply = desk.program.post(&format!("/api/v1/transfers/{transfer}/{path}"), &json!({"reason": "Told on the phone"})).await;
            reply.is(200);
        }
        console.stock().key_pack(1).of(4).origin("reissue").await;
        assert_eq!(desk.stands("").await, [all([100, 104, 50, 4, 0, 4])]);
    }

    async fn a_conversion_takes_from_one_type_what_it_gives_to_the_other(console) {
        let desk = console.desk().await;
        desk.buys(50, &json!({"license_type": "per_user"})).await;
        desk.buys(10, &json!({})).await;
        let stock = console.stock();
        stock.server("LIC-01").await;
        stock.key_pack(1).of(30).counted_by("per_user").issued(12).await;
        stock.key_pack(1).of(10).issued(10).await;
        stock.key_pack(1).of(20).origin("conversion").issued(4).await;
        assert_eq!(desk.stands("").await, [all([30, 30, 14, 0, 0, 0]), all([30, 30, 12, 0, 0, 0])]);
        console.auditor().await.get("/reports/position").await.says("Converted from the other type").says("Converted into Windows Server 2019 Per Device");
    }

    async fn over_use_is_in_use_and_not_installed(console) {
        let desk = console.desk().await;
        desk.buys(20, &json!({"license_type": "per_user"})).await;
        console.stock().server("LIC-01").await;
        console.stock().key_pack(1).of(20).counted_by("per_user").issued(27).await;
        assert_eq!(desk.stands("").await, [all([20, 20, 27, 0, 0, 0])]);
    }

    async fn companies_versions_and_types_are_reckoned_apart(console) {
        let desk = console.desk().await;
        let stock = console.stock();
        stock.company("Contoso").await;
        stock.company("Fabrikam").await;
        desk.buys(10, &json!({"company": 2})).await;
        desk.buys(7, &json!({"product_version": "2022"})).await;
        let (one, two) = (stock.server("LIC-01").await, stock.server("LIC-02").company("Fabrikam").await);
        stock.key_pack(one).of(5).issued(1).await;
        stock.key_pack(one).of(7).version("2022").issued(2).await;
        stock.key_pack(two).of(12).issued(3).await;
        let expected = [[None, Some(5), Some(1), None, Some(0), None], all([7, 7, 2, 0, 0, 0]), all([10, 12, 3, 2, 0, 2])];
        assert_eq!(desk.stands("").await, expected);
        assert_eq!(desk.stands("?company=2").await, expected[2..]);
        let mut audrey = console.auditor().await;
        audrey.get("/reports/position").await.is(200).says("not recorded").says("Fabrikam");
        audrey.get("/reports/position?company=2").await.is(200).says("LIC-02").says_nothing_of("LIC-01");
        audrey.get("/companies/2").await.says("/reports/position?company=2");
        desk.program.get("/api/v1/position?company=9").await.is(422).says("There is no such company");
    }

    async fn per_user_licenses_that_no_server_counts_are_not_told_to_be_in_use(console) {
        let desk = console.desk().await;
        desk.buys(20, &json!({"license_type": "per_user"})).await;
        console.stock().server("LIC-01").await;
        let body = json!({"license_server": 1, "product_version": "2019", "license_type": "per_user", "total": 25, "origin": "original", "state": "installed"});
        desk.made("key-packs", &body).await;
        assert_eq!(desk.stands("").await, [[Some(20), Some(25), None, Some(5), Some(0), Some(5)]]);
        console.auditor().await.get("/reports/position").await.says("no server tells how many licenses are issued").says("Original, but no agreement is named");
    }

    async fn a_seat_that_moves_again_after_ninety_days_is_explained_each_time(console) {
        let desk = console.desk().await;
        let agreement = desk.buys(10, &json!({"transfer_policy": "ninety_day"})).await;
        let stock = console.stock();
        stock.server("LIC-01").await;
        let original = stock.key_pack(1).of(10).issued(10).await;
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update key_packs set agreement_id = $1").bind(agreement).execute().await.unwrap();
        tx.commit().await.unwrap();
        let first = desk.moves(original, 1).await;
        assert_eq!(desk.stands("").await, [all([10, 11, 10, 1, 1, 0])]);
        let taker = console.client_named("PC-NEW-0").await;
        console.pass(91 * DAY);
        let license = console.stock().license(first, taker).expires(console.app.now().plus_days(60)).await;
        desk.program.post("/api/v1/transfers/1/completion", &json!({"license": license, "reason": "Seen"})).await.is(200);
        console.pass(91 * DAY);
        console.stock().client("PC-3").await;
        let desk = console.desk().await;
        let again = desk.made(&format!("licenses/{license}/transfer"), &json!({"destination": "PC-3", "reason": "permanent"})).await;
        let request = desk.asks_for(&[again]).await;
        let second = desk.granted(request, 1, "completed").await;
        desk.installs(second).await;
        assert_eq!(desk.stands("").await, [all([10, 12, 10, 2, 2, 0])]);
        assert_eq!(console.count("select count(*) from transfers where move_number = 2 and override_reason is null").await, 1);
    }

    async fn a_pack_of_which_nobody_said_anything_is_red_and_what_is_missing_is_owned_not_installed(console) {
        let desk = console.desk().await;
        desk.buys(100, &json!({})).await;
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 40, 3)])).apply().await;
        desk.buys(60, &json!({"product_version": "2022"})).await;
        assert_eq!(desk.stands("").await[1], all([60, 40, 3, -20, 0, -20]));
        console.pass(DAY);
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 40, 3), (5, 31, 0)])).apply().await;
        let desk = console.desk().await;
        assert_eq!(desk.stands("").await, [all([100, 0, 0, -100, 0, -100]), all([60, 71, 3, 11, 0, 11])]);
        let page = console.auditor().await.get("/reports/position").await;
        page.is(200).says("Nobody has said where it came from").says("owned, not installed 100").says("owned, not installed</span>").says("/imports/2\"");
    }
}
