//! Whose clock an account goes by.

use crate::track::Track;
use crate::wishes::Wishes;
use crate::zone::Zone;

/// The zones that somebody here lives by, as the browser knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    /// The viewer's.
    pub viewer: Zone,
    /// The accounts' own, by their names in the time zone database; those that the browser does
    /// not know are left out.
    pub named: Vec<(String, Zone)>,
}

impl Default for Zones {
    fn default() -> Self {
        Self { viewer: Zone::UTC, named: Vec::new() }
    }
}

impl Zones {
    /// The clock by which a person says hours for an account: its own zone's or the viewer's.
    pub(crate) fn clock(&self, wishes: &Wishes) -> &Zone {
        self.own(wishes).unwrap_or(&self.viewer)
    }

    /// The clock by which an account's habits are learned: UTC, but where the account has a zone,
    /// moved with that zone's clocks since the account was added. So all accounts' habits can be
    /// pooled, to name a zone later on moves nothing that was learned under the same clocks, and
    /// no change of the clocks makes a forecast jump.
    pub(crate) fn habits(&self, track: &Track) -> Zone {
        self.own(&track.wishes).map_or(Zone::UTC, |zone| zone.moved_since(track.added_at))
    }

    fn own(&self, wishes: &Wishes) -> Option<&Zone> {
        let name = wishes.zone.as_ref()?;
        self.named.iter().find(|(named, _)| named == name).map(|(_, zone)| zone)
    }
}
