//! The style sheet: `style/almanac.css` names the others in order, and they become one file, so
//! that a first visit asks once. Without this step the browser would follow the same `@import`s.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    stamp,
    workspace::Workspace,
};

/// The sheet that imports all others.
const ENTRY: &str = "almanac.css";

/// Writes the file that `app/page/index.html` links into a folder.
pub(crate) fn join(workspace: &Workspace, out: &Path) -> Result<PathBuf> {
    let folder = workspace.path("style");
    let entry = folder.join(ENTRY);
    let names = imports(&read(&entry)?)?;
    let mut sheet = String::new();
    for name in &names {
        sheet += &read(&folder.join(name))?;
    }
    for file in stamp::files(&folder)? {
        let is_sheet = file.extension().is_some_and(|kind| kind == "css");
        let is_known = file == entry || names.iter().any(|name| folder.join(name) == file);
        if is_sheet && !is_known {
            return Err(Error::Invalid(format!(
                "{} is in no @import of style/{ENTRY}",
                file.display()
            )));
        }
    }
    fs::create_dir_all(out).map_err(Error::file("create", out))?;
    let out = out.join(ENTRY);
    fs::write(&out, sheet).map_err(Error::file("write", &out))?;
    Ok(out)
}

fn read(file: &PathBuf) -> Result<String> {
    fs::read_to_string(file).map_err(Error::file("read", file))
}

/// The files that a sheet of nothing but comments and `@import "file";` lines names.
fn imports(sheet: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = sheet.trim_start();
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else {
            let (name, after) = rest
                .strip_prefix("@import \"")
                .and_then(|name| name.split_once("\";"))
                .ok_or_else(|| {
                    let line = rest.lines().next().unwrap_or_default();
                    Error::Invalid(format!(
                        "style/{ENTRY} holds only comments and `@import \"file.css\";`, not `{line}`"
                    ))
                })?;
            names.push(name.to_owned());
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_come_in_order() {
        let sheet =
            "/* order matters */\n@import \"tokens.css\";\n@import \"widgets/strip.css\";\n";
        assert_eq!(imports(sheet).unwrap(), ["tokens.css", "widgets/strip.css"]);
    }

    #[test]
    fn a_rule_in_the_entry_is_refused() {
        let error = imports("@import \"a.css\";\nbody {}\n").unwrap_err();
        assert!(error.to_string().contains("not `body {}`"), "{error}");
    }
}
