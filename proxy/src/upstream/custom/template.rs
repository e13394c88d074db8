//! A URL with a place for the account.
//!
//! Invariant: whatever the account, the scheme, the host, the port, the number of path segments
//! and the names of the query's parameters are those of the settings file. An account fills (part
//! of) one path segment or one query value, and nothing else.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use thiserror::Error;

const PLACE: &str = "{account}";
/// Stands for an account while a template is checked; no dot, so it is never a way up.
const STAND_IN: &str = "almanacaccountalmanac";
/// Everything but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A URL with a place for the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    shape: Shape,
}

/// What no account may change.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape {
    origin: String,
    segments: usize,
    parameters: Vec<String>,
}

/// Why a text is no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// Not a URL we can get.
    #[error(
        "expected http:// or https://, a host and a path, such as https://example.com/api/{{account}}"
    )]
    NoUrl,
    /// Nowhere to put the account.
    #[error("{{account}} is missing: without it, every account would be asked about alike")]
    NoAccount,
    /// The account would choose whom we talk to.
    #[error("{{account}} may stand in the path or in the value of a query parameter only")]
    Misplaced,
    /// A password in a URL ends up in logs.
    #[error(
        "a user name or password in the URL ends up in logs; put it into headers, from an environment variable"
    )]
    Password,
    /// Never sent to a server.
    #[error("a # and what follows is never sent; leave it out")]
    Fragment,
}

impl Template {
    pub(crate) fn new(text: &str) -> Result<Self, TemplateError> {
        let places = text.matches(PLACE).count();
        if places == 0 {
            return Err(TemplateError::NoAccount);
        }
        let url = fill(text, STAND_IN).ok_or(TemplateError::NoUrl)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(TemplateError::NoUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TemplateError::Password);
        }
        if url.fragment().is_some() {
            return Err(TemplateError::Fragment);
        }
        let in_path = url.path().matches(STAND_IN).count();
        let in_values: usize =
            url.query_pairs().map(|(_, value)| value.matches(STAND_IN).count()).sum();
        if in_path + in_values != places {
            return Err(TemplateError::Misplaced);
        }
        Ok(Self { text: text.to_owned(), shape: Shape::of(&url) })
    }

    /// The URL for an account; `None` if the account were to leave its place.
    pub(crate) fn url(&self, account: &str) -> Option<Url> {
        let encoded = utf8_percent_encode(account, RESERVED).to_string();
        fill(&self.text, &encoded).filter(|url| Shape::of(url) == self.shape)
    }

    /// The server that is asked.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn origin(&self) -> &str {
        &self.shape.origin
    }
}

fn fill(text: &str, account: &str) -> Option<Url> {
    Url::parse(&text.replace(PLACE, account)).ok()
}

impl Shape {
    fn of(url: &Url) -> Self {
        Self {
            origin: url.origin().ascii_serialization(),
            segments: url.path_segments().map_or(0, Iterator::count),
            parameters: url.query_pairs().map(|(name, _)| name.into_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(template: &str, account: &str) -> Option<String> {
        Template::new(template).unwrap().url(account).map(String::from)
    }

    #[test]
    fn the_account_fills_its_place() {
        assert_eq!(
            filled("https://example.com/api/{account}/live?x=1", "mira").as_deref(),
            Some("https://example.com/api/mira/live?x=1")
        );
        assert_eq!(
            filled("http://[::1]:8080/?u={account}&v={account}", "a b&c=d#e").as_deref(),
            Some("http://[::1]:8080/?u=a%20b%26c%3Dd%23e&v=a%20b%26c%3Dd%23e")
        );
        assert_eq!(
            filled("https://example.com/u-{account}.json", "a/../b").as_deref(),
            Some("https://example.com/u-a%2F..%2Fb.json")
        );
    }

    #[test]
    fn no_account_goes_up_the_path() {
        for account in ["..", ".", "", "%2e%2e"] {
            let up = filled("https://example.com/a/{account}/b", account);
            let stays = up.as_deref().is_none_or(|url| url.starts_with("https://example.com/a/"));
            assert!(stays, "{account}: {up:?}");
        }
        assert_eq!(filled("https://example.com/a/{account}/b", ".."), None);
        assert_eq!(filled("https://example.com/a/.{account}/b", "."), None);
    }

    #[test]
    fn what_is_no_template_says_why() {
        use TemplateError::{Fragment, Misplaced, NoAccount, NoUrl, Password};
        for (text, error) in [
            ("https://example.com/", NoAccount),
            ("", NoAccount),
            ("{account}", NoUrl),
            ("example.com/{account}", NoUrl),
            ("ftp://example.com/{account}", NoUrl),
            ("file:///{account}", NoUrl),
            ("https:///{account}:99999/", NoUrl),
            ("https://{account}.example.com/", Misplaced),
            ("https://{account}/", Misplaced),
            ("https://example.com.{account}/x/{account}", Misplaced),
            ("https://example.com/?{account}=1", Misplaced),
            ("https://{account}@example.com/x", Password),
            ("https://me:secret@example.com/{account}", Password),
            ("https://example.com/#{account}", Fragment),
            ("https://example.com/{account}#x", Fragment),
        ] {
            assert_eq!(Template::new(text), Err(error), "{text}");
        }
        assert!(Template::new("https://example.com:{account}/").is_err());
        assert!(NoAccount.to_string().starts_with("{account} is missing"));
    }

    proptest! {
        #[test]
        fn no_account_leaves_its_place(account in "\\PC{0,40}", dots in "[./%2eE@:?#&=\\\\]{0,12}") {
            for account in [&account, &dots] {
                for text in [
                    "https://example.com/a/{account}/b?c=d",
                    "https://example.com/a/x{account}?c={account}",
                    "https://example.com/?c={account}&d=e",
                ] {
                    let template = Template::new(text).unwrap();
                    if let Some(url) = template.url(account) {
                        prop_assert_eq!(url.host_str(), Some("example.com"));
                        prop_assert_eq!(url.port(), None);
                        prop_assert_eq!(url.username(), "");
                        prop_assert_eq!(url.fragment(), None);
                        prop_assert_eq!(Shape::of(&url), template.shape.clone());
                        if text.contains("/a/") {
                            prop_assert!(url.path().starts_with("/a/"));
                        }
                    }
                }
            }
        }
    }
}
