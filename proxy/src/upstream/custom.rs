//! Platforms that are defined in the settings file alone.

mod reply;
mod rules;
mod settings;
mod template;

use std::time::Duration;

#[cfg(any(test, fuzzing))]
use almanac_wire::Timestamp;
use almanac_wire::{AccountId, CustomName, Outcome, Platform, Reveals, UnknownReason};
use reqwest::header::HeaderMap;

use crate::clock::Clock;
use crate::upstream::http::{Http, HttpError, fetch};
#[cfg(any(test, fuzzing))]
use crate::upstream::reading::Reply;
use crate::upstream::{Asking, Upstream, one_by_one};
pub use rules::CustomError;
use rules::Rules;
pub use settings::{CustomSettings, HeaderSetting, Meaning, OneOrMany, Scalar, SecretSetting};
use template::Template;
pub use template::TemplateError;

/// A section `[custom.NAME]`, checked. Its secrets are read, and never shown.
#[derive(Clone, Debug)]
pub struct CustomPlan {
    template: Template,
    headers: HeaderMap,
    rules: Rules,
}

impl CustomPlan {
    /// Checks a section; `environment` finds the secrets that it names.
    ///
    /// # Errors
    /// Names the key that cannot be used, and what could be.
    pub fn new(
        settings: &CustomSettings,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CustomError> {
        Ok(Self {
            template: rules::template(settings)?,
            headers: rules::headers(settings, environment)?,
            rules: Rules::new(settings)?,
        })
    }
}

/// Asks a server of the settings file's.
#[derive(Debug)]
pub(crate) struct Custom {
    name: CustomName,
    http: Http,
    template: Template,
    rules: Rules,
    clock: Clock,
}

impl Custom {
    pub(crate) fn new(
        name: CustomName,
        plan: &CustomPlan,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, HttpError> {
        let CustomPlan { template, headers, rules } = plan.clone();
        Ok(Self { name, http: Http::new(timeout, headers)?, template, rules, clock })
    }

    async fn fetch(&self, account: &AccountId) -> Outcome {
        let Some(url) = self.template.url(account.handle()) else {
            return Outcome::Unknown {
                reason: UnknownReason::BadAnswer,
                retry_at: None,
                detail: Some("this account cannot stand in the URL".to_owned()),
            };
        };
        match fetch(self.http.get(url)).await {
            Ok(answer) => reply::read_reply(&self.rules, &answer.reply(), self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

impl Upstream for Custom {
    fn platform(&self) -> Platform {
        Platform::Custom(self.name)
    }

    fn batch(&self) -> u32 {
        1
    }

    fn reveals(&self) -> Reveals {
        if self.rules.tells_last() {
            Reveals::Last
        } else if self.rules.tells_start() {
            Reveals::Start
        } else {
            Reveals::Nothing
        }
    }

    fn ask<'a>(&'a self, accounts: &'a [AccountId]) -> Asking<'a> {
        one_by_one(accounts, |account| self.fetch(account))
    }
}

/// Reads an answer by the rules of a section, for the fuzzer.
#[cfg(any(test, fuzzing))]
pub(super) fn read_by(section: &str, reply: &Reply<'_>, now: Timestamp) -> Outcome {
    let settings: CustomSettings = toml::from_str(section).expect("the fuzzer's own section");
    reply::read_reply(&Rules::new(&settings).expect("the fuzzer's own rules"), reply, now)
}

/// Fills a template, for the fuzzer: the account stays in its place.
#[cfg(any(test, fuzzing))]
pub(super) fn fill(template: &str, account: &str) {
    if let Ok(template) = Template::new(template)
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
        drop(Rules::new(&settings));
        drop(rules::template(&settings));
        drop(rules::headers(&settings, |name| Some(name.to_owned())));
    }
}
