//! What pages of corrections share: an older page never overwrites a newer change, it shows both.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::Outcome;
use super::shell::Shell;
use super::timeline::{self, Day};
use crate::api::form::Form;
use crate::check::Problems;
use crate::db::Db;
use crate::history::correction::{Correction, CorrectionForm};
use crate::history::line::Subject;
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

/// Where the problems say that a correction was overtaken: what happened meanwhile. The form then starts from there.
pub async fn meanwhile(
    db: &Db,
    shell: &Shell,
    subject: Subject,
    (form, problems): (&mut CorrectionForm, &Problems),
) -> Outcome<Vec<Day>> {
    if problems.of_field("seen").is_none() {
        return Ok(Vec::new());
    }
    let lines = store::since(db, subject, form.seen.trim().parse().unwrap_or(0)).await?;
    if let Some(newest) = lines.first() {
        form.seen = newest.id.to_string();
    }
    timeline::of_lines(db, shell, lines, Some((subject.0, subject.1))).await
}
