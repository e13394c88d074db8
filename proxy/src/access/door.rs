//! Which secret opens which route.

/// What a route asks for, on a proxy that has an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Nothing: the app's own files and the sign of life hold no secrets.
    Open,
    /// The token, or the reader key: reading what costs nothing.
    Reading,
    /// The token.
    Token,
}

impl Door {
    /// What lies behind a path. Everything under `/api` asks for the token unless it is named here.
    pub(super) fn of(path: &str) -> Self {
        let reading = matches!(
            path,
            "/calendar.ics"
                | "/metrics"
                | "/api/predictions"
                | "/api/schedule-patterns"
                | "/api/v1/openapi.json"
        );
        if reading || path.starts_with("/badge/") {
            Self::Reading
        } else if is_api(path) {
            Self::Token
        } else {
            Self::Open
        }
    }
}

/// Whether the reader key opens a path.
pub(crate) fn opens_with_key(path: &str) -> bool {
    Door::of(path) == Door::Reading
}

/// Whether a path is the API's.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_route_is_locked() {
        for (path, door) in [
            ("/", Door::Open),
            ("/almanac-0123456789abcdef.js", Door::Open),
            ("/healthz", Door::Open),
            ("/calendar.ics", Door::Reading),
            ("/badge/demo/mira.codes.svg", Door::Reading),
            ("/metrics", Door::Reading),
            ("/api/predictions", Door::Reading),
            ("/api/predictions/", Door::Token),
            ("/api/v1/status", Door::Token),
            ("/api/v1/snapshot", Door::Token),
            ("/api/v1/reader-key", Door::Token),
            ("/api/v2/whatever", Door::Token),
            ("/api", Door::Token),
        ] {
            assert_eq!(Door::of(path), door, "{path}");
        }
    }
}
