//! How many statements each page asks of the database: none may ask more than it did, and no list, search or timeline may read
//! a table from end to end.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use reseat::db::listing;
use reseat::demo::make;

use crate::bring::{L, license, licenses, packs};
use crate::support::{Console, Person};
use crate::who_may::WHO_MAY;

/// Where the numbers stand: of each address on SQLite and on PostgreSQL.
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/console/statements.txt");

const HEADING: &str = "\
# How many statements each page of the demonstration asks of the database: on SQLite, on PostgreSQL, at which address.
# A page that asks more than stands here fails `statements`. After a change that is worth it:
#   UPDATE_STATEMENTS=1 cargo test --test console statements
";

/// The pages that a person reads, each with numbers in the place of its patterns.
async fn addresses(console: &Console) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (method, pattern, ..) in WHO_MAY {
        if *method != "GET" || pattern.contains("/api/") || pattern.ends_with(".xlsx") || pattern.contains("{token}") {
            continue;
        }
        found.push((*pattern, console.an_address(pattern).await));
    }
    found
}

impl Console {
    /// An address like the pattern, with the number of something that the demonstration has the most of.
    async fn an_address(&self, pattern: &str) -> String {
        let one = |text: &'static str| async move { self.db().sql(text).scalar::<i64>().await.unwrap_or(1) };
        let id = match pattern.trim_start_matches("/reports").split('/').nth(1).unwrap_or_default() {
            "clients" => {
                one("select client_id from licenses group by client_id order by count(*) desc, client_id limit 1").await
            }
            "licenses" => one("select license_id from transfers order by id limit 1").await,
            "key-packs" => {
                one("select key_pack_id from licenses group by key_pack_id order by count(*) desc, key_pack_id limit 1")
                    .await
            }
            "license-servers" => {
                one("select server_id from licenses group by server_id order by count(*) desc, server_id limit 1").await
            }
            "transfers" => one("select id from transfers where state = 'completed' order by id limit 1").await,
            "imports" => one("select id from imports where state = 'ready' order by id limit 1").await,
            "calls" => one("select id from calls where ended_at is null order by id limit 1").await,
            _ => 1,
        };
        pattern.replace("{id}", &id.to_string())
    }
}

/// The statements of every page, asked a second time: the first one may note that somebody is there.
async fn asked(person: &mut Person, addresses: &[(&'static str, String)]) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for (pattern, address) in addresses {
        person.get(address).await;
        let (reply, texts) = listing(person.get(address)).await;
        if reply.status.is_success() {
            all.insert(*pattern, texts);
        }
    }
    all
}

async fn of_the_demonstration(console: &Console) -> BTreeMap<&'static str, Vec<String>> {
    make(&console.app, 3).await.unwrap();
    let addresses = addresses(console).await;
    asked(&mut console.admin().await, &addresses).await
}

/// A page's numbers, as a line has them.
fn numbers(line: &str) -> Option<(&str, [usize; 2])> {
    let mut words = line.split_whitespace();
    let mut number = || words.next().and_then(|word| word.parse().ok());
    let both = [number()?, number()?];
    Some((words.next()?, both))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_asks_more_of_the_database_than_it_did() {
    let sqlite = of_the_demonstration(&Console::on_sqlite().await).await;
    let postgres = of_the_demonstration(&Console::on_postgres().await).await;
    assert!(sqlite.len() > 60 && sqlite.keys().eq(postgres.keys()), "{:?}", sqlite.keys());
    let count = |all: &BTreeMap<&'static str, Vec<String>>, page: &str| all.get(page).map_or(0, Vec::len);
    if std::env::var_os("UPDATE_STATEMENTS").is_some() {
        let mut text = HEADING.to_owned();
        for page in sqlite.keys() {
            writeln!(text, "{:>4} {:>4}  {page}", count(&sqlite, page), count(&postgres, page)).unwrap();
        }
        std::fs::write(BASELINE, text).unwrap();
        return;
    }
    let text = std::fs::read_to_string(BASELINE).unwrap();
    let before: BTreeMap<&str, [usize; 2]> = text.lines().filter_map(numbers).collect();
    let mut wrong = Vec::new();
    for page in sqlite.keys() {
        let now = [count(&sqlite, page), count(&postgres, page)];
        match before.get(page) {
            None => wrong.push(format!("{page} is new: it asks {now:?}")),
            Some(then) if now[0] > then[0] || now[1] > then[1] => {
                wrong.push(format!(
                    "{page} asks {now:?} statements, and asked {then:?}:\n  {}",
                    sqlite[page].join("\n  ")
                ));
            }
            Some(_) => {}
        }
    }
    wrong.extend(
        before.keys().filter(|page| !sqlite.contains_key(**page)).map(|page| format!("{page} is no page any more")),
    );
    assert!(wrong.is_empty(), "{}\n{HEADING}", wrong.join("\n"));
}

/// Lists, searches and timelines that are read at size M.
const READ: [&str; 26] = [
    "/",
    "/licenses",
    "/licenses?status=temporary",
    "/licenses?status=temporary&within=14",
    "/licenses?status=expired",
    "/licenses?server=1&version=2022",
    "/licenses?on=all",
    "/licenses?on=gone",
    "/licenses?sort=expires",
    "/licenses?unseen=30",
    "/clients",
    "/clients?q=pc-0012",
    "/clients?q=12",
    "/clients?q=nowhere",
    "/clients?status=lost",
    "/clients/77",
    "/key-packs",
    "/key-packs/1",
    "/license-servers/1",
    "/history",
    "/history?subject=client:77",
    "/search?q=pc-0012",
    "/search?q=99",
    "/reports/findings",
    "/reports/position",
    "/transfers",
];

/// The tables that grow with every license.
const LARGE: [&str; 5] = ["licenses", "clients", "history", "history_subjects", "import_rows"];

/// A hundred thousand licenses of twenty thousand clients.
async fn size_m(console: &Console) {
    let names: Vec<(String, String)> = (0..20_000).map(|n| (format!("PC-{n:05}"), format!("aa{n:05}"))).collect();
    let mut rows = Vec::with_capacity(100_000);
    for n in 0..100_000_i64 {
        let (name, hardware_id) = &names[usize::try_from(n).unwrap() % 20_000];
        let one = license(n + 1, name, hardware_id);
        let day = ["20260610", "20260701", "20260712", "20260801"][usize::try_from(n).unwrap() % 4];
        rows.push(if n % 10 == 0 {
            L { status: 1, expires: "20260905", issued: day, ..one }
        } else {
            L { issued: day, ..one }
        });
    }
    let bring = console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 100_000, 90_000)]));
    assert_eq!(bring.file("issued.csv", licenses(&rows)).apply().await.new_count, 100_001);
    console.db().analyze(console.app.now()).await.unwrap();
}

