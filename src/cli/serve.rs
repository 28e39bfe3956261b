//! Starting the console, and ending it in good order.

use std::io::ErrorKind;
use std::net::SocketAddr;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use super::{Done, Failure, open};
use crate::api;
use crate::change;
use crate::config::Config;
use crate::imports::pages::worker;
use crate::imports::work::Worker;
use crate::measures::listener;
use crate::routes;
use crate::upkeep::keeper::Keeper;
use crate::users::store;
use crate::web::app::App;
use crate::web::error::Outcome;

/// Serves the console until it is told to stop.
pub async fn serve(config: &Config) -> Done {
    serve_app(config, open(config).await?).await
}

/// The socket that browsers come to.
pub async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let at = config.listen;
    TcpListener::bind(at).await.map_err(|error| {
        let other = if error.kind() == ErrorKind::AddrInUse {
            " Another program has this address: choose one for this console, for example with --listen 127.0.0.1:8081."
        } else {
            ""
        };
        Failure::Usage(format!("Cannot listen on {at}: {error}.{other}"))
    })
}

/// Serves the console on a database that is open already, until it is told to stop.
pub async fn serve_app(config: &Config, app: App) -> Done {
    let listener = listen(config).await?;
    let address = match (&config.public_url, listener.local_addr()) {
        (None, Ok(local)) => format!("http://{local}"),
        _ => config.address(),
    };
    let stop = told_to_stop()
        .map_err(|error| Failure::Refused(format!("The console would not hear when to stop: {error}.")))?;
    let measuring = match config.metrics {
        Some(at) => Some(listener::begin(at, &app).await.map_err(|error| Failure::Usage(error.to_string()))?),
        None => None,
    };
    println!("Reseat is at {address}");
    if let Some(token) = first_link(&app).await? {
        println!("Nobody may sign in yet. Make the first admin within a day, once, here:");
        println!("{address}/set-up/{token}");
    }
    let measuring = measuring.map(tokio::spawn);
    let done = serve_on(listener, app, stop).await;
    if let Some(measuring) = measuring {
        measuring.abort();
    }
    done
}

/// Serves the console on a socket that is open already.
async fn serve_on(listener: TcpListener, app: App, stop: impl Future<Output = ()> + Send + 'static) -> Done {
    let db = app.db.clone();
    let going_on = tokio::spawn(go_on_with_imports(worker(&app)));
    let forgetting = tokio::spawn(forget_answers(app.clone()));
    let keeper = Keeper::of(&app);
    let keeping = tokio::spawn(keep_up(keeper.clone()));
    let service = routes::router(app).into_make_service_with_connect_info::<SocketAddr>();
    // An answer that is sent in two pieces would wait for the other side's word on the first, 40 ms on a quiet connection.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!("a connection sends its pieces late: {error}");
        }
    });
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
        .map_err(|error| Failure::Refused(format!("The console stopped: {error}.")))?;
    going_on.abort();
    forgetting.abort();
    keeping.abort();
    // Its end is awaited, so that what it had under way is given up only then.
    let _ = keeping.await;
    if let Err(error) = keeper.stop().await {
        tracing::warn!("a backup or a check that was under way could not be given up: {error:#}");
    }
    db.close().await;
    tracing::info!("stopped in good order");
    Ok(())
}

/// The token of a new set-up link while nobody may sign in.
async fn first_link(app: &App) -> Outcome<Option<String>> {
    if store::exist(&app.db).await? {
        return Ok(None);
    }
    let token = change!(app.db, "reseat serve", app.now(), tx, { store::make_link(tx, None).await? })?;
    Ok(Some(token))
}

/// Goes on with imports that a copy of the program left when it ended: this one before, or another one now.
async fn go_on_with_imports(worker: Worker) {
    loop {
        if let Err(error) = worker.go_on().await {
            tracing::error!("an import that was left could not be gone on with: {error:#}");
        }
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    }
}

/// Takes what programs were answered away after a day.
async fn forget_answers(app: App) {
    loop {
        if let Err(error) = api::kept::sweep(&app.db, app.now()).await {
            tracing::error!("answers that are kept for programs could not be taken away: {error:#}");
        }
        tokio::time::sleep(std::time::Duration::from_mins(10)).await;
    }
}

/// Does what is due of backups and checks, a while after the start: who only tries something need not wait for them.
async fn keep_up(keeper: Keeper) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        if let Err(error) = keeper.go_on().await {
            tracing::error!("a backup or a check that is due could not be begun: {error:#}");
        }
    }
}

/// Comes to its end when the program is told to stop. That is heard from this call on, so that nobody who has read that
/// the console is there ends it in bad order.
#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}
