//! Looking among many: a look begins with the few rows that can be a finding, and never reads every license.
//!
//! With `RESEAT_TEST_CLIENTS=200000` it looks among a million licenses and says how long that took.

use reseat::db::Tx;
use reseat::findings::causes::{self, Asked};
use reseat::findings::finding::Kind;
use reseat::findings::look;
use reseat::ids::{ClientId, ImportId};
use reseat::moment::{Moment, Stopwatch};

use crate::bring::{license, licenses};
use crate::on_both;
use crate::support::Console;

/// Computers, of which every thousandth bears the name of the one before, and people; each holds five licenses.
const CLIENTS: &str = "insert into clients (company_id, kind, name, name_key, hardware_id, identity, search, last_issued_at, created_at) \
    with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < $1) \
    select 1, case when i % 10 = 0 then 'user' else 'computer' end, 'PC-' || cast(i - (case when i % 1000 = 1 then 2 else 0 end) as text), \
    'pc-' || cast(i - (case when i % 1000 = 1 then 2 else 0 end) as text), case when i % 10 <> 0 then 'aa' || cast(i as text) end, \
    'x:' || cast(i as text), '', $2 + 0, $2 + 0 from n";

/// Licenses of the first pack, issued within the last weeks; of every two thousandth computer one that ran out a year ago.
const LICENSES: &str = "insert into licenses (key_pack_id, version, license_type, server_id, license_number, client_id, user_name, computer, \
    hardware_id, status, issued_at, expires_at, first_issued_at, first_seen_at) \
    with recursive n(i) as (select cast(0 as bigint) union all select i + 1 from n where i < 4) \
    select k.id, k.version, k.license_type, k.server_id, c.id * 10 + n.i, c.id, \
    case when c.kind = 'user' then case when c.id % 5000 = 1 and n.i = 2 then lower(c.name) else c.name end else '' end, c.name, \
    coalesce(c.hardware_id, ''), case when c.id % 4000 = 3 and n.i = 1 then 1 else 2 end, \
    case when c.id % 2000 = 7 then $1 - 86400 * 400 else $1 - 86400 * 30 end, \
    case when c.id % 2000 = 7 then $1 - 86400 * 330 else $1 + 86400 * 30 end, $1 + 0, $1 + 0 \
    from n join clients c on true join key_packs k on k.license_type = case when c.kind = 'user' then 'per_user' else 'per_device' end where k.server_id = 1";

async fn begin(console: &Console) -> Tx {
    console.db().begin("the test", console.app.now()).await.unwrap()
}

async fn fill(console: &Console, clients: i64) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    stock.key_pack(server).await;
    stock.key_pack(server).counted_by("per_user").await;
    console.bring("LIC-02").file("issued.csv", licenses(&[license(1, "PC-A", "ff01")])).apply().await;
    let mut tx = begin(console).await;
    let now = tx.at;
    tx.sql("update license_servers set licenses_seen_at = $1").bind(now).execute().await.unwrap();
    tx.sql(CLIENTS).bind(clients).bind(now).execute().await.unwrap();
    tx.sql(LICENSES).bind(now).execute().await.unwrap();
    let lost = "update clients set status = 'lost' where id % 10000 = 17";
    tx.sql(lost).execute().await.unwrap();
    tx.commit().await.unwrap();
    console.db().analyze(now).await.unwrap();
}

async fn asked(console: &Console, client: Option<ClientId>) -> Vec<(Kind, String)> {
    let mut plans = Vec::new();
    for kind in Kind::ALL {
        let mut tx = begin(console).await;
        let asked = Asked { look: 99, import: Some(ImportId(1)), client, unseen_days: 180, many_short: false };
        plans.push((kind, causes::note(&mut tx, kind, asked).plan().await.unwrap()));
    }
    plans
}

/// How many findings there must be: twins, ghosts, those with both, lost ones and spellings. (Client 1 is another one.)
fn planted(clients: i64) -> i64 {
    let of = |i: i64| {
        let id = i + 1;
        i64::from(i > 1 && i % 1_000 == 1)
            + if id % 2_000 == 7 { 5 } else { 0 }
            + i64::from(id % 4_000 == 3)
            + if id % 10_000 == 17 { 5 } else { 0 }
            + i64::from(i % 10 == 0 && id % 5_000 == 1)
    };
    (1..=clients).map(of).sum()
}

/// Whether a plan reads every license or every client row by row; an index alone, or a part of it, may be read.
fn reads_all(plan: &str) -> bool {
    let whole = ["SCAN l", "SCAN m", "SCAN t", "SCAN c", "Seq Scan on licenses", "Seq Scan on clients"];
    plan.lines().any(|line| {
        whole.iter().any(|scan| {
            line.trim_end().ends_with(scan) || line.contains(&format!("{scan} ")) && !line.contains("INDEX")
        })
    })
}

on_both! {
    async fn a_look_begins_with_the_few_rows_that_can_be_a_finding(console) {
        let clients: i64 = std::env::var("RESEAT_TEST_CLIENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
        let watch = Stopwatch::start();
        fill(&console, clients).await;
        println!("{clients} clients with five licenses each, in {:.1} s", watch.seconds());
        for (kind, plan) in asked(&console, Some(ClientId(17))).await {
            assert!(!reads_all(&plan), "{kind:?} of one client\n{plan}");
        }
        if console.db().pick("sqlite", "postgres") == "sqlite" {
            for (kind, plan) in asked(&console, None).await {
                assert!(!reads_all(&plan), "{kind:?}\n{plan}");
            }
        }
        for round in 0..3 {
            let mut tx = begin(&console).await;
            let watch = Stopwatch::start();
            let begun = look::begin(&mut tx).await.unwrap();
            let import = (ImportId(1), Moment(tx.at.0));
            let told = look::at_everything(&mut tx, begun, import, 180).await.unwrap();
            println!("look {round}: {told:?} in {} ms", watch.ms());
            let found = if round == 0 { planted(clients) } else { 0 };
            assert_eq!((told.found, told.back, told.gone), (found, 0, 0));
            tx.commit().await.unwrap();
        }
        // Where many licenses are temporary all are looked at, and the same is found.
        let mut tx = begin(&console).await;
        let all = Asked { look: 99, import: Some(ImportId(1)), client: None, unseen_days: 180, many_short: true };
        let watch = Stopwatch::start();
        let noted = causes::note(&mut tx, Kind::FullAndTemporary, all).execute().await.unwrap();
        println!("full and temporary among all: {noted} in {} ms", watch.ms());
        let (known, looked): (i64, i64) = tx.sql("select count(*), coalesce(sum(case when looked = 99 then 1 else 0 end), 0) from findings \
             where kind = 'full_and_temporary'").one().await.unwrap();
        assert!(known > 0 && looked == known && noted == u64::try_from(known).unwrap(), "{known} {looked} {noted}");
        drop(tx);
        let mut tx = begin(&console).await;
        let watch = Stopwatch::start();
        let begun = look::begin(&mut tx).await.unwrap();
        let told = look::at_client(&mut tx, begun, ClientId(17), 180).await.unwrap();
        println!("one client: {told:?} in {} ms", watch.ms());
        assert_eq!((told.found, told.gone), (0, 0));
    }
}
