//! The tables of a bundle that tell what follows from the others: revokes, twins and ghosts, and what is owned.

use super::form::Scope;
use super::store::STEP;
use super::store::revokes::{self, Revoke};
use super::tables::{Column, ONLY_FILE, PRINTED, Table};
use crate::db::Db;
use crate::findings;
use crate::findings::filter::Filter;
use crate::findings::finding::Finding;
use crate::positions;
use crate::positions::line::{Line, joined};
use crate::positions::position::{Position, reckon};
use crate::products::product::words;
use crate::web::error::Outcome;
use crate::web::export::Cell;
use crate::web::slice::{Cursor, Order, Window};

/// Revoked licenses: those that people recorded, and those that servers show so and nobody recorded.
#[derive(Default)]
pub struct Revocations {
    behind: i64,
    are_shown: bool,
}

impl Table for Revocations {
    type Row = Revoke;
    const FILE: &'static str = "revocations.csv";
    const TITLE: &'static str = "Revocations";
    const ABOUT: &'static str = "Every revoke of a license that was made within the period; and every license that its server shows as \
        revoked though nobody recorded when, if it was issued before the end of the period and had not expired before it began.";
    const COLUMNS: &'static [Column<Revoke>] = &[
        ("License", PRINTED, |one| one.license_id.into()),
        ("Client", PRINTED, |one| one.client.as_str().into()),
        ("License server", PRINTED, |one| one.server.as_str().into()),
        ("License Version and Type", PRINTED, |one| words(&one.version, &one.license_type).into()),
        ("Revoked on", PRINTED, |one| one.revoked_on.clone().map_or_else(|| "not recorded".into(), Cell::from)),
        ("Revoked by", PRINTED, |one| one.revoked_by.clone().unwrap_or_default().into()),
        ("Reason", PRINTED, |one| one.reason.clone().unwrap_or_default().into()),
        ("Counts until", PRINTED, |one| one.expires_at.into()),
        ("Shown by its server", PRINTED, |one| if one.shown == 1 { "yes" } else { "no" }.into()),
        ("Recorded", ONLY_FILE, |one| one.recorded_at.into()),
        ("Recorded by", ONLY_FILE, |one| one.recorded_by.clone().unwrap_or_default().into()),
        ("Taken back", ONLY_FILE, |one| one.taken_back_at.into()),
        ("Taken back by", ONLY_FILE, |one| one.taken_back_by.clone().unwrap_or_default().into()),
        ("Why it was taken back", ONLY_FILE, |one| one.taken_back_reason.clone().unwrap_or_default().into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Revoke>>> {
        if !self.are_shown {
            let rows = revokes::recorded(db, scope, self.behind).await?;
            if let Some(last) = rows.last() {
                self.behind = last.id;
                return Ok(Some(rows));
            }
            (self.behind, self.are_shown) = (0, true);
        }
        let rows = revokes::shown(db, scope, self.behind).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.behind = last.id;
        Ok(Some(rows))
    }
}

/// Twins and ghosts.
#[derive(Default)]
pub struct Findings {
    behind: i64,
    over: bool,
}

impl Table for Findings {
    type Row = Finding;
    const FILE: &'static str = "findings.csv";
    const TITLE: &'static str = "Twins and ghosts";
    const ABOUT: &'static str = "Every finding that was made before the end of the period and was neither answered nor gone before it \
        began, as it stands now.";
    const COLUMNS: &'static [Column<Finding>] = &[
        ("Finding", PRINTED, |one| one.number().into()),
        ("What", PRINTED, |one| one.kind.word().into()),
        ("In a sentence", PRINTED, |one| one.says().into()),
        ("License server", ONLY_FILE, |one| one.server.as_str().into()),
        ("Found", PRINTED, |one| one.found_at.into()),
        ("State", PRINTED, |one| one.state.word().into()),
        ("Answered", ONLY_FILE, |one| one.answered_at.into()),
        ("Answered by", PRINTED, |one| one.answered_by.clone().unwrap_or_default().into()),
        ("Answer", PRINTED, |one| one.answer.as_str().into()),
        ("No longer there since", PRINTED, |one| one.gone_at.into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Finding>>> {
        if self.over {
            return Ok(None);
        }
        let order = Order { descending: false, ..Order::chosen("newest", &findings::store::ORDERS) };
        let window = Window::after_id(self.behind, STEP);
        let filter = Filter { company: Some(scope.company.0), kind: None, state: None, server: None, client: None };
        let rows = findings::store::list(db, &filter, &order, &window).await?;
        let slice = window.cut(rows, |one| Cursor::new(one.id, one.id.0));
        self.over = slice.next.is_none();
        self.behind = slice.rows.last().map_or(self.behind, |one| one.id.0);
        let stood = |one: &Finding| {
            one.found_at < scope.ends && one.answered_at.or(one.gone_at).is_none_or(|at| at >= scope.begins)
        };
        Ok(Some(slice.rows.into_iter().filter(stood).collect()))
    }
}

/// The company's positions when the period ends, or now where that is still to come.
async fn reckoned(db: &Db, scope: &Scope) -> Outcome<Vec<Position>> {
    Ok(reckon(&positions::store::read(db, Some(scope.company), &scope.until()).await?))
}

fn told(number: Option<i64>, otherwise: &'static str) -> Cell {
    number.map_or_else(|| otherwise.into(), Cell::Number)
}

/// The entitlement position.
#[derive(Default)]
pub struct Positions {
    over: bool,
}

impl Table for Positions {
    type Row = Position;
    const FILE: &'static str = "position.csv";
    const TITLE: &'static str = "Entitlement position";
    const ABOUT: &'static str = "What is owned, installed and in use of every version and type on the last day of the period, or now where \
        that day is still to come: installed − owned = phantom; phantom − explained = unexplained.";
    const COLUMNS: &'static [Column<Position>] = &[
        ("License Version and Type", PRINTED, |one| one.product().into()),
        ("Owned", PRINTED, |one| told(one.owned, "not recorded")),
        ("Installed", PRINTED, |one| told(one.installed, "not known")),
        ("In use", PRINTED, |one| told(one.in_use, "not known")),
        ("Phantom", PRINTED, |one| told(one.phantom(), "not known")),
        ("Explained", PRINTED, |one| told(one.explained, "not known")),
        ("Unexplained", PRINTED, |one| told(one.unexplained(), "not known")),
        ("Equation", PRINTED, |one| one.equation().into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Position>>> {
        if std::mem::replace(&mut self.over, true) {
            return Ok(None);
        }
        Ok(Some(reckoned(db, scope).await?))
    }
}

/// A line of a position, and which licenses it is about.
pub struct Term {
    product: String,
    line: Line,
}

/// What the entitlement position is made of.
#[derive(Default)]
pub struct Terms {
    over: bool,
}

impl Table for Terms {
    type Row = Term;
    const FILE: &'static str = "position-lines.csv";
    const TITLE: &'static str = "Lines of the position";
    const ABOUT: &'static str = "What each term of those equations is made of, amount by amount.";
    const COLUMNS: &'static [Column<Term>] = &[
        ("License Version and Type", PRINTED, |one| one.product.as_str().into()),
        ("Term", PRINTED, |one| one.line.term.label().into()),
        ("Licenses", PRINTED, |one| one.line.amount.into()),
        ("What it is", PRINTED, |one| one.line.words.as_str().into()),
        ("License server", ONLY_FILE, |one| one.line.points.server.clone().map(|(_, name)| name).into()),
        ("Agreement", ONLY_FILE, |one| one.line.points.agreement.map(|id| id.0).into()),
        ("Key packs", PRINTED, |one| joined(&one.line.points.key_packs, "").into()),
        ("Request", PRINTED, |one| one.line.points.reissue.map(|id| format!("R-{id}")).into()),
        ("Calls", PRINTED, |one| joined(&one.line.points.calls, "").into()),
        ("Transfers", PRINTED, |one| joined(&one.line.points.transfers, "T-").into()),
        ("In the place of key packs", ONLY_FILE, |one| joined(&one.line.points.replaced, "").into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Term>>> {
        if std::mem::replace(&mut self.over, true) {
            return Ok(None);
        }
        let terms = reckoned(db, scope).await?.into_iter().flat_map(|position| {
            let product = position.product();
            position.lines.into_iter().map(move |line| Term { product: product.clone(), line })
        });
        Ok(Some(terms.collect()))
    }
}
