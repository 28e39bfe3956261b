//! What the whole console has in hand.

use std::borrow::Cow;
use std::sync::Arc;

use ipnet::IpNet;
use jiff::tz::TimeZone;

use crate::db::Db;
use crate::history::kept::Kept;
use crate::ids::CompanyId;
use crate::moment::{Clock, Moment};
use crate::positions::estate::Estate;
use crate::reports::stock::Stock;
use crate::transfers::deadline::Reserve;
use crate::upkeep::Plan;
use crate::users::password::Hasher;
use crate::users::session::Limits;

/// The console's means; cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// What was set at the start.
    pub settings: Arc<Settings>,
    /// What was reckoned from the whole register.
    pub kept: Arc<Reckoned>,
    /// This copy of the program among several, for work that it does in the background.
    pub worker: Arc<str>,
}

/// What is reckoned from the whole register, until a change is recorded.
#[derive(Debug, Default)]
pub struct Reckoned {
    /// What positions are reckoned from on a day (`2026-08-22`), of one company or all.
    pub estates: Kept<(Option<CompanyId>, String), Estate>,
    /// Licenses over time since a moment.
    pub stock: Kept<Moment, Stock>,
    /// Temporary licenses by the week in which they end, from a week that begins at a moment.
    pub ends: Kept<Moment, Vec<i64>>,
}

/// What was set at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address that browsers use; `https` there means that TLS ends at a proxy.
    pub public_url: Option<String>,
    /// The port of that address, where it says one.
    pub port: Option<u16>,
    /// Whose forwarded addresses count.
    pub trusted_proxies: Vec<IpNet>,
    /// How long sessions last.
    pub limits: Limits,
    /// The time zone that moments are shown in.
    pub zone: TimeZone,
    /// The largest upload, in bytes.
    pub upload_limit: u64,
    /// Days without an import after which a license server is told on the first page.
    pub import_days: i64,
    /// The time that is kept free before a temporary license ends.
    pub reserve: Reserve,
    /// Days without a sign after which a client counts as unseen.
    pub unseen_days: i64,
    /// What the console does by itself.
    pub upkeep: Plan,
}

impl Settings {
    /// Whether browsers reach the console by TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The session cookie's name; under TLS with the prefix that binds it to this host. Browsers tell hosts apart and not their
    /// ports: the name does, so that a second console on one machine signs nobody out of the first.
    pub fn cookie(&self) -> Cow<'static, str> {
        match self.port {
            _ if self.is_https() => "__Host-reseat".into(),
            Some(port) => format!("reseat-{port}").into(),
            None => "reseat".into(),
        }
    }
}

impl App {
    /// The present moment.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}
