//! The position on a past day: what was known then, and nothing else.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use reseat::moment::{DAY, Moment};
use reseat::users::user::Role;

use crate::bring::packs;
use crate::on_both;
use crate::position::adds_up;
use crate::support::Console;

fn all(terms: [i64; 6]) -> [Option<i64>; 6] {
    terms.map(Some)
}

fn pass(console: &Console, days: i64) {
    console.pass(days * DAY);
}

on_both! {
    async fn before_the_first_import_nothing_is_known_and_between_two_the_earlier_counts_hold(console) {
        let desk = console.desk().await;
        desk.buys(50, &json!({"product_version": "2022"})).await;
        pass(&console, 3);
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 50, 7)])).apply().await;
        pass(&console, 3);
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 50, 9), (5, 10, 1)])).apply().await;
        pass(&console, 3);
        console.bring("LIC-01").company("Contoso").accepting_gone().file("keypacks.csv", packs(&[(4, 50, 11)])).apply().await;
        let desk = console.desk().await;
        assert_eq!(desk.stands("?on=2026-08-24").await, [[Some(50), None, None, None, None, None]]);
        assert_eq!(desk.stands("?on=2026-08-25").await, [all([50, 50, 7, 0, 0, 0])]);
        assert_eq!(desk.stands("?on=2026-08-27").await, [all([50, 50, 7, 0, 0, 0])]);
        assert_eq!(desk.stands("?on=2026-08-28").await, [all([50, 60, 10, 10, 0, 10])]);
        assert_eq!(desk.stands("?on=2026-08-30").await, [all([50, 60, 10, 10, 0, 10])]);
        assert_eq!(desk.stands("?on=2026-08-31").await, [all([50, 50, 11, 0, 0, 0])]);
        assert_eq!(desk.stands("").await, [all([50, 50, 11, 0, 0, 0])]);
        let mut audrey = console.auditor().await;
        let page = audrey.get("/reports/position?on=2026-08-24").await;
        page.is(200).says("not known").says("Installed is not known, so nothing can be reckoned").says("<time datetime=\"2026-08-24\">");
        audrey.get("/reports/position?on=2026-08-27").await.is(200).says("/imports/1\"").says_nothing_of("/imports/2\"");
        audrey.get("/reports/position?on=2026-09-01").await.is(422).says("This day is still to come").says("value=\"2026-09-01\"");
        audrey.get("/reports/position?on=soon").await.is(422).says("Write a day that exists").says("value=\"soon\"");
        let program = console.program(Role::Auditor).await;
        for wrong in ["on=soon", "on=2026-09-01", "company=x", "day=1", "on=2026-08-24&on=2026-08-25", "company=99"] {
            program.get(&format!("/api/v1/position?{wrong}")).await.is(422);
        }
    }

    async fn an_export_that_says_the_same_again_is_told_at_once_and_so_is_what_people_record(console) {
        let bring = || console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 50, 7)]));
        bring().apply().await;
        let mut audrey = console.auditor().await;
        audrey.get("/reports/position").await.is(200).says("/imports/1\"").says("not recorded");
        pass(&console, 1);
        // The same export another day: nothing is to be decided, and no line of history is written.
        let lines = console.count("select line from history_tail").await;
        bring().preview().await;
        assert_eq!(console.count("select line from history_tail").await, lines);
        let mut audrey = console.auditor().await;
        audrey.get("/reports/position").await.is(200).says("/imports/2\"").says_nothing_of("/imports/1\"");
        console.desk().await.buys(50, &json!({"product_version": "2022"})).await;
        audrey.get("/reports/position").await.is(200).says("installed 50 − owned 50 = phantom 0");
    }

    async fn what_is_granted_installed_and_superseded_later_explains_nothing_earlier(console) {
        console.stock().company("Contoso").await;
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 100, 60)])).apply().await;
        let desk = console.desk().await;
        desk.buys(100, &json!({"product_version": "2022"})).await;
        let transfers = desk.queue(1, 4).await;
        pass(&console, 1);
        let desk = console.desk().await;
        let request = desk.asks_for(&transfers).await;
        pass(&console, 1);
        let desk = console.desk().await;
        let pack = desk.granted(request, 4, "completed").await;
        pass(&console, 1);
        let desk = console.desk().await;
        desk.installs(pack).await;
        pass(&console, 1);
        // An export that is a day old shows what a person had recorded.
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 100, 60), (5, 4, 2)])).apply().await;
        let desk = console.desk().await;
        for day in ["2026-08-22", "2026-08-23", "2026-08-24"] {
            assert_eq!(desk.stands(&format!("?on={day}")).await, [all([100, 100, 60, 0, 0, 0])], "{day}");
        }
        assert_eq!(desk.stands("?on=2026-08-25").await, [all([100, 104, 60, 4, 4, 0])]);
        assert_eq!(desk.stands("").await, [all([100, 104, 62, 4, 4, 0])]);
        assert_eq!(console.count("select count(*) from key_packs").await, 2, "the export shows the granted pack, and no second one");
        pass(&console, 1);
        // A pack of unknown origin is there before a call says what it is.
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 100, 60), (5, 4, 2), (6, 2, 0)])).apply().await;
        let desk = console.desk().await;
        let request = desk.asks_for(&desk.queue(1, 2).await).await;
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql("update key_packs set created_at = $1 where keypack_id = 6").bind(Moment(console.app.now().0 + DAY)).execute().await.unwrap();
        tx.commit().await.unwrap();
        pass(&console, 1);
        let desk = console.desk().await;
        assert_eq!(desk.stands("").await, [all([100, 106, 62, 6, 4, 2])]);
        assert_eq!(desk.granted(request, 2, "completed").await, 3, "the call takes the pack that the import brought in");
        assert_eq!(desk.stands("").await, [all([100, 106, 62, 6, 6, 0])]);
        assert_eq!(desk.stands("?on=2026-08-27").await, [all([100, 106, 62, 6, 4, 2])]);
    }

    async fn a_purchase_counts_from_its_day_until_it_is_retired(console) {
        console.stock().company("Contoso").await;
        console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&[(4, 100, 60)])).apply().await;
        pass(&console, 2);
        let desk = console.desk().await;
        desk.buys(30, &json!({"product_version": "2022", "purchased_on": "2026-08-24"})).await;
        desk.buys(5, &json!({"product_version": "2022", "purchased_on": ""})).await;
        pass(&console, 2);
        let program = console.program(Role::Admin).await;
        let tag = program.get("/api/v1/agreements/1").await.tag();
        program.change("POST", "/api/v1/agreements/1/retirement", &tag, &json!({"reason": "Run out"})).await.is(200);
        let desk = console.desk().await;
        for (day, owned) in [("2026-08-22", 5), ("2026-08-23", 5), ("2026-08-24", 35), ("2026-08-25", 35), ("2026-08-26", 5)] {
            assert_eq!(desk.stands(&format!("?on={day}")).await[0][0], Some(owned), "{day}");
        }
        let page = console.auditor().await.get("/reports/position").await;
        page.says("1 agreement has no recorded day of purchase: counted on every day").says("no longer in force");
    }

    async fn the_files_say_what_the_page_says(console) {
        let desk = console.desk().await;
        desk.buys(100, &json!({})).await;
        console.stock().server("LIC-01").await;
        let original = console.stock().key_pack(1).of(100).issued(90).await;
        desk.moves(original, 3).await;
        let mut audrey = console.auditor().await;
        let file = audrey.get("/reports/position.csv").await;
        file.is(200).says("Contoso,Windows Server 2019 Per Device,2026-08-22,100,103,90,3,3,0,0,installed 103");
        let lines = audrey.get("/reports/position-lines.csv").await;
        lines.is(200).says(",Owned,100,Select License 1234567").says(",Installed,3,Reissue,LIC-01,2,").says(",Explained,3,Reissued for 3 transfers,LIC-01,2,,R-1,1,\"T-1, T-2, T-3\"");
        audrey.get("/reports/position.xlsx").await.is(200);
        audrey.get("/reports/position-lines.xlsx?company=1").await.is(200);
        audrey.get("/reports/position.csv?on=2026-08-21").await.is(200).says(",100,not known,");
        audrey.get("/reports/position.csv?on=never").await.is(422);
    }

    async fn the_position_of_thousands_of_packs_takes_few_statements_and_reads_no_license(console) {
        let desk = console.desk().await;
        desk.buys(100, &json!({})).await;
        console.stock().server("LIC-01").await;
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql(
            "insert into key_packs (server_id, epoch, keypack_id, origin, version, license_type, product_code, product_version, \
             type_and_model, quantity, issued, expires_at, created_at, described_at) \
             with recursive n (n) as (select 1 union all select n + 1 from n where n < 3000) \
             select 1, 1, n, 'original', '2019', 'per_device', '', '', '', 10, 4, 253402300799, 1780000000, 1780000000 from n",
        ).execute().await.unwrap();
        tx.sql(
            "insert into key_pack_counts (key_pack_id, captured_at, import_id, quantity, issued, available) \
             with recursive n (n) as (select 1 union all select n + 1 from n where n < 10) \
             select k.id, 1780000000 + n, 1, 10, 4, 6 from n, key_packs k",
        ).execute().await.unwrap();
        tx.commit().await.unwrap();
        for on in ["", "?on=2026-08-21"] {
            let began = reseat::moment::Stopwatch::start();
            let (stands, statements) = reseat::db::counting(desk.items(on)).await;
            println!("{on:?}: {} ms, {statements} statements", began.ms());
            assert_eq!((stands[0]["installed"].as_i64(), stands[0]["in_use"].as_i64()), (Some(30_000), Some(12_000)));
            assert!(statements <= 12, "{statements} statements");
        }
        let page = console.auditor().await.get("/reports/position").await;
        page.is(200).says("2,900 more lines, 29,000 in all");
        // PostgreSQL reads tables as small as these as they lie.
        if !console.url.starts_with("sqlite") {
            return;
        }
        for text in [reseat::positions::store::PACKS, reseat::positions::store::EVENTS] {
            let plan = console.db().sql(text);
            let plan = if text.contains("$1") { plan.bind(Moment::NEVER) } else { plan };
            let plan = plan.plan().await.unwrap();
            for table in ["SCAN n", "SCAN m", "SCAN f", "SCAN h", "SCAN licenses"] {
                assert!(!plan.lines().any(|line| line.trim().starts_with(table)), "{table}: {plan}");
            }
        }
    }
}

