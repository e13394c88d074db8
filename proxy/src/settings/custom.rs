//! The platforms of one's own, out of the settings file and out of a file of theirs.

use std::collections::BTreeMap;
use std::path::Path;

use almanac_wire::CustomName;
use serde::Deserialize;

use super::{Args, SettingsError};
use crate::upstream::{CustomPlan, CustomSettings};

/// A file with custom platforms and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomFile {
    #[serde(default)]
    custom: BTreeMap<String, CustomSettings>,
}

/// The settings file, as far as custom platforms go.
#[derive(Deserialize)]
struct WholeFile {
    custom: BTreeMap<String, CustomSettings>,
}

/// Those of the settings file and those of a file of their own.
pub(super) fn platforms(args: &Args) -> Result<BTreeMap<CustomName, CustomPlan>, SettingsError> {
    let mut all = BTreeMap::new();
    if let Some(path) = args.config.as_deref().filter(|_| args.custom_here) {
        let among_all = |text: &str| toml::from_str::<WholeFile>(text).map(|file| file.custom);
        all = sections(path, "--config, ALMANAC_CONFIG", among_all)?;
    }
    if let Some(path) = &args.custom {
        let alone = |text: &str| toml::from_str::<CustomFile>(text).map(|file| file.custom);
        for (name, plan) in sections(path, "--custom, ALMANAC_CUSTOM", alone)? {
            if all.insert(name, plan).is_some() {
                return Err(SettingsError::CustomTwice(name));
            }
        }
    }
    Ok(all)
}

fn sections(
    path: &Path,
    setting: &'static str,
    read: impl FnOnce(&str) -> Result<BTreeMap<String, CustomSettings>, toml::de::Error>,
) -> Result<BTreeMap<CustomName, CustomPlan>, SettingsError> {
    let unusable =
        |reason: String| SettingsError::CustomFile { path: path.to_owned(), setting, reason };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let read = read(&text).map_err(|error| unusable(error.to_string()))?;
    read.iter()
        .map(|(word, settings)| {
            let name =
                CustomName::new(word).ok_or_else(|| SettingsError::CustomName(word.clone()))?;
            CustomPlan::new(settings, |variable| std::env::var(variable).ok())
                .map(|plan| (name, plan))
                .map_err(|reason| SettingsError::Custom { name, reason })
        })
        .collect()
}
