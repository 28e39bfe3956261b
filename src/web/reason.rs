//! A form that asks for nothing but a reason: pages and programs fill in the same one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::form::Form;
use crate::check::{Field, Problems};

/// The form of a step that needs no more than a reason.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ReasonForm {
    /// Why: it stands in history forever.
    pub reason: String,
}

impl ReasonForm {
    /// Why, or the sentence `says` where nothing is said.
    ///
    /// # Errors
    /// The problem.
    pub fn check(&self, says: &str) -> Result<String, Problems> {
        self.check_as("reason", says)
    }

    /// The same on a page with several such forms: `field` tells it apart from the others.
    ///
    /// # Errors
    /// The problem.
    pub fn check_as(&self, field: impl Into<Field>, says: &str) -> Result<String, Problems> {
        let (mut problems, field) = (Problems::none(), field.into());
        let reason = problems.lines(field.clone(), "The reason", &self.reason, 1_000);
        if reason.is_empty() {
            problems.add(field, format!("{says}: it stands in history forever."));
        }
        problems.or(reason)
    }
}

impl Form for ReasonForm {
    fn usual() -> ReasonForm {
        ReasonForm::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_a_reason_is_refused_where_it_was_to_be_typed() {
        let form = |reason: &str| ReasonForm { reason: reason.into() };
        assert_eq!(form(" The papers are missing ").check("Say why").unwrap(), "The papers are missing");
        let says = form("  ").check_as("denial", "Say why Microsoft said no").unwrap_err();
        assert_eq!(says.of_field("denial"), Some("Say why Microsoft said no: it stands in history forever."));
        assert!(form(&"x".repeat(1_001)).check("Say why").is_err());
    }
}