/// What happens on a day. Numbers name packs, of which there may be fewer.
#[derive(Clone, Debug)]
enum Step {
    Buy(u8),
    Retire,
    Move(u8),
    Install,
    Again(u8),
    Rebuild,
    Import { more: bool, gone: bool, used: u8 },
    Record(u8),
    Remove,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1u8..40).prop_map(Step::Buy),
        1 => Just(Step::Retire),
        3 => (1u8..4).prop_map(Step::Move),
        3 => Just(Step::Install),
        1 => (1u8..120).prop_map(Step::Again),
        1 => Just(Step::Rebuild),
        2 => (any::<bool>(), any::<bool>(), 0u8..30).prop_map(|(more, gone, used)| Step::Import { more, gone, used }),
        1 => (1u8..50).prop_map(Step::Record),
        1 => Just(Step::Remove),
    ]
}

/// Plays the steps, a day each, and looks each time at what stands, then at every day once more from its end.
async fn play(console: Console, steps: &[Step]) -> Result<i64, String> {
    console.stock().company("Contoso").await;
    let mut export = vec![(4, 100, 3)];
    console.bring("LIC-01").company("Contoso").file("keypacks.csv", packs(&export)).apply().await;
    console.desk().await.buys(100, &json!({"product_version": "2022"})).await;
    // Of two exports of one moment the register keeps the first one's counts.
    console.pass(DAY);
    let mut days: Vec<(String, Vec<Value>)> = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        do_step(&console, step, n, &mut export).await;
        let day = console.app.now().day(&jiff::tz::TimeZone::UTC);
        let items = console.desk().await.items("").await;
        items.iter().for_each(adds_up);
        let same = console.desk().await.items(&format!("?on={day}")).await;
        if same != items {
            return Err(format!("after {step:?} today is not now"));
        }
        days.push((day, items));
        console.pass(DAY);
    }
    let desk = console.desk().await;
    let mut explained = 0;
    for (n, (day, then)) in days.iter().enumerate() {
        let now = desk.items(&format!("?on={day}")).await;
        now.iter().for_each(adds_up);
        let terms = |items: &[Value]| items.iter().map(without_lines).collect::<Vec<_>>();
        if terms(&now) != terms(then) {
            return Err(format!("{day}, after {:?}, was {then:#?} and is told as {now:#?}", steps[n]));
        }
        explained += now.iter().filter_map(|item| item["explained"].as_i64()).sum::<i64>();
    }
    Ok(explained)
}

