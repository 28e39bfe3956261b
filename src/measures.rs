//! Measurements for monitoring, in Prometheus's text form: how requests went, and how the database, imports, backups and
//! checks stand. Labels hold patterns and fixed words only, never a name, a number or a path, so that there are as many
//! series after years as on the first day.

pub mod listener;
pub mod store;

use metrics::{Unit, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::db::Db;
use crate::moment::Moment;
use crate::web::error::Error;
use store::Figures;

/// How long the database may take: whoever asks for measurements gives up soon after.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

const DURATION: &str = "reseat_http_request_duration_seconds";
const STATEMENTS: &str = "reseat_http_request_statements";

/// Seconds by which durations are told apart.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Numbers of statements by which requests are told apart.
const COUNTS: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// What was measured so far.
#[derive(Clone)]
pub struct Measures(PrometheusHandle);

impl Measures {
    /// Begins to measure, for the whole program; until then measuring costs nothing.
    ///
    /// # Errors
    /// When the program measures already.
    pub fn begin() -> anyhow::Result<Measures> {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.into()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Full(STATEMENTS.into()), &COUNTS)?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|error| anyhow::anyhow!("{error}"))?;
        describe();
        Ok(Measures(handle))
    }

    /// Everything as text, with the gauges as they stand now.
    pub async fn render(&self, db: &Db, now: Moment) -> String {
        gauge!("reseat_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        for (pool, size, idle) in db.pools() {
            gauge!("reseat_database_connections", "pool" => pool, "state" => "idle").set(float(idle));
            gauge!("reseat_database_connections", "pool" => pool, "state" => "used").set(float(size - idle));
        }
        let asked = tokio::time::timeout(PATIENCE, store::figures(db)).await;
        let figures = asked.unwrap_or_else(|_| Err(Error::internal("the database did not answer in time")));
        gauge!("reseat_database_up").set(f64::from(u8::from(figures.is_ok())));
        match figures {
            Ok(figures) => set(&figures, now),
            Err(error) => tracing::warn!("measurements could not be read from the database: {error:#}"),
        }
        self.0.render()
    }

    /// Takes together what was measured since; called now and then, so that it does not pile up when nobody reads it.
    fn take_together(&self) {
        self.0.run_upkeep();
    }
}

/// Notes a request that was answered. `route` is the pattern of its address; empty where none fits.
pub fn request(method: &str, route: &str, status: u16, seconds: f64, statements: u64) {
    let route = if route.is_empty() { "none" } else { route }.to_owned();
    let (method, status) = (method_of(method), class_of(status));
    histogram!(DURATION, "method" => method, "route" => route.clone(), "status" => status).record(seconds);
    histogram!(STATEMENTS, "route" => route).record(float(i64::try_from(statements).unwrap_or(i64::MAX)));
}

/// Anybody may send any word as a method; there are only so many series.
fn method_of(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

fn class_of(status: u16) -> &'static str {
    match status {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

fn set(figures: &Figures, now: Moment) {
    for (state, count) in &figures.imports {
        gauge!("reseat_imports", "state" => *state).set(float(*count));
    }
    gauge!("reseat_history_lines").set(float(figures.history));
    for stands in &figures.upkeep {
        let work = stands.work.as_str();
        if let Some(good) = stands.good_at {
            gauge!("reseat_upkeep_age_seconds", "work" => work).set(float(now.0 - good.0));
        }
        if let Some(ok) = stands.ok {
            gauge!("reseat_upkeep_ok", "work" => work).set(f64::from(u8::from(ok)));
        }
    }
}

fn describe() {
    describe_histogram!(DURATION, Unit::Seconds, "From a request to the beginning of its answer.");
    describe_histogram!(STATEMENTS, "Statements that a request asked of the database.");
    describe_gauge!("reseat_build_info", "The program’s version.");
    describe_gauge!("reseat_database_up", "1 when the database answered, else 0.");
    describe_gauge!("reseat_database_connections", "Open connections to the database.");
    describe_gauge!("reseat_imports", "Imports that are not over, and those that failed.");
    describe_gauge!("reseat_history_lines", "Lines of history.");
    describe_gauge!("reseat_upkeep_age_seconds", Unit::Seconds, "Since the last backup or check that ended well.");
    describe_gauge!("reseat_upkeep_ok", "1 when the last backup or check ended well, else 0.");
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts up to 2^53 here")]
fn float(n: i64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_somebody_sends_as_a_method_makes_no_series_of_its_own() {
        assert_eq!(
            (method_of("POST"), method_of("X-4711"), class_of(204), class_of(599)),
            ("POST", "other", "2xx", "5xx")
        );
    }
}
