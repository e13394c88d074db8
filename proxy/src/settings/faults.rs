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
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<SettingsError>);

impl Faults {
    pub(super) fn of(fault: impl Into<SettingsError>) -> Self {
        Self(vec![fault.into()])
    }

    pub(super) fn add(&mut self, fault: SettingsError) {
        self.0.push(fault);
    }

    /// What can be used.
    pub(super) fn keep<T, E: Into<SettingsError>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|fault| self.add(fault.into())).ok()
    }

    /// What is wrong beside it, as far as it cannot come of the keys that were left out.
    pub(super) fn add_unrelated(&mut self, others: SettingsFaults, left_out: &[String]) {
        let related = |fault: &SettingsError| {
            let told = fault.to_string();
            let mut words = told.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            words.any(|word| {
                word.strip_prefix("--").is_some_and(|key| left_out.iter().any(|one| one == key))
            })
        };
        self.0.extend(others.0.into_iter().filter(|fault| !related(fault)));
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
