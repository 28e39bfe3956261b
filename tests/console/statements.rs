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
        let is_left_out = ["/api/", ".xlsx", "{token}"].iter().any(|part| pattern.contains(part));
        if *method != "GET" || is_left_out {
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
        pattern.replace("{id}", &id.to_string()).replace("{page}", "glossary")
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
    "/search?find=pc-0012",
    "/search?find=99",
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

/// The lines of PostgreSQL's plan that read a large table from end to end. A few rows are read sooner as they lie.
fn scans(plan: &str) -> Vec<String> {
    let few = |line: &str| {
        let rows = line.split("rows=").nth(1).and_then(|rest| rest.split(' ').next());
        rows.and_then(|rows| rows.parse::<i64>().ok()).is_none_or(|rows| rows < 100)
    };
    let large = |line: &&str| {
        let table = line.split("Seq Scan on ").nth(1).and_then(|rest| rest.split(' ').next());
        table.is_some_and(|table| LARGE.contains(&table)) && !few(line)
    };
    plan.lines().filter(large).map(|line| line.trim().to_owned()).collect()
}

/// The same on SQLite, where plans name tables by the letters that the statement gives them. Rows in the order of their numbers,
/// up to a limit, are walked and not read from end to end.
fn sqlite_scans(text: &str, plan: &str) -> Vec<String> {
    let is_large = |letter: &str| {
        let named = |table: &&&str| {
            **table == letter || ["from", "join"].iter().any(|word| text.contains(&format!("{word} {table} {letter} ")))
        };
        LARGE.iter().any(|table| named(&table))
    };
    let walked = |letter: &str| {
        let order = format!("order by {letter}.id");
        text.split(&order).nth(1).is_some_and(|rest| rest.trim_start_matches(" desc").starts_with(" limit"))
            && !plan.contains("TEMP B-TREE FOR ORDER BY")
    };
    let scan = |line: &&str| {
        let rest = line.trim().strip_prefix("SCAN ").map(str::trim);
        rest.is_some_and(|letter| !letter.contains("INDEX") && is_large(letter) && !walked(letter))
    };
    plan.lines().filter(scan).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_plan_that_reads_a_large_table_is_told_from_one_that_walks_it() {
    let list =
        "select l.id from licenses l left join clients c on c.id = l.client_id where true order by l.id desc limit $1";
    assert_eq!(sqlite_scans(list, "SCAN l\nSEARCH c USING INTEGER PRIMARY KEY (rowid=?)"), [""; 0]);
    assert_eq!(sqlite_scans(list, "SCAN l\nUSE TEMP B-TREE FOR ORDER BY"), ["SCAN l"]);
    assert_eq!(sqlite_scans("select count(*) from licenses l where l.status = $1", "SCAN l"), ["SCAN l"]);
    assert_eq!(
        sqlite_scans("select count(*) from licenses l ", "SCAN l USING COVERING INDEX licenses_issued"),
        [""; 0]
    );
    assert_eq!(scans("->  Seq Scan on licenses l  (cost=0.00..1.03 rows=900 width=4)").len(), 1);
    assert_eq!(scans("->  Seq Scan on history h  (cost=0.00..1.03 rows=3 width=4)").len(), 0);
    assert_eq!(scans("->  Index Scan using licenses_issued on licenses l  (cost=0.4..1.03 rows=900 width=4)").len(), 0);
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
