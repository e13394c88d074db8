//! Names that the code and its script call each other by, without what nothing makes smaller.
//!
//! wasm-bindgen ends the name of each of some 250 imports with a hash, once in the script and once in the
//! code. A hash does not compress: they were 4.8 kB of a first visit, 2 % of it. Only that no two names
//! are alike matters once both files are written.

use std::{collections::BTreeMap, fs, path::Path};

use crate::error::{Error, Result};

const START: &[u8] = b"__wbg_";
const HASH: usize = 16;

/// Rewrites the script and the code of a folder, in place.
pub(crate) fn without_hashes(folder: &Path, name: &str) -> Result<()> {
    let mut names = Names::default();
    for file in [format!("{name}.js"), format!("{name}_bg.wasm")] {
        let file = folder.join(file);
        let mut bytes = fs::read(&file).map_err(Error::file("read", &file))?;
        names.shorten(&mut bytes);
        fs::write(&file, bytes).map_err(Error::file("write", &file))?;
    }
    Ok(())
}

/// What stands in the place of each hash, by what it ends.
#[derive(Default)]
struct Names(BTreeMap<Vec<u8>, Vec<Vec<u8>>>);

impl Names {
    /// Puts a count in the place of every hash. It is as long, so that nothing moves.
    fn shorten(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            let Some((start, end)) = hash_after(bytes, at) else {
                at += 1;
                continue;
            };
            let hashes = self.0.entry(bytes[at..start].to_vec()).or_default();
            let hash = bytes[start..end].to_vec();
            let place = hashes.iter().position(|one| *one == hash).unwrap_or_else(|| {
                hashes.push(hash);
                hashes.len() - 1
            });
            bytes[start..end].copy_from_slice(format!("{place:0HASH$}").as_bytes());
            at = end;
        }
    }
}

/// Where the hash lies of a name that begins here.
fn hash_after(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let name = bytes.get(at..)?.strip_prefix(START)?;
    let letters = name.iter().take_while(|one| one.is_ascii_alphanumeric() || **one == b'_');
    let name = &name[..letters.count()];
    let hex = |one: &u8| one.is_ascii_digit() || (b'a'..=b'f').contains(one);
    let place =
        name.windows(HASH + 1).position(|one| one[0] == b'_' && one[1..].iter().all(hex))?;
    let start = at + START.len() + place + 1;
    Some((start, start + HASH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_script_still_agree_and_no_two_names_are_alike() {
        let script = "a.__wbg_now_0123456789abcdef=1;a.__wbg_now_fedcba9876543210=2;__wbg_ptr";
        let code = "\0\u{1e}__wbg_now_fedcba9876543210\0__wbg_get_0123456789abcdef\0__wbg_get_0123";
        let mut names = Names::default();
        let mut shorten = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            names.shorten(&mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        let (first, second) = ("0000000000000000", "0000000000000001");
        assert_eq!(
            shorten(script),
            format!("a.__wbg_now_{first}=1;a.__wbg_now_{second}=2;__wbg_ptr")
        );
        assert_eq!(
            shorten(code),
            format!("\0\u{1e}__wbg_now_{second}\0__wbg_get_{first}\0__wbg_get_0123")
        );
    }
}
