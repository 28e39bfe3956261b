//! The style sheet, the script and the icons, built into the program and served under names that change with
//! their content.

use std::sync::LazyLock;

use axum::Router;
use memory_serve::{CacheControl, MemoryServe};

/// The style sheet's address.
pub static CSS: LazyLock<String> = LazyLock::new(|| address("/reseat.css"));
/// The address of the icon in the browser's tab.
pub static ICON: LazyLock<String> = LazyLock::new(|| address("/reseat.svg"));
/// The script's address.
pub static JS: LazyLock<String> = LazyLock::new(|| address("/reseat.js"));

fn files() -> MemoryServe {
    memory_serve::load!()
        .index_file(None)
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::Medium)
        .enable_hashed_routes(true)
}

/// The routes of the static files, below `/static`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().nest_service("/static", files().into_router::<()>())
}

fn address(name: &str) -> String {
    let hashed = files().manifest().get(name).map_or(name.to_owned(), |hashed| (*hashed).to_string());
    format!("/static{hashed}")
}
