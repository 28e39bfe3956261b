//! A person who may sign in, and what their role allows.

use serde::Deserialize;

use super::unsent::Unsent;
use crate::check::Problems;
use crate::ids::UserId;
use crate::moment::Moment;
use crate::web::address::is_here;

/// What a person may do. Each role may do everything that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, serde::Serialize, clap::ValueEnum)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum Role {
    /// Reads and exports.
    Auditor,
    /// Also works the reissue desk.
    HelpDesk,
    /// Also imports, corrects and manages people.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Role; 3] = [Role::Auditor, Role::HelpDesk, Role::Admin];

    /// As addresses and commands write it: `help_desk`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Auditor => "auditor",
            Role::HelpDesk => "help_desk",
            Role::Admin => "admin",
        }
    }

    /// As pages say it: `Help desk`.
    pub fn label(self) -> &'static str {
        match self {
            Role::Auditor => "Auditor",
            Role::HelpDesk => "Help desk",
            Role::Admin => "Admin",
        }
    }

    /// What the role may do, in one sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Role::Auditor => "Reads everything and downloads it; changes nothing.",
            Role::HelpDesk => "Reads everything, and works the reissue desk.",
            Role::Admin => "Everything: imports, the register, people.",
        }
    }

    /// The role that is written `text`.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A person as the list of people shows them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// The name they sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub created_at: Moment,
    /// Since when they may no longer sign in.
    pub disabled_at: Option<Moment>,
    /// Whether they have set a password.
    pub has_password: bool,
    /// When they last used the console.
    pub last_used_at: Option<Moment>,
}

impl User {
    /// Whether they may sign in at all.
    pub fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }

    /// Whether they are the person with this number.
    pub fn is_me(&self, me: &UserId) -> bool {
        self.id == *me
    }

    /// Whether their role is this one (for a form's choice).
    pub fn is(&self, role: &Role) -> bool {
        self.role == *role
    }
}

/// The fewest characters of a password.
pub const PASSWORD_LENGTH: usize = 12;

/// What is wrong with a new password, said twice.
pub fn check_password(password: &str, again: &str, problems: &mut Problems) {
    if password.chars().count() < PASSWORD_LENGTH {
        problems.add("password", format!("Choose a password of at least {PASSWORD_LENGTH} characters."));
    } else if password.len() > 1_024 {
        problems.add("password", "Choose a password of at most 1,024 characters.");
    } else if password != again {
        problems.add("password_again", "The two passwords differ. Type the same one twice.");
    }
}

/// What is wrong with the name of a new person.
pub fn check_name(name: &str, problems: &mut Problems) {
    let name = name.trim();
    if name.is_empty() {
        problems.add("name", "Type the name to sign in with.");
    } else if name.chars().count() > 64 || name.chars().any(char::is_control) {
        problems.add("name", "Choose a name of at most 64 characters, without control characters.");
    }
}

/// The first account: a name and a password, said twice.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetUpForm {
    /// The name to sign in with; empty where the link is for a person who has one.
    pub name: String,
    /// The new password.
    pub password: String,
    /// The new password again.
    pub password_again: String,
}

impl SetUpForm {
    /// All that is wrong with it. `with_name`: whether a name is asked for.
    pub fn check(&self, with_name: bool) -> Problems {
        let mut problems = Problems::none();
        if with_name {
            check_name(&self.name, &mut problems);
        }
        check_password(&self.password, &self.password_again, &mut problems);
        problems
    }
}

/// Name and password of someone who signs in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Where to go then.
    pub next: String,
    /// What was typed before the session ended.
    #[serde(flatten)]
    pub unsent: Unsent,
}

impl SignInForm {
    /// Where to go after signing in: an address of this console, never another site.
    pub fn next(&self) -> &str {
        if is_here(&self.next) { &self.next } else { "/" }
    }
}

/// One's own new password, with the present one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The present password.
    pub present: String,
    /// The new one.
    pub password: String,
    /// The new one again.
    pub password_again: String,
}

impl PasswordForm {
    /// All that is wrong with it, but for the present password itself.
    pub fn check(&self) -> Problems {
        let mut problems = Problems::none();
        if self.present.is_empty() {
            problems.add("present", "Type your present password.");
        }
        check_password(&self.password, &self.password_again, &mut problems);
        problems
    }
}

/// A person who is to be added.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UserForm {
    /// The name to sign in with.
    pub name: String,
    /// The role, as [`Role::as_str`] writes it.
    pub role: String,
    /// The role that the page showed, where this one replaces it.
    pub was: String,
}

/// A checked person.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name to sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

impl UserForm {
    /// The person, or all that is wrong.
    ///
    /// # Errors
    /// The problems, field by field.
    pub fn check(&self) -> Result<NewUser, Problems> {
        let mut problems = Problems::none();
        check_name(&self.name, &mut problems);
        let role = Role::parse(&self.role);
        if role.is_none() {
            problems.add("role", "Choose what this person may do.");
        }
        let new = NewUser { name: self.name.trim().to_owned(), role: role.unwrap_or(Role::Auditor) };
        problems.or(new)
    }
}

/// A name as it is compared: case does not matter. No name holds the character of number 0, which PostgreSQL takes in no
/// text, so one that is typed with it is compared without.
pub fn name_key(name: &str) -> String {
    name.trim().replace('\0', "").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for (next, goes_to) in [
            ("/clients?q=1", "/clients?q=1"),
            ("", "/"),
            ("https://example.com", "/"),
            ("//example.com", "/"),
            ("/\\example.com", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
        ] {
            let form = SignInForm { next: next.into(), ..SignInForm::default() };
            assert_eq!(form.next(), goes_to, "{next}");
        }
    }

    #[test]
    fn a_refused_form_names_every_problem_at_once() {
        let form = SetUpForm { name: " ".into(), password: "short".into(), password_again: String::new() };
        let problems = form.check(true);
        assert_eq!(problems.len(), 2);
        assert!(problems.of_field("password").is_some_and(|says| says.contains("at least 12")));
    }

    #[test]
    fn each_role_may_more_than_the_one_before() {
        assert!(Role::Auditor < Role::HelpDesk && Role::HelpDesk < Role::Admin);
        assert!(Role::ALL.iter().all(|role| Role::parse(role.as_str()) == Some(*role)));
    }
}
