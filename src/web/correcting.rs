//! What pages of corrections share: an older page never overwrites a newer change, it shows both.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::error::Outcome;
use super::shell::Shell;
use super::timeline::{self, Day};
use crate::api::form::Form;
use crate::check::Problems;
use crate::db::Db;
use crate::history::correction::{Correction, CorrectionForm};
use crate::history::line::{Line, Subject};
use crate::history::store;
use crate::moment::Moment;

/// The form that retires a thing, or takes it back into use.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RetirementForm {
    /// Set: back into use.
    #[schema(value_type = bool)]
    pub back: String,
    /// Why.
    #[serde(flatten)]
    pub correction: CorrectionForm,
}

impl RetirementForm {
    /// The form about a thing whose newest line of history has this number.
    pub fn at(newest: i64) -> RetirementForm {
        RetirementForm { back: String::new(), correction: CorrectionForm::at(newest) }
    }

    /// Why, or what is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, now: Moment) -> Result<Correction, Problems> {
        let mut problems = Problems::none();
        let why = self.correction.check(now, &mut problems);
        problems.or(why)
    }
}

impl Form for RetirementForm {
    fn usual() -> RetirementForm {
        RetirementForm::default()
    }
}

/// What others changed since a form of a correction was opened.
#[derive(Debug, Default)]
pub struct Meanwhile {
    /// Their changes.
    pub days: Vec<Day>,
    /// The fields that had not been touched, and hold the new values now.
    pub taken_over: Vec<String>,
}

impl Meanwhile {
    /// What was taken over, to be read.
    pub fn fields(&self) -> String {
        self.taken_over.join(", ")
    }
}

/// Where the problems say that a correction was overtaken: what happened meanwhile. The form then starts from there: what was
/// typed stays, and a field that still says what it said before a change says what it says after it.
pub async fn meanwhile<F: Serialize + DeserializeOwned>(
    db: &Db,
    shell: &Shell,
    subject: Subject,
    (form, problems): (&mut F, &Problems),
) -> Outcome<Meanwhile> {
    let fields = serde_json::to_value(&*form).ok();
    let Some(Value::Object(mut fields)) = fields.filter(|_| problems.of_field("seen").is_some()) else {
        return Ok(Meanwhile::default());
    };
    let seen = fields.get("seen").and_then(Value::as_str).and_then(|seen| seen.trim().parse().ok());
    let lines = store::since(db, subject, seen.unwrap_or(0)).await?;
    if let Some(newest) = lines.first() {
        fields.insert("seen".into(), newest.id.to_string().into());
    }
    let taken_over = take_over(&mut fields, lines.iter().filter(|line| is_of(line, subject)));
    if let Ok(merged) = serde_json::from_value(Value::Object(fields)) {
        *form = merged;
    }
    Ok(Meanwhile { days: timeline::of_lines(db, shell, lines, Some((subject.0, subject.1))).await?, taken_over })
}

/// Where a form holds a number and history a name.
const BY_NAME: [&str; 1] = ["os_family"];

/// Whether a line is about the thing itself, and not about one that hangs on it and has fields of the same names.
fn is_of(line: &Line, subject: Subject) -> bool {
    line.subject_kind == subject.0 && line.subject_id == subject.1
}

/// Writes the values of lines, the newest first, into the fields that say what stood there before; their names.
fn take_over<'l>(fields: &mut Map<String, Value>, lines: impl DoubleEndedIterator<Item = &'l Line>) -> Vec<String> {
    let mut taken = Vec::new();
    for (words, before, after) in lines.rev().flat_map(Line::differences) {
        let name = words.replace(' ', "_");
        // Forms name a thing by its noun where history has its number, and a day where history has a moment.
        let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |at| Moment(at).typed_day());
        let known = match (name.strip_suffix("_id"), name.strip_suffix("_at")) {
            _ if name == "total_licenses" => ("total".to_owned(), before, after),
            _ if BY_NAME.contains(&name.as_str()) => continue,
            _ if fields.contains_key(&name) => (name, before, after),
            (Some(noun), _) => (noun.to_owned(), before, after),
            (_, Some(noun)) => (format!("{noun}_on"), day(&before), day(&after)),
            _ => continue,
        };
        let (name, before, after) = known;
        // Of a license key pack ID history has the end alone.
        let is_whole = !after.starts_with('…');
        if let Some(field) = fields.get_mut(&name).filter(|field| is_whole && field.as_str() == Some(&before)) {
            *field = after.into();
            taken.retain(|one| *one != words);
            taken.push(words);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_touched_takes_the_new_value_and_what_was_typed_stays() {
        let line = |before: Value, after: Value| {
            let (before, after) = (Some(before.to_string()), Some(after.to_string()));
            Line { before, after, ..Line::default() }
        };
        let json = |value: Value| value.as_object().cloned().unwrap_or_default();
        let mut fields = json(serde_json::json!({
            "telephone": "1", "email": "ada@example.com", "site": "Kiel", "company": "7", "expires_on": "2026-08-22", "note": "",
            "os_family": "", "license_key_pack_id": "",
        }));
        let lines = [
            line(serde_json::json!({"telephone": "2"}), serde_json::json!({"telephone": "3"})),
            line(
                serde_json::json!({"telephone": "1", "email": "old@example.com", "site": null, "company_id": 7,
                    "expires_at": 1_787_400_000, "version": 5, "os_family": null, "license_key_pack_id": null}),
                serde_json::json!({"telephone": "2", "email": "new@example.com", "site": "Ulm", "company_id": 8,
                    "expires_at": 1_787_572_800, "version": 6, "os_family": "Mac", "license_key_pack_id": "…-JKMPQ"}),
            ),
        ];
        let taken = take_over(&mut fields, lines.iter());
        assert_eq!(taken, ["company id", "expires at", "telephone"]);
        let merged = serde_json::json!({
            "telephone": "3", "email": "ada@example.com", "site": "Kiel", "company": "8", "expires_on": "2026-08-24", "note": "",
            "os_family": "", "license_key_pack_id": "",
        });
        assert_eq!(fields, json(merged));
        let of = |kind: &str, id| Line { subject_kind: kind.to_owned(), subject_id: id, ..Line::default() };
        let pack = || Subject("key_pack", 7);
        assert!(is_of(&of("key_pack", 7), pack()));
        assert!(!is_of(&of("license", 7), pack()) && !is_of(&of("key_pack", 8), pack()));
    }
}
