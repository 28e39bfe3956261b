//! Settings: each is a flag and an environment variable; secrets may also stand in a file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ipnet::IpNet;
use jiff::tz::TimeZone;

use crate::db::file_of;
use crate::moment::DAY;
use crate::transfers::deadline::Reserve;
use crate::upkeep::{Backups, Plan};
use crate::users::session::Limits;
use crate::web::app::Settings;

/// The settings that every command understands.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The database: sqlite:PATH or `postgres://USER:PASSWORD@HOST/NAME` (default: reseat.db in the data folder)
    #[arg(long, global = true, env = "RESEAT_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,

    /// A file that holds the database's address, instead of RESEAT_DATABASE_URL
    #[arg(long, global = true, env = "RESEAT_DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,

    /// The folder for the embedded database
    #[arg(long, global = true, env = "RESEAT_DATA_DIR", default_value = "reseat-data", value_name = "FOLDER")]
    pub data_dir: PathBuf,

    /// The address and port to listen on
    #[arg(long, global = true, env = "RESEAT_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// The address that browsers use; https there means that TLS ends at a proxy
    #[arg(long, global = true, env = "RESEAT_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Proxies whose forwarded addresses count for throttling: addresses or networks, parted by commas
    #[arg(long, global = true, env = "RESEAT_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network, value_name = "NETWORKS")]
    pub trusted_proxies: Vec<IpNet>,

    /// Hours without use after which a session ends
    #[arg(long, global = true, env = "RESEAT_SESSION_IDLE_HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720), value_name = "HOURS")]
    pub session_idle_hours: u32,

    /// Days after which a session ends in any case
    #[arg(long, global = true, env = "RESEAT_SESSION_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365), value_name = "DAYS")]
    pub session_days: u32,

    /// The time zone that moments are shown in, such as Europe/Berlin
    #[arg(long, global = true, env = "RESEAT_TIME_ZONE", default_value = "UTC", value_parser = zone, value_name = "ZONE")]
    pub time_zone: TimeZone,

    /// Days within which every computer connects again: kept free before a temporary license ends
    #[arg(long, global = true, env = "RESEAT_RECONNECT_DAYS", default_value_t = 14, value_parser = clap::value_parser!(u8).range(0..=60), value_name = "DAYS")]
    pub reconnect_days: u8,

    /// Working days from a call to the installed key pack: kept free as well
    #[arg(long, global = true, env = "RESEAT_INSTALL_DAYS", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=30), value_name = "DAYS")]
    pub install_days: u8,

    /// Days without an import after which a license server is told on the first page
    #[arg(long, global = true, env = "RESEAT_IMPORT_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3_650), value_name = "DAYS")]
    pub import_days: u16,
    /// Days without a sign of a client after which its expired license is told among twins and ghosts
    #[arg(long, global = true, env = "RESEAT_UNSEEN_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u16).range(90..=3_650), value_name = "DAYS")]
    pub unseen_days: u16,

    /// The largest upload, in megabytes
    #[arg(long, global = true, env = "RESEAT_UPLOAD_LIMIT_MB", default_value_t = 2_048, value_parser = clap::value_parser!(u64).range(1..=1_000_000), value_name = "MB")]
    pub upload_limit_mb: u64,

    /// Hours between the console's own backups; 0: none (default: 24 with SQLite or where a folder is set, else 0)
    #[arg(long, global = true, env = "RESEAT_BACKUP_HOURS", value_parser = clap::value_parser!(u32).range(0..=8_760), value_name = "HOURS")]
    pub backup_hours: Option<u32>,

    /// The folder for the console's own backups (default: backups beside the database, or in the data folder)
    #[arg(long, global = true, env = "RESEAT_BACKUP_DIR", value_name = "FOLDER")]
    pub backup_dir: Option<PathBuf>,

    /// How many of the console's own backups are kept
    #[arg(long, global = true, env = "RESEAT_BACKUP_KEEP", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=10_000), value_name = "NUMBER")]
    pub backup_keep: u32,

    /// The hour of the day, in UTC, from which everything is checked once a night: 0 to 23, or off
    #[arg(long, global = true, env = "RESEAT_VERIFY_HOUR", default_value = "3", value_parser = hour, value_name = "HOUR")]
    pub verify_hour: Hour,

    /// The address and port where monitoring reads measurements, such as 127.0.0.1:9464; without it there are none
    #[arg(long, global = true, env = "RESEAT_METRICS", value_name = "ADDRESS:PORT")]
    pub metrics: Option<SocketAddr>,

    /// What the log tells: error, warn, info, debug, or a filter such as reseat=debug
    #[arg(long, global = true, env = "RESEAT_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// The log's form
    #[arg(long, global = true, env = "RESEAT_LOG_FORMAT", default_value = "text", value_name = "FORM")]
    pub log_format: LogFormat,
}

