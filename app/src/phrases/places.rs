//! The names of the screens.

use crate::route::Route;

/// As the bar and the tab's title name it.
pub(crate) fn screen_name(route: &Route) -> String {
    match route {
        Route::Now => "Now".to_owned(),
        Route::Account(account) => account.handle().to_owned(),
        Route::Plan => "Plan".to_owned(),
        Route::Results => "Results".to_owned(),
        Route::Log => "Log".to_owned(),
        Route::Settings => "Settings".to_owned(),
        Route::Data => "Data".to_owned(),
    }
}

/// What the tab says: `2 live · Almanac`, `Plan · Almanac`. How many are live stays in sight.
pub(crate) fn document_title(route: Option<&Route>, live: usize) -> String {
    let mut parts = Vec::new();
    match route {
        Some(Route::Now) => {}
        Some(other) => parts.push(screen_name(other)),
        None => parts.push(no_such_page().0),
    }
    if live > 0 {
        parts.push(format!("{live} live"));
    }
    parts.push("Almanac".to_owned());
    parts.join(" · ")
}

/// What is said where an address leads nowhere: heading, advice, and the way back.
pub(crate) fn no_such_page() -> (String, String, String) {
    (
        "There is no such page".to_owned(),
        "The address may be mistyped, or of another version of Almanac.".to_owned(),
        "To all accounts".to_owned(),
    )
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
