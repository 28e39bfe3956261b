//! Several transfers at once: a pasted list of old and new computers, each line judged on its own.

use serde::Deserialize;

use super::form::{NewTransfer, TransferForm};
use super::may_move::Verdict;
use super::store;
use crate::check::Problems;
use crate::db::Tx;
use crate::ids::{LicenseId, TransferId};
use crate::users::user::{Role, name_key};
use crate::web::error::{Error, Outcome};
use crate::web::format::counted;

/// The most lines of one list.
pub const MOST: usize = 500;

/// The form of several transfers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SeveralForm {
    /// A line for each: the old computer, an arrow, comma, semicolon or tab, the new one; behind it the license, if need be.
    pub lines: String,
    /// Why, for all of them.
    pub reason: String,
    /// Not empty: new computers whom nobody knows are added.
    pub new_client: String,
    /// Not empty: those that may move are queued, the others left.
    pub those_that_may: String,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which line it is, from 1 on.
    pub n: usize,
    /// The old computer's name or number.
    pub old: String,
    /// The new computer's name or number.
    pub new: String,
    /// The license or seat that moves, where the old one holds several.
    pub license: String,
}

/// What parts the fields of a line, the plainest last.
const PARTS: [&str; 6] = ["→", "->", "=>", "\t", ";", ","];

fn line(n: usize, text: &str) -> Option<Line> {
    let text = text.trim();
    let part = PARTS.into_iter().find(|part| text.contains(part)).unwrap_or("\n");
    // Behind an arrow a comma may still part the license off.
    let fields: Vec<&str> = match text.split_once(part) {
        Some((old, rest)) if ["→", "->", "=>"].contains(&part) => {
            std::iter::once(old).chain(rest.split(['\t', ';', ','])).collect()
        }
        Some(_) => text.split(part).collect(),
        None => vec![text],
    };
    let field = |at: usize| fields.get(at).map_or("", |field| field.trim().trim_matches('"')).to_owned();
    let line = Line { n, old: field(0), new: field(1), license: field(2) };
    (!text.is_empty()).then_some(line)
}

/// Whether a list's first line only says what stands below.
fn is_heading(line: &Line) -> bool {
    let is = |text: &str, words: [&str; 4]| words.contains(&text.to_lowercase().as_str());
    is(&line.old, ["old", "from", "old name", "old computer"])
        && is(&line.new, ["new", "to", "new name", "new computer"])
}

impl SeveralForm {
    /// The lines, or what is wrong with the whole.
    ///
    /// # Errors
    /// The problems, field by field; what is wrong with a line is said of the line.
    pub fn check(&self) -> Result<Vec<Line>, Problems> {
        let mut lines: Vec<Line> = (1..).zip(self.lines.lines()).filter_map(|(n, text)| line(n, text)).collect();
        if lines.first().is_some_and(is_heading) {
            lines.remove(0);
        }
        self.check_with(&lines)?;
        Ok(lines)
    }

    /// What is wrong with the whole, where the lines are read already.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_with(&self, lines: &[Line]) -> Result<(), Problems> {
        let mut problems = Problems::none();
        if lines.is_empty() {
            problems.add("lines", "Type a line for each computer that is replaced: old, an arrow or a comma, new.");
        } else if lines.len() > MOST {
            problems
                .add("lines", format!("One list takes at most {MOST} lines; these are {}. Make several.", lines.len()));
        }
        let form = TransferForm { destination: "-".to_owned(), reason: self.reason.clone(), ..TransferForm::default() };
        if let Some(says) = form.check().err().as_ref().and_then(|wrong| wrong.of_field("reason")) {
            problems.add("reason", says);
        }
        problems.or(())
    }

    fn transfer(&self, line: &Line) -> NewTransfer {
        NewTransfer {
            destination: line.new.clone(),
            may_be_new: !self.new_client.is_empty(),
            reason: self.reason.clone(),
            ..NewTransfer::default()
        }
    }
}

/// A line and the answer to *may it move?*
#[derive(Clone, Debug)]
pub struct Judged {
    /// The line.
    pub line: Line,
    /// The license that would move.
    pub license: Option<LicenseId>,
    /// Why it may not, and what only a person can answer.
    pub verdict: Verdict,
}

impl Judged {
    /// Whether it may be queued.
    pub fn may_move(&self) -> bool {
        self.license.is_some() && self.verdict.refusals.is_empty() && self.verdict.against_the_rule.is_none()
    }

