//! Chunks that are too small to be files: the splitter makes one of whatever any two parts share, if
//! that is a single function. Each costs a request, which is more than it weighs, so the smallest go
//! into the file that everybody loads.

use std::{fs, path::Path, process::Command};

use crate::{
    error::{Error, Result},
    process, stamp,
};

/// A file of fewer bytes than this costs more as a file.
const SMALL: u64 = 1_500;
/// What the parts import from, as the splitter calls it: the file that everybody loads.
const MAIN: &str = "__wasm_split";

/// Puts the small chunks of a folder into its `almanac_bg.wasm`, and no longer loads them: neither in
/// the folder's script nor in `kept`, by which others know what a part consists of.
pub(crate) fn into_main(
    folder: &Path,
    kept: &Path,
    wasm_merge: &Path,
    features: &[&str],
) -> Result<()> {
    let mut small = Vec::new();
    for file in stamp::files(folder)? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_wasm = file.extension().is_some_and(|kind| kind == "wasm");
        let length = fs::metadata(&file).map_err(Error::file("read", &file))?.len();
        if is_wasm && name.starts_with("chunk_") && length < SMALL {
            small.push((name, file));
        }
    }
    if small.is_empty() {
        return Ok(());
    }
    let main = folder.join("almanac_bg.wasm");
    let mut merge = Command::new(wasm_merge);
    merge.arg(&main).arg(MAIN);
    for (name, file) in &small {
        merge.arg(file).arg(name);
    }
    process::run(merge.args(features).arg("-o").arg(&main))?;
    let mut script = fs::read_to_string(kept).map_err(Error::file("read", kept))?;
    for (name, file) in small {
        script = without(&script, &name)?;
        fs::remove_file(&file).map_err(Error::file("remove", &file))?;
    }
    for place in [kept, &folder.join(kept.file_name().unwrap_or_default())] {
        fs::write(place, &script).map_err(Error::file("write", place))?;
    }
    Ok(())
}

/// The splitter's script without a chunk.
fn without(script: &str, chunk: &str) -> Result<String> {
    let missing = || Error::Invalid(format!("the splitter's script does not load `{chunk}`"));
    let begin = format!("const __{chunk} = makeLoad(");
    let (before, rest) = script.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once("\n, []);\n").ok_or_else(missing)?;
    let mut left = format!("{before}{after}");
    // In the lists of what parts need.
    for (with, without) in [
        (format!("[__{chunk}, "), "["),
        (format!(", __{chunk}, "), ", "),
        (format!(", __{chunk}]"), "]"),
        (format!("[__{chunk}]"), "[]"),
    ] {
        left = left.replace(&with, without);
    }
    if left.contains(&format!("__{chunk},")) || left.contains(&format!("__{chunk}]")) {
        return Err(missing());
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_loaded_no_more() {
        let load = |name: &str, file: &str, needs: &str| {
            format!(
                "{name} = makeLoad(() => {{\n    fetch(\"./{file}.wasm\");\n}}\n, [{needs}]);\n"
            )
        };
        let script = [
            load("const __chunk_1", "chunk_1", ""),
            load("const __chunk_11", "chunk_11", ""),
            load("a", "split_a", "__chunk_1, __chunk_11"),
            load("b", "split_b", "__chunk_11, __chunk_1"),
            load("c", "split_c", "__chunk_1"),
        ];
        let left = without(&script.concat(), "chunk_1").unwrap();
        let expected = [
            load("const __chunk_11", "chunk_11", ""),
            load("a", "split_a", "__chunk_11"),
            load("b", "split_b", "__chunk_11"),
            load("c", "split_c", ""),
        ];
        assert_eq!(left, expected.concat());
        assert!(without(&left, "chunk_1").is_err());
    }
}
