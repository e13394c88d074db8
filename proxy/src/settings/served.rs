//! What is served: within which quotas, and on which clock.

use std::collections::BTreeMap;

use almanac_wire::{Platform, Quotas};

use super::faults::Faults;
use super::{SettingsError, TimeSource};
use crate::clock::{Anchors, Rate};
use crate::upstream::adapter;
use crate::zones;

/// What `--help` says of the platforms.
pub(super) fn platforms_help() -> String {
    let words = Platform::ALL.map(|platform| platform.to_string()).join(", ");
    format!("Platform to serve: {words} or custom-NAME; may be repeated")
}

/// What `--help` says of their quotas.
pub(super) fn quotas_help() -> String {
    let usual = adapter(Platform::Demo).quotas;
    let others = Platform::ALL.into_iter().filter(|platform| adapter(*platform).quotas != usual);
    let own = others.map(|platform| format!("{platform}={}", adapter(platform).quotas));
    let own: Vec<String> = own.collect();
    format!(
        "Quotas of a platform, all of which hold at once; may be repeated (in the environment: separated by ;). \
         A day may begin at a zone's midnight: youtube=60/min,10000/day@America/Los_Angeles \
         [default: {};others {usual}]",
        own.join(";")
    )
}

/// The quotas of every platform that is served: those given, else its usual ones.
pub(super) fn quotas(
    served: &[Platform],
    given: Vec<(Platform, Quotas)>,
    faults: &mut Faults,
) -> BTreeMap<Platform, Quotas> {
    let mut all = BTreeMap::new();
    for (platform, of_platform) in given {
        let mut zones = of_platform.as_slice().iter().filter_map(|quota| quota.zone);
        if let Some(zone) = zones.find(|zone| !zones::exists(*zone)) {
            faults.add(SettingsError::NoZone { platform, zone });
        }
        if !served.contains(&platform) {
            faults.add(SettingsError::QuotaUnserved(platform));
        }
        if all.insert(platform, of_platform).is_some() {
            faults.add(SettingsError::QuotaTwice(platform));
        }
    }
    for platform in served {
        if !all.contains_key(platform)
            && let Some(usual) = faults.keep(adapter(*platform).quotas.parse())
        {
            all.insert(*platform, usual);
        }
    }
    all
}

/// Which time a proxy runs on that serves these.
pub(super) fn time(
    clock: Option<Anchors>,
    demo_speed: Rate,
    served: &[Platform],
) -> Result<TimeSource, SettingsError> {
    let (demo, real) =
        (served.contains(&Platform::Demo), served.iter().any(|p| *p != Platform::Demo));
    match clock {
        Some(anchors) => Ok(TimeSource::MadeUp(anchors)),
        None if !demo || demo_speed == Rate::WORLD => Ok(TimeSource::World),
        None if real => Err(SettingsError::DemoBesideReal(demo_speed)),
        None => Ok(TimeSource::Demo(demo_speed)),
    }
}
