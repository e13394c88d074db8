//! Knowing that nothing changed: a stamp over the contents of files.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// A number over the names and contents of everything in these files and folders. A path that does
/// not exist counts as empty.
pub(crate) fn stamp(paths: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        for file in files(path)? {
            file.strip_prefix(path).unwrap_or(&file).hash(&mut hasher);
            fs::read(&file).map_err(Error::file("read", &file))?.hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

/// Every file at or below a path, sorted.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![path.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path).map_err(Error::file("read", &path))? {
                left.push(entry.map_err(Error::file("read", &path))?.path());
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_follows_names_and_contents() {
        let folder = std::env::temp_dir().join(format!("almanac-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("deep")).unwrap();
        let paths = [folder.clone(), folder.join("missing")];
        let take = || stamp(&paths).unwrap();

        fs::write(folder.join("deep/a"), "one").unwrap();
        let first = take();
        assert_eq!(take(), first);
        fs::write(folder.join("deep/a"), "two").unwrap();
        assert_ne!(take(), first);
        fs::write(folder.join("deep/a"), "one").unwrap();
        assert_eq!(take(), first);
        fs::rename(folder.join("deep/a"), folder.join("deep/b")).unwrap();
        assert_ne!(take(), first);

        fs::remove_dir_all(&folder).unwrap();
    }
}
