//! What people recorded by hand, beside what an export shows of it for the first time: recognized where only one thing
//! can be meant, else asked about. Never guessed.

use std::collections::BTreeMap;

use super::compare::{Problem, Work, note_problems};
use crate::draft;
use crate::key_packs::product::words;
use crate::web::error::Outcome;
use crate::web::format::counted;

/// The kind of the question, as problems are stored.
pub(super) const KIND: &str = "entered_by_hand";

/// The answer that it is nothing of what was recorded by hand.
pub(super) const ANOTHER: &str = "another";

/// A staged row and a row recorded by hand that may be the same.
struct Pair {
    n: i64,
    id: i64,
    /// Whether everything that both tell is the same.
    likely: bool,
}

/// What is certain of the pairs, and what must be asked: a staged row with all that it may be.
fn decide(pairs: &[Pair]) -> (BTreeMap<i64, i64>, BTreeMap<i64, Vec<i64>>) {
    let likely = |key: fn(&Pair) -> i64, value: i64| pairs.iter().filter(|p| p.likely && key(p) == value).count();
    let sure: BTreeMap<i64, i64> = pairs
        .iter()
        .filter(|pair| pair.likely && likely(|p| p.n, pair.n) == 1 && likely(|p| p.id, pair.id) == 1)
        .map(|pair| (pair.n, pair.id))
        .collect();
    let mut asked: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for pair in pairs {
        if !sure.contains_key(&pair.n) && !sure.values().any(|id| *id == pair.id) {
            asked.entry(pair.n).or_default().push(pair.id);
        }
    }
    (sure, asked)
}

/// What a person said of staged rows: the number of the row recorded by hand, or nothing for another one.
async fn said(work: &Work<'_>, noun: &'static str) -> Outcome<BTreeMap<i64, Option<i64>>> {
    let rows: Vec<(i64, String)> = work
        .db
        .sql(
            "select row_n, settled from import_problems \
             where import_id = $1 and kind = 'entered_by_hand' and settled is not null and subject like $2",
        )
        .bind(work.import)
        .bind(format!("{noun}:%"))
        .all()
        .await?;
    Ok(rows.into_iter().map(|(n, way)| (n, way.parse().ok())).collect())
}

/// Takes what was said and what is certain, and asks about the rest. `take` sets a staged row's match.
async fn settle(
    work: &Work<'_>,
    (noun, take): (&'static str, &'static str),
    pairs: Vec<Pair>,
    message: impl Fn(i64) -> (i64, String),
) -> Outcome<()> {
    let said = said(work, noun).await?;
    let open: Vec<Pair> = pairs
        .into_iter()
        .filter(|pair| !said.contains_key(&pair.n) && !said.values().any(|id| *id == Some(pair.id)))
        .collect();
    let (sure, asked) = decide(&open);
    let chosen: Vec<(i64, i64)> = said.into_iter().filter_map(|(n, id)| Some((n, id?))).chain(sure).collect();
    draft!(work.db, work.clock.now(), tx, {
        for (n, id) in &chosen {
            tx.sql(take).bind(work.import).bind(*n).bind(*id).execute().await?;
        }
    })?;
    let problems = asked.into_iter().map(|(n, ids)| {
        let (server_n, message) = message(n);
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        let subject = format!("{noun}:{}", ids.join(","));
        Problem { kind: KIND, server_n: Some(server_n), row_n: Some(n), subject, message }
    });
    note_problems(work, problems.collect()).await
}

#[derive(sqlx::FromRow)]
struct PackPair {
    n: i64,
    server_n: i64,
    server: String,
    keypack_id: Option<i64>,
    version: String,
    license_type: String,
    described: i64,
    quantity: Option<i64>,
    id: i64,
    was_quantity: Option<i64>,
}

impl PackPair {
    fn message(&self) -> String {
        let keypack = self.keypack_id.map_or_else(|| "A key pack".to_owned(), |id| format!("Keypack ID {id}"));
        let holds = self.quantity.map_or_else(String::new, |total| format!(", {}", counted(total, "license")));
        format!(
            "{keypack} on {} ({}{holds}) is new to the register. Is it one that was recorded by hand?",
            self.server,
            words(&self.version, &self.license_type)
        )
    }
}

/// Recognizes key packs that people recorded before an export showed them.
pub(super) async fn packs(work: &Work<'_>) -> Outcome<()> {
    let rows: Vec<PackPair> = work
        .db
        .sql(
            "select p.n, p.server_n, s.name as server, p.keypack_id, p.version, p.license_type, p.described, p.quantity, \
             k.id, k.quantity as was_quantity \
             from import_servers s join key_packs k on k.server_id = s.server_id and k.epoch = s.epoch \
             join import_key_packs p on p.import_id = s.import_id and p.server_n = s.n \
             and p.version = k.version and p.license_type = k.license_type \
             where s.import_id = $1 and s.older_packs = 0 and k.entered_by_hand = 1 and k.keypack_id is null \
             and k.gone_at is null and k.state in ('received', 'installed', 'install_failed') \
             and p.key_pack_id is null and p.keypack_id is not null and p.outcome <> 'error' order by p.n, k.id",
        )
        .bind(work.import)
        .all()
        .await?;
    let likely = |row: &PackPair| row.described == 1 && row.quantity == row.was_quantity;
    let pairs = rows.iter().map(|row| Pair { n: row.n, id: row.id, likely: likely(row) }).collect();
    let take = "update import_key_packs set key_pack_id = $3, \
        outcome = case when described = 0 then 'context' else 'changed' end where import_id = $1 and n = $2";
    settle(work, ("key_pack", take), pairs, |n| {
        rows.iter().find(|row| row.n == n).map_or((0, String::new()), |row| (row.server_n, row.message()))
    })
    .await
}

