//! The commands: serve, user, migrate, and more as the console grows.

mod demo;
mod import;
mod keep;
mod serve;
mod token;
mod user;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::config::{Config, LogFormat, unknown_setting};
use crate::db::Db;
use crate::moment::Clock;
use crate::users::password::Hasher;
use crate::web::app::App;

/// A console for Terminal Services and Remote Desktop license servers.
///
/// Every setting is a flag or an environment variable; RESEAT_DATABASE_URL may also stand in a file.
#[derive(Parser, Debug)]
#[command(name = "reseat", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Starts the console (this is also what happens without a command)
    Serve,
    /// Brings in what a license server says: its key packs and issued licenses
    Import(Box<import::ImportCommand>),
    /// Starts the console with a made-up estate, to try it out; it is made in an empty database first
    Demo(demo::DemoCommand),
    /// Adds, lists, resets and disables the people who may sign in
    #[command(subcommand)]
    User(user::UserCommand),
    /// Makes, lists and revokes the tokens by which programs use the API
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Brings the database's schema up to this program's, and says which one it is
    Migrate,
    /// Writes everything into one file, while the console goes on
    Backup(keep::BackupCommand),
    /// Gives the database what a backup holds, all of it or nothing; of either engine into either
    Restore(keep::RestoreCommand),
    /// Writes everything as open files, a table each, for other programs
    Export(keep::ExportCommand),
    /// Makes audit evidence: one file of a company and a period that anybody can check
    Evidence(keep::EvidenceCommand),
    /// Checks the database, what its tables say of each other, and history's chain; or a bundle of evidence
    Verify(keep::VerifyCommand),
    /// Looks at settings, permissions, clocks, the database and the last imports: a sentence each
    Doctor,
}

/// Why a command ended without doing what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// A rule or a file refuses: exit code 1.
    Refused(String),
    /// The command line, a setting or the database's state is wrong: exit code 2.
    Usage(String),
}

impl From<crate::web::error::Error> for Failure {
    fn from(error: crate::web::error::Error) -> Self {
        match error {
            error if error.is_full() => Failure::Refused(crate::web::error::FULL.into()),
            crate::web::error::Error::Internal(error) => Failure::Refused(format!("{error:#}")),
            other => Failure::Refused(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure::Refused(format!("The database failed: {error}."))
    }
}

/// How a command ends.
pub type Done<T = ()> = Result<T, Failure>;

/// Reads the command line and the settings, and does what they say.
pub async fn run() -> ExitCode {
    if let Some(name) = unknown_setting(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        eprintln!("reseat: {name} is not a setting of this program. See reseat --help for those there are.");
        return ExitCode::from(2);
    }
    // clap prints usage errors itself and ends with exit code 2.
    let cli = Cli::parse();
    match obey(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Refused(sentence)) => {
            eprintln!("reseat: {sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::Usage(sentence)) => {
            eprintln!("reseat: {sentence}");
            ExitCode::from(2)
        }
    }
}

async fn obey(cli: Cli) -> Done {
    start_log(&cli.config)?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(&cli.config).await,
        Command::Import(command) => import::import(&cli.config, *command).await,
        Command::Demo(command) => demo::demo(&cli.config, command).await,
        Command::User(command) => user::obey(&cli.config, command).await,
        Command::Token(command) => token::obey(&cli.config, command).await,
        Command::Backup(command) => keep::backup(&cli.config, &command).await,
        Command::Export(command) => keep::export(&cli.config, &command).await,
        Command::Restore(command) => keep::restore(&cli.config, &command).await,
        Command::Doctor => keep::doctor(&cli.config).await,
        Command::Evidence(command) => keep::evidence(&cli.config, command).await,
        Command::Verify(command) => keep::verify(&cli.config, &command).await,
        Command::Migrate => {
            open(&cli.config).await?;
            let newest = crate::db::newest_schema();
            println!("The database has schema {newest}, which is this program’s.");
            Ok(())
        }
    }
}

fn start_log(config: &Config) -> Done {
    // A backup or a check reads whole tables, which is no news every night; who wants statements says sqlx::query=info.
    let filter = tracing_subscriber::EnvFilter::try_new(format!("sqlx::query=error,{}", config.log))
        .map_err(|error| Failure::Usage(format!("RESEAT_LOG is not a log filter: {error}.")))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Opens the database that the settings name and everything the console needs.
async fn open(config: &Config) -> Done<App> {
    let settings = config.settings().map_err(Failure::Usage)?;
    let url = config.database().map_err(Failure::Usage)?;
    let db = Db::open_as_it_stands(&url).await.map_err(|error| Failure::Usage(error.to_string()))?;
    keep::migrate(config, &db).await?;
    let worker = crate::users::password::token()?.chars().take(12).collect::<String>();
    Ok(App {
        db,
        clock: Clock::machine(),
        hasher: Hasher::strong()?,
        settings,
        kept: Arc::default(),
        worker: worker.into(),
    })
}
