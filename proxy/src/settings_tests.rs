//! Illegal settings, one a line, and what they answer.

use clap::error::ErrorKind;

use super::*;

fn settings(args: &[&str]) -> Result<Settings, String> {
    let args = std::iter::once("almanac-proxy")
        .chain(["--state-dir", "/tmp/x"])
        .chain(args.iter().copied());
    let args = Args::try_parse_from(args).map_err(|error| error.to_string())?;
    Settings::new(args).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_the_demo_on_loopback() {
    let settings = settings(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8377");
    assert_eq!(settings.upstreams[&Platform::Demo].to_string(), "10/min,60/h,120/day");
    assert_eq!(settings.time, TimeSource::Demo("5040".parse().unwrap()));
    assert_eq!(settings.cache, Span::from_s(15));
    assert_eq!(settings.upstream_timeout, Duration::from_secs(10));
}

#[test]
fn settings_that_fit() {
    let tiktok = settings(&[
        "--upstream",
        "tiktok",
        "--quota",
        "tiktok=2/min",
        "--tiktok-url",
        "http://127.0.0.1:9/x",
    ])
    .unwrap();
    assert_eq!(tiktok.time, TimeSource::World);
    assert_eq!(tiktok.upstreams[&Platform::Tiktok].to_string(), "2/min");
    let both = settings(&["--upstream", "demo,tiktok", "--demo-speed", "1"]).unwrap();
    assert_eq!((both.time, both.upstreams.len()), (TimeSource::World, 2));
    let made_up = settings(&["--upstream", "tiktok", "--clock", "1,2,20000"]).unwrap();
    assert!(matches!(made_up.time, TimeSource::MadeUp(_)));
    assert!(
        settings(&["--listen", "[::1]:0", "--cache", "0s", "--upstream-timeout", "500ms"]).is_ok()
    );
}

#[test]
fn what_is_wrong_names_the_flag_the_variable_and_what_was_expected() {
    let cases: &[(&[&str], &str, &str, &str)] = &[
        (&["--listen", "8377"], "--listen", "ALMANAC_LISTEN", "127.0.0.1:8377"),
        (&["--listen", "0.0.0.0:8377"], "--listen", "ALMANAC_LISTEN", "loopback"),
        (&["--listen", "192.168.1.2:80"], "--listen", "ALMANAC_LISTEN", "--new-token"),
        (
            &["--token-hash-file", "/nonexistent"],
            "--token-hash-file",
            "ALMANAC_TOKEN_HASH_FILE",
            "/nonexistent",
        ),
        (&["--host", "https://x.example"], "--host", "ALMANAC_HOST", "almanac.example.org"),
        (&["--host", "*.x.example"], "--host", "ALMANAC_HOST", "one whole name"),
        (&["--host", "x.example:80"], "--host", "ALMANAC_HOST", "without scheme and port"),
        (
            &["--allow-origin", "*"],
            "--allow-origin",
            "ALMANAC_ALLOW_ORIGIN",
            "https://dash.example.org",
        ),
        (
            &["--allow-origin", "https://x.example/"],
            "--allow-origin",
            "ALMANAC_ALLOW_ORIGIN",
            "a scheme and a host",
        ),
        (&["--behind", "proxy"], "--behind", "ALMANAC_BEHIND", "127.0.0.1"),
        (&["--header-timeout", "0s"], "--header-timeout", "ALMANAC_HEADER_TIMEOUT", "20s"),
        (&["--request-timeout", "1"], "--request-timeout", "ALMANAC_REQUEST_TIMEOUT", "2min"),
        (&["--stop-timeout", "-"], "--stop-timeout", "ALMANAC_STOP_TIMEOUT", "15s"),
        (&["--app", "/nonexistent"], "--app", "ALMANAC_APP", "index.html"),
        (&["--upstream", "myspace"], "--upstream", "ALMANAC_UPSTREAM", "known are: demo, tiktok"),
        (
            &["--upstream", "demo", "--upstream", "tiktok"],
            "--demo-speed",
            "ALMANAC_DEMO_SPEED",
            "--demo-speed 1",
        ),
        (&["--quota", "10/min"], "--quota", "ALMANAC_QUOTA", "tiktok=10/min"),
        (&["--quota", "demo=0/min"], "--quota", "ALMANAC_QUOTA", "tiktok=10/min"),
        (
            &["--quota", "demo=1/min", "--quota", "demo=2/min"],
            "--quota",
            "ALMANAC_QUOTA",
            "expected one",
        ),
        (&["--quota", "tiktok=1/min"], "--quota", "ALMANAC_QUOTA", "--upstream tiktok"),
        (&["--tiktok-url", "tiktok.com"], "--tiktok-url", "ALMANAC_TIKTOK_URL", "https://"),
        (&["--tiktok-url", "ftp://tiktok.com"], "--tiktok-url", "ALMANAC_TIKTOK_URL", "https://"),
        (
            &["--tiktok-url", "https://me:secret@tiktok.com"],
            "--tiktok-url",
            "ALMANAC_TIKTOK_URL",
            "https://",
        ),
        (&["--upstream-timeout", "0s"], "--upstream-timeout", "ALMANAC_UPSTREAM_TIMEOUT", "10s"),
        (&["--upstream-timeout", "10"], "--upstream-timeout", "ALMANAC_UPSTREAM_TIMEOUT", "10s"),
        (&["--cache", "soon"], "--cache", "ALMANAC_CACHE", "15s"),
        (&["--cache", "25h"], "--cache", "ALMANAC_CACHE", "15s"),
        (&["--demo-speed", "0"], "--demo-speed", "ALMANAC_DEMO_SPEED", "0.001 to 1000000"),
        (&["--clock", "1,2"], "--clock", "ALMANAC_CLOCK", "REAL_MS,SIM_MS,RATE"),
    ];
    for (args, flag, variable, wanted) in cases {
        let error = settings(args).expect_err(&args.join(" "));
        for word in [flag, variable, wanted] {
            assert!(error.contains(word), "{args:?}: no {word} in: {error}");
        }
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let error = settings(&[
        "--app",
        "/nonexistent",
        "--upstream",
        "custom-home,twitch",
        "--quota",
        "tiktok=1/min",
        "--listen",
        "0.0.0.0:1",
    ])
    .unwrap_err();
    assert!(error.starts_with("5 settings cannot be used\n- "), "{error}");
    for word in
        ["--app", "custom-home", "ALMANAC_TWITCH_CLIENT_ID", "--upstream tiktok", "--new-token"]
    {
        assert!(error.contains(word), "no {word} in: {error}");
    }
}

#[test]
fn a_name_with_a_dot_at_its_end_is_the_same_name() {
    let settings = settings(&["--host", "Almanac.example.org."]).unwrap();
    assert_eq!(settings.network.hosts, ["almanac.example.org"]);
}

#[test]
fn the_command_line_is_sound() {
    <Args as clap::CommandFactory>::command().debug_assert();
    let help = Args::try_parse_from(["almanac-proxy", "--help"]).unwrap_err();
    assert_eq!(help.kind(), ErrorKind::DisplayHelp);
}
