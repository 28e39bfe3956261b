//! The forms about a transfer, and what they are checked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::transfer::REASONS;
use crate::check::Problems;

/// What is asked for when a seat is to move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTransfer {
    /// The name or number of the client that takes the seat.
    pub destination: String,
    /// Whether a name that nobody bears is a new client's.
    pub may_be_new: bool,
    /// Why, as [`REASONS`] stores it.
    pub reason: String,
    /// Anything else.
    pub note: String,
    /// Why it may move against the rule of its agreement, where an admin says so.
    pub override_reason: Option<String>,
}

/// The form that queues a transfer.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TransferForm {
    /// The name or number of the client that takes the seat.
    pub destination: String,
    /// Set: a destination whom nobody knows is added.
    #[schema(value_type = bool)]
    pub new_client: String,
    /// Why.
    pub reason: String,
    /// Anything else.
    pub note: String,
    /// Why it may move against the rule; only an admin's counts.
    pub override_reason: String,
}

impl TransferForm {
    /// The transfer that is asked for, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<NewTransfer, Problems> {
        let mut problems = Problems::none();
        let new = self.moved(&mut problems);
        if !REASONS.iter().any(|(name, ..)| *name == self.reason) {
            problems.add("reason", "Choose why the seat moves.");
        }
        problems.or(new)
    }

    /// The same for whoever asks whether it may move before they know the reason.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check_move(&self) -> Result<NewTransfer, Problems> {
        let mut problems = Problems::none();
        let new = self.moved(&mut problems);
        problems.or(new)
    }

    fn moved(&self, problems: &mut Problems) -> NewTransfer {
        let destination = problems.line("destination", "The computer’s name", &self.destination, 255);
        if destination.is_empty() {
            problems.add("destination", "Type the name or number of the computer that takes the seat.");
        }
        let note = problems.lines("note", "The note", &self.note, 2_000);
        let over = problems.lines("override_reason", "The reason for the override", &self.override_reason, 1_000);
        NewTransfer {
            destination,
            may_be_new: !self.new_client.is_empty(),
            reason: self.reason.clone(),
            note,
            override_reason: Some(over).filter(|reason| !reason.is_empty()),
        }
    }
}

/// Another destination for a transfer that is on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewDestination {
    /// Its name or number.
    pub destination: String,
    /// Whether a name that nobody bears is a new client's.
    pub may_be_new: bool,
    /// Why.
    pub reason: String,
}

/// The form that names another destination.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct DestinationForm {
    /// The name or number of the client that takes the seat instead.
    pub destination: String,
    /// Set: a destination whom nobody knows is added.
    #[schema(value_type = bool)]
    pub new_client: String,
    /// Why.
    pub reason: String,
}

impl DestinationForm {
    /// The other destination, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<NewDestination, Problems> {
        let mut problems = Problems::none();
        let destination = problems.line("destination", "The computer’s name", &self.destination, 255);
        if destination.is_empty() {
            problems.add("destination", "Type the name or number of the computer that takes the seat instead.");
        }
        let reason = problems.lines("reason", "The reason", &self.reason, 1_000);
        if reason.is_empty() {
            problems.add("reason", "Say why another computer takes it: it stands in history forever.");
        }
        problems.or(NewDestination { destination, may_be_new: !self.new_client.is_empty(), reason })
    }
}

/// How a transfer is completed by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The license that the destination holds since; nothing where no server shows one.
    pub license: Option<i64>,
    /// How that is known.
    pub reason: String,
}

/// The form that completes a transfer by hand.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CompletionForm {
    /// The number of the destination's license.
    pub license: String,
    /// How it is known.
    pub reason: String,
}

impl CompletionForm {
    /// The completion, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<Completion, Problems> {
        let mut problems = Problems::none();
        let says = "Choose the license that the computer holds now, or that none is shown.";
        let license = problems.number("license", &self.license, 1..=i64::MAX, says);
        let reason = problems.lines("reason", "How it is known", &self.reason, 1_000);
        if reason.is_empty() {
            problems.add("reason", "Say how it is known: it stands in history forever.");
        }
        problems.or(Completion { license, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_transfer_names_every_problem_at_once() {
        let problems = TransferForm { reason: "because".into(), ..TransferForm::default() }.check().unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
        assert_eq!(fields, ["destination", "reason"]);
        assert!(CompletionForm { license: "0".into(), reason: "seen".into() }.check().is_err());
        let none = CompletionForm { license: String::new(), reason: "seen".into() }.check().unwrap();
        assert_eq!(none.license, None);
    }
}
