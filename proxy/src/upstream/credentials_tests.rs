use super::*;

const FILE: &str = "[twitch]\nclient_id = \"file-id\"\nclient_secret = \"hush-file\"\n\
                    [youtube]\napi_key = \"hush-key\"\n";

fn write(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.toml");
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    (folder, path)
}

#[test]
fn the_environment_goes_before_the_file() {
    let (_folder, path) = write(FILE, 0o600);
    let environment = |name: &str| match name {
        "ALMANAC_TWITCH_CLIENT_SECRET" => Some("hush-environment\n".to_owned()),
        "ALMANAC_EULER_API_KEY" => Some("hush-euler".to_owned()),
        "ALMANAC_KICK_CLIENT_ID" => Some(String::new()),
        _ => None,
    };
    let credentials = Credentials::read(Some(&path), environment).unwrap();
    let twitch = &credentials.applications[&Platform::Twitch];
    assert_eq!((twitch.id.text(), twitch.secret.text()), ("file-id", "hush-environment"));
    assert_eq!(credentials.keys[&Platform::Youtube].text(), "hush-key");
    assert_eq!(credentials.keys[&Platform::Euler].text(), "hush-euler");
    assert!(!format!("{credentials:?}").contains("hush"));
    for platform in [Platform::Twitch, Platform::Youtube, Platform::Euler, Platform::Demo] {
        credentials.suffice(platform).unwrap();
    }
    let missing = credentials.suffice(Platform::Kick).unwrap_err().to_string();
    assert!(missing.starts_with("kick needs ALMANAC_KICK_CLIENT_ID and"), "{missing}");
}

#[test]
fn half_an_application_is_none() {
    let id = |name: &str| (name == "ALMANAC_KICK_CLIENT_ID").then(|| "id".to_owned());
    let credentials = Credentials::read(None, id).unwrap();
    assert!(credentials.suffice(Platform::Kick).is_err());
}

#[test]
fn what_cannot_be_used_says_why_and_shows_nothing() {
    let complaint = |text: &str, mode| {
        let (_folder, path) = write(text, mode);
        Credentials::read(Some(&path), |_| None).unwrap_err().to_string()
    };
    for (text, words) in [
        (&*FILE.replace("api_key", "key"), ", line 5"),
        (&*FILE.replace("\"hush-key\"", "hush-key"), ", line 5"),
        (&*FILE.replace("\"hush-key\"", "12345"), ", line 5"),
        (
            &*FILE.replace("hush-file", "hush file"),
            "ALMANAC_TWITCH_CLIENT_SECRET is no client secret",
        ),
    ] {
        let complaint = complaint(text, 0o600);
        assert!(complaint.contains(words), "{complaint}");
        assert!(!complaint.contains("hush") && !complaint.contains("12345"), "{complaint}");
    }
    for section in [
        "[myspace]\napi_key = \"x\"",
        "[tiktok]\napi_key = \"x\"",
        "[euler]\nclient_id = \"x\"",
        "[kick]\nclient_id = \"x\"",
    ] {
        assert!(complaint(section, 0o600).contains("expected TOML with"), "{section}");
    }
    #[cfg(unix)]
    assert!(complaint(FILE, 0o644).contains("chmod 600"));
    let nowhere = Credentials::read(Some(Path::new("/no/such")), |_| None).unwrap_err();
    assert!(nowhere.to_string().starts_with("cannot read /no/such"), "{nowhere}");
}
