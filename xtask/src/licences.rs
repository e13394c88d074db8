//! On which terms others' code is part of what we hand out: their licences ask that their texts go with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use cargo_metadata::{DependencyKind, MetadataCommand, Package, PackageId};

use crate::{
    error::{Error, Result},
    workspace::Workspace,
};

/// What is handed out: the program, and the app that it carries.
const OURS: [&str; 2] = ["almanac-proxy", "almanac"];

/// How the files begin in which a crate tells its terms.
const TELLING: [&str; 4] = ["LICENSE", "LICENCE", "COPYING", "NOTICE"];

/// Every crate that is part of the program or the app, with its terms.
///
/// # Errors
/// When cargo cannot say what there is, or a file of a crate cannot be read.
pub(crate) fn notices(workspace: &Workspace) -> Result<String> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace.path("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .map_err(|error| Error::Invalid(format!("cargo cannot list the dependencies: {error}")))?;
    let parts = parts(&metadata);
    let mut text = String::from(
        "Almanac is free software under MIT or Apache-2.0. Its program and its app contain these crates\n\
         of others, each under its own terms. What a crate tells about them follows below, once where it is the same.\n\n",
    );
    let mut terms: BTreeMap<String, Vec<&Package>> = BTreeMap::new();
    for package in metadata.packages.iter().filter(|package| parts.contains(&package.id)) {
        _ = writeln!(text, "{}", line(package));
        if let Some(folder) = package.manifest_path.parent() {
            for told in told(folder.as_std_path())? {
                terms.entry(told).or_default().push(package);
            }
        }
    }
    for (told, packages) in terms {
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        _ = write!(text, "\n{}\n{}\n\n{told}\n", "=".repeat(80), names.join(", "));
    }
    Ok(text)
}

/// All that is reached from ours by what is compiled in, on whatever system.
fn parts(metadata: &cargo_metadata::Metadata) -> BTreeSet<&PackageId> {
    let own: BTreeSet<&PackageId> = metadata.workspace_members.iter().collect();
    let mut open: Vec<&PackageId> = metadata
        .packages
        .iter()
        .filter(|package| OURS.contains(&package.name.as_str()))
        .map(|package| &package.id)
        .collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        for dependency in nodes.filter(|node| node.id == *id).flat_map(|node| &node.deps) {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                open.push(&dependency.pkg);
            }
        }
    }
    found.into_iter().filter(|id| !own.contains(id)).collect()
}

/// One crate: its name, its terms, where it comes from.
fn line(package: &Package) -> String {
    let terms = package.license.as_deref().unwrap_or("see below");
    let source = package.repository.as_deref().unwrap_or_default();
    format!("{} {} ({terms}) {source}", package.name, package.version).trim_end().to_owned()
}

/// The texts in a crate's folder that tell its terms.
fn told(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && TELLING.iter().any(|start| name.starts_with(start)) {
            let bytes = fs::read(&path).map_err(Error::file("read", &path))?;
            texts.push(tidy(&String::from_utf8_lossy(&bytes)));
        }
    }
    Ok(texts)
}

/// The same text is the same, however its lines end and whatever stands around it.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_in_is_named_with_its_terms_and_ours_is_not() {
        let text = notices(&Workspace::find()).unwrap();
        let crates: Vec<&str> = text.lines().collect();
        for name in ["axum ", "leptos ", "redis "] {
            let line = crates.iter().find(|line| line.starts_with(name)).unwrap();
            assert!(line.contains("MIT") || line.contains("BSD-3-Clause"), "{line}");
        }
        assert!(text.contains("Permission is hereby granted, free of charge"));
        for name in ["almanac-engine ", "proptest "] {
            assert!(!crates.iter().any(|line| line.starts_with(name)), "{name}");
        }
    }

    #[test]
    fn ends_of_lines_make_no_other_text() {
        assert_eq!(tidy("\r\nMIT \r\nfree\r\n\r\n"), tidy("MIT\nfree"));
    }
}
