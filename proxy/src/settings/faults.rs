//! All that is wrong with settings at once: whoever writes them mends them in one go.

use std::fmt;

use super::SettingsError;

/// One or more settings that cannot be used.
#[derive(Debug)]
pub struct SettingsFaults(Vec<SettingsError>);

impl fmt::Display for SettingsFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => one.fmt(f),
            all => {
                write!(f, "{} settings cannot be used", all.len())?;
                all.iter().try_for_each(|one| write!(f, "\n- {one}"))
            }
        }
    }
}

impl std::error::Error for SettingsFaults {}

/// What was found so far.
#[derive(Default)]
pub(super) struct Faults(Vec<SettingsError>);

impl Faults {
    pub(super) fn add(&mut self, fault: SettingsError) {
        self.0.push(fault);
    }

    /// What can be used.
    pub(super) fn keep<T, E: Into<SettingsError>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|fault| self.add(fault.into())).ok()
    }

    pub(super) fn as_slice(&self) -> &[SettingsError] {
        &self.0
    }
}

impl From<Faults> for SettingsFaults {
    fn from(faults: Faults) -> Self {
        Self(faults.0)
    }
}
