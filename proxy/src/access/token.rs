//! The access token: kept as its argon2 hash, verified once, remembered as a digest.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fs, io};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use thiserror::Error;
use tokio::sync::Semaphore;

use super::secret::{Digest, Digests, NoRandomness, random, secret};
use crate::private::write_private;

/// Nobody's token is longer, and nobody has us hash megabytes.
const LONGEST: usize = 1024;

/// The hash of an access token, in the usual form: `$argon2id$v=19$...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(Arc<str>);

/// Why there is no usable hash.
#[derive(Debug, Error)]
pub enum TokenHashError {
    /// The file.
    #[error("cannot read {}: {source} (--token-hash-file, ALMANAC_TOKEN_HASH_FILE)", path.display())]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It cannot be kept.
    #[error("cannot write {}: {source} (--state-dir, ALMANAC_STATE_DIR)", path.display())]
    Unwritable {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What is in it.
    #[error(
        "{} holds no argon2 hash; expected one line that begins with $argon2id$ (--token-hash-file, \
         ALMANAC_TOKEN_HASH_FILE); `almanac-proxy --hash-token` makes one", .0.display()
    )]
    Malformed(PathBuf),
    /// A token that is too easy to guess.
    #[error(
        "expected a token of 16 to {LONGEST} characters without spaces; `almanac-proxy --new-token` makes a good one"
    )]
    Unfit,
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Hashing failed.
    #[error("the token cannot be hashed: {0}")]
    Hashing(String),
}

impl TokenHash {
    /// Reads a file that holds one.
    ///
    /// # Errors
    /// When it cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, TokenHashError> {
        let text = fs::read_to_string(path)
            .map_err(|source| TokenHashError::Unreadable { path: path.to_owned(), source })?;
        let text = text.trim();
        let is_argon2 = text.starts_with("$argon2") && PasswordHash::new(text).is_ok();
        is_argon2
            .then(|| Self(text.into()))
            .ok_or_else(|| TokenHashError::Malformed(path.to_owned()))
    }

    /// Hashes a token that somebody chose.
    ///
    /// # Errors
    /// When it is too short to be safe, or there are no random bytes for the salt.
    pub fn of(token: &str) -> Result<Self, TokenHashError> {
        let fits =
            (16..=LONGEST).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            return Err(TokenHashError::Unfit);
        }
        let salt = random::<16>()?;
        let hash = Argon2::default()
            .hash_password_with_salt(token.as_bytes(), &salt)
            .map_err(|error| TokenHashError::Hashing(error.to_string()))?;
        Ok(Self(hash.to_string().into()))
    }

    /// As it stands in a file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes a random token, keeps its hash at `path` for the starts to come, and returns the token,
/// which is kept nowhere.
///
/// # Errors
/// When the hash cannot be written there.
pub fn new_token(path: &Path) -> Result<String, TokenHashError> {
    let token = secret("almanac")?;
    let hash = TokenHash::of(&token)?;
    write_private(path, format!("{}\n", hash.as_str()).as_bytes())
        .map_err(|source| TokenHashError::Unwritable { path: path.to_owned(), source })?;
    Ok(token)
}

/// What can be said of a token at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// Nobody has presented the right one since the start.
    Unknown,
}

/// The token of a running proxy.
pub(super) struct Token {
    hash: TokenHash,
    digests: Digests,
    /// Of the right token, once it was seen.
    right: OnceLock<Digest>,
    /// One at a time: each takes a processor and 19 MiB.
    verifying: Semaphore,
}

impl Token {
    pub(super) fn new(hash: TokenHash) -> Result<Self, NoRandomness> {
        let digests = Digests::new()?;
        Ok(Self { hash, digests, right: OnceLock::new(), verifying: Semaphore::new(1) })
    }

    /// Without hashing: the digest of the right token tells it from all others.
    pub(super) fn recall(&self, presented: &str) -> Verdict {
        if presented.len() > LONGEST {
            return Verdict::Wrong;
        }
        match self.right.get() {
            Some(right) if self.digests.is(presented, right) => Verdict::Right,
            Some(_) => Verdict::Wrong,
            None => Verdict::Unknown,
        }
    }

    /// By hashing, on a thread of its own.
    pub(super) async fn verify(&self, presented: &str) -> bool {
        let Ok(_turn) = self.verifying.acquire().await else { return false };
        // Somebody else may have been right meanwhile.
        match self.recall(presented) {
            Verdict::Right => return true,
            Verdict::Wrong => return false,
            Verdict::Unknown => {}
        }
        let (hash, token) = (self.hash.clone(), presented.to_owned());
        let hashing = tokio::task::spawn_blocking(move || {
            PasswordHash::new(hash.as_str()).is_ok_and(|hash| {
                Argon2::default().verify_password(token.as_bytes(), &hash).is_ok()
            })
        });
        let right = hashing.await.unwrap_or(false);
        if right {
            self.right.get_or_init(|| self.digests.of(presented));
        }
        right
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn the_right_one_is_hashed_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token.hash");
        let text = new_token(&path).unwrap();
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept.starts_with("$argon2id$") && !kept.contains(&text));
        let token = Token::new(TokenHash::read(&path).unwrap()).unwrap();
        assert_eq!(token.recall(&text), Verdict::Unknown);
        assert!(!token.verify("almanac_0000000000").await);
        assert_eq!(token.recall(&text), Verdict::Unknown);
        assert!(token.verify(&text).await);
        assert_eq!(token.recall(&text), Verdict::Right);
        assert_eq!(token.recall("almanac_0000000000"), Verdict::Wrong);
        assert_eq!(token.recall(&"x".repeat(5000)), Verdict::Wrong);
        let begin = Instant::now();
        for _ in 0..1000 {
            assert!(token.verify(&text).await);
        }
        assert!(begin.elapsed().as_millis() < 1000, "it is hashed again: {:?}", begin.elapsed());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_hash() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token.hash");
        new_token(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        for text in ["", "secret", "$2b$12$abc", "$argon2id$"] {
            fs::write(&path, text).unwrap();
            let error = TokenHash::read(&path).unwrap_err().to_string();
            assert!(error.contains("--hash-token"), "{text}: {error}");
        }
        assert!(
            TokenHash::of("short").is_err() && TokenHash::of("with spaces in between").is_err()
        );
    }
}
