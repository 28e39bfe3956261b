//! History's own page: every change, by subject, actor, action and time.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::store::{self, Filter};
use crate::check::Problems;
use crate::moment::{DAY, Moment};
use crate::web::actor::Auditor;
use crate::web::address::Address;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::listing::{Listing, number, with_paging};
use crate::web::page;
use crate::web::parts::{Chip, Choice};
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Cursor, Order, Paging, Window};
use crate::web::subject;
use crate::web::timeline::{self, Day};

/// What the address asks for, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The noun of a subject, as history writes it.
    pub kind: String,
    /// Its number.
    pub id: String,
    /// Who made the change.
    pub actor: String,
    /// What happened.
    pub action: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The import that brought it.
    pub import: String,
    /// Which slice.
    #[serde(flatten)]
    pub paging: Paging,
}

impl Asked {
    pub(super) fn filter(&self, zone: &TimeZone) -> Filter {
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let day = |text: &str| Moment::of_day_in(&Moment::written_day(text)?, zone);
        let kind = said(&self.kind).filter(|kind| subject::is_kind(kind));
        Filter {
            subject: kind.zip(number(&self.id)),
            actor: said(&self.actor),
            action: said(&self.action),
            from: day(&self.from),
            // The day after, by the calendar: a day may have 23 or 25 hours.
            until: day(&self.until).and_then(|day| Moment::of_day_in(&day.plus(DAY + DAY / 2).day(zone), zone)),
            import: number(&self.import),
        }
    }

    /// What is wrong with the days.
    fn problems(&self) -> Problems {
        let mut problems = Problems::none();
        problems.day("from", &self.from);
        problems.day("until", &self.until);
        problems
    }

    fn address(&self, filter: &Filter) -> Address {
        let day = |text: &str, known: Option<Moment>| known.map(|_| text.trim().to_owned()).unwrap_or_default();
        let address = Address::new("/history");
        let address = match &filter.subject {
            Some((kind, id)) => address.with("kind", kind).with("id", id),
            None => address,
        };
        address
            .with("actor", &self.actor)
            .with("action", &self.action)
            .with("from", day(&self.from, filter.from))
            .with("until", day(&self.until, filter.until))
            .with("import", filter.import.map(|id| id.to_string()).unwrap_or_default())
    }

    fn chips(&self, filter: &Filter, address: &Address, subject: Option<String>) -> Vec<Chip> {
        let mut chips = Vec::new();
        if let Some(name) = subject {
            chips.push(Chip::new("About", name, "kind", &address.without("id")));
        }
        let mut say = |name, value: Option<String>, field| {
            chips.extend(value.map(|value| Chip::new(name, value, field, address)));
        };
        say("Made by", filter.actor.clone(), "actor");
        say("What happened", filter.action.clone(), "action");
        say("From", filter.from.map(|_| self.from.clone()), "from");
        say("Until", filter.until.map(|_| self.until.clone()), "until");
        say("Import", filter.import.map(|id| id.to_string()), "import");
        chips
    }
}

/// History has one order: the newest line first.
static ORDERS: [Order; 0] = [];

#[derive(Template)]
#[template(path = "history/list.html")]
struct List {
    shell: Shell,
    days: Vec<Day>,
    actors: Vec<Choice>,
    actions: Vec<Choice>,
    from: String,
    until: String,
    problems: Problems,
    /// Names and numbers that only links set, which the form sends along.
    hidden: Vec<(&'static str, String)>,
    list: Listing,
}

impl List {
    /// The same lines with everything that the chain binds.
    fn lines(&self) -> String {
        self.list.at("/history.jsonl")
    }
}

/// Every change, newest first.
pub async fn list(State(app): State<App>, auditor: Auditor, Query(asked): Query<Asked>) -> Outcome<Response> {
    let filter = asked.filter(&auditor.shell.format.zone);
    let window = Window::of(&asked.paging);
    let rows = store::list(&app.db, &filter, &window).await?;
    let slice = window.cut(rows, |line| Cursor::new(line.id, line.id));
    let address = with_paging(&asked.address(&filter), &asked.paging, &ORDERS);
    let footer = slice.counted(&address, store::count(&app.db, &filter, CAP), "changes").await?;
    let names = subject::names(&app.db, filter.subject.clone()).await?;
    let about = filter.subject.as_ref().map(|(kind, id)| names.of(kind, *id));
    let chips = asked.chips(&filter, &address, about);
    let hidden = ["kind", "id", "import"]
        .into_iter()
        .filter_map(|name| {
            let kept = address.query().iter().find(|(other, _)| other == name)?;
            Some((name, kept.1.clone()))
        })
        .collect();
    let named = |texts: Vec<String>| texts.into_iter().map(|text| (text.clone(), text));
    let list = List {
        days: timeline::of_lines(&app.db, &auditor.shell, slice.rows, None).await?,
        actors: Choice::any(named(store::actors(&app.db).await?), &asked.actor, "Anybody"),
        actions: Choice::any(named(store::actions(&app.db).await?), &asked.action, "Anything"),
        problems: asked.problems(),
        from: asked.from,
        until: asked.until,
        hidden,
        list: Listing::new(address, Order::chosen("", &ORDERS), &ORDERS, &window, chips, footer),
        shell: auditor.0.shell,
    };
    if list.problems.is_empty() { page::show(&list) } else { page::refused(&list) }
}
