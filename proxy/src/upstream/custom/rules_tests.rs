//! Sections that work, and what is said of those that do not.

use super::*;

fn section(toml: &str) -> CustomSettings {
    toml::from_str(toml).unwrap()
}

fn with(line: &str) -> Result<Rules, CustomError> {
    let base = "url = \"https://example.com/{account}\"\nlive_at = \"/live\"\n";
    Rules::new(&section(&format!("{base}{line}")))
}

fn because(line: &str) -> String {
    with(line).unwrap_err().to_string()
}

#[test]
fn live_is_true_and_offline_false_by_default() {
    let both = |live: bool| {
        let scalar = |value| vec![Scalar::Bool(value)];
        Live::Is(scalar(live), scalar(!live))
    };
    assert_eq!(with("").unwrap().live, both(true));
    assert_eq!(with("live_is = false").unwrap().live, both(false));
    assert_eq!(with("live_if_present = true").unwrap().live, Live::Present);
    assert_eq!(
        with("live_is = [2, \"on\"]\noffline_is = 4").unwrap().live,
        Live::Is(vec![Scalar::Integer(2), Scalar::Text("on".to_owned())], vec![Scalar::Integer(4)])
    );
    assert_eq!(
        with("live_is = \"live\"\nmissing_is = \"offline\"").unwrap().live,
        Live::Is(vec![Scalar::Text("live".to_owned())], vec![])
    );
}

#[test]
fn sections_that_could_mean_two_things_are_refused() {
    for line in [
        "live_is = \"live\"",
        "live_is = 2",
        "live_is = [true, 1]",
        "live_is = []",
        "live_is = 1\noffline_is = []",
        "live_is = [1, 2]\noffline_is = [2, 3]",
        "live_if_present = true\nlive_is = 1",
        "live_if_present = true\nmissing_is = \"offline\"",
        "title_at = \"title\"",
        "ended_at = \"/a~2\"",
        "must_have = [\"/a\", \"b\"]",
        "start_zone = \"KST\"",
        "start_zone = \"+9:00\"",
        "start_zone = \"+15:00\"",
        "start_zone = \"+09:60\"",
    ] {
        assert!(with(line).is_err(), "{line}");
    }
    insta::assert_snapshot!(
        [
            because("live_is = \"live\""),
            because("live_is = []"),
            because("live_is = [1, 2]\noffline_is = [2, 3]"),
            because("live_if_present = true\nlive_is = 1"),
            because("title_at = \"title\""),
            because("start_zone = \"KST\""),
        ]
        .join("\n")
    );
}

#[test]
fn zones_are_ahead_of_utc_or_behind() {
    assert_eq!(zone("+09:00"), Ok(Span::HOUR * 9));
    assert_eq!(zone("-03:30"), Ok(Span::MINUTE * -210));
    assert_eq!(zone("Z"), Ok(Span::ZERO));
}

#[test]
fn keys_that_nobody_knows_are_refused() {
    let wrong = "url = \"https://example.com/{account}\"\nlive_at = \"\"\nlife_is = 1\n";
    assert!(toml::from_str::<CustomSettings>(wrong).is_err());
}

#[test]
fn secrets_come_from_the_environment_and_are_not_shown() {
    let settings = section(
        "url = \"https://example.com/{account}\"\nlive_at = \"/live\"\n[headers]\nAccept = \"text/plain\"\n\
         Authorization = { env = \"KEY\", prefix = \"Bearer \" }\n",
    );
    let found = headers(&settings, |name| (name == "KEY").then(|| "hush".to_owned())).unwrap();
    assert_eq!(found["accept"], "text/plain");
    assert_eq!(found["authorization"], "Bearer hush");
    assert!(!format!("{found:?}").contains("hush"));
    for empty in [None, Some(String::new())] {
        let error = headers(&settings, |_| empty.clone()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "headers: the environment variable KEY for Authorization is not set"
        );
    }
    let error = headers(&settings, |_| Some("hush\n".to_owned())).unwrap_err().to_string();
    assert!(!error.contains("hush") && error.contains("Authorization"), "{error}");
}

#[test]
fn headers_that_are_not_theirs_to_set_are_refused() {
    for name in ["Host", "content-length", "Transfer-Encoding", "a b", ""] {
        let toml = format!(
            "url = \"https://example.com/{{account}}\"\nlive_at = \"\"\n[headers]\n\"{name}\" = \"x\"\n"
        );
        let error = headers(&section(&toml), |_| None).unwrap_err();
        assert_eq!(error, CustomError::HeaderName(name.to_owned()));
    }
}