    /// Why it may not be queued, a sentence each.
    pub fn says(&self) -> Vec<String> {
        self.verdict.refusals.iter().chain(&self.verdict.against_the_rule).cloned().collect()
    }

    fn refused(line: &Line, says: impl Into<String>) -> Judged {
        let verdict = Verdict { refusals: vec![says.into()], ..Verdict::default() };
        Judged { line: line.clone(), license: None, verdict }
    }
}

/// Refuses a list of which some may not move, unless those that may are to be queued and there are any.
///
/// # Errors
/// How many may not.
pub fn refuse(form: &SeveralForm, judged: &[Judged]) -> Result<(), Problems> {
    let left = judged.iter().filter(|one| !one.may_move()).count();
    if left == 0 || (!form.those_that_may.is_empty() && left < judged.len()) {
        return Ok(());
    }
    let count = i64::try_from(left).unwrap_or(0);
    Err(Problems::of("lines", format!("{} may not be queued; nothing was. Each says why.", counted(count, "line"))))
}

/// Judges every line on its own. Nothing is changed.
pub async fn judge(tx: &mut Tx, form: &SeveralForm, lines: &[Line]) -> Outcome<Vec<Judged>> {
    let mut judged: Vec<Judged> = Vec::with_capacity(lines.len());
    for line in lines {
        let mut one = judge_one(tx, form, line).await?;
        if let Some(before) = judged.iter().find(|before| before.may_move() && before.license == one.license) {
            one.verdict.refusals.push(format!("Line {} moves this seat already. Take one of them out.", before.line.n));
        }
        let same = |before: &&Judged| !line.new.is_empty() && name_key(&before.line.new) == name_key(&line.new);
        if let Some(before) = judged.iter().find(same) {
            one.verdict
                .questions
                .push(format!("Line {} gives a seat to {} too. Does it need both?", before.line.n, line.new));
        }
        judged.push(one);
    }
    Ok(judged)
}

async fn judge_one(tx: &mut Tx, form: &SeveralForm, line: &Line) -> Outcome<Judged> {
    if line.old.is_empty() || line.new.is_empty() {
        return Ok(Judged::refused(
            line,
            "A line names the old computer and the new one: old, an arrow or a comma, new.",
        ));
    }
    let license = match license_of(tx, line).await? {
        Ok(license) => license,
        Err(says) => return Ok(Judged::refused(line, says)),
    };
    match store::may_move(tx, license, &form.transfer(line)).await {
        Ok(verdict) => Ok(Judged { line: line.clone(), license: Some(license), verdict }),
        Err(Error::Refused(problems)) => Ok(Judged::refused(line, problems.to_string())),
        Err(other) => Err(other),
    }
}

/// A computer of a name, or of a number.
#[derive(sqlx::FromRow)]
struct Old {
    id: i64,
    name: String,
}

/// The license that a line moves, or why that is not clear.
async fn license_of(tx: &mut Tx, line: &Line) -> Outcome<Result<LicenseId, String>> {
    let mut old: Vec<Old> = tx
        .sql("select id, name from clients where name_key = $1 and kind = 'computer' order by id limit 20")
        .bind(name_key(&line.old))
        .all()
        .await?;
    if let (true, Ok(number)) = (old.is_empty(), line.old.parse::<i64>()) {
        old = tx.sql("select id, name from clients where id = $1 and kind = 'computer'").bind(number).all().await?;
    }
    let [one] = old.as_slice() else {
        let numbers: Vec<String> = old.iter().map(|one| one.id.to_string()).collect();
        return Ok(Err(match numbers.as_slice() {
            [] => format!("No computer is named {}. Mend the name.", line.old),
            _ => format!(
                "Several computers are named {}. Write the number of the right one: {}.",
                line.old,
                numbers.join(", ")
            ),
        }));
    };
    let mut held = movable(tx, one.id).await?;
    let said = line.license.trim_start_matches(['S', 's', '-', ' ']);
    if !said.is_empty() {
        let Ok(number) = said.parse::<i64>() else {
            return Ok(Err(format!("“{}” is no number of a license or seat. Write it like S-1042.", line.license)));
        };
        held.retain(|(license, seat)| license.0 == number || seat.0 == number);
    }
    Ok(match held.as_slice() {
        [(license, _)] => Ok(*license),
        [] => Err(format!("{} holds no license that can move: none, or one that is on its way already.", one.name)),
        several => {
            let seats: Vec<String> = several.iter().map(|(_, seat)| format!("S-{seat}")).collect();
            Err(format!(
                "{} holds several that can move: {}. Write one of them behind the new computer.",
                line.old,
                seats.join(", ")
            ))
        }
    })
}

