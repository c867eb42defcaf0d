//! The virtual environment with the pinned clients, made once and kept under target/interop.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{Cmd, complain};

/// What the checks are written for: `asyncio.timeout` came with 3.11.
const OLDEST: (u32, u32) = (3, 11);

/// Makes the environment in `folder` unless it is there already; gives its Python.
///
/// # Errors
/// There is no Python that is new enough, or the clients cannot be installed (no way to a package
/// index, or a package that is not the pinned one). Nothing has been run then.
pub(super) fn ensure(folder: &Path, requirements: &Path) -> Result<PathBuf> {
    let version = Cmd::new("python3", &["--version"])
        .read()
        .context("not run: Python 3 is needed for clients written in it")?;
    let version = version.trim();
    if !is_new_enough(version) {
        let (major, minor) = OLDEST;
        bail!("not run: Python {major}.{minor} or newer is needed, and here is {version}");
    }
    let pinned = fs::read_to_string(requirements)
        .with_context(|| format!("{} cannot be read", requirements.display()))?;
    let stamp = folder.join("installed.txt");
    let wanted = format!("# {version}\n{pinned}");
    let python = folder.join("venv/bin/python");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) && python.exists() {
        return Ok(python);
    }
    complain(&format!("installing the clients into {}", folder.display()));
    install(&folder.join("venv"), &python, requirements)
        .context("not run: the clients cannot be installed")?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(python)
}

fn install(venv: &Path, python: &Path, requirements: &Path) -> Result<()> {
    let [venv, python, requirements] =
        [venv, python, requirements].map(|path| path.to_string_lossy().into_owned());
    Cmd::new("python3", &["-m", "venv", "--clear", &venv]).read()?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let what = ["--require-hashes", "--requirement", &requirements];
    Cmd::new(&python, &[&pip[..], &what[..]].concat()).read()?;
    Ok(())
}

/// Reads `Python 3.12.1`.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches("Python ").split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_new_enough("Python 3.11.7"));
        assert!(is_new_enough("Python 3.12.0rc1"));
        assert!(is_new_enough("Python 4.0.0"));
        assert!(!is_new_enough("Python 3.9.18"));
        assert!(!is_new_enough("Python 2.7.18"));
        assert!(!is_new_enough(""));
    }
}
