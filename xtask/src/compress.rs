//! Brotli: the form in which the proxy sends what compresses.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use brotli::enc::{BrotliCompress, BrotliEncoderParams};

use crate::{
    error::{Error, Result},
    stamp,
};

/// The files worth compressing; pictures and fonts are compressed already.
const KINDS: &[&str] = &["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Whether a file is of a kind that compresses.
fn compresses(file: &Path) -> bool {
    file.extension().is_some_and(|kind| KINDS.iter().any(|known| kind == *known))
}

/// Writes `file.br` beside each file of the folder that becomes smaller by it.
pub(crate) fn beside(folder: &Path) -> Result<()> {
    for file in stamp::files(folder)? {
        if compresses(&file) {
            let bytes = fs::read(&file).map_err(Error::file("read", &file))?;
            let small = brotli(&bytes).map_err(Error::file("compress", &file))?;
            if small.len() < bytes.len() {
                let out = packed(&file);
                fs::write(&out, small).map_err(Error::file("write", &out))?;
            }
        }
    }
    Ok(())
}

/// Where the compressed form of a file lies.
pub(crate) fn packed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// The bytes at the best quality: once per build is seldom enough to take the time.
pub(crate) fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let settings = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut out = Vec::new();
    BrotliCompress(&mut &bytes[..], &mut out, &settings)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_comes_back_whole() {
        let text = b"the same words, the same words, the same words".repeat(40);
        let packed = brotli(&text).unwrap();
        assert!(packed.len() < text.len() / 10);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &packed[..], &mut back).unwrap();
        assert_eq!(back, text);
    }

    #[test]
    fn pictures_are_left_alone() {
        assert!(compresses(Path::new("dist/app.webmanifest")));
        assert!(!compresses(Path::new("dist/icon.png")));
        assert!(!compresses(Path::new("dist/app.js.br")));
    }
}
