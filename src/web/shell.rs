//! The frame around a page: who is signed in, where they are, and what the console has to say.

use axum::http::Uri;
use axum_extra::extract::CookieJar;
use jiff::tz::TimeZone;

use super::address::unescape;
use super::app::App;
use super::assets::{CSS, ICON, JS};
use super::error::Outcome;
use super::format::{Format, When};
use super::look::{self, Look};
use super::page::NOTICE;
use super::parts::Meaning;
use crate::ids::UserId;
use crate::moment::Moment;
use crate::users::session::Session;
use crate::users::user::Role;
use crate::views;
use crate::views::view::{self, Views};

/// What the layout says around every page.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The style sheet's address.
    pub css: &'static str,
    /// The script's address.
    pub js: &'static str,
    /// The address of the icon that a browser shows beside the title.
    pub icon: &'static str,
    /// The room the reader is in: the address's first part, `home` for the first page.
    pub room: String,
    /// Whether they are an admin.
    pub is_admin: bool,
    /// Whether they may read what is not for everybody, such as license server IDs: the help desk and admins.
    pub may_read_ids: bool,
    /// Who is signed in; nobody on the pages before that.
    pub person: Option<Signed>,
    /// The saved views of the list that the page shows; nothing on other pages.
    pub views: Option<Views>,
    /// What was searched for.
    pub search: String,
    /// What was just done, said once.
    pub notice: Option<Notice>,
    /// Why changes wait at the moment.
    pub waiting: Option<&'static str>,
    /// What of the console's own upkeep failed, for admins.
    pub failed: Option<&'static str>,
    /// How moments are written for this reader.
    pub format: Format,
    /// How their browser shows it.
    pub look: Look,
    /// The console's own time zone, by whose days deadlines are reckoned, and in which times are typed that several people see before they count.
    pub house: String,
}

/// The person in the top line.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Their name.
    pub name: String,
    /// Their role, in words.
    pub role: &'static str,
}

/// One sentence about what was just done.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What it means.
    pub meaning: Meaning,
    /// The sentence.
    pub text: String,
}

const WAITING: &str = "An import is being applied. Reading goes on; a change that is sent now waits its turn, \
    usually a few seconds.";

impl Shell {
    /// The frame of a page for a person, at an address of the console.
    pub(super) async fn of(app: &App, jar: &CookieJar, uri: &Uri, session: &Session) -> Outcome<Shell> {
        let role = session.role;
        let path = uri.path();
        let room = path.split('/').nth(1).filter(|room| !room.is_empty()).unwrap_or("home");
        Ok(Shell {
            room: room.to_owned(),
            is_admin: role == Role::Admin,
            may_read_ids: role >= Role::HelpDesk,
            person: Some(Signed { name: session.name.clone(), role: role.label() }),
            notice: notice(jar),
            views: views_of(app, uri, session.user_id).await?,
            waiting: (session.applying > 0).then_some(WAITING),
            failed: failed(session.failing).filter(|_| role == Role::Admin),
            format: Format { zone: zone(app, jar, &session.time_zone), now: app.now() },
            house: named(&app.settings.zone),
            ..Shell::outside()
        })
    }

    /// What an answer to a program is written by: there is no frame around it.
    pub fn of_program(app: &App, role: Role) -> Shell {
        Shell {
            is_admin: role == Role::Admin,
            may_read_ids: role >= Role::HelpDesk,
            format: Format { zone: TimeZone::UTC, now: app.now() },
            ..Shell::outside()
        }
    }

    /// The frame of pages on which nobody is signed in, and of errors.
    pub fn outside() -> Shell {
        Shell {
            css: &CSS,
            js: &JS,
            icon: &ICON,
            room: String::new(),
            is_admin: false,
            may_read_ids: false,
            person: None,
            views: None,
            search: String::new(),
            notice: None,
            waiting: None,
            failed: None,
            format: Format { zone: TimeZone::UTC, now: Moment::UNKNOWN },
            house: String::new(),
            look: look::of_reader(),
        }
    }

    /// The frame of the sign-in page, with what was just done.
    pub fn at_the_door(jar: &CookieJar) -> Shell {
        Shell { notice: notice(jar), ..Shell::outside() }
    }

    /// Whether they may make evidence: an auditor or an admin, and not the help desk, whose work it is about.
    pub fn may_examine(&self) -> bool {
        self.is_admin || !self.may_read_ids
    }

    /// The reader's time zone, in which times are shown and typed.
    pub fn zone(&self) -> String {
        named(&self.format.zone)
    }

    /// A moment, to be written for this reader.
    pub fn when(&self, at: &Moment) -> When<'_> {
        self.format.when(*at)
    }
}

/// The cookie in which a browser says its time zone.
pub const ZONE: &str = "zone";

/// The time zone in which somebody reads: the one that they chose, else the one that their browser says, else the console's.
fn zone(app: &App, jar: &CookieJar, chosen: &str) -> TimeZone {
    let said = jar.get(ZONE).map(|cookie| unescape(cookie.value())).unwrap_or_default();
    let mut known = [chosen, &said].into_iter().filter(|name| !name.is_empty() && name.len() <= 64);
    known.find_map(|name| TimeZone::get(name).ok()).unwrap_or_else(|| app.settings.zone.clone())
}

/// A time zone's name: `Europe/Berlin`.
pub fn named(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// The saved views of the list at an address.
async fn views_of(app: &App, uri: &Uri, user: UserId) -> Outcome<Option<Views>> {
    let Some(list) = view::list(uri.path()) else { return Ok(None) };
    let views = views::store::of_list(&app.db, list, user).await?;
    Ok(Some(Views { list, query: view::plain(uri.query().unwrap_or_default()), views }))
}

fn failed(failing: i64) -> Option<&'static str> {
    match failing {
        0 => None,
        1 => Some("The last backup failed."),
        2 => Some("The last check found something wrong."),
        _ => Some("The last backup failed, and the last check found something wrong."),
    }
}

fn notice(jar: &CookieJar) -> Option<Notice> {
    let text: String = unescape(jar.get(NOTICE)?.value()).chars().take(500).collect();
    (!text.is_empty()).then_some(Notice { meaning: Meaning::Done, text })
}
