//! The demonstration, from the command line.

use clap::Args;

use super::serve::{self, listen};
use super::{Done, Failure, open};
use crate::config::Config;
use crate::demo::{Standing, WHOLE, make, standing};
use crate::web::app::App;

/// Makes the demonstration and starts the console with it.
#[derive(Args, Debug)]
pub struct DemoCommand {
    /// Makes the demonstration and ends, instead of starting the console
    #[arg(long)]
    make_only: bool,
}

/// Makes the demonstration unless it is there already, and starts the console.
pub async fn demo(config: &Config, command: DemoCommand) -> Done {
    // Before years are made that could not be shown: the usual port may be another console's.
    if !command.make_only {
        drop(listen(config).await?);
    }
    let app = open(config).await?;
    match standing(&app.db).await? {
        Standing::Empty => make_and_tell(&app).await?,
        Standing::Demonstration => println!(
            "This database holds the demonstration already; its passwords were printed when it was made. \
             For a new one: reseat user reset --name admin"
        ),
        Standing::Unfinished => {
            return refuse(app, "The making of the demonstration in this database was interrupted.").await;
        }
        Standing::Taken => return refuse(app, "This database holds data already.").await,
    }
    if command.make_only {
        app.db.close().await;
        return Ok(());
    }
    serve::serve_app(config, app).await
}

async fn refuse(app: App, why: &str) -> Done {
    app.db.close().await;
    Err(Failure::Usage(format!("{why} Name an empty one, for example with --data-dir reseat-demo.")))
}

async fn make_and_tell(app: &App) -> Done {
    println!("Making three years of two made-up companies. This takes some seconds.");
    let people = make(app, WHOLE).await?;
    println!("Sign in with one of these names; the passwords are not told again:");
    for person in people {
        println!("  {:<10} {}", person.role.as_str(), person.password);
    }
    Ok(())
}
