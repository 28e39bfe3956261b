//! What monitoring reads, from the program itself and from both databases.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use reseat::measures::store::figures;
use reseat::upkeep::{Run, Work, store};

use crate::bring::{license, licenses};
use crate::log::ask;
use crate::on_both;

on_both! {
    async fn imports_history_backups_and_checks_are_counted_as_they_stand(console) {
        console.admin().await;
        let lines = console.db().sql("select line from history_tail").scalar::<i64>().await.unwrap();
        let found = figures(console.db()).await.unwrap();
        assert_eq!((found.history, found.upkeep[0].ok, found.upkeep[1].good_at), (lines, None, None));
        assert!(found.imports.iter().all(|(_, count)| *count == 0) && found.imports.len() == 6);
        console.bring("LIC-01").file("issued.csv", licenses(&[license(1, "PC-1", "a1")])).preview().await;
        let good = Run::begin(Work::Backup, "Ada", console.app.now());
        let bad = Run { wrong: "The disk is full.".into(), ..good.clone() };
        let mut tx = console.db().begin("", console.app.now()).await.unwrap();
        store::record(&mut tx, &good).await.unwrap();
        store::record(&mut tx, &bad).await.unwrap();
        tx.commit().await.unwrap();
        let found = figures(console.db()).await.unwrap();
        assert!(found.imports.contains(&("ready", 1)), "{found:?}");
        assert_eq!((found.upkeep[0].ok, found.upkeep[0].good_at), (Some(false), Some(console.app.now())));
    }
}

#[test]
fn monitoring_reads_patterns_of_addresses_and_never_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RESEAT_")) {
        command.env_remove(name);
    }
    command.env("RESEAT_DATA_DIR", folder.path()).env("RESEAT_LISTEN", "127.0.0.1:0");
    command.env("RESEAT_METRICS", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = command.arg("serve").spawn().unwrap();
    let mut told = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut address = || told.next().unwrap().rsplit_once("http://").unwrap().1.to_owned();
    let (measured, console) = (address(), address());
    let measured = measured.trim_end_matches("/metrics");
    for path in ["/clients/17", "/clients/18?q=SECRET-TERM", "/nowhere", "/healthz", "/sign-in"] {
        ask(&console, path);
    }
    let text = ask(measured, "/metrics");
    let elsewhere = (ask(measured, "/"), ask(&console, "/metrics"));
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("content-type: text/plain; version=0.0.4"), "{text}");
    for line in [
        "reseat_http_request_duration_seconds_count{method=\"GET\",route=\"/clients/{id}\",status=\"3xx\"} 2",
        "reseat_http_request_duration_seconds_count{method=\"GET\",route=\"none\",status=\"4xx\"} 1",
        "reseat_http_request_duration_seconds_bucket{method=\"GET\",route=\"/sign-in\",status=\"2xx\",le=\"+Inf\"} 1",
        "reseat_http_request_statements_count{route=\"/healthz\"} 1",
        "reseat_database_up 1",
        "reseat_imports{state=\"ready\"} 0",
        "reseat_database_connections{pool=\"write\",state=\"idle\"} 1",
        "# HELP reseat_history_lines",
    ] {
        assert!(text.contains(line), "it lacks {line}:\n{text}");
    }
    for asked in ["SECRET", "nowhere", "/clients/17"] {
        assert!(!text.contains(asked), "{text}");
    }
    assert!(elsewhere.0.starts_with("HTTP/1.1 404") && elsewhere.1.starts_with("HTTP/1.1 404"), "{elsewhere:?}");
}
