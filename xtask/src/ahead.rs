//! What the page fetches ahead of the code that asks for it: the file of the screen that its address
//! names, and those it shares with others. Only the splitter's script knows which these are.

use std::collections::BTreeSet;

use crate::error::{Error, Result};

/// The first word of an address, and the file of that screen (`app/src/views/later.rs`).
const SCREENS: &[(&str, &str)] = &[
    ("settings", "settings"),
    ("account", "account"),
    ("plan", "screens"),
    ("results", "screens"),
    ("log", "screens"),
    ("data", "data"),
];

/// What stands in the page until it is known.
const GAP: &str = "const ahead = {};";

/// The page, which knows now what to fetch ahead.
pub(crate) fn filled_in(page: &str, script: &str) -> Result<String> {
    if !page.contains(GAP) {
        return Err(Error::Invalid(format!("app/page/index.html lacks `{GAP}`")));
    }
    let mut list = String::new();
    for (screen, part) in SCREENS {
        let files = files_of(part, script).ok_or_else(|| {
            Error::Invalid(format!("the splitter made no part `{part}`, which `{screen}` needs"))
        })?;
        // The largest first: its own.
        let files: Vec<_> = files.iter().rev().map(|file| format!("{file:?}")).collect();
        list += &format!("{screen}: [{}], ", files.join(", "));
    }
    Ok(page.replace(GAP, &format!("const ahead = {{ {}}};", list.trim_end())))
}

/// The files that a part consists of: its own, and those it shares with others.
pub(crate) fn files_of(part: &str, script: &str) -> Option<BTreeSet<String>> {
    let (_, rest) = script.split_once(&format!("__wasm_split_load_{part} ="))?;
    let (_, list) = rest.split_once("\n, [")?;
    let (list, _) = list.split_once(']')?;
    let shared = list.split(", ").filter(|name| !name.is_empty());
    let shared = shared.map(|name| format!("{}.wasm", name.trim_start_matches('_')));
    Some(shared.chain([format!("split_{part}.wasm")]).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// As the splitter writes it.
    pub(crate) fn script(parts: &[(&str, &str)]) -> String {
        let load = |(part, shared): &(&str, &str)| {
            format!(
                "export const __wasm_split_load_{part} = wrapAsyncCb(makeLoad(() => {{\n}}\n, \
                 [{shared}]));\n"
            )
        };
        parts.iter().map(load).collect()
    }

    #[test]
    fn every_screen_names_its_files() {
        let script = script(&[
            ("settings", "__chunk_4, __chunk_6"),
            ("account", ""),
            ("screens", "__chunk_4"),
            ("data", "__chunk_4"),
        ]);
        let page = filled_in("<script>const ahead = {}; use(ahead)</script>", &script).unwrap();
        assert!(
            page.contains(
                r#"{ settings: ["split_settings.wasm", "chunk_6.wasm", "chunk_4.wasm"],"#
            ),
            "{page}"
        );
        assert!(page.contains(r#"account: ["split_account.wasm"],"#), "{page}");
        assert!(page.contains(r#"data: ["split_data.wasm", "chunk_4.wasm"],"#), "{page}");
        assert!(page.ends_with(" use(ahead)</script>"));
    }

    #[test]
    fn a_part_that_is_gone_is_told_of() {
        let page = "const ahead = {};";
        assert!(filled_in(page, &script(&[("settings", "")])).is_err());
        assert!(filled_in("", &script(&[])).is_err());
    }
}
