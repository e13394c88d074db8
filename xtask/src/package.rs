//! One program that carries the app, with all that a self-hoster needs beside it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    bundle,
    error::{Error, Result},
    process,
    workspace::Workspace,
};

/// What goes beside the program, from where in the project.
const BESIDE: &[&str] = &[
    "deploy/almanac.service",
    "deploy/Containerfile",
    "docs/almanac.example.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// Where systems keep the certificate authorities they trust.
const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";

/// Makes `target/package`: a folder, an archive of it, and the root of a container's image.
pub(crate) fn package(workspace: &Workspace) -> Result<()> {
    bundle::build(workspace)?;
    println!("package: the proxy with the app in it");
    process::run(process::cargo(workspace.root()).args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "almanac-proxy",
        "--features",
        "embed",
        "--bin",
        "almanac-proxy",
    ]))?;
    let all = workspace.kept("package");
    if all.exists() {
        fs::remove_dir_all(&all).map_err(Error::file("remove", &all))?;
    }
    let name =
        format!("almanac-{}-{}-{}", env!("CARGO_PKG_VERSION"), env::consts::ARCH, env::consts::OS);
    let folder = all.join(&name);
    let program = folder.join(format!("almanac-proxy{}", env::consts::EXE_SUFFIX));
    copy(&workspace.program("almanac-proxy"), &program)?;
    for file in BESIDE {
        let from = workspace.path(file);
        let to = folder.join(from.file_name().unwrap_or_default());
        copy(&from, &to)?;
    }
    man_page(workspace, &folder.join("almanac-proxy.1"))?;
    if cfg!(target_os = "linux") {
        image(&program, &all.join("image"))?;
    }
    let archive = format!("{name}.tar.gz");
    process::run(Command::new("tar").current_dir(&all).args(["-czf", &archive, &name]))?;
    println!("package: {} and {archive} lie in {}", name, all.display());
    Ok(())
}

fn man_page(workspace: &Workspace, to: &Path) -> Result<()> {
    let mut command = process::cargo(workspace.root());
    command.args(["run", "--quiet", "--package", "almanac-proxy", "--example", "man"]);
    let page = process::ask(&mut command)
        .ok_or_else(|| Error::Invalid("the man page could not be made".to_owned()))?;
    fs::write(to, page + "\n").map_err(Error::file("write", to))
}

/// The root of an image without a base: the program, what it is linked with, whom it trusts.
fn image(program: &Path, root: &Path) -> Result<()> {
    copy(program, &root.join("usr/bin/almanac-proxy"))?;
    for library in libraries(program) {
        copy(&library, &root.join(library.strip_prefix("/").unwrap_or(&library)))?;
    }
    let authorities = Path::new("/").join(AUTHORITIES);
    if authorities.is_file() {
        copy(&authorities, &root.join(AUTHORITIES))?;
    }
    let state = root.join("state");
    fs::create_dir_all(&state).map_err(Error::file("create", &state))?;
    everyone_may_write(&state)
}

/// What the system's loader would load with a program; nothing for a static one. The name service of
/// glibc is loaded only once it is needed, so it is named here.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let listed = process::ask(Command::new("ldd").arg(program)).unwrap_or_default();
    let mut found = in_list(&listed);
    let beside: Vec<PathBuf> = found
        .iter()
        .filter(|library| library.file_name().is_some_and(|name| name == "libc.so.6"))
        .flat_map(|libc| {
            ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"]
                .map(|name| libc.with_file_name(name))
        })
        .filter(|library| library.is_file())
        .collect();
    found.extend(beside);
    found
}

/// The paths in what `ldd` prints.
fn in_list(listed: &str) -> Vec<PathBuf> {
    let words = listed.lines().flat_map(str::split_whitespace);
    words.filter(|word| word.starts_with('/')).map(PathBuf::from).collect()
}

/// A volume that is mounted there takes over who may write: a user without a name has to.
#[cfg(unix)]
fn everyone_may_write(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::Permissions::from_mode(0o1777);
    fs::set_permissions(folder, mode).map_err(Error::file("change", folder))
}

#[cfg(not(unix))]
fn everyone_may_write(_folder: &Path) -> Result<()> {
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    fs::copy(from, to).map(drop).map_err(Error::file("copy", from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ldd_prints_is_read() {
        let listed = "\tlinux-vdso.so.1 (0x00007ffd)\n\
                      \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\
                      \t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n";
        let paths = ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"];
        assert_eq!(in_list(listed), paths.map(PathBuf::from));
        assert!(in_list("\tnot a dynamic executable\n").is_empty());
    }
}