/// The log's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// An hour of the day, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour(pub Option<u8>);

impl Config {
    /// The database's address, from wherever it was said.
    ///
    /// # Errors
    /// A sentence when it was said twice or its file cannot be read.
    pub fn database(&self) -> Result<String, String> {
        match (&self.database_url, &self.database_url_file) {
            (Some(_), Some(_)) => {
                Err("RESEAT_DATABASE_URL and RESEAT_DATABASE_URL_FILE are both set. Set one of them.".into())
            }
            (Some(url), None) => Ok(url.clone()),
            (None, Some(file)) => std::fs::read_to_string(file).map(|text| text.trim().to_owned()).map_err(|error| {
                format!("RESEAT_DATABASE_URL_FILE names {}, which cannot be read: {error}.", file.display())
            }),
            (None, None) => Ok(format!("sqlite:{}", self.data_dir.join("reseat.db").display())),
        }
    }

    /// What the console needs to know of it.
    ///
    /// # Errors
    /// A sentence about a public address that is none.
    pub fn settings(&self) -> Result<Arc<Settings>, String> {
        if let Some(url) = &self.public_url {
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if host.is_none_or(|host| host.trim_end_matches('/').is_empty() || host.trim_end_matches('/').contains('/'))
            {
                return Err(format!(
                    "RESEAT_PUBLIC_URL is {url}; it must be http:// or https:// and a host, without a path."
                ));
            }
        }
        Ok(Arc::new(Settings {
            public_url: self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            port: match &self.public_url {
                Some(url) => url.parse::<axum::http::Uri>().ok().and_then(|url| url.port_u16()),
                None => Some(self.listen.port()).filter(|port| *port != 0),
            },
            trusted_proxies: self.trusted_proxies.clone(),
            limits: Limits {
                idle: i64::from(self.session_idle_hours) * 3_600,
                whole: i64::from(self.session_days) * DAY,
            },
            zone: self.time_zone.clone(),
            reserve: Reserve {
                reconnect_days: i32::from(self.reconnect_days),
                lead_days: u32::from(self.install_days),
            },
            import_days: i64::from(self.import_days),
            unseen_days: i64::from(self.unseen_days),
            upload_limit: self.upload_limit_mb.saturating_mul(1_000_000),
            upkeep: self.upkeep(),
        }))
    }

    /// What the console does by itself.
    pub fn upkeep(&self) -> Plan {
        let database = self.database().unwrap_or_default();
        let beside = file_of(&database).and_then(Path::parent);
        let usual = if beside.is_some() || self.backup_dir.is_some() { 24 } else { 0 };
        let every = i64::from(self.backup_hours.unwrap_or(usual)) * 3_600;
        let folder = self.backup_dir.clone().unwrap_or_else(|| beside.unwrap_or(&self.data_dir).join("backups"));
        let keep = usize::try_from(self.backup_keep).unwrap_or(usize::MAX);
        Plan { backups: (every > 0).then_some(Backups { every, folder, keep }), verify_hour: self.verify_hour.0 }
    }