/// The terms alone: what a purchase is called changes when it is retired.
fn without_lines(item: &Value) -> Value {
    let terms = [
        "product_version",
        "license_type",
        "owned",
        "installed",
        "in_use",
        "phantom",
        "explained",
        "unexplained",
        "equation",
    ];
    terms.iter().map(|name| item[*name].clone()).collect()
}

async fn number(console: &Console, text: &'static str) -> Option<i64> {
    console.db().sql(text).optional::<(i64,)>().await.unwrap().map(|(id,)| id)
}

async fn do_step(console: &Console, step: &Step, n: usize, export: &mut Vec<(i64, i64, i64)>) {
    let desk = console.desk().await;
    let program = console.program(Role::Admin).await;
    match step {
        Step::Buy(quantity) => {
            let day = console.app.now().day(&jiff::tz::TimeZone::UTC);
            desk.buys(i64::from(*quantity), &json!({"product_version": "2022", "purchased_on": day})).await;
        }
        Step::Retire => {
            let Some(id) =
                number(console, "select min(id) from agreements where retired_at is null having count(*) > 0").await
            else {
                return;
            };
            let tag = program.get(&format!("/api/v1/agreements/{id}")).await.tag();
            program
                .change("POST", &format!("/api/v1/agreements/{id}/retirement"), &tag, &json!({"reason": "x"}))
                .await
                .is(200);
        }
        Step::Move(many) => {
            let text = "select k.id from key_packs k where state = 'installed' and gone_at is null and reissue_id is null order by id limit 1";
            let Some(pack) = number(console, text).await else { return };
            let request = desk.asks_for(&desk.queue(pack, usize::from(*many)).await).await;
            desk.granted(request, i64::from(*many), "completed").await;
        }
        Step::Install => {
            let text = "select k.id from key_packs k join license_servers s on s.id = k.server_id where k.state = 'received' and k.epoch = s.epoch order by k.id limit 1";
            let Some(pack) = number(console, text).await else { return };
            desk.installs(pack).await;
        }
        Step::Again(quantity) => {
            let text = "select id from key_packs where version = '2022' and state in ('installed', 'removed') order by id limit 3";
            let packs: Vec<(i64,)> = console.db().sql(text).all().await.unwrap();
            let packs: Vec<i64> = packs.into_iter().map(|(id,)| id).collect();
            let body = json!({"license_server": 1, "product_version": "2022", "license_type": "per_device", "quantity": quantity,
                "reason": "reinstall", "cause": "rebuilt", "replaces": packs});
            let made = program.post("/api/v1/reissues", &body).await;
            if made.status == 201 {
                desk.granted(made.json()["id"].as_i64().unwrap(), i64::from(*quantity), "completed").await;
            }
        }
        Step::Rebuild => desk.rebuilds(1, &format!("{n:0>35}")).await,
        Step::Import { more, gone, used } => {
            if *more {
                export.push((100 + i64::try_from(n).unwrap(), 7, 0));
            }
            if *gone && export.len() > 1 {
                export.pop();
            }
            export[0].2 = i64::from(*used);
            let preview = console
                .bring("LIC-01")
                .company("Contoso")
                .accepting_gone()
                .file("keypacks.csv", packs(export))
                .preview()
                .await;
            // One that asks which pack is meant is left alone.
            let _ = preview.apply().await;
        }
        Step::Record(quantity) => {
            let body = json!({"license_server": 1, "product_version": "2022", "license_type": "per_device", "total": quantity,
                "origin": "original", "state": "installed"});
            program.post("/api/v1/key-packs", &body).await.is(201);
        }
        Step::Remove => {
            let text = "select id from key_packs where entered_by_hand = 1 and state = 'installed' and described_at is null and gone_at is null order by id limit 1";
            let Some(id) = number(console, text).await else { return };
            let tag = program.get(&format!("/api/v1/key-packs/{id}")).await.tag();
            program.change("POST", &format!("/api/v1/key-packs/{id}/retirement"), &tag, &json!({"reason": "x"})).await;
        }
    }
}

fn plays(postgres: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases: 4, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let explained = std::sync::atomic::AtomicI64::new(0);
    let steps = proptest::collection::vec(step(), 8..13);
    let result = runner.run(&steps, |steps| {
        let played = runtime.block_on(async {
            let console = if postgres { Console::on_postgres().await } else { Console::on_sqlite().await };
            play(console, &steps).await
        });
        let sum = played.map_err(TestCaseError::fail)?;
        explained.fetch_add(sum, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    });
    if let Err(found) = result {
        panic!("{found}");
    }
    assert!(explained.into_inner() > 0, "no play ever came to anything that is explained");
}

#[test]
fn whatever_is_done_the_terms_add_up_and_a_past_day_stays_as_it_was_on_sqlite() {
    plays(false);
}

#[test]
fn whatever_is_done_the_terms_add_up_and_a_past_day_stays_as_it_was_on_postgres() {
    plays(true);
}
