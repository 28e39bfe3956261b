//! People, from the command line.

use std::io::Read;

use clap::{Args, Subcommand};

use super::{Done, Failure, open};
use crate::change;
use crate::check::Problems;
use crate::config::Config;
use crate::users::store;
use crate::users::user::{NewUser, Role, User, check_name, check_password};
use crate::web::app::App;
use crate::web::error::Error;

/// What can be done with people.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Adds a person
    Add(Add),
    /// Lists everybody
    List,
    /// Prints a one-time link by which a person sets a new password
    Reset(Named),
    /// Ends a person's sessions and lets them sign in no more
    Disable(Named),
}

/// A person to add.
#[derive(Args, Debug)]
pub struct Add {
    /// The name to sign in with
    #[arg(long)]
    name: String,
    /// What they may do
    #[arg(long, value_enum)]
    role: Role,
    /// Reads the password from standard input (without it, a one-time link is printed)
    #[arg(long)]
    password_stdin: bool,
}

/// A person by name.
#[derive(Args, Debug)]
pub struct Named {
    /// The name they sign in with
    #[arg(long)]
    name: String,
}

/// Does what was asked.
pub async fn obey(config: &Config, command: UserCommand) -> Done {
    let app = open(config).await?;
    match command {
        UserCommand::Add(new) => add(config, &app, new).await,
        UserCommand::List => list(&app).await,
        UserCommand::Reset(named) => reset(config, &app, &named.name).await,
        UserCommand::Disable(named) => disable(&app, &named.name).await,
    }?;
    app.db.close().await;
    Ok(())
}

/// Who a command's changes are recorded as made by.
pub fn actor(command: &str) -> String {
    let account = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    if account.is_empty() { format!("reseat {command}") } else { format!("reseat {command} ({account})") }
}

async fn add(config: &Config, app: &App, new: Add) -> Done {
    let mut problems = Problems::none();
    check_name(&new.name, &mut problems);
    let password = if new.password_stdin { Some(read_password(&mut problems)?) } else { None };
    if !problems.is_empty() {
        return Err(Failure::Refused(problems.to_string()));
    }
    let hashed = match password {
        Some(password) => Some(app.hasher.hash(password).await?),
        None => None,
    };
    let (name, role) = (new.name.trim().to_owned(), new.role);
    let new = NewUser { name: name.clone(), role };
    let link = change!(app.db, &actor("user add"), app.now(), tx, {
        let id = store::add(tx, &new, hashed.as_deref()).await?;
        match hashed {
            Some(_) => None,
            None => Some(store::make_link(tx, Some(id)).await?),
        }
    });
    let link = match link {
        Ok(link) => link,
        Err(Error::Refused(problems)) => return Err(Failure::Refused(problems.to_string())),
        Err(error) => return Err(error.into()),
    };
    println!("{name} may sign in as {}.", role.label());
    if let Some(token) = link {
        println!("{}/set-up/{token}", config.address());
    }
    Ok(())
}

fn read_password(problems: &mut Problems) -> Done<String> {
    let mut password = String::new();
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut password)
        .map_err(|error| Failure::Usage(format!("The password cannot be read from standard input: {error}.")))?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    check_password(&password, &password, problems);
    Ok(password)
}

async fn list(app: &App) -> Done {
    for user in store::list(&app.db).await? {
        let state = if user.is_disabled() { "disabled" } else { "may sign in" };
        println!("{}\t{}\t{}\t{state}", user.id, user.name, user.role.as_str());
    }
    Ok(())
}

async fn reset(config: &Config, app: &App, name: &str) -> Done {
    let user = find(app, name).await?;
    let token = change!(app.db, &actor("user reset"), app.now(), tx, { store::make_link(tx, Some(user.id)).await? })?;
    println!("{}/set-up/{token}", config.address());
    Ok(())
}

async fn disable(app: &App, name: &str) -> Done {
    let user = find(app, name).await?;
    change!(app.db, &actor("user disable"), app.now(), tx, {
        store::disable(tx, user.id).await?;
    })?;
    println!("{} may no longer sign in.", user.name);
    Ok(())
}

/// The person who signs in with a name.
pub async fn find(app: &App, name: &str) -> Done<User> {
    match store::look_up(&app.db, name).await {
        Err(Error::NotFound) => Err(Failure::Refused(format!("Nobody signs in as {name}. See reseat user list."))),
        other => Ok(other?),
    }
}
