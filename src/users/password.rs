//! Passwords: hashed with Argon2id, off the threads that serve pages, and few at once.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::web::error::{Error, Outcome};

/// Hashes and checks passwords. Each hash takes 19 MiB and some 20 ms, so only a few are made at once.
#[derive(Clone, Debug)]
pub struct Hasher {
    argon2: Argon2<'static>,
    at_once: Arc<Semaphore>,
    /// A hash of nothing anyone knows: checked for unknown names, so that they take the same work.
    decoy: Arc<str>,
}

impl Hasher {
    /// With the strength that OWASP recommends for Argon2id: 19 MiB, two passes.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn strong() -> Outcome<Hasher> {
        Hasher::with(Params::default())
    }

    /// With hardly any work, for tests.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn weak() -> Outcome<Hasher> {
        Hasher::with(Params::new(8, 1, 1, None).map_err(Error::internal)?)
    }

    fn with(params: Params) -> Outcome<Hasher> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash(&argon2, &token()?)?.into();
        Ok(Hasher { argon2, at_once: Arc::new(Semaphore::new(2)), decoy })
    }

    /// The hash to store for a password.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub async fn hash(&self, password: String) -> Outcome<String> {
        self.work(move |argon2, _| hash(argon2, &password)).await
    }

    /// Whether a password is the one that was hashed. Without a hash (an unknown name) the same work is done
    /// and the answer is no.
    ///
    /// # Errors
    /// When the work could not be done at all.
    pub async fn verify(&self, password: String, hashed: Option<String>) -> Outcome<bool> {
        self.work(move |argon2, decoy| {
            let known = hashed.is_some();
            let hashed = hashed.unwrap_or_else(|| decoy.to_owned());
            Ok(argon2.verify_password(password.as_bytes(), hashed.as_str()).is_ok() && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>, &str) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let _turn = self.at_once.acquire().await.map_err(Error::internal)?;
        let (argon2, decoy) = (self.argon2.clone(), self.decoy.clone());
        tokio::task::spawn_blocking(move || work(&argon2, &decoy)).await.map_err(Error::internal)?
    }
}

fn hash(argon2: &Argon2<'static>, password: &str) -> Outcome<String> {
    Ok(argon2.hash_password(password.as_bytes()).map_err(Error::internal)?.to_string())
}

/// 32 random bytes as text, for a session's cookie or a one-time link.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn token() -> Outcome<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(crate::history::line::hex(&bytes))
}

/// What is stored of a token: its SHA-256, so that a copy of the database opens no session.
pub fn token_hash(token: &str) -> String {
    use sha2::{Digest, Sha256};
    crate::history::line::hex(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_an_unknown_name_is_refused_with_the_same_work() {
        let hasher = Hasher::weak().unwrap();
        let hashed = hasher.hash("correct horse battery".into()).await.unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(hasher.verify("correct horse battery".into(), Some(hashed.clone())).await.unwrap());
        assert!(!hasher.verify("another".into(), Some(hashed)).await.unwrap());
        assert!(!hasher.verify("correct horse battery".into(), None).await.unwrap());
    }
}
