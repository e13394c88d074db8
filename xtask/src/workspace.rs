//! Where things lie in the working copy.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::tools::WASM;

/// The folders of one working copy.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The working copy this program was built from.
    pub(crate) fn find() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().unwrap_or(here).to_owned();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |dir| root.join(dir));
        Self { root, target }
    }

    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Where the built app lies.
    pub(crate) fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    /// A path below `target/`, for what the tasks themselves keep. It holds still when
    /// `CARGO_TARGET_DIR` sends cargo elsewhere.
    pub(crate) fn kept(&self, below: &str) -> PathBuf {
        self.root.join("target").join(below)
    }

    /// Where the tools go that the machine lacks.
    pub(crate) fn tools(&self) -> PathBuf {
        self.kept("tools")
    }

    /// What cargo made for the browser, of the profile `app`.
    pub(crate) fn browser_program(&self, name: &str) -> PathBuf {
        self.target.join(WASM).join("app").join(format!("{name}.wasm"))
    }

    /// What cargo made of the profile `server`, for a target where one was named.
    pub(crate) fn deployed_program(&self, name: &str, target: Option<&str>) -> PathBuf {
        let folder = self.target.join(target.unwrap_or_default()).join("server");
        folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// A program that `cargo build --release` made.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join("release").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
