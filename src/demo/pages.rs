//! The demonstration at one click, from the page on which the first admin would be made.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{Person, Standing, WHOLE, make, standing};
use crate::users::store::find_link;
use crate::web::app::App;
use crate::web::error::{Error, Outcome};
use crate::web::page::show;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "demo/made.html")]
struct Made {
    shell: Shell,
    people: Vec<Person>,
}

/// Fills a database that holds nothing with the demonstration, and says once who may sign in.
pub async fn fill(State(app): State<App>, Path(token): Path<String>) -> Outcome<Response> {
    if find_link(&app.db, &token, app.now()).await?.is_some() {
        return Err(Error::NotFound);
    }
    if standing(&app.db).await? != Standing::Empty {
        let says = "This database is not empty any more, so no demonstration is made in it. Somebody may be making one \
                    just now: wait a minute, then open the console.";
        return Err(Error::unmet(StatusCode::CONFLICT, says));
    }
    // It goes on if the browser goes away: half of it would be of no use.
    let people = tokio::spawn(async move { make(&app, WHOLE).await }).await.map_err(Error::internal)??;
    show(&Made { shell: Shell::outside(), people })
}
