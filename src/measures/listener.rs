//! Where monitoring reads: an address of its own, so that a proxy for people need not know of it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use super::Measures;
use crate::web::app::App;

/// Between two times at which what was measured is taken together.
const PAUSE: Duration = Duration::from_secs(10);

/// Begins to measure, and to answer at an address. What is given goes on until it is dropped or aborted.
///
/// # Errors
/// A sentence, when the address cannot be listened on.
pub async fn begin(at: SocketAddr, app: &App) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let listener = TcpListener::bind(at)
        .await
        .map_err(|error| anyhow::anyhow!("Cannot listen on {at} for monitoring: {error}."))?;
    let measures = Measures::begin()?;
    println!("Measurements are at http://{}/metrics", listener.local_addr()?);
    let site = Router::new().route("/metrics", get(show)).with_state((app.clone(), measures.clone()));
    Ok(async move {
        let taking = async {
            loop {
                tokio::time::sleep(PAUSE).await;
                measures.take_together();
            }
        };
        tokio::select! {
            ended = async { axum::serve(listener, site).await } => {
                if let Err(error) = ended {
                    tracing::error!("monitoring can read no more: {error}");
                }
            }
            () = taking => {}
        }
    })
}

async fn show(State((app, measures)): State<(App, Measures)>) -> impl IntoResponse {
    let text = measures.render(&app.db, app.now()).await;
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (CACHE_CONTROL, "no-store")], text)
}
