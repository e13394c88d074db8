//! Which adapter serves which platform, and what each is made with.

use std::time::Duration;

use almanac_wire::Platform;
use reqwest::Url;
use thiserror::Error;

use super::credentials::{Application, Credentials, CredentialsError, Needs};
use super::http::HttpError;
use super::secret::Secret;
use super::{
    Bilibili, Chzzk, Custom, CustomPlan, Demo, Euler, Kick, Soop, Tiktok, Twitch, Upstream, Youtube,
};
use crate::clock::Clock;

/// One line for each platform.
pub(crate) const fn adapter(platform: Platform) -> Adapter {
    match platform {
        Platform::Demo => Adapter::of::<Demo>(),
        Platform::Tiktok => Adapter::of::<Tiktok>(),
        Platform::Bilibili => Adapter::of::<Bilibili>(),
        Platform::Chzzk => Adapter::of::<Chzzk>(),
        Platform::Soop => Adapter::of::<Soop>(),
        Platform::Twitch => Adapter::of::<Twitch>(),
        Platform::Kick => Adapter::of::<Kick>(),
        Platform::Youtube => Adapter::of::<Youtube>(),
        Platform::Euler => Adapter::of::<Euler>(),
        Platform::Custom(_) => Adapter::of::<Custom>(),
    }
}

/// What an adapter says of itself, in its own file.
pub(super) trait Connect: Upstream + Sized + 'static {
    /// The quotas that it asks within unless told otherwise.
    const QUOTAS: &str = "10/min,60/h,120/day";
    /// What it has to know its asker by.
    const NEEDS: Needs = Needs::Nothing;

    /// Makes it. Sends nothing.
    ///
    /// # Errors
    /// When something is missing that it cannot do without.
    fn connect(place: &Place<'_>) -> Result<Self, ConnectError>;
}

/// An adapter that is not made yet.
pub(crate) struct Adapter {
    /// The quotas that it asks within unless told otherwise.
    pub(crate) quotas: &'static str,
    /// What it has to know its asker by.
    pub(crate) needs: Needs,
    /// Makes it.
    pub(crate) connect: fn(&Place<'_>) -> Result<Box<dyn Upstream>, ConnectError>,
}

impl Adapter {
    const fn of<T: Connect>() -> Self {
        let connect =
            |place: &Place<'_>| T::connect(place).map(|it| Box::new(it) as Box<dyn Upstream>);
        Self { quotas: T::QUOTAS, needs: T::NEEDS, connect }
    }
}

/// What an adapter is made with.
pub(crate) struct Place<'a> {
    /// The platform it is for.
    pub(crate) platform: Platform,
    /// Where that is, if not at its usual place.
    pub(crate) url: Option<&'a Url>,
    /// What platforms know their asker by.
    pub(crate) credentials: &'a Credentials,
    /// What the settings file says of a platform of one's own.
    pub(crate) plan: Option<&'a CustomPlan>,
    /// How long to wait for a whole answer.
    pub(crate) timeout: Duration,
    /// The proxy's time.
    pub(crate) clock: Clock,
}

impl Place<'_> {
    /// Where the platform is, which usually is here.
    pub(super) fn base(&self, usual: &str) -> Result<Url, ConnectError> {
        match self.url {
            Some(url) => Ok(url.clone()),
            None => usual.parse().map_err(|_| ConnectError::Address(self.platform)),
        }
    }

    /// The application that the platform knows.
    pub(super) fn application(&self) -> Result<&Application, ConnectError> {
        Ok(self.credentials.application(self.platform)?)
    }

    /// The key that the platform knows.
    pub(super) fn key(&self) -> Result<&Secret, ConnectError> {
        Ok(self.credentials.key(self.platform)?)
    }
}

/// Why a platform cannot be served.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The client for it.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Its usual address.
    #[error("the address of {0} is none")]
    Address(Platform),
    /// It does not know its asker.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// One of the settings file, without a section.
    #[error("{0} is not defined")]
    Undefined(Platform),
}
