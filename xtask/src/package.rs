//! One program that carries the app, with all that a self-hoster needs beside it.

use std::{env, fs, path::Path, process::Command};

use crate::{
    bundle, deployed,
    error::{Error, Result},
    licences, process,
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
    let built = deployed::proxy(workspace, true)?;
    let all = workspace.kept("package");
    if all.exists() {
        fs::remove_dir_all(&all).map_err(Error::file("remove", &all))?;
    }
    let name =
        format!("almanac-{}-{}-{}", env!("CARGO_PKG_VERSION"), env::consts::ARCH, env::consts::OS);
    let folder = all.join(&name);
    let program = folder.join(format!("almanac-proxy{}", env::consts::EXE_SUFFIX));
    copy(&built, &program)?;
    for file in BESIDE {
        let from = workspace.path(file);
        let to = folder.join(from.file_name().unwrap_or_default());
        copy(&from, &to)?;
    }
    man_page(workspace, &folder.join("almanac-proxy.1"))?;
    let notices = folder.join("THIRD-PARTY.txt");
    fs::write(&notices, licences::notices(workspace)?).map_err(Error::file("write", &notices))?;
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

/// The root of an image without a base: the program, which is static, and whom it trusts.
fn image(program: &Path, root: &Path) -> Result<()> {
    copy(program, &root.join("usr/bin/almanac-proxy"))?;
    let authorities = Path::new("/").join(AUTHORITIES);
    if authorities.is_file() {
        copy(&authorities, &root.join(AUTHORITIES))?;
    }
    let state = root.join("state");
    fs::create_dir_all(&state).map_err(Error::file("create", &state))?;
    everyone_may_write(&state)
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
