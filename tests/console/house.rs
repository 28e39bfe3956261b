//! The house stands: floors, template paths, sizes, and who may use which address.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use reseat::users::user::Role;

use crate::on_both;
use crate::who_may::WHO_MAY;

/// The nouns, in their order: each uses only those before it. Pages may read any store.
const NOUNS: [&str; 24] = [
    "history",
    "users",
    "products",
    "companies",
    "license_servers",
    "agreements",
    "key_packs",
    "clients",
    "licenses",
    "calendars",
    "call_numbers",
    "transfers",
    "reissues",
    "calls",
    "desk",
    "findings",
    "revocations",
    "imports",
    "search",
    "positions",
    "evidence",
    "views",
    "reports",
    "help",
];

/// What stands on the ground: it uses none of the house, but for the ground.
const GROUND: [&str; 5] = ["ids", "moment", "check", "config", "db"];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("src"), &mut found);
    assert!(found.len() > 20);
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The room and the floor of a file: `key_packs`, `store`.
fn place(path: &Path) -> (String, String) {
    let path = path.strip_prefix(root().join("src")).unwrap().with_extension("");
    let mut parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    let room = parts.next().unwrap_or_default();
    (room, parts.next().unwrap_or_default())
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

#[test]
fn imports_go_down_the_floors_and_nouns_use_only_earlier_nouns() {
    let uses = Regex::new(r"crate::([a-z_]+)(?:::([a-z_]+))?").unwrap();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let (room, floor) = place(&path);
        for (n, line) in without_tests(&text).lines().enumerate() {
            for found in uses.captures_iter(line) {
                let to = found[1].to_owned();
                let to_floor = found.get(2).map_or("", |floor| floor.as_str());
                if let Some(why) = breaks_a_floor(&room, &floor, &to, to_floor) {
                    broken.push(format!("{}:{}: {why}", path.display(), n + 1));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn breaks_a_floor(room: &str, floor: &str, to: &str, to_floor: &str) -> Option<String> {
    let order = |name: &str| NOUNS.iter().position(|noun| *noun == name);
    let upper = ["pages", "people", "api", "download", "upload", "answers", "asking", "deciding", "editing", "tokens"];
    if order(room).is_some() && ["routes", "cli"].contains(&to) {
        return Some(format!("{room} uses {to}, which stands above it"));
    }
    if let (Some(from), Some(below)) = (order(room), order(to)) {
        if upper.contains(&to_floor) && room != to {
            return Some(format!("{room} uses the pages of {to}"));
        }
        if below > from && !(upper.contains(&floor) && to_floor != "pages") {
            return Some(format!("{room} uses {to}, a later noun"));
        }
        if room == to && upper.contains(&to_floor) && !upper.contains(&floor) {
            return Some(format!("{room}/{floor} uses the pages above it"));
        }
    }
    if GROUND.contains(&room) && order(to).is_some() && room != "config" && room != "db" {
        return Some(format!("{room} is on the ground and uses {to}"));
    }
    None
}

#[test]
fn rules_know_no_sql_and_no_http_and_stores_know_no_http() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let (room, floor) = place(&path);
        if !NOUNS.contains(&room.as_str()) {
            continue;
        }
        let text = without_tests(&text);
        let (sql, http) = (text.contains(".sql(\"") || text.contains("crate::db"), text.contains("axum"));
        let page =
            ["pages", "people", "api", "download", "upload", "answers", "asking", "deciding", "editing", "tokens"]
                .contains(&floor.as_str());
        if http && !page {
            broken.push(format!("{} speaks HTTP below the pages", path.display()));
        }
        if sql && page && text.contains(".sql(") {
            broken.push(format!("{} holds SQL; it belongs into a store", path.display()));
        }
        let rule =
            floor.ends_with(room.trim_end_matches('s')) || ["line", "password", "session"].contains(&floor.as_str());
        if sql && rule {
            broken.push(format!("{} is a rule and knows the database", path.display()));
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_template_lies_where_its_module_lies() {
    let named = Regex::new(r#"template\(path = "([^"]+)""#).unwrap();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let (room, _) = place(&path);
        for found in named.captures_iter(&text) {
            let template = &found[1];
            if !root().join("templates").join(template).exists() {
                broken.push(format!("{} names {template}, which is not there", path.display()));
            }
            let shared = room == "web" && !template.contains('/');
            if !shared && !template.starts_with(&format!("{room}/")) {
                broken.push(format!("{} uses {template}, another room's template", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_file_grows_past_400_lines_and_no_function_past_60() {
    let begins = Regex::new(r"^(\s*)(?:pub(?:\([a-z]+\))? )?(?:async )?fn ([a-z_0-9]+)").unwrap();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > 400 {
            broken.push(format!("{} has {} lines", path.display(), lines.len()));
        }
        for (n, line) in lines.iter().enumerate() {
            let Some(found) = begins.captures(line) else { continue };
            let end = format!("{}}}", &found[1]);
            let length = lines[n..].iter().position(|line| *line == end).unwrap_or(0) + 1;
            if length > 60 {
                broken.push(format!("{}: fn {} has {length} lines", path.display(), &found[2]));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_documents_name_only_tests_that_there_are() {
    let named = Regex::new(r"`(?:[a-z_]+::)*([a-z][a-z0-9_]{24,})`").unwrap();
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let (_, text) = text.split_once("All in `tests/console`").unwrap();
    let mut code = sources().into_iter().map(|(_, text)| text).collect::<String>();
    for folder in ["tests/console", "tests/browser"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let names: BTreeSet<&str> = named.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect();
    assert!(names.len() > 60, "only {} names were read", names.len());
    // Some are made by a macro that is told their names.
    let is_there = |name: &str| code.contains(&format!("fn {name}")) || code.contains(&format!("{name} = "));
    let lost: Vec<&str> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert!(lost.is_empty(), "docs/ARCHITECTURE.md names what is not there: {lost:?}");
}

#[test]
fn only_moment_reads_the_clock() {
    let clock = Regex::new(r"Timestamp::now|SystemTime::now|Zoned::now|ZonedDateTime::now").unwrap();
    for (path, text) in sources() {
        let (room, _) = place(&path);
        assert!(room == "moment" || !clock.is_match(&text), "{} reads the clock", path.display());
    }
}

#[test]
fn every_address_of_the_site_map_says_who_may_use_it() {
    let maps = ["src/routes.rs", "src/routes/answers.rs", "src/routes/api.rs"];
    let text = maps.map(|map| std::fs::read_to_string(root().join(map)).unwrap()).concat();
    let route = Regex::new(r#"(?s)\.route\(\s*"([^"]+)",\s*((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)"#).unwrap();
    let mut listed = BTreeSet::new();
    for found in route.captures_iter(&text) {
        for method in ["get", "post", "put", "delete", "patch"] {
            if Regex::new(&format!(r"\b{method}\(")).unwrap().is_match(&found[2]) {
                listed.insert((method.to_uppercase(), found[1].to_owned()));
            }
        }
    }
    assert_eq!(
        listed.iter().map(|(_, address)| address).collect::<BTreeSet<_>>().len(),
        text.matches(".route(").count()
    );
    let told: BTreeSet<_> =
        WHO_MAY.iter().map(|(method, address, ..)| ((*method).to_owned(), (*address).to_owned())).collect();
    assert_eq!(listed, told);
}

on_both! {
    async fn each_role_may_use_the_addresses_that_are_its_own_and_no_others(console) {
        let programs = [
            console.program_without(),
            console.program(Role::Auditor).await,
            console.program(Role::HelpDesk).await,
            console.program(Role::Admin).await,
        ];
        let json = [("content-type", "application/json")];
        for (method, _, address, answers) in WHO_MAY {
            if address.starts_with("/api/v1/") {
                for (program, expected) in programs.iter().zip(answers) {
                    let reply = program.call(method, address, &json, "{}").await;
                    assert_eq!(reply.status.as_u16(), *expected, "{method} {address}\n{}", reply.text);
                }
                continue;
            }
            let people = [console.stranger(), console.auditor().await, console.help_desk().await, console.admin().await];
            for (mut person, expected) in people.into_iter().zip(answers) {
                let reply = if *method == "GET" { person.get(address).await } else { person.post(address, &[]).await };
                assert_eq!(reply.status.as_u16(), *expected, "{method} {address}\n{}", reply.text);
            }
        }
    }

    async fn every_answer_carries_the_headers_that_protect_it(console) {
        for address in ["/sign-in", "/nowhere", "/healthz", "/account", "from another site"] {
            let reply = if address == "from another site" {
                let request = axum::http::Request::post("/sign-in").header("sec-fetch-site", "cross-site");
                console.stranger().send(request, axum::body::Body::empty()).await
            } else {
                console.stranger().get(address).await
            };
            let policy = reply.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{address}");
            assert!(!policy.contains("unsafe"), "{address}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(reply.headers[name], value, "{address}");
            }
        }
    }
}
