//! The drawing of the crates in ARCHITECTURE.md, as tables. A change here is a change of the
//! architecture: it belongs in one commit with the document and the reason for it.

/// A crate of ours and the crates of ours that it may name.
#[derive(Debug)]
pub(super) struct Arrows {
    pub(super) from: &'static str,
    /// In `[dependencies]` and `[build-dependencies]`.
    pub(super) to: &'static [&'static str],
    /// In `[dev-dependencies]`, besides `to`.
    pub(super) dev: &'static [&'static str],
}

/// An outside crate and who may name it; a name that ends in `*` stands for all that begin so.
#[derive(Debug)]
pub(super) struct Reserved {
    pub(super) external: &'static str,
    pub(super) to: &'static [&'static str],
    /// Whether any crate may name it in `[dev-dependencies]`.
    pub(super) free_in_tests: bool,
    pub(super) because: &'static str,
}

/// Every crate of the workspace has a row.
pub(super) const ARROWS: &[Arrows] = &[
    Arrows { from: "tg-core", to: &[], dev: &[] },
    Arrows { from: "tg-security", to: &["tg-core"], dev: &[] },
    Arrows { from: "tg-store", to: &["tg-core"], dev: &[] },
    Arrows { from: "tg-net", to: &["tg-core"], dev: &["tg-sim"] },
    Arrows { from: "tg-engine", to: &["tg-core"], dev: &["tg-store"] },
    Arrows { from: "tg-app", to: &["tg-core", "tg-engine", "tg-security"], dev: &["tg-store"] },
    Arrows { from: "tg-server", to: &["tg-app", "tg-core"], dev: &[] },
    Arrows {
        from: "tg-cli",
        to: &[
            "tg-app",
            "tg-core",
            "tg-engine",
            "tg-net",
            "tg-security",
            "tg-server",
            "tg-sim",
            "tg-store",
        ],
        dev: &[],
    },
    // Sharing none of our code, the simulator cannot share our mistakes.
    Arrows { from: "tg-sim", to: &[], dev: &[] },
    Arrows { from: "xtask", to: &[], dev: &[] },
];

/// Arrows that exist only behind a feature: from, to, feature.
pub(super) const OPTIONAL: &[(&str, &str, &str)] = &[("tg-cli", "tg-sim", "demo")];

/// Features of our crates that are for tests, never for the product: crate, feature.
pub(super) const TEST_FEATURES: &[(&str, &str)] = &[("tg-core", "testing")];

/// Outside crates with an owner.
pub(super) const RESERVED: &[Reserved] = &[
    Reserved {
        external: "rusqlite",
        to: &["tg-store"],
        free_in_tests: false,
        because: "only the store knows SQL: go through a port of tg-core",
    },
    Reserved {
        external: "r2d2*",
        to: &["tg-store"],
        free_in_tests: false,
        because: "only the store has connections to pool: go through a port of tg-core",
    },
    Reserved {
        external: "grammers*",
        to: &["tg-net", "tg-sim"],
        free_in_tests: false,
        because: "Telegram is spoken in tg-net and, from the other side, in tg-sim",
    },
    Reserved {
        external: "reqwest",
        to: &["tg-net"],
        free_in_tests: true,
        because: "every HTTP call goes through the guarded client of tg-net",
    },
    Reserved {
        external: "anyhow",
        to: &["tg-cli", "xtask"],
        free_in_tests: false,
        because: "libraries return typed errors (thiserror) whose class callers can act on",
    },
];

/// Outside crates that a crate of ours must not even reach through others.
pub(super) const UNREACHABLE: &[(&str, &[&str])] =
    &[("tg-core", &["tokio", "rusqlite", "grammers*", "reqwest", "clap"])];

/// Whether `name` is what `pattern` stands for.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}
