//! The platforms of one's own, out of the settings file and out of a file of theirs.

use std::collections::BTreeMap;
use std::path::Path;

use almanac_wire::CustomName;
use serde::Deserialize;

use super::faults::Faults;
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

/// Those of the settings file and those of a file of their own; `None` where one cannot be read.
pub(super) fn platforms(
    args: &Args,
    faults: &mut Faults,
) -> Option<BTreeMap<CustomName, CustomPlan>> {
    let before = faults.as_slice().len();
    let mut all = BTreeMap::new();
    if let Some(path) = args.config.as_deref().filter(|_| args.custom_here) {
        let among_all = |text: &str| toml::from_str::<WholeFile>(text).map(|file| file.custom);
        all.extend(sections(path, "--config, ALMANAC_CONFIG", among_all, faults));
    }
    if let Some(path) = &args.custom {
        let alone = |text: &str| toml::from_str::<CustomFile>(text).map(|file| file.custom);
        for (name, plan) in sections(path, "--custom, ALMANAC_CUSTOM", alone, faults) {
            if all.insert(name, plan).is_some() {
                faults.add(SettingsError::CustomTwice(name));
            }
        }
    }
    (faults.as_slice().len() == before).then_some(all)
}

fn sections(
    path: &Path,
    setting: &'static str,
    read: impl FnOnce(&str) -> Result<BTreeMap<String, CustomSettings>, toml::de::Error>,
    faults: &mut Faults,
) -> Vec<(CustomName, CustomPlan)> {
    let unusable =
        |reason: String| SettingsError::CustomFile { path: path.to_owned(), setting, reason };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()));
    let read = text.and_then(|text| read(&text).map_err(|error| unusable(error.to_string())));
    let plan = |(word, settings): (String, CustomSettings)| {
        let name = CustomName::new(&word).ok_or(SettingsError::CustomName(word))?;
        CustomPlan::new(&settings, |variable| std::env::var(variable).ok())
            .map(|plan| (name, plan))
            .map_err(|reason| SettingsError::Custom { name, reason })
    };
    let sections = faults.keep(read).unwrap_or_default().into_iter();
    sections.filter_map(|section| faults.keep(plan(section))).collect()
}
