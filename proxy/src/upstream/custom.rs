//! Platforms that are defined in the settings file alone.

mod reply;
mod rules;
mod settings;
mod template;

pub use rules::CustomError;
pub use settings::{CustomSettings, HeaderSetting, Meaning, OneOrMany, Scalar, SecretSetting};
pub use template::TemplateError;

/// Reads an answer by the rules of a section, for the fuzzer.
#[cfg(any(test, fuzzing))]
pub(super) fn read_by(
    section: &str,
    reply: &super::reading::Reply<'_>,
    now: almanac_wire::Timestamp,
) -> almanac_wire::Outcome {
    let settings: CustomSettings = toml::from_str(section).expect("the fuzzer's own section");
    reply::read_reply(&rules::Rules::new(&settings).expect("the fuzzer's own rules"), reply, now)
}

/// Fills a template, for the fuzzer: the account stays in its place.
#[cfg(any(test, fuzzing))]
pub(super) fn fill(template: &str, account: &str) {
    if let Ok(template) = template::Template::new(template)
        && let Some(url) = template.url(account)
    {
        assert_eq!(url.origin().ascii_serialization(), template.origin());
        assert!(url.username().is_empty() && url.password().is_none());
        assert!(url.fragment().is_none());
    }
}

/// Checks a section, for the fuzzer.
#[cfg(any(test, fuzzing))]
pub(super) fn check(section: &str) {
    if let Ok(settings) = toml::from_str::<CustomSettings>(section) {
        drop(rules::Rules::new(&settings));
        drop(rules::templates(&settings));
        drop(rules::headers(&settings, |name| Some(name.to_owned())));
    }
}
