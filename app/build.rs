//! Makes functions of the texts in `words/texts`: see `almanac_words`.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let rooms = almanac_words::read(&almanac_words::folder())?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("words.rs"), almanac_words::code(&rooms))?;
    for file in almanac_words::files(&rooms) {
        fs::write(out.join(format!("{}.txt", file.language.tag)), file.content)?;
    }
    println!("cargo::rerun-if-changed={}", almanac_words::folder().display());
    Ok(())
}
