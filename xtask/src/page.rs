//! The page and what lies beside it: `app/page/index.html` with names that carry a hash, so that
//! whatever has one may be cached for ever, and everything in `app/public` as it is.

use std::{fs, path::Path};

use crate::{
    ahead, code,
    error::{Error, Result},
    greeting, inline, stamp,
    workspace::Workspace,
};

/// Pictures of the app that its manifest names.
pub(crate) const PICTURES: [&str; 2] =
    ["docs/pictures/now-50-1440-light.png", "docs/pictures/now-50-390-dark.png"];

/// Renames folders of `dist` by what is in them, and writes the page that names them so.
pub(crate) fn write(workspace: &Workspace, dist: &Path, folders: &[&str]) -> Result<()> {
    let source = workspace.path("app/page/index.html");
    let mut page = fs::read_to_string(&source).map_err(Error::file("read", &source))?;
    for folder in folders {
        let from = dist.join(folder);
        let name = format!("{folder}-{:016x}", stamp::stamp(std::slice::from_ref(&from))?);
        fs::rename(&from, dist.join(&name)).map_err(Error::file("rename", &from))?;
        page = renamed(&page, folder, &name)?;
    }
    let script = workspace.kept("parts").join(code::PARTS);
    let script = fs::read_to_string(&script).map_err(Error::file("read", &script))?;
    page = ahead::filled_in(&page, &script)?;
    page = greeting::filled_in(&page, &almanac_words::read(&workspace.path("app/words/texts"))?)?;
    let public = workspace.path("app/public");
    for file in stamp::files(&public)? {
        let below = file.strip_prefix(&public).unwrap_or(&file);
        let folder = dist.join(below.parent().unwrap_or(Path::new("")));
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        code::copy(&file, &folder)?;
    }
    // The manifest shows them to whoever installs the app.
    for picture in PICTURES {
        code::copy(&workspace.path(picture), dist)?;
    }
    let (page, scripts) = inline::taken_out(&page);
    for (name, code) in scripts {
        let file = dist.join(name);
        fs::write(&file, code).map_err(Error::file("write", &file))?;
    }
    let page_file = dist.join("index.html");
    fs::write(&page_file, page).map_err(Error::file("write", &page_file))
}

/// The page with another name for a folder at the root.
fn renamed(page: &str, from: &str, to: &str) -> Result<String> {
    let (old, new) = (format!("\"/{from}/"), format!("\"/{to}/"));
    if page.contains(&old) {
        Ok(page.replace(&old, &new))
    } else {
        Err(Error::Invalid(format!("app/page/index.html names nothing in /{from}/")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_folders_by_their_hash() {
        let page = r#"<link href="/style/a.css"><script src="/code/a.js"></script>"#;
        assert_eq!(
            renamed(page, "code", "code-12").unwrap(),
            r#"<link href="/style/a.css"><script src="/code-12/a.js"></script>"#
        );
        assert!(renamed(page, "other", "other-12").is_err());
    }
}
