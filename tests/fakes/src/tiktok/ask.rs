//! Questions.

use std::collections::HashMap;

use axum::extract::Query;
use axum::http::{Method, Uri};

/// A request, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// `/api-live/user/room/`: is this account live? The main route.
    UserRoom(String),
    /// `/webcast/room/check_alive/`: which of these rooms are still on?
    Alive(Vec<String>),
    /// `/webcast/room/info/`: what of this room?
    Room(String),
    /// `/webcast/room/info_by_user/`: what of this account's room?
    RoomOfUser(String),
    /// `/@name/live`: the page people see.
    LivePage(String),
    /// Parameters are missing on the main route, which says so in an envelope of its own.
    UserRoomMalformed,
    /// Parameters are missing on a webcast route, `aid` for one.
    WebcastMalformed,
    /// No route of TikTok's that we know.
    Elsewhere,
}

/// Parameters by name.
type Parameters = HashMap<String, String>;

impl Ask {
    /// Reads a request; `form` is the body, which the batch check may put its rooms in.
    pub(crate) fn read(method: &Method, uri: &Uri, form: &str) -> Self {
        let query =
            Query::<Parameters>::try_from_uri(uri).map(|Query(query)| query).unwrap_or_default();
        match (method.as_str(), uri.path()) {
            ("GET", "/api-live/user/room/") => {
                let complete =
                    ["aid", "sourceType"].iter().all(|name| given(&query, name).is_some());
                match given(&query, "uniqueId").filter(|_| complete) {
                    Some(account) => Self::UserRoom(account),
                    None => Self::UserRoomMalformed,
                }
            }
            ("GET", "/webcast/room/check_alive/") => Self::alive(&query),
            ("POST", "/webcast/room/check_alive/") => {
                let mut all = query;
                all.extend(parameters(form));
                Self::alive(&all)
            }
            ("GET", "/webcast/room/info/") => Self::webcast(&query, "room_id", Self::Room),
            ("GET", "/webcast/room/info_by_user/") => {
                Self::webcast(&query, "unique_id", Self::RoomOfUser)
            }
            ("GET", path) => {
                match path.strip_prefix("/@").and_then(|rest| rest.strip_suffix("/live")) {
                    Some(account) if !account.contains('/') => Self::LivePage(account.to_owned()),
                    _ => Self::Elsewhere,
                }
            }
            _ => Self::Elsewhere,
        }
    }

    /// The account asked about, where it is one.
    pub(crate) fn account(&self) -> Option<&str> {
        match self {
            Self::UserRoom(account) | Self::RoomOfUser(account) | Self::LivePage(account) => {
                Some(account)
            }
            _ => None,
        }
    }

    /// Clients in use leave out `aid` here, so it is not asked for.
    fn alive(parameters: &Parameters) -> Self {
        match given(parameters, "room_ids") {
            Some(ids) => Self::Alive(ids.split(',').map(str::trim).map(str::to_owned).collect()),
            None => Self::WebcastMalformed,
        }
    }

    fn webcast(query: &Parameters, name: &str, ask: fn(String) -> Self) -> Self {
        match given(query, name).filter(|_| given(query, "aid").is_some()) {
            Some(value) => ask(value),
            None => Self::WebcastMalformed,
        }
    }
}

fn given(parameters: &Parameters, name: &str) -> Option<String> {
    parameters.get(name).filter(|value| !value.is_empty()).cloned()
}

/// A form is written as a query is.
fn parameters(form: &str) -> Parameters {
    let uri =
        Uri::builder().path_and_query(format!("/?{}", form.trim())).build().unwrap_or_default();
    Query::try_from_uri(&uri).map(|Query(parameters)| parameters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(uri: &str) -> Ask {
        Ask::read(&Method::GET, &uri.parse().unwrap(), "")
    }

    #[test]
    fn questions_are_understood() {
        let mira = "mira.codes".to_owned();
        assert_eq!(
            get("/api-live/user/room/?aid=1988&sourceType=54&uniqueId=mira.codes"),
            Ask::UserRoom(mira.clone())
        );
        assert_eq!(
            get("/webcast/room/check_alive/?room_ids=1,2%2C3"),
            Ask::Alive(["1", "2", "3"].map(str::to_owned).to_vec())
        );
        assert_eq!(get("/webcast/room/info/?aid=1988&room_id=7"), Ask::Room("7".to_owned()));
        assert_eq!(
            get("/webcast/room/info_by_user/?aid=1&unique_id=mira.codes"),
            Ask::RoomOfUser(mira.clone())
        );
        assert_eq!(get("/@mira.codes/live?lang=en"), Ask::LivePage(mira));
    }

    #[test]
    fn the_batch_check_reads_forms_too() {
        let uri = "/webcast/room/check_alive/?aid=1988".parse().unwrap();
        let two = Ask::Alive(vec!["1".to_owned(), "2".to_owned()]);
        assert_eq!(Ask::read(&Method::POST, &uri, "room_ids=1%2C2&x=y\n"), two);
        assert_eq!(Ask::read(&Method::POST, &uri, "no form"), Ask::WebcastMalformed);
    }

    #[test]
    fn what_lacks_a_parameter_is_malformed() {
        assert_eq!(get("/api-live/user/room/?uniqueId=a&aid=1988"), Ask::UserRoomMalformed);
        assert_eq!(
            get("/api-live/user/room/?uniqueId=&aid=1988&sourceType=54"),
            Ask::UserRoomMalformed
        );
        assert_eq!(get("/webcast/room/check_alive/"), Ask::WebcastMalformed);
        assert_eq!(get("/webcast/room/info/?room_id=7"), Ask::WebcastMalformed);
        for elsewhere in ["/", "/@a", "/@a/b/live", "/api-live/user/rooms/"] {
            assert_eq!(get(elsewhere), Ask::Elsewhere, "{elsewhere}");
        }
    }
}
