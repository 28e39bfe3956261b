//! API tokens, from the command line.

use clap::{Args, Subcommand};

use super::user::{actor, find};
use super::{Done, Failure, open};
use crate::change;
use crate::config::Config;
use crate::ids::TokenId;
use crate::users::api_token::TokenForm;
use crate::users::token_store as store;
use crate::users::user::Role;
use crate::web::app::App;
use crate::web::error::Error;
use crate::web::slice::{Cursor, Window};

/// What can be done with API tokens.
#[derive(Subcommand, Debug)]
pub enum TokenCommand {
    /// Makes a token for a person, and prints it: nobody can read it again
    Add(Add),
    /// Lists everybody's tokens, without the tokens themselves
    List,
    /// Revokes a token
    Revoke(Numbered),
}

/// A token to make.
#[derive(Args, Debug)]
pub struct Add {
    /// The name that its person signs in with
    #[arg(long)]
    user: String,
    /// What it may do; at most what its person may
    #[arg(long, value_enum)]
    role: Role,
    /// What it is for
    #[arg(long, default_value = "made on the command line")]
    label: String,
    /// After how many days it expires, or `never`
    #[arg(long, value_name = "DAYS", default_value = "365")]
    expires: String,
}

/// A token by number.
#[derive(Args, Debug)]
pub struct Numbered {
    /// Its number, as `reseat token list` shows it
    #[arg(value_name = "ID")]
    id: i64,
}

/// Does what was asked.
pub async fn obey(config: &Config, command: TokenCommand) -> Done {
    let app = open(config).await?;
    match command {
        TokenCommand::Add(new) => add(&app, new).await,
        TokenCommand::List => list(&app).await,
        TokenCommand::Revoke(numbered) => revoke(&app, TokenId(numbered.id)).await,
    }?;
    app.db.close().await;
    Ok(())
}

async fn add(app: &App, new: Add) -> Done {
    let user = find(app, &new.user).await?;
    if user.is_disabled() {
        return Err(Failure::Refused(format!("{} is disabled. Enable them first.", user.name)));
    }
    let form = TokenForm { label: new.label, role: new.role.as_str().to_owned(), expires: new.expires };
    let new = form.check(user.role, app.now()).map_err(|wrong| Failure::Refused(wrong.to_string()))?;
    // The token alone goes to standard output, so that a script can take it.
    let token = change!(app.db, &actor("token add"), app.now(), tx, { store::make(tx, user.id, &new).await? })?;
    println!("{token}");
    Ok(())
}

async fn list(app: &App) -> Done {
    let mut window = Window::first(500);
    loop {
        let slice = window.cut(store::list(&app.db, &window).await?, |token| Cursor::new(token.id, token.id.0));
        for token in &slice.rows {
            let expires = if token.expires_at.is_never() { "never".to_owned() } else { token.expires_at.iso() };
            let (user, role, state) = (&token.user, token.may().as_str(), token.word(&app.now()));
            println!("{}\t{user}\t{role}\t{state}\texpires {expires}\t{}", token.id, token.label);
        }
        let Some(next) = slice.next else { return Ok(()) };
        window = Window::behind(next, 500);
    }
}

async fn revoke(app: &App, id: TokenId) -> Done {
    let revoked = change!(app.db, &actor("token revoke"), app.now(), tx, {
        store::revoke(tx, id, None).await?;
    });
    match revoked {
        Err(Error::NotFound) => {
            Err(Failure::Refused(format!("No token of number {id} is in use. See reseat token list.")))
        }
        other => {
            other?;
            println!("Token {id} is revoked.");
            Ok(())
        }
    }
}
