//! Platforms that are defined in the settings file alone.

mod reply;
mod rules;
mod settings;
mod template;

use std::time::Duration;

use almanac_wire::{AccountId, CustomName, Outcome, Platform, Reveals, UnknownReason};
use reqwest::header::HeaderMap;

use crate::clock::Clock;
use crate::upstream::adapters::{Connect, ConnectError, Place};
use crate::upstream::http::{Http, HttpError, fetch};
use crate::upstream::{Asking, Purse, Upstream, one_by_one};
pub(super) use reply::read_reply;
pub use rules::CustomError;
pub(super) use rules::Rules;
pub use settings::{CustomSettings, HeaderSetting, Meaning, OneOrMany, Scalar, SecretSetting};
pub(super) use template::Template;
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
            Ok(answer) => read_reply(&self.rules, &answer.reply(), self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

impl Connect for Custom {
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError> {
        let undefined = || ConnectError::Undefined(place.platform);
        let Platform::Custom(name) = place.platform else { return Err(undefined()) };
        let plan = place.plan.ok_or_else(undefined)?;
        Ok(Self::new(name, plan, place.timeout, place.clock.clone())?)
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

    fn ask<'a>(&'a self, accounts: &'a [AccountId], _purse: &'a dyn Purse) -> Asking<'a> {
        one_by_one(accounts, |account| self.fetch(account))
    }
}