#[derive(sqlx::FromRow)]
struct LicensePair {
    n: i64,
    server_n: i64,
    license_number: Option<i64>,
    keypack_id: Option<i64>,
    client: String,
    issued_at: i64,
    id: i64,
    was_issued: i64,
}

impl LicensePair {
    fn message(&self) -> String {
        let license = self.license_number.map_or_else(|| "A license".to_owned(), |n| format!("License ID {n}"));
        let keypack = self.keypack_id.map_or_else(String::new, |keypack| format!(" of keypack ID {keypack}"));
        format!(
            "{license}{keypack}, held by {}, is new to the register. Is it one that was recorded by hand for that client?",
            self.client
        )
    }
}

/// Recognizes licenses that people recorded before an export showed them: of the same pack and client.
pub(super) async fn licenses(work: &Work<'_>) -> Outcome<()> {
    let by_hand = work
        .db
        .sql("select 1 as one from licenses where entered_by_hand = 1 and license_number is null")
        .count_up_to(1)
        .await?;
    if by_hand == 0 {
        return Ok(());
    }
    let rows: Vec<LicensePair> = work
        .db
        .sql(
            "with hand as materialized ( \
                 select l.id, l.issued_at, p.n as pack_n, p.keypack_id, c.n as client_n, c.name as client \
                 from licenses l join import_key_packs p on p.import_id = $1 and p.key_pack_id = l.key_pack_id \
                 join import_clients c on c.import_id = p.import_id and c.client_id = l.client_id \
                 where l.entered_by_hand = 1 and l.license_number is null and l.gone_at is null) \
             select r.n, r.server_n, r.license_number, h.keypack_id, h.client, r.issued_at, h.id, h.issued_at as was_issued \
             from import_licenses r cross join hand h cross join import_servers s \
             where r.import_id = $1 and (r.pack_n, r.client_n) in (select o.pack_n, o.client_n from hand o) \
             and h.pack_n = r.pack_n and h.client_n = r.client_n \
             and s.import_id = r.import_id and s.n = r.server_n \
             and r.outcome = 'new' and r.license_number is not null and s.older_licenses = 0 order by r.n, h.id",
        )
        .bind(work.import)
        .all()
        .await?;
    let alone = |row: &LicensePair| rows.iter().filter(|other| other.n == row.n || other.id == row.id).count() == 1;
    let same_day = |row: &LicensePair| (row.issued_at - row.was_issued).abs() < crate::moment::DAY;
    let pairs = rows.iter().map(|row| Pair { n: row.n, id: row.id, likely: alone(row) || same_day(row) }).collect();
    let take = "update import_licenses set license_id = $3, outcome = 'changed' where import_id = $1 and n = $2";
    settle(work, ("license", take), pairs, |n| {
        rows.iter().find(|row| row.n == n).map_or((0, String::new()), |row| (row.server_n, row.message()))
    })
    .await
}

/// The answers to a question: what is sent, and what is read. `subject`: `key_pack:12,15`.
pub(super) fn ways(subject: &str) -> Vec<(String, String)> {
    let (noun, ids) = subject.split_once(':').unwrap_or(("", ""));
    let noun = noun.replace('_', " ");
    let sign = if noun == "key pack" { "K-" } else { "" };
    let known = ids.split(',').map(|id| (id.to_owned(), format!("It is {noun} {sign}{id}, recorded by hand")));
    known.chain([(ANOTHER.to_owned(), format!("It is another {noun}"))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Decided = (Vec<(i64, i64)>, Vec<(i64, Vec<i64>)>);

    fn of(pairs: &[(i64, i64, bool)]) -> Decided {
        let pairs: Vec<Pair> = pairs.iter().map(|&(n, id, likely)| Pair { n, id, likely }).collect();
        let (sure, asked) = decide(&pairs);
        (sure.into_iter().collect(), asked.into_iter().collect())
    }

    #[test]
    fn only_what_can_be_nothing_else_is_certain() {
        assert_eq!(of(&[(1, 12, true)]), (vec![(1, 12)], vec![]));
        assert_eq!(of(&[(1, 12, false)]), (vec![], vec![(1, vec![12])]));
        assert_eq!(of(&[(1, 12, true), (1, 13, true)]), (vec![], vec![(1, vec![12, 13])]));
        assert_eq!(of(&[(1, 12, true), (2, 12, true)]), (vec![], vec![(1, vec![12]), (2, vec![12])]));
        // What is certain is not offered to others.
        assert_eq!(
            of(&[(1, 12, true), (1, 13, false), (2, 12, false), (2, 13, false)]),
            (vec![(1, 12)], vec![(2, vec![13])])
        );
    }

    #[test]
    fn a_question_offers_what_was_recorded_and_another_one() {
        let values: Vec<String> = ways("key_pack:12,15").into_iter().map(|(value, _)| value).collect();
        assert_eq!(values, ["12", "15", "another"]);
    }
}
