//! Settling what keeps an import from being applied: rows with errors are left out on purpose, questions are answered.

use super::compare::{self, Work};
use super::compare_hand;
use super::doubles;
use super::import::State;
use super::store;
use super::work::Worker;
use crate::change;
use crate::check::Problems;
use crate::ids::ImportId;
use crate::web::error::{Error, Outcome};

/// The ways in which a problem of a kind may be settled: what is sent, and what is read.
pub fn ways(kind: &str, subject: &str) -> Vec<(String, String)> {
    if kind == compare_hand::KIND {
        return compare_hand::ways(subject);
    }
    fixed_ways(kind).iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect()
}

fn fixed_ways(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "error" => &[("left_out", "Leave the row out")],
        "hardware_id" => &[
            ("one_computer", "One computer that was renamed"),
            ("cloned", "Several computers: their images were cloned"),
            ("left_out", "Leave its rows out"),
        ],
        "license_holder" => &[
            ("rebuilt", "The server’s license database was rebuilt"),
            ("reassigned", "The server gave the license to the other client"),
            ("left_out", "Leave the row out"),
        ],
        "license_server_id" => &[
            ("rebuilt", "Its license database was rebuilt"),
            ("reactivated", "It was reactivated; the database is the same"),
        ],
        _ => &[],
    }
}

/// What an answer leads to.
pub fn hint(kind: &str, way: &str) -> Option<&'static str> {
    Some(match (kind, way) {
        ("hardware_id", "one_computer") => "one client with all of these licenses",
        ("hardware_id", "cloned") => "one client for each name",
        ("license_holder" | "license_server_id", "rebuilt") => {
            "what is known of its key packs and licenses counts as gone and stays readable; these files begin anew"
        }
        ("license_holder", "reassigned") => "the license stays the same; its history says who held it before",
        ("license_server_id", "reactivated") => "only the ID changes",
        (_, "left_out") => "nothing of it is taken in; the next import asks again",
        (_, compare_hand::ANOTHER) => "it is taken in as new, beside what was recorded by hand",
        (compare_hand::KIND, _) => "its record takes over what the file tells",
        _ => return None,
    })
}

/// Which problems are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// The one of a number.
    One(i64),
    /// Those of some numbers, all rows with errors.
    These(&'a [i64]),
    /// Every open one of the kind of the one with this number.
    AllLike(i64),
    /// Every row with an error.
    AllErrors,
}

/// Settles problems of an import that waits. What follows from it is compared anew where it must be.
///
/// # Errors
/// Refused, when the import does not wait or the way is none for that problem.
pub async fn settle(worker: &Worker, id: ImportId, which: Which<'_>, way: &str, actor: &str) -> Outcome<bool> {
    let import = store::find(&worker.db, id).await?;
    if import.state != State::Ready {
        return Err(
            Problems::of("", format!("Import {id} does not wait for an answer: {}.", import.state.word())).into()
        );
    }
    let (kind, subject, server) = match which {
        Which::AllErrors | Which::These(_) => ("error".to_owned(), String::new(), None),
        Which::One(n) | Which::AllLike(n) => kind_of(worker, id, n).await?,
    };
    if !ways(&kind, &subject).iter().any(|(value, _)| *value == way) {
        return Err(Problems::of("way", "Choose one of the answers.").into());
    }
    let one_thing = kind == compare_hand::KIND && way != compare_hand::ANOTHER;
    // A rebuilt database is one answer to every question about the server's licenses.
    let which = match which {
        Which::One(n) if way == "rebuilt" => Which::AllLike(n),
        // One thing that was recorded by hand is one thing on the server.
        Which::AllLike(n) if one_thing => Which::One(n),
        other => other,
    };
    let back = change!(worker.db, actor, worker.clock.now(), tx, {
        let query = tx.sql("update import_problems set settled = $1 where import_id = $2").bind(way).bind(id);
        let query = query.push_bind(" and kind = ?", &kind).push(" and settled is null");
        let query = match which {
            Which::One(n) => query.push_bind(" and n = ?", n),
            Which::These(ns) => query.push(" and n in").among(ns),
            Which::AllLike(_) if way == "rebuilt" => query.push_some(" and server_n = ?", server),
            Which::AllLike(_) | Which::AllErrors => query,
        };
        query.execute().await?;
        match which {
            Which::One(n) if kind == "error" => doubles::take_back(tx, id, &[n]).await?,
            Which::These(ns) => doubles::take_back(tx, id, ns).await?,
            _ => false,
        }
    })?;
    if kind == "error" && !back {
        let work = Work { db: &worker.db, clock: &worker.clock, import: id, company: None };
        compare::count(&work).await?;
        return Ok(false);
    }
    Ok(true)
}

async fn kind_of(worker: &Worker, id: ImportId, n: i64) -> Outcome<(String, String, Option<i64>)> {
    worker
        .db
        .sql("select kind, subject, server_n from import_problems where import_id = $1 and n = $2")
        .bind(id)
        .bind(n)
        .optional()
        .await?
        .ok_or(Error::NotFound)
}