    /// The address to tell a person who starts the program.
    pub fn address(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}

/// The environment variables that the program understands.
const KNOWN: [&str; 21] = [
    "RESEAT_DATABASE_URL",
    "RESEAT_DATABASE_URL_FILE",
    "RESEAT_DATA_DIR",
    "RESEAT_LISTEN",
    "RESEAT_PUBLIC_URL",
    "RESEAT_TRUSTED_PROXIES",
    "RESEAT_SESSION_IDLE_HOURS",
    "RESEAT_SESSION_DAYS",
    "RESEAT_TIME_ZONE",
    "RESEAT_RECONNECT_DAYS",
    "RESEAT_IMPORT_DAYS",
    "RESEAT_INSTALL_DAYS",
    "RESEAT_UNSEEN_DAYS",
    "RESEAT_UPLOAD_LIMIT_MB",
    "RESEAT_BACKUP_HOURS",
    "RESEAT_BACKUP_DIR",
    "RESEAT_BACKUP_KEEP",
    "RESEAT_VERIFY_HOUR",
    "RESEAT_METRICS",
    "RESEAT_LOG",
    "RESEAT_LOG_FORMAT",
];

/// The first variable that looks like a setting and is none: a typing mistake must not pass in silence.
pub fn unknown_setting(names: impl IntoIterator<Item = String>) -> Option<String> {
    names.into_iter().find(|name| name.starts_with("RESEAT_") && !KNOWN.contains(&name.as_str()))
}

fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{text} is neither an address nor a network such as 10.0.0.0/8"))
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| format!("{text} is not a time zone; write it like Europe/Berlin or UTC"))
}

fn hour(text: &str) -> Result<Hour, String> {
    match text.trim() {
        "off" => Ok(Hour(None)),
        text => match text.parse() {
            Ok(hour @ 0..=23) => Ok(Hour(Some(hour))),
            _ => Err(format!("{text} is neither an hour from 0 to 23 nor off")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the console does by itself, as a command line says it.
    fn plan(arguments: &[&str]) -> Plan {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            config: Config,
        }
        let line: Line = clap::Parser::try_parse_from([&["reseat"], arguments].concat()).unwrap();
        line.config.upkeep()
    }

    #[test]
    fn backups_are_made_daily_beside_an_embedded_database_and_elsewhere_only_when_asked_for() {
        let beside = plan(&["--database-url", "sqlite:/srv/reseat/r.db"]);
        let expected = Backups { every: DAY, folder: "/srv/reseat/backups".into(), keep: 14 };
        assert_eq!(beside, Plan { backups: Some(expected), verify_hour: Some(3) });
        let usual = plan(&["--data-dir", "/srv/x"]).backups.unwrap();
        assert_eq!(usual.folder, Path::new("/srv/x/backups"));
        let postgres = ["--database-url", "postgres://db/reseat"];
        assert_eq!(plan(&postgres).backups, None);
        let asked = plan(&[&postgres[..], &["--backup-dir", "/b", "--backup-keep", "3"]].concat()).backups.unwrap();
        assert_eq!(asked, Backups { every: DAY, folder: "/b".into(), keep: 3 });
        let hours = plan(&[&postgres[..], &["--backup-hours", "6"]].concat()).backups.unwrap();
        assert_eq!((hours.every, hours.folder.as_path()), (6 * 3_600, Path::new("reseat-data/backups")));
        assert_eq!(plan(&["--backup-hours", "0", "--verify-hour", "off"]), Plan::default());
    }

    #[test]
    fn a_mistyped_setting_is_noticed() {
        let names = ["PATH", "RESEAT_LISTEN", "RESEAT_LISTNE"].map(String::from);
        assert_eq!(unknown_setting(names), Some("RESEAT_LISTNE".into()));
    }

    #[test]
    fn every_setting_can_be_said_in_the_environment_and_is_known() {
        use clap::{Args, Command};
        let command = Config::augment_args(Command::new("reseat"));
        let said: Vec<String> =
            command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_string_lossy().into_owned())).collect();
        let mut known: Vec<String> = KNOWN.map(String::from).to_vec();
        let mut said_sorted = said.clone();
        said_sorted.sort();
        known.sort();
        assert_eq!(said_sorted, known);
        assert_eq!(said.len(), command.get_arguments().count());
    }
}
