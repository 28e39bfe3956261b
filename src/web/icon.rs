//! The icons: Lucide's shapes by the names of what they mean here. Each stands beside a text and is hidden from screen readers.

use std::fmt;

use askama::filters::HtmlSafe;
use icondata_lu as lucide;

/// One icon. Its outline takes the color of the text it stands beside.
#[derive(Clone, Copy)]
pub struct Icon {
    class: &'static str,
    shape: &'static str,
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, shape } = self;
        write!(f, r#"<svg class="{class}" viewBox="0 0 24 24" aria-hidden="true">{shape}</svg>"#)
    }
}

/// Both parts are constants of this file or of Lucide, never a person's input.
impl HtmlSafe for Icon {}

const fn lucide(icon: &'static icondata_core::IconData) -> Icon {
    Icon { class: "icon", shape: icon.data }
}

/// Reseat's own mark: one seat handed on to another.
pub const MARK: Icon = Icon {
    class: "icon mark",
    shape: r#"<path d="M5 11v5a3 3 0 0 0 3 3h3"/><path d="M19 13V8a3 3 0 0 0-3-3h-3"/><path d="m15.5 2.5-2.5 2.5 2.5 2.5"/><circle cx="5" cy="6" r="2"/><circle cx="19" cy="18" r="2"/>"#,
};

/// The icon of: checks.
pub const CHECKS: Icon = lucide(lucide::LuShieldCheck);
/// The icon of: act.
pub const ACT: Icon = lucide(lucide::LuCircleAlert);
/// The icon of: wait.
pub const WAIT: Icon = lucide(lucide::LuHourglass);
/// The icon of: done.
pub const DONE: Icon = lucide(lucide::LuCircleCheck);
/// The icon of: stop.
pub const STOP: Icon = lucide(lucide::LuOctagonX);
/// The icon of: plain.
pub const PLAIN: Icon = lucide(lucide::LuCircleDashed);

/// The icon of: report.
pub const REPORT: Icon = lucide(lucide::LuChartColumn);

/// The icon of: help.
pub const HELP: Icon = lucide(lucide::LuCircleHelp);

/// The icon of: a day, to be chosen from a calendar.
pub const DAY: Icon = lucide(lucide::LuCalendar);

/// The icon of: home.
pub const HOME: Icon = lucide(lucide::LuHouse);
/// The icon of: key pack.
pub const KEY_PACK: Icon = lucide(lucide::LuKeyRound);
/// The icon of: client.
pub const CLIENT: Icon = lucide(lucide::LuMonitor);
/// The icon of: license.
pub const LICENSE: Icon = lucide(lucide::LuTicket);
/// The icon of: history.
pub const HISTORY: Icon = lucide(lucide::LuHistory);
/// The icon of: import.
pub const IMPORT: Icon = lucide(lucide::LuFileInput);
/// The icon of: company.
pub const COMPANY: Icon = lucide(lucide::LuBuilding2);
/// Versions and systems.
pub const PRODUCT: Icon = lucide(lucide::LuTable2);
/// The icon of: agreement.
pub const AGREEMENT: Icon = lucide(lucide::LuFileText);
/// The icon of: server.
pub const SERVER: Icon = lucide(lucide::LuServer);
/// The icon of: people.
pub const PEOPLE: Icon = lucide(lucide::LuUsers);
/// The icon of: person.
pub const PERSON: Icon = lucide(lucide::LuCircleUser);

/// The icon of: add.
pub const ADD: Icon = lucide(lucide::LuPlus);
/// The icon of: close.
pub const CLOSE: Icon = lucide(lucide::LuX);
/// The icon of: copy.
pub const COPY: Icon = lucide(lucide::LuCopy);
/// The icon of: down.
pub const DOWN: Icon = lucide(lucide::LuArrowDown);
/// The icon of: export.
pub const EXPORT: Icon = lucide(lucide::LuDownload);
/// The icon of: first.
pub const FIRST: Icon = lucide(lucide::LuChevronsLeft);
/// The icon of: left.
pub const LEFT: Icon = lucide(lucide::LuChevronLeft);
/// The icon of: menu.
pub const MENU: Icon = lucide(lucide::LuMenu);
/// The icon of: right.
pub const RIGHT: Icon = lucide(lucide::LuChevronRight);
/// The icon of: search.
pub const SEARCH: Icon = lucide(lucide::LuSearch);
/// The icon of: sign out.
pub const SIGN_OUT: Icon = lucide(lucide::LuLogOut);
/// The icon of: transfer.
pub const TRANSFER: Icon = lucide(lucide::LuArrowLeftRight);
/// Requests to Microsoft.
pub const REQUEST: Icon = lucide(lucide::LuFileQuestion);
/// Calls.
pub const CALL: Icon = lucide(lucide::LuPhone);
/// The icon of: up.
pub const UP: Icon = lucide(lucide::LuArrowUp);
/// The icon of: upload.
pub const UPLOAD: Icon = lucide(lucide::LuUpload);
