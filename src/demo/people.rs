//! The people of the demonstration, one for each role, and their passwords.

use super::store::mark;
use crate::change;
use crate::users::store::add;
use crate::users::user::{NewUser, Role};
use crate::web::app::App;
use crate::web::error::{Error, Outcome};

/// Who may sign in to the demonstration.
#[derive(Clone, Debug)]
pub struct Person {
    /// What they may do; the name they sign in with is the role's.
    pub role: Role,
    /// Their password, which is told once.
    pub password: String,
}

/// Marks the database as a demonstration and adds its people, all at once.
pub async fn add_all(app: &App) -> Outcome<Vec<Person>> {
    let mut people = Vec::new();
    let mut hashed = Vec::new();
    for role in Role::ALL {
        let password = password()?;
        hashed.push((role, app.hasher.hash(password.clone()).await?));
        people.push(Person { role, password });
    }
    change!(app.db, super::MAKER, app.now(), tx, {
        mark(tx).await?;
        for (role, hash) in &hashed {
            let new = NewUser { name: role.as_str().to_owned(), role: *role };
            add(tx, &new, Some(hash)).await?;
        }
    })?;
    Ok(people)
}

/// Letters and digits that are not taken for one another.
const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";

/// A password of four groups of four signs.
fn password() -> Outcome<String> {
    let mut bytes = [0_u8; 64];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    // The 32nd sign only parts the groups; a byte that hits it is passed over, so the others are equally likely.
    let signs: Vec<char> = bytes
        .iter()
        .filter_map(|byte| SIGNS.get(usize::from(*byte % 32)).map(|sign| char::from(*sign)))
        .filter(|sign| *sign != '-')
        .take(16)
        .collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_password_has_four_groups_of_four_signs_and_is_another_each_time() {
        let password = super::password().unwrap();
        assert_eq!(password.len(), 19);
        assert!(password.split('-').all(|group| group.len() == 4));
        assert_ne!(password, super::password().unwrap());
    }
}
