//! The Dockerfile names every manifest, so that its layer of dependencies can be built.

use super::finding::Finding;

const PATH: &str = "Dockerfile";

/// Every manifest of the workspace is copied before the sources are. A build would fail without it,
/// but builds of the container happen at night and elsewhere.
pub(super) fn manifests<'a>(
    dockerfile: &str,
    paths: impl IntoIterator<Item = &'a str>,
) -> Vec<Finding> {
    if dockerfile.is_empty() {
        return Vec::new();
    }
    let member = |path: &&str| {
        let inside = path.strip_prefix("crates/").map(|rest| rest.matches('/').count());
        path.ends_with("/Cargo.toml") && (inside == Some(1) || *path == "xtask/Cargo.toml")
    };
    let copied = |path: &str| {
        let line = format!("COPY {path} {}", path.trim_end_matches("Cargo.toml"));
        dockerfile.lines().any(|found| found.trim_end() == line)
    };
    let missing = paths.into_iter().filter(member).filter(|path| !copied(path));
    missing
        .map(|path| {
            let folder = path.trim_end_matches("Cargo.toml");
            Finding::whole("container", PATH, format!("should say `COPY {path} {folder}`"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::manifests;

    #[test]
    fn a_manifest_that_is_not_copied_is_found() {
        let paths = [
            "Cargo.toml",
            "crates/tg-a/Cargo.toml",
            "crates/tg-a/fuzz/Cargo.toml",
            "xtask/Cargo.toml",
        ];
        let text = "FROM x\nCOPY xtask/Cargo.toml xtask/\n";
        let found: Vec<_> = manifests(text, paths).into_iter().map(|f| f.message).collect();
        assert_eq!(found, ["should say `COPY crates/tg-a/Cargo.toml crates/tg-a/`"]);
    }

    #[test]
    fn without_a_dockerfile_there_is_nothing_to_say() {
        assert!(manifests("", ["crates/tg-a/Cargo.toml"]).is_empty());
    }
}
