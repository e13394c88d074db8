//! Platforms that are defined in the settings file alone.

mod reply;
mod rules;
mod settings;
mod template;

pub use rules::CustomError;
pub use settings::{CustomSettings, HeaderSetting, Meaning, OneOrMany, Scalar, SecretSetting};
pub use template::TemplateError;
