//! Random secrets, and comparing them without telling by the time it takes how much was right.

use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// Random bytes, as many as are asked for.
pub(super) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A secret of 160 bits, in letters and digits, after a word that says what it is for.
pub(super) fn secret(word: &str) -> Result<String, NoRandomness> {
    let mut text = format!("{word}_");
    for byte in random::<20>()? {
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}

/// Digests with a key of this process: they can be compared, and are of no use to anybody else.
pub(super) struct Digests(hmac::Key);

/// The digest of one secret.
pub(super) struct Digest(hmac::Tag);

impl Digests {
    pub(super) fn new() -> Result<Self, NoRandomness> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &random::<32>()?)))
    }

    pub(super) fn of(&self, secret: &str) -> Digest {
        Digest(hmac::sign(&self.0, secret.as_bytes()))
    }

    /// Whether this is the secret of that digest; takes the same time whatever it is.
    pub(super) fn is(&self, presented: &str, digest: &Digest) -> bool {
        hmac::verify(&self.0, presented.as_bytes(), digest.0.as_ref()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, other) = (secret("alm").unwrap(), secret("alm").unwrap());
        assert_eq!(one.len(), 44);
        assert_ne!(one, other);
        assert!(one.strip_prefix("alm_").unwrap().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_digest_knows_its_secret() {
        let digests = Digests::new().unwrap();
        let digest = digests.of("open sesame");
        assert!(digests.is("open sesame", &digest));
        assert!(!digests.is("open sesam", &digest) && !digests.is("", &digest));
        assert!(!Digests::new().unwrap().is("open sesame", &digest));
    }
}
