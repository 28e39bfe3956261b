//! The queue: what waits for a call, grouped by what one call can ask for, each with its last safe day.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::deadline::{Reserve, ends_at, last_safe_day};
use super::transfer::{State, Transfer};
use crate::calendars::calendar::Calendar;
use crate::ids::{AgreementId, LicenseId, TransferId};
use crate::key_packs::product::words;
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::format::{counted, weekday_words};

/// A transfer that waits, with the dates that its servers gave.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    /// The transfer.
    #[sqlx(flatten)]
    pub transfer: Transfer,
    /// The purchase that the license came with.
    pub agreement_id: Option<AgreementId>,
    /// The country or region in which is called: the server's, else the company's.
    pub country: String,
    /// When the old license expires.
    pub source_expires_at: Moment,
    /// When the destination got the temporary license on which it works now; nothing: it has none.
    pub temporary_issued_at: Option<Moment>,
    /// When that one expires, as its server says.
    pub temporary_expires_at: Option<Moment>,
    /// How many licenses of its version and type its server has free.
    pub free: i64,
}

/// A transfer that waits, and the license that an import showed on its destination.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Asked {
    /// The transfer.
    #[sqlx(flatten)]
    pub transfer: Transfer,
    /// The license that the destination has.
    pub seen_id: LicenseId,
    /// When that was issued.
    pub seen_issued_at: Moment,
    seen_version: String,
    seen_type: String,
    seen_keypack_id: Option<i64>,
}

impl Asked {
    /// The pack that gave the license: `Keypack ID 4, Windows Server 2019 Per Device`.
    pub fn pack(&self) -> String {
        let product = words(&self.seen_version, &self.seen_type);
        self.seen_keypack_id.map_or_else(|| product.clone(), |id| format!("Keypack ID {id}, {product}"))
    }
}

/// What the dates say of one that waits.
#[derive(Clone, Debug)]
pub struct Row {
    /// The transfer.
    pub transfer: Transfer,
    /// When the destination's temporary license ends; nothing: it has none yet.
    pub ends_at: Option<Moment>,
    /// When that one was issued.
    pub issued_at: Option<Moment>,
    /// The last day on which a call still helps.
    pub call_by: Option<Date>,
    /// Whether that day has passed, or the temporary license has ended.
    pub is_late: bool,
    /// Since when the destination is locked out.
    pub locked_out_since: Option<Date>,
    /// The day on which the old license frees itself, if that is early enough.
    pub frees_on: Option<Date>,
}

/// What one call can ask for: transfers of one server, version, type and agreement.
#[derive(Clone, Debug)]
pub struct Group {
    /// The server's name.
    pub server: String,
    /// The server's number.
    pub server_id: i64,
    /// Version and type.
    pub product: String,
    /// The purchase, where it is recorded.
    pub agreement_id: Option<AgreementId>,
    /// How many licenses of that version and type the server has free, as its last export said.
    pub free: i64,
    /// What waits, the most urgent first.
    pub rows: Vec<Row>,
}

impl Group {
    /// How many of them a call is to ask for: all but those whose old license frees itself in time.
    pub fn to_ask_for(&self) -> usize {
        self.rows.iter().filter(|row| row.frees_on.is_none() && row.transfer.state == State::Queued).count()
    }

    /// Whether any of them is in no request yet.
    pub fn waits(&self) -> bool {
        self.rows.iter().any(|row| row.transfer.state == State::Queued)
    }

    /// The day by which to call, of all that a call is to ask for.
    pub fn call_by(&self) -> Option<Date> {
        self.rows.iter().filter(|row| row.frees_on.is_none()).filter_map(|row| row.call_by).min()
    }

    /// How many wait, as lists count them: those that a call is to ask for, else those of which each frees itself in time.
    pub fn count(&self) -> usize {
        if self.frees_first().is_some() { self.queued().count() } else { self.to_ask_for() }
    }

