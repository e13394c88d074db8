//! Where in the app a person is, as the address says it: `#/account/tiktok:mira`.

use almanac_wire::AccountId;

/// A screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Who is live.
    #[default]
    Now,
    /// One account.
    Account(AccountId),
    /// The coming checks.
    Plan,
    /// How policies do.
    Results,
    /// What was decided, and what went wrong.
    Log,
    /// What can be set.
    Settings,
    /// Export, restore, import.
    Data,
}

impl Route {
    /// Reads the part of an address from `#` on; `None` where it names no screen.
    #[must_use]
    pub fn parse(fragment: &str) -> Option<Self> {
        let path = fragment.strip_prefix('#').unwrap_or(fragment);
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        match path.split_once('/') {
            // Some programs write a colon in an address in their own way.
            Some(("account", id)) => {
                id.replace("%3A", ":").replace("%3a", ":").parse().ok().map(Self::Account)
            }
            Some(_) => None,
            None => match path {
                "" | "now" => Some(Self::Now),
                "plan" => Some(Self::Plan),
                "results" => Some(Self::Results),
                "log" => Some(Self::Log),
                "settings" => Some(Self::Settings),
                "data" => Some(Self::Data),
                _ => None,
            },
        }
    }

    /// The address, from `#` on.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Now => "#/".to_owned(),
            Self::Account(account) => format!("#/account/{account}"),
            Self::Plan => "#/plan".to_owned(),
            Self::Results => "#/results".to_owned(),
            Self::Log => "#/log".to_owned(),
            Self::Settings => "#/settings".to_owned(),
            Self::Data => "#/data".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_found_by_its_own_address() {
        let account = |id: &str| Route::Account(id.parse().unwrap());
        let accounts =
            ["tiktok:mira.codes", "custom-home:a_b-c", "bilibili:672328094"].map(account);
        let fixed =
            [Route::Now, Route::Plan, Route::Results, Route::Log, Route::Settings, Route::Data];
        for route in fixed.into_iter().chain(accounts) {
            assert_eq!(Route::parse(&route.href()), Some(route));
        }
    }

    #[test]
    fn what_people_and_programs_make_of_addresses() {
        for (fragment, route) in [
            ("", Some(Route::Now)),
            ("#", Some(Route::Now)),
            ("#/", Some(Route::Now)),
            ("#/now", Some(Route::Now)),
            ("#/plan/", Some(Route::Plan)),
            ("#plan", Some(Route::Plan)),
            ("#/Plan", None),
            ("#/account/", None),
            ("#/account/nobody", None),
            ("#/account/myspace:tom", None),
            ("#/plan/today", None),
            ("#//plan", None),
        ] {
            assert_eq!(Route::parse(fragment), route, "{fragment}");
        }
        let mira = Some(Route::Account("tiktok:mira".parse().unwrap()));
        assert_eq!(Route::parse("#/account/tiktok%3Amira"), mira);
        assert_eq!(Route::parse("#/account/TikTok:@Mira/"), mira);
    }
}
