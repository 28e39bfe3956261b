//! The demonstration: what was promised is there, its history holds, and nobody's data is touched.

use reseat::demo::{Person, Standing, make, standing};
use reseat::history::store::verify;
use reseat::imports::import::State;
use reseat::imports::store;
use reseat::moment::{DAY, Moment};
use reseat::users::user::Role;
use reseat::web::slice::Window;

use crate::bring::{license, licenses};
use crate::on_both;
use crate::support::Console;

/// A tenth of the whole demonstration shows the same.
const SMALL: i64 = 10;

async fn sign_in(console: &Console, person: &Person) {
    let mut browser = console.stranger();
    let fields = [("name", person.role.as_str()), ("password", person.password.as_str())];
    browser.post("/sign-in", &fields).await.is(303);
}

/// Every kind of thing that the estate must have, and how many of it at least.
const PROMISED: &[(&str, i64)] = &[
    ("select count(*) from companies where name in ('Contoso Manufacturing', 'Fabrikam Logistics')", 2),
    ("select count(*) from license_servers", 4),
    ("select count(*) from license_servers where license_server_id is not null", 2),
    ("select count(*) from clients where kind = 'computer'", 120),
    ("select count(*) from clients where kind = 'user' and name like 'CONTOSO%'", 20),
    ("select count(distinct origin) from key_packs", 4),
    ("select count(distinct key_pack_type) from key_packs where key_pack_type in (1, 2, 4, 5, 6, 8)", 6),
    ("select count(*) from key_packs where license_type = 'per_user' and issued > quantity and quantity > 0", 1),
    ("select count(*) from key_packs where gone_at is not null", 1),
    ("select count(*) from licenses where gone_at is not null", 5),
    ("select count(*) from column_mappings", 3),
    ("select count(*) from hardware_id_rulings", 1),
    ("select count(*) from history where action = 'license changed'", 200),
    ("select count(*) from history where action = 'client renamed'", 5),
    ("select count(*) from history where action = 'license gone from the server'", 5),
    ("select count(*) from history where action = 'key pack changed'", 10),
    (
        "select count(distinct name_key) from clients where kind = 'computer' \
      and name_key in (select name_key from clients group by name_key having count(*) > 1)",
        5,
    ),
    // The reissue desk, in every state.
    ("select count(distinct state) from transfers", 6),
    ("select count(*) from transfers where state = 'completed' and destination_license_id is not null", 9),
    ("select count(*) from transfers where override_reason is not null", 1),
    ("select count(*) from transfers where seen_license_id is not null", 1),
    ("select count(distinct state) from reissues", 4),
    ("select count(distinct outcome) from calls", 4),
    ("select count(*) from calls where ended_at is null and draft <> ''", 1),
    ("select count(*) from calls where closed_at is null and ended_at is not null", 1),
    ("select count(*) from call_notes", 5),
    ("select count(distinct state) from key_packs where reissue_id is not null", 4),
    ("select count(*) from key_packs where origin = 'reissue' and state = 'installed' and keypack_id in (13, 14)", 2),
    ("select count(*) from former_license_key_pack_ids", 1),
    ("select count(*) from signs_of_life", 1),
    ("select count(distinct local_license) from clients", 4),
    // Twins and ghosts, of every kind.
    ("select count(distinct kind) from findings", 6),
    ("select count(*) from findings where state in ('settled', 'dismissed')", 2),
    ("select count(*) from call_numbers", 1),
    ("select count(*) from calendars", 1),
];

