//! The names of the screens.

use crate::route::Route;
use crate::words::{now, number, places as say};

/// As the bar and the tab's title name it.
pub(crate) fn screen_name(route: &Route) -> String {
    match route {
        Route::Now => say::now().to_owned(),
        Route::Account(account) => account.handle().to_owned(),
        Route::Plan => say::plan().to_owned(),
        Route::Results => say::results().to_owned(),
        Route::Log => say::log().to_owned(),
        Route::Settings => say::settings().to_owned(),
        Route::Data => say::data().to_owned(),
    }
}

/// What the tab says: `2 live · Almanac`, `Plan · Almanac`. How many are live stays in sight.
pub(crate) fn document_title(route: Option<&Route>, live: usize) -> String {
    let mut parts = Vec::new();
    match route {
        Some(Route::Now) => {}
        Some(other) => parts.push(screen_name(other)),
        None => parts.push(say::no_such_page().to_owned()),
    }
    if live > 0 {
        parts.push(now::live(&number(live)));
    }
    parts.push("Almanac".to_owned());
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tab_says_where_and_how_many_are_live() {
        let mira = Route::Account("tiktok:mira".parse().unwrap());
        let told = |route, live| document_title(route, live);
        assert_eq!(told(Some(&Route::Now), 0), "Almanac");
        assert_eq!(told(Some(&Route::Now), 2), "2 live · Almanac");
        assert_eq!(told(Some(&mira), 0), "mira · Almanac");
        assert_eq!(told(Some(&Route::Plan), 2), "Plan · 2 live · Almanac");
        assert_eq!(told(None, 0), "There is no such page · Almanac");
    }
}