/// The licenses of a client that can move, each with its seat.
async fn movable(tx: &mut Tx, client: i64) -> Outcome<Vec<(LicenseId, LicenseId)>> {
    Ok(tx
        .sql(
            "select l.id, coalesce(l.seat_id, l.id) as seat_id from licenses l join key_packs k on k.id = l.key_pack_id \
             where l.client_id = $1 and l.status in (2, 3) and l.license_type = 'per_device' and l.gone_at is null \
             and l.transferred_at is null and k.quantity is not null \
             and k.origin not in ('built_in', 'temporary', 'over_used') \
             and not exists (select 1 from transfers t where t.license_id = l.id and t.denied_at is null \
                 and t.cancelled_at is null) order by l.id limit 20",
        )
        .bind(client)
        .all()
        .await?)
}

/// Queues what may move, in one change; one that somebody else moved meanwhile holds all of them back.
pub async fn queue(tx: &mut Tx, form: &SeveralForm, judged: &[Judged], role: Role) -> Outcome<Vec<TransferId>> {
    let mut queued = Vec::new();
    for one in judged.iter().filter(|one| one.may_move()) {
        let Some(license) = one.license else { continue };
        let done = store::queue(tx, license, &form.transfer(&one.line), role).await;
        queued.push(done.map_err(|error| of_line(error, one.line.n))?);
    }
    Ok(queued)
}

fn of_line(error: Error, n: usize) -> Error {
    match error {
        Error::Refused(problems) => Problems::of("lines", format!("Line {n}: {problems}")).into(),
        other => other,
    }
}

/// The computers that were chosen in a list, as the first lines of the form: by name, or by number where several bear it.
pub async fn chosen(tx: &mut Tx, ids: &[i64]) -> Outcome<String> {
    let mut lines = String::new();
    for id in ids.iter().take(MOST) {
        let found: Option<(String,)> =
            tx.sql("select name from clients where id = $1 and kind = 'computer'").bind(*id).optional().await?;
        if let Some((name,)) = found {
            let alike = tx.sql("select 1 as one from clients where name_key = $1 and kind = 'computer'");
            let alone = alike.bind(name_key(&name)).count_up_to(2).await? == 1;
            lines.push_str(&if alone { name } else { id.to_string() });
            lines.push_str(" → \n");
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_with_whatever_parts_it() {
        for text in [
            "PC-1 → PC-2",
            "PC-1->PC-2",
            "PC-1 => PC-2",
            "PC-1\tPC-2",
            "PC-1;PC-2",
            "\"PC-1\",\"PC-2\"",
            " PC-1 , PC-2 ",
        ] {
            let line = line(1, text).unwrap();
            assert_eq!((line.old.as_str(), line.new.as_str(), line.license.as_str()), ("PC-1", "PC-2", ""), "{text}");
        }
        assert_eq!(line(1, "PC-1 -> PC-2, S-17").unwrap().license, "S-17");
        assert_eq!(line(1, "PC-1,PC-2,17").unwrap().license, "17");
        assert_eq!(line(1, "PC-1").unwrap().new, "");
    }

    #[test]
    fn headings_and_empty_lines_are_passed_over_and_lines_keep_their_numbers() {
        let form = SeveralForm {
            lines: "Old,New\n\nPC-1,PC-2\n".into(),
            reason: "permanent".into(),
            ..SeveralForm::default()
        };
        assert_eq!(form.check().unwrap().iter().map(|line| line.n).collect::<Vec<_>>(), [3]);
        let named = SeveralForm { lines: "from,PC-2".into(), reason: "permanent".into(), ..SeveralForm::default() };
        assert_eq!(named.check().unwrap().len(), 1, "a computer may be named so");
        let none = SeveralForm::default().check().unwrap_err();
        assert!(none.of_field("lines").is_some() && none.of_field("reason").is_some());
        let many =
            SeveralForm { lines: "a,b\n".repeat(MOST + 1), reason: "permanent".into(), ..SeveralForm::default() };
        assert!(many.check().unwrap_err().of_field("lines").is_some());
    }
}