on_both! {
    async fn the_demonstration_holds_what_it_promises(console) {
        let people = make(&console.app, SMALL).await.unwrap();
        for (text, least) in PROMISED {
            let found = console.count(text).await;
            assert!(found >= *least, "{found} instead of {least}: {text}");
        }
        let roles: Vec<Role> = people.iter().map(|person| person.role).collect();
        assert_eq!(roles, Role::ALL);
        for person in &people {
            sign_in(&console, person).await;
        }
        assert_eq!(console.count("select count(*) from users").await, 3);
        assert_eq!(standing(console.db()).await.unwrap(), Standing::Demonstration);
    }

    async fn its_licenses_have_every_state_and_some_temporary_ones_run_out_soon(console) {
        make(&console.app, SMALL).await.unwrap();
        let now = console.app.now();
        let count = async |text: &'static str, from: Moment, to: Moment| -> i64 {
            console.db().sql(text).bind(from).bind(to).scalar().await.unwrap()
        };
        let soon = count(
            "select count(*) from licenses where status = 1 and gone_at is null and expires_at > $1 and expires_at <= $2",
            now,
            now.plus_days(14),
        ).await;
        assert!(soon >= 4, "{soon}");
        for (what, text) in [
            ("active", "select count(*) from licenses where status = 2 and expires_at between $1 and $2"),
            ("revoked", "select count(*) from licenses where status = 4 and expires_at > 0 and ($1 < $2)"),
        ] {
            assert!(count(text, now, Moment(i64::MAX)).await > 0, "{what}");
        }
        let expired = "select count(*) from licenses where status in (1, 2) and expires_at between $1 and $2";
        assert!(count(expired, Moment(1), now).await > 10);
        assert!(count(expired, Moment(1), now.plus_days(-600)).await > 0, "over three years");
        assert_eq!(count("select count(*) from licenses where issued_at not between $1 and $2", now.plus_days(-1_300), now).await, 0);
    }

    async fn its_history_is_dated_in_the_past_and_holds(console) {
        make(&console.app, SMALL).await.unwrap();
        let now = console.app.now();
        let lines = verify(console.db()).await.unwrap().unwrap();
        assert!(lines > 300, "{lines}");
        assert!(now.0 - console.count("select at from history where id = 1").await > 1_000 * DAY);
        assert_eq!(console.count("select max(at) from history").await, now.0);
        let backwards = "select count(*) from history h join history b on b.id = h.id - 1 where b.at > h.at";
        assert_eq!(console.count(backwards).await, 0);
    }

    async fn several_imports_of_each_server_are_applied_and_one_waits_with_questions(console) {
        make(&console.app, SMALL).await.unwrap();
        let fewest = "select min(n) from (select server_name, count(*) as n from imports where state = 'applied' group by server_name) s";
        assert!(console.count(fewest).await >= 4);
        let imports = store::list(console.db(), None, &Window::first(100)).await.unwrap();
        let waiting: Vec<_> = imports.iter().filter(|import| import.state != State::Applied).collect();
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        assert_eq!(waiting[0].state, State::Ready);
        assert!(waiting[0].conflict_count >= 3 && waiting[0].error_count >= 2, "{:?}", waiting[0]);
        assert!(waiting[0].changes() > 0);
        assert!(imports.iter().all(|import| import.created_at <= console.app.now()));
    }

    async fn a_database_that_holds_anything_is_no_place_for_it(console) {
        assert_eq!(standing(console.db()).await.unwrap(), Standing::Empty);
        console.bring("LIC-01").file("issued.csv", licenses(&[license(1, "PC-0117", "aa01")])).preview().await;
        assert_eq!(standing(console.db()).await.unwrap(), Standing::Taken, "even a preview");
        console.admin().await;
        assert_eq!(standing(console.db()).await.unwrap(), Standing::Taken);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_the_same_each_time() {
    let mut found = Vec::new();
    for _ in 0..2 {
        let console = Console::on_sqlite().await;
        make(&console.app, 3).await.unwrap();
        let rows: Vec<(String, String, i64, i64)> = console
            .db()
            .sql("select computer, hardware_id, issued_at, status from licenses order by id")
            .all()
            .await
            .unwrap();
        found.push((rows, console.count("select line from history_tail").await));
    }
    assert_eq!(found[0], found[1]);
}