    fn queued(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.transfer.state == State::Queued)
    }

    /// The first day on which one frees itself, where each that waits does so before anything runs out.
    fn frees_first(&self) -> Option<Date> {
        let asks = self.call_by().is_some() || self.to_ask_for() > 0;
        self.queued().filter_map(|row| row.frees_on).min().filter(|_| !asks)
    }

    /// Where each that waits frees itself: `1 transfer waits; no call is needed before Thu 7 Jan 2027 if PC-0117 stays off`;
    /// and whether that day has passed.
    pub fn frees(&self, today: Date) -> Option<(String, bool)> {
        let first = self.frees_first()?;
        let waiting: Vec<&Row> = self.queued().collect();
        let count = counted(i64::try_from(waiting.len()).unwrap_or(0), "transfer");
        let (wait, seat, who, stays) = match waiting.as_slice() {
            [one] => ("waits", "its seat", one.transfer.source.as_str(), "stays"),
            _ => ("wait", "the first seat", "the old computers", "stay"),
        };
        let day = weekday_words(first);
        let says = if first < today {
            format!("{count} {wait}; {seat} is free since {day} if {who} stayed off: import again to see, or call")
        } else {
            format!("{count} {wait}; no call is needed before {day} if {who} {stays} off")
        };
        Some((says, first < today))
    }

    /// `8 licenses are free there: let the computers connect first`; nothing where none are.
    pub fn free_first(&self) -> Option<String> {
        let are = if self.free == 1 { "is" } else { "are" };
        let says = format!("{} {are} free there: let the computers connect first", counted(self.free, "license"));
        (self.free > 0).then_some(says)
    }

    /// `7 clients depend on it`.
    pub fn depend(&self) -> String {
        let count = self.rows.iter().filter(|row| row.call_by.is_some() && row.frees_on.is_none()).count();
        let clients = counted(i64::try_from(count).unwrap_or(0), "client");
        if count == 1 { format!("{clients} depends on it") } else { format!("{clients} depend on it") }
    }
}

/// Where and when the queue is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The present moment.
    pub now: Moment,
    /// The people's time zone.
    pub zone: TimeZone,
    /// The time that is kept free.
    pub reserve: Reserve,
    /// Days off, by country.
    pub calendars: HashMap<String, Calendar>,
}

impl Reading {
    /// How many days from today a day is; below zero it has passed.
    pub fn days_to(&self, day: Date) -> i64 {
        let today = self.now.date(&self.zone);
        day.since(today).map_or(0, |span| i64::from(span.get_days()))
    }

    /// What the dates say of one.
    pub fn row(&self, waiting: Waiting) -> Row {
        let none = Calendar::default();
        let calendar = self.calendars.get(&name_key(&waiting.country)).unwrap_or(&none);
        let ends = waiting
            .temporary_issued_at
            .map(|issued| ends_at(issued, waiting.temporary_expires_at.unwrap_or(Moment::UNKNOWN)));
        let call_by = ends.map(|ends| last_safe_day(ends, &self.zone, self.reserve, calendar));
        let locked = ends.filter(|ends| *ends <= self.now).map(|ends| ends.date(&self.zone));
        let frees = waiting.source_expires_at.date(&self.zone);
        let known = !waiting.source_expires_at.is_never() && !waiting.source_expires_at.is_unknown();
        Row {
            is_late: call_by.is_some_and(|day| self.days_to(day) < 0),
            frees_on: Some(frees).filter(|frees| known && call_by.is_some_and(|day| *frees < day)),
            locked_out_since: locked,
            ends_at: ends,
            issued_at: waiting.temporary_issued_at,
            call_by,
            transfer: waiting.transfer,
        }
    }

    /// The transfers, the one with the nearest last safe day first.
    pub fn nearest(&self, waiting: Vec<Waiting>) -> Vec<TransferId> {
        let mut rows: Vec<Row> = waiting.into_iter().map(|one| self.row(one)).collect();
        rows.sort_by_key(|row| (row.call_by.unwrap_or(Date::MAX), row.transfer.id));
        rows.into_iter().map(|row| row.transfer.id).collect()
    }

