//! Secrets: what is sent to a platform and shown to nobody.

use std::fmt;

use reqwest::header::HeaderValue;

/// A secret that fits into a header field. It has no way into a log: `Debug` hides it, and nothing
/// else shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(HeaderValue);

impl Secret {
    /// A secret, without the blanks and line breaks that files have around one; `None` for what
    /// cannot be one: nothing, or characters that no key has.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let legal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        Self::value(text).filter(|_| legal)
    }

    /// The same after a word, such as `Bearer`.
    pub(crate) fn after(&self, word: &str) -> Option<Self> {
        Self::value(&format!("{word} {}", self.text()))
    }

    fn value(text: &str) -> Option<Self> {
        let mut value = HeaderValue::from_str(text).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }

    /// As a header field's value, which the HTTP client shows to nobody either.
    pub(crate) const fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// As text, for a form.
    pub(crate) fn text(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sent_and_never_shown() {
        let secret = Secret::new(" hush-hush\n").unwrap();
        assert_eq!((secret.text(), secret.header().to_str().unwrap()), ("hush-hush", "hush-hush"));
        let bearer = secret.after("Bearer").unwrap();
        assert_eq!(bearer.text(), "Bearer hush-hush");
        for shown in
            [format!("{secret:?}"), format!("{bearer:#?}"), format!("{:?}", bearer.header())]
        {
            assert!(!shown.contains("hush"), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_one_is_none() {
        for text in ["", " \n", "two words", "ключ", "a\r\nb"] {
            assert_eq!(Secret::new(text), None, "{text:?}");
        }
    }
}
