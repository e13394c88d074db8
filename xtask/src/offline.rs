//! What the service worker keeps: the build writes the list, and with it the version, above
//! `app/sw.js`.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use crate::{
    error::{Error, Result},
    stamp,
};

/// The service worker, which the browser keeps by itself.
const WORKER: &str = "sw.js";
/// The page, under the address that opens it.
const PAGE: &str = "index.html";

/// Writes the list of everything in the folder above its service worker.
pub(crate) fn list_in(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    for file in stamp::files(dist)? {
        let below = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if is_kept(&below) {
            let bytes = fs::read(&file).map_err(Error::file("read", &file))?;
            let path = if below == PAGE { String::new() } else { below };
            files.push((format!("/{path}"), checksum(&bytes)));
        }
    }
    let worker = dist.join(WORKER);
    let code = fs::read_to_string(&worker).map_err(Error::file("read", &worker))?;
    let written = format!("{}\n{code}", head(&files));
    fs::write(&worker, written).map_err(Error::file("write", &worker))
}

/// Whether a start without a network needs a file: pictures of the app do not start it.
fn is_kept(below: &str) -> bool {
    let is_picture = below.ends_with(".png") && !below.starts_with("icons/");
    below != WORKER && !is_picture && !below.ends_with(".br")
}

/// As `integrity` wants it.
fn checksum(bytes: &[u8]) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(bytes)))
}

/// The first line of the service worker. The version follows from the files alone.
fn head(files: &[(String, String)]) -> String {
    let mut all = Sha256::new();
    let mut list = String::new();
    for (path, checksum) in files {
        all.update(path);
        all.update(checksum);
        // Trunk's names hold nothing that JSON escapes; Rust would escape a quote alike.
        list += &format!("[{path:?},{checksum:?}],");
    }
    let version: String = all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("self.BUILD={{version:\"{version}\",files:[{}]}};", list.trim_end_matches(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_starts_the_app_is_kept() {
        for kept in ["index.html", "worker.js", "a-0123456789abcdef_bg.wasm", "icons/192.png"] {
            assert!(is_kept(kept), "{kept}");
        }
        for not in ["sw.js", "index.html.br", "now-50-390-dark.png"] {
            assert!(!is_kept(not), "{not}");
        }
    }

    #[test]
    fn the_version_follows_the_content() {
        let list = |text: &str| head(&[("/".to_owned(), checksum(text.as_bytes()))]);
        assert_eq!(list("one"), list("one"));
        assert_ne!(list("one"), list("two"));
        assert!(list("").ends_with(
            "files:[[\"/\",\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"]]};"
        ));
    }
}
