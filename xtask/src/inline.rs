//! Scripts that stand in the page itself go into files: the proxy's security policy lets a browser
//! run files of ours and nothing that stands in a page.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The page that names its scripts, and those, each with its name: it carries a hash of the content.
pub(crate) fn taken_out(html: &str) -> (String, Vec<(String, String)>) {
    let (mut page, mut scripts, mut left) = (String::new(), Vec::new(), html);
    while let Some((before, tag, code, after)) = next_script(left) {
        page += before;
        if tag.contains("src=") || code.trim().is_empty() {
            page += &format!("<script{tag}>{code}</script>");
        } else {
            let mut hasher = DefaultHasher::new();
            code.hash(&mut hasher);
            let name = format!("start-{:016x}.js", hasher.finish());
            // A module waits until the page is read; a script does not.
            let kind = if tag.contains("module") { " type=\"module\"" } else { "" };
            page += &format!("<script{kind} src=\"/{name}\"></script>");
            scripts.push((name, code.trim().to_owned()));
        }
        left = after;
    }
    (page + left, scripts)
}

/// What comes before the next script, its attributes, its code, and what comes after it.
fn next_script(html: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = html.split_once("<script")?;
    let (tag, rest) = rest.split_once('>')?;
    let (code, after) = rest.split_once("</script>")?;
    Some((before, tag, code, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_go_and_the_rest_stays() {
        let html = "<head><script type=\"module\" nonce=\"x\">\nimport init from '/a.js';\n</script>\
                    <script type=module src=\"/b.js\"></script></head>";
        let (page, scripts) = taken_out(html);
        let [(name, code)] = scripts.as_slice() else { panic!("{scripts:?}") };
        assert_eq!(code, "import init from '/a.js';");
        assert_eq!(
            page,
            format!(
                "<head><script type=\"module\" src=\"/{name}\"></script>\
                 <script type=module src=\"/b.js\"></script></head>"
            )
        );
        assert_eq!(name.len(), "start-0123456789abcdef.js".len());
        assert_eq!(taken_out(&page), (page.clone(), Vec::new()));
    }

    #[test]
    fn a_script_that_is_no_module_stays_none() {
        let (page, scripts) = taken_out("<script>go();</script>");
        assert_eq!(page, format!("<script src=\"/{}\"></script>", scripts[0].0));
    }
}