    /// The groups, the most urgent first; one that has passed stands on top.
    pub fn groups(&self, waiting: Vec<Waiting>) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for one in waiting {
            let (server_id, agreement_id) = (one.transfer.server_id.0, one.agreement_id);
            let product = words(&one.transfer.version, &one.transfer.license_type);
            let (server, free, row) = (one.transfer.server.clone(), one.free, self.row(one));
            let same = |group: &&mut Group| {
                group.server_id == server_id && group.product == product && group.agreement_id == agreement_id
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.rows.push(row),
                None => groups.push(Group { server, server_id, product, agreement_id, free, rows: vec![row] }),
            }
        }
        for group in &mut groups {
            group.rows.sort_by_key(|row| (row.call_by.unwrap_or(Date::MAX), row.transfer.id.0));
        }
        groups.sort_by_key(|group| group.call_by().unwrap_or(Date::MAX));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, LicenseId, LicenseServerId};

    fn waiting(id: i64, server: i64, temporary: Option<&str>, source_expires: &str) -> Waiting {
        Waiting {
            transfer: Transfer {
                id: TransferId(id),
                seat_id: LicenseId(id),
                move_number: 1,
                license_id: LicenseId(id),
                source_id: ClientId(1),
                source: "PC-OLD".into(),
                destination_id: ClientId(2),
                destination: "PC-NEW".into(),
                server_id: LicenseServerId(server),
                server: format!("LIC-0{server}"),
                version: "2019".into(),
                license_type: "per_device".into(),
                reason: "permanent".into(),
                note: String::new(),
                state: State::Queued,
                override_reason: None,
                override_by: None,
                queued_at: Moment(0),
                queued_by: "Ada".into(),
                granted_at: None,
                completed_at: None,
                reissue_id: None,
                key_pack_id: None,
                destination_license_id: None,
            },
            agreement_id: None,
            country: "Germany".into(),
            source_expires_at: Moment::noon_of(source_expires).unwrap(),
            temporary_issued_at: temporary.and_then(Moment::noon_of),
            temporary_expires_at: None,
            free: 0,
        }
    }

    #[test]
    fn what_waits_is_grouped_by_what_one_call_can_ask_for_and_the_most_urgent_stands_on_top() {
        let calendars = HashMap::from([("germany".to_owned(), Calendar::of("2026-08-07 a day off"))]);
        let reading = Reading {
            now: Moment::noon_of("2026-08-22").unwrap(),
            zone: TimeZone::UTC,
            reserve: Reserve { reconnect_days: 14, lead_days: 2 },
            calendars,
        };
        let groups = reading.groups(vec![
            // Ends on 10 November; its old license frees itself on 3 September.
            waiting(1, 1, Some("2026-08-12"), "2026-09-03"),
            waiting(2, 1, Some("2026-08-12"), "2026-12-01"),
            waiting(3, 1, None, "2026-12-01"),
            // Ended on 15 August.
            waiting(4, 2, Some("2026-05-17"), "2026-12-01"),
            // Ends on 25 August: the last safe day was the 6th, since the 7th is a day off.
            waiting(5, 2, Some("2026-05-27"), "2026-12-01"),
        ]);
        let servers: Vec<&str> = groups.iter().map(|group| group.server.as_str()).collect();
        assert_eq!(servers, ["LIC-02", "LIC-01"]);
        let [late, coming] = groups.as_slice() else { panic!("{groups:?}") };
        let ids = |group: &Group| group.rows.iter().map(|row| row.transfer.id.0).collect::<Vec<_>>();
        assert_eq!((ids(late), ids(coming)), (vec![4, 5], vec![1, 2, 3]));
        assert_eq!(late.rows[0].locked_out_since.unwrap().to_string(), "2026-08-15");
        assert!(late.rows[1].is_late && late.rows[1].locked_out_since.is_none());
        assert_eq!(late.rows[1].call_by.unwrap().to_string(), "2026-08-06");
        assert_eq!(coming.rows[0].frees_on.unwrap().to_string(), "2026-09-03");
        assert_eq!((coming.to_ask_for(), coming.depend().as_str()), (2, "1 client depends on it"));
        let call_by = coming.call_by().unwrap();
        assert_eq!((call_by.to_string().as_str(), reading.days_to(call_by)), ("2026-10-23", 62));
        assert_eq!(coming.rows[2].call_by, None);
        assert_eq!((coming.frees(call_by), coming.count()), (None, 2));
    }

    #[test]
    fn where_all_that_waits_frees_itself_no_call_is_asked_for_before_that_day() {
        let reading = Reading {
            now: Moment::noon_of("2026-08-22").unwrap(),
            zone: TimeZone::UTC,
            reserve: Reserve { reconnect_days: 14, lead_days: 2 },
            calendars: HashMap::new(),
        };
        let frees = |id, day| waiting(id, 1, Some("2026-08-12"), day);
        let (today, later) = ("2026-08-22".parse().unwrap(), "2026-09-04".parse().unwrap());
        let one = reading.groups(vec![frees(1, "2026-09-03")]);
        let says = "1 transfer waits; no call is needed before Thu 3 Sep 2026 if PC-OLD stays off";
        assert_eq!(one[0].frees(today).unwrap(), (says.to_owned(), false));
        let says = "1 transfer waits; its seat is free since Thu 3 Sep 2026 if PC-OLD stayed off: import again to see, or call";
        assert_eq!(one[0].frees(later).unwrap(), (says.to_owned(), true));
        let two = reading.groups(vec![frees(1, "2026-09-05"), frees(2, "2026-09-03")]);
        let says = "2 transfers wait; no call is needed before Thu 3 Sep 2026 if the old computers stay off";
        assert_eq!(two[0].frees(today).unwrap(), (says.to_owned(), false));
        assert_eq!((two[0].count(), two[0].to_ask_for()), (2, 0));
        let mixed = reading.groups(vec![frees(1, "2026-09-03"), waiting(2, 1, None, "2026-12-01")]);
        assert_eq!((mixed[0].frees(today), mixed[0].count()), (None, 1));
    }
}
