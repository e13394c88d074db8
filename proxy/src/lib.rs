//! The Almanac proxy: thin, boring, exact.
//!
//! It holds quotas, caches and the connections to the platforms, serves the app, and decides
//! nothing about when to check. The upstream never sees more than its quotas allow, whatever
//! happens to this process.

mod access;
mod api;
mod badge;
mod breaker;
mod budget;
mod calendar;
mod checks;
mod client;
mod clock;
mod demo_clock;
mod error;
mod files;
#[cfg(fuzzing)]
pub mod fuzzing;
#[cfg(all(test, not(fuzzing)))]
mod fuzzing;
mod history;
mod journal;
mod log;
mod metrics;
mod monotonic;
mod openapi;
mod pace;
mod private;
mod proxy;
mod replicas;
mod server;
mod settings;
mod shared;
mod shield;
mod snapshot;
mod state_dir;
mod state_settings;
mod upstream;
mod zones;

pub use access::{NoRandomness, ReaderKeyError, TokenHash, TokenHashError, new_token};
pub use budget::BudgetError;
pub use clock::{Anchors, AnchorsError, Clock, Rate, RateError, wall};
pub use log::{Log, LogError};
pub use proxy::{OpenError, Proxy, make_app};
pub use server::serve;
pub use settings::{
    Args, ArgsError, ErrandError, FileError, LogFormat, Network, Place, Said, Settings,
    SettingsError, SettingsFaults, TimeSource,
};
pub use shared::{RedisUrl, RedisUrlError};
pub use state_dir::StateDirError;
pub use state_settings::StateArgs;
pub use upstream::{
    Application, ConnectError, Credentials, CredentialsError, CustomError, CustomPlan,
    CustomSettings, HeaderSetting, HttpError, Meaning, OneOrMany, Scalar, Secret, SecretSetting,
    TemplateError,
};
