//! An API token: what a program shows instead of a session, for a person and with at most their role.

use serde::Deserialize;

use super::user::Role;
use crate::check::Problems;
use crate::ids::{TokenId, UserId};
use crate::moment::Moment;

/// What every token begins with, so that one that was left lying about is recognized.
pub const PREFIX: &str = "reseat_";

/// How long a new token lasts, as the form offers it: what is sent, and what is read.
pub const LASTS: [(&str, &str); 4] = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("never", "Never")];

/// The most days that a token may last, unless it lasts forever.
const MOST_DAYS: i64 = 3_650;

/// A token that is about to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for, in its maker's words.
    pub label: String,
    /// What it may do; never more than its person.
    pub role: Role,
    /// When it expires.
    pub expires_at: Moment,
}

/// The form of a new token.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub role: String,
    /// After how many days it expires, or `never`.
    pub expires: String,
}

impl TokenForm {
    /// An empty form, with what is usual.
    pub fn usual() -> TokenForm {
        TokenForm { label: String::new(), role: Role::Auditor.as_str().to_owned(), expires: "365".to_owned() }
    }

    /// The token, or all that is wrong. `own`: the role of the person it is for.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self, own: Role, now: Moment) -> Result<NewToken, Problems> {
        let mut problems = Problems::none();
        let label = problems.line("label", "The label", &self.label, 100);
        if label.is_empty() {
            problems.add("label", "Say what the token is for, so that somebody knows later which one to revoke.");
        }
        let role = Role::parse(&self.role);
        match role {
            None => problems.add("role", "Choose what the token may do."),
            Some(role) if role > own => {
                problems.add("role", format!("Choose a role that its person has: {} at most.", own.label()));
            }
            Some(_) => {}
        }
        let days = self.expires.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        let expires_at = match days {
            Some(days) => now.plus_days(days),
            None => Moment::NEVER,
        };
        if days.is_none() && self.expires.trim() != "never" {
            problems.add("expires", "Say after how many days it expires, from 1 to 3,650, or “never”.");
        }
        problems.or(NewToken { label, role: role.unwrap_or(Role::Auditor), expires_at })
    }
}

/// A token as lists show it; the token itself is known to nobody but its holder.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ApiToken {
    /// Its number.
    pub id: TokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// Their name.
    pub user: String,
    /// Their role now.
    pub user_role: Role,
    /// Since when they may no longer sign in.
    pub user_disabled_at: Option<Moment>,
    /// What it is for.
    pub label: String,
    /// What it may do, as was said when it was made.
    pub role: Role,
    /// When it was made.
    pub created_at: Moment,
    /// When it expires.
    pub expires_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Moment>,
    /// Since when it is revoked.
    pub revoked_at: Option<Moment>,
}

impl ApiToken {
    /// Whether it lets in at a moment.
    pub fn is_live(&self, now: &Moment) -> bool {
        self.revoked_at.is_none() && self.user_disabled_at.is_none() && self.expires_at > *now
    }

    /// What it may do: never more than its person now.
    pub fn may(&self) -> Role {
        self.role.min(self.user_role)
    }

    /// Why it lets in no more, or that it does.
    pub fn word(&self, now: &Moment) -> &'static str {
        match () {
            () if self.revoked_at.is_some() => "Revoked",
            () if self.user_disabled_at.is_some() => "Person disabled",
            () if self.expires_at <= *now => "Expired",
            () => "In use",
        }
    }

    /// Who history says made a change by it.
    pub fn actor(&self) -> String {
        format!("{} (API token {})", self.user, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_label_a_role_of_its_person_and_a_time() {
        let now = Moment::of_day("2026-08-22").unwrap();
        for (label, role, expires, wrong) in [
            ("nightly", "auditor", "365", ""),
            ("nightly", "help_desk", "never", ""),
            ("nightly", "admin", "1", "role"),
            (" ", "", "0", "label role expires"),
            ("nightly", "auditor", "3651", "expires"),
            ("nightly", "auditor", "soon", "expires"),
        ] {
            let form = TokenForm { label: label.into(), role: role.into(), expires: expires.into() };
            let problems = form.check(Role::HelpDesk, now).err().unwrap_or_default();
            let fields: Vec<&str> = problems.iter().map(|problem| &*problem.field).collect();
            assert_eq!(fields.join(" "), wrong, "{label} {role} {expires}");
        }
    }
}
