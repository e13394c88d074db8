//! Which platform is meant where none is named, and which there are to choose from.

use almanac_wire::Platform;

/// The platforms that can be followed, those that the proxy serves first. Custom ones are known
/// only while they are served.
pub(crate) fn served_first(served: &[Platform]) -> Vec<Platform> {
    let others = Platform::ALL.into_iter().filter(|one| !served.contains(one));
    served.iter().copied().chain(others).collect()
}

/// The platform of a handle that names none: the first real one that is served.
pub(crate) fn usual(served: &[Platform]) -> Option<Platform> {
    served.iter().copied().find(|one| *one != Platform::Demo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_comes_first_and_nothing_twice() {
        let all = served_first(&[Platform::Twitch, Platform::Demo]);
        assert_eq!(all[..3], [Platform::Twitch, Platform::Demo, Platform::Tiktok]);
        assert_eq!(all.len(), Platform::ALL.len());
        assert_eq!(served_first(&[]), Platform::ALL);
    }

    #[test]
    fn the_demo_is_meant_by_nobody() {
        assert_eq!(usual(&[Platform::Demo, Platform::Kick]), Some(Platform::Kick));
        assert_eq!(usual(&[Platform::Demo]), None);
    }
}
