//! npm packages of our own checks, as their lock files have them.

use std::{fs, path::Path};

use crate::{error::Result, process};

/// The packages of a folder, when they are not those of its lock file.
pub(crate) fn packages(folder: &Path, whose: &str) -> Result<()> {
    let changed = |file: &str| fs::metadata(folder.join(file)).and_then(|data| data.modified());
    if let (Ok(wanted), Ok(present)) =
        (changed("package-lock.json"), changed("node_modules/.package-lock.json"))
        && wanted <= present
    {
        return Ok(());
    }
    println!("{whose}: getting its npm packages, some seconds, once");
    process::run(
        process::npm()
            .current_dir(folder)
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .env("PUPPETEER_SKIP_DOWNLOAD", "1"),
    )
}
