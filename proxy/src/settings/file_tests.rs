use std::collections::BTreeSet;

use super::super::Settings;
use super::*;

/// What the words and a file with this in it come to.
fn read_with(text: &str, words: &[&str]) -> Result<Settings, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("almanac.toml");
    fs::write(&path, text).unwrap();
    let config = ["almanac-proxy", "--state-dir", "/tmp/x", "--config", path.to_str().unwrap()];
    let words = config.iter().chain(words).map(OsString::from);
    let args = Args::read(words).map_err(|error| error.to_string())?;
    Settings::new(args).map_err(|error| error.to_string())
}

#[test]
fn the_file_says_what_flags_say() {
    let settings = read_with(
        "listen = '127.0.0.1:9000'\nupstream = ['demo', 'tiktok']\ndemo-speed = 1\nhost = 'a.example'\n\
         cache = '30s'\n[quota]\ntiktok = '5/min,50/day'\n",
        &[],
    )
    .unwrap();
    assert_eq!(settings.listen.port(), 9000);
    assert_eq!(settings.upstreams.len(), 2);
    assert_eq!(settings.upstreams[&almanac_wire::Platform::Tiktok].to_string(), "5/min,50/day");
    assert_eq!(settings.network.hosts, ["a.example"]);
    assert_eq!(settings.cache, almanac_wire::Span::from_s(30));
}

#[test]
fn flags_win_over_the_file() {
    let text = "listen = '127.0.0.1:9000'\nhost = ['a.example', 'b.example']";
    let settings = read_with(text, &["--listen", "127.0.0.1:9001", "--host", "c.example"]).unwrap();
    assert_eq!(settings.listen.port(), 9001);
    assert_eq!(settings.network.hosts, ["c.example"], "they are not added up");
}

#[test]
fn platforms_of_ones_own_stand_in_the_same_file() {
    let text = "upstream = 'custom-home'\n[custom.home]\nurl = 'https://home.example/{account}'\n\
                live_at = '/live'\n";
    let settings = read_with(text, &[]).unwrap();
    assert_eq!(settings.custom.len(), 1);
}

#[test]
fn what_is_wrong_names_the_file_and_the_key() {
    for (text, wanted) in [
        ("lisen = '127.0.0.1:1'", &["no key `lisen`", "listen, app"][..]),
        ("listen = 'nowhere'", &["almanac.toml:1: listen = \"nowhere\"", "127.0.0.1:8377"]),
        ("listen = true", &["listen", "expected a text"]),
        ("check-config = true", &["no key `check-config`"]),
        ("listen", &["almanac.toml", "is no TOML"]),
        ("\n[quota]\ndemo = 'often'", &["almanac.toml:2: quota = \"demo=often\"", "10/min"]),
        ("cache = ['1s', '2s']", &["almanac.toml:1: cache: expected one value"]),
        ("log-format = 'xml'", &["almanac.toml:1: log-format", "xml", "text, json"]),
        (
            "[custom.home]\nurl = 'https://x.example/{account}'\nlive_at = '/x'\nheaders = { X = 1 }",
            &["--config", "expected a text, or where a secret is", "headers"],
        ),
        ("[custom.Home]\nurl = 'https://x.example/{account}'", &["[custom.Home]"]),
    ] {
        let error = read_with(text, &[]).unwrap_err();
        for word in wanted {
            assert!(error.contains(word), "{text}: no `{word}` in: {error}");
        }
    }
    let missing = ["almanac-proxy", "--config", "/nonexistent.toml"].map(OsString::from);
    let error = Args::read(missing).unwrap_err().to_string();
    assert!(error.contains("/nonexistent.toml") && error.contains("ALMANAC_CONFIG"), "{error}");
}

/// `docs/almanac.example.toml`, with every key in it switched on.
fn example() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/almanac.example.toml");
    let text = fs::read_to_string(path).unwrap();
    let switched = text.lines().map(|line| {
        let off = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty());
        off.unwrap_or(line)
    });
    switched.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_explains_every_key() {
    let table: Table = example().parse().unwrap();
    let explained: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    let command = Args::command();
    let known: BTreeSet<&str> = known_keys(&command).into_iter().collect();
    assert_eq!(explained, known);
}

#[test]
fn the_example_as_it_stands_changes_nothing() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/almanac.example.toml");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.parse::<Table>().unwrap().is_empty());
}

#[test]
fn the_values_of_the_example_are_ones_that_the_flags_take() {
    let text = example();
    let mut table: Table = text.parse().unwrap();
    table.remove(CUSTOM);
    let given = Args::command().try_get_matches_from(["almanac-proxy"]).unwrap();
    let all = SettingsFile { path: PathBuf::from("example"), text, table }
        .flags(&Args::command(), &given);
    assert!(all.faults.as_slice().is_empty(), "{:?}", all.faults);
    let program = std::iter::once(OsString::from("almanac-proxy"));
    Args::try_parse_from_words(program.chain(all.flags)).unwrap();
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_each_once() {
    let text = "listen = '0.0.0.0:9000'\ncache = '15 parsecs'\nlisen = 1\nhots = 'x'\n\
                host = ['a.example', 'https://b.example', '*.c']\nlog = 'info,=='\n\
                client-rate = true\napp = '/nonexistent'\nupstream = 'myspace'\n\
                [quota]\ntiktok = '5/min'\n\
                [custom.One]\nurl = 'https://x.example/{account}'\nlive_at = '/x'\n\
                [custom.two]\nurl = 'no'\nlive_at = '/x'\n";
    let error = read_with(text, &[]).unwrap_err();
    for once in [
        "2: cache = \"15 parsecs\": expected a time",
        "3: there is no key `lisen`",
        "4: there is no key `hots`",
        "5: host = \"https://b.example\"",
        "5: host = \"*.c\"",
        "6: log = \"info,==\"",
        "7: client-rate: expected a text, a number",
        "9: upstream = \"myspace\"",
        "refusing to listen on 0.0.0.0:9000",
        "no app in /nonexistent",
        "[custom.One]",
        "[custom.two]",
    ] {
        assert_eq!(error.matches(once).count(), 1, "{once} in {error}");
    }
    assert!(error.find("2: cache") < error.find("9: upstream"), "in the file's order: {error}");
    assert!(!error.contains("environment variable"), "{error}");
    assert!(!error.contains("not served"), "that comes of the platform that there is not: {error}");
    assert_eq!(error.lines().filter(|line| line.starts_with("- ")).count(), 11, "{error}");
}