/// The lines of a plan that read a large table from end to end.
fn scans(plan: &str) -> Vec<String> {
    let names = |line: &str, table: &str| {
        let words: Vec<&str> = line.split([' ', '"']).collect();
        words.windows(3).any(|three| three == ["Scan", "on", table]) && (line.contains("Seq Scan"))
    };
    plan.lines()
        .filter(|line| LARGE.iter().any(|table| names(line, table)))
        .map(|line| line.trim().to_owned())
        .collect()
}

/// The same on SQLite, where plans name tables by the letters that the statement gives them.
fn sqlite_scans(text: &str, plan: &str) -> Vec<String> {
    let is_large = |letter: &str| {
        LARGE.iter().any(|table| {
            *table == letter
                || text.contains(&format!("from {table} {letter}"))
                || text.contains(&format!("join {table} {letter}"))
        })
    };
    let scan = |line: &&str| {
        line.trim().strip_prefix("SCAN ").is_some_and(|rest| !rest.contains("INDEX") && is_large(rest.trim()))
    };
    plan.lines().filter(scan).map(|line| line.trim().to_owned()).collect()
}

/// Where PostgreSQL's own words about its plans go.
#[derive(Clone, Default)]
struct Notices(Arc<Mutex<String>>);

impl std::io::Write for Notices {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
#[ignore = "brings in a hundred thousand licenses"]
async fn at_size_m_nothing_reads_a_large_table_from_end_to_end_on_sqlite() {
    let console = Console::on_sqlite().await;
    size_m(&console).await;
    let mut ada = console.admin().await;
    let mut wrong = Vec::new();
    for page in READ {
        let (reply, texts) = listing(ada.get(page)).await;
        assert_eq!(reply.status.as_u16(), 200, "{page}");
        assert!(texts.len() > 2, "{page}");
        for text in texts.iter().filter(|text| text.starts_with("select") || text.starts_with("with")) {
            let plan = console.db().sql(Box::leak(text.clone().into_boxed_str())).plan().await.unwrap();
            wrong.extend(sqlite_scans(text, &plan).iter().map(|scan| format!("{page}: {scan} in {text}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
#[ignore = "brings in a hundred thousand licenses"]
async fn at_size_m_nothing_reads_a_large_table_from_end_to_end_on_postgresql() {
    let notices = Notices::default();
    let written = notices.clone();
    let told = tracing_subscriber::fmt()
        .with_env_filter("sqlx::postgres::notice=trace")
        .with_ansi(false)
        .with_writer(move || written.clone());
    let _guard = tracing::subscriber::set_default(told.finish());
    let console = Console::on_postgres().await;
    size_m(&console).await;
    let parted = if console.url.contains('?') { '&' } else { '?' };
    let url = format!(
        "{}{parted}options[session_preload_libraries]=auto_explain&options[auto_explain.log_min_duration]=0\
         &options[client_min_messages]=log",
        console.url
    );
    let explained = console.opened_as(&url).await;
    let mut ada = explained.person("Ada", reseat::users::user::Role::Admin).await;
    let mut wrong = Vec::new();
    for page in READ {
        notices.0.lock().unwrap().clear();
        ada.get(page).await.is(200);
        let plans = notices.0.lock().unwrap().clone();
        assert!(plans.matches("Query Text").count() > 2, "{page} told no plans: {plans}");
        for plan in plans.split("Query Text").skip(1) {
            wrong.extend(scans(plan).iter().map(|scan| format!("{page}: {scan} in{plan}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
