//! STYLE section 1 as data: which crate may use which, and which libraries have no place where.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;

/// What one crate of the workspace may not do.
struct Rule {
    name: &'static str,
    /// The crates of the workspace that it may use.
    may_use: &'static [&'static str],
    /// Libraries that have no place in it.
    never: &'static [&'static str],
}

const ALL: &[&str] = &["domain", "sync-server", "client-core"];

const RULES: &[Rule] = &[
    Rule {
        name: "domain",
        may_use: &[],
        never: &[
            "tokio",
            "sqlx",
            "rusqlite",
            "reqwest",
            "axum",
            "hyper",
            "redis",
            "rand",
            "tempfile",
            "tower",
            "tower-http",
            "tokio-tungstenite",
            "clap",
            "tracing-subscriber",
        ],
    },
    Rule {
        name: "sync-server",
        may_use: &["domain"],
        never: &["rusqlite", "rusqlite_migration", "tauri", "uniffi"],
    },
    Rule {
        name: "client-core",
        may_use: &["domain"],
        never: &["sqlx", "jiff-sqlx", "redis", "tauri", "uniffi", "axum-extra", "tower-http", "utoipa"],
    },
    Rule {
        name: "desktop",
        may_use: &["client-core", "domain"],
        never: &["sqlx", "rusqlite", "reqwest", "axum", "redis", "automerge"],
    },
    Rule {
        name: "mobile-bridge",
        may_use: &["client-core", "domain"],
        never: &["sqlx", "rusqlite", "reqwest", "axum", "redis", "automerge", "tauri"],
    },
    Rule { name: "conflict-tests", may_use: ALL, never: &["tauri", "uniffi"] },
    Rule { name: "xtask", may_use: ALL, never: &["tauri", "uniffi"] },
];

/// One clock library is enough, and it is jiff.
const NEVER_ANYWHERE: &[&str] =
    &["chrono", "chrono-tz", "time", "lazy_static", "once_cell", "openssl", "native-tls"];

/// A crate of the workspace, as `cargo metadata` shows it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What it depends on.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) uses_default_features: bool,
    pub(crate) features: BTreeSet<String>,
    /// `dev`, `build`, or nothing.
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
}

/// The crates of this workspace.
pub(crate) fn workspace() -> Vec<Crate> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(super::sources::root())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Metadata>(&output.stdout).expect("cargo metadata is JSON").packages
}

/// Every dependency that should not be.
pub(crate) fn broken(crates: &[Crate]) -> Vec<String> {
    let own: BTreeSet<&str> = crates.iter().map(|c| c.name.as_str()).collect();
    let mut broken = Vec::new();
    for krate in crates {
        let name = &krate.name;
        let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
            broken.push(format!("{name} has no rule; say in {} what it may use", file!()));
            continue;
        };
        for dependency in &krate.dependencies {
            let used = dependency.name.as_str();
            if own.contains(used) && used != name && !rule.may_use.contains(&used) {
                broken.push(format!("{name} may not use {used}"));
            }
            if rule.never.contains(&used) || NEVER_ANYWHERE.contains(&used) {
                broken.push(format!("{used} has no place in {name}"));
            }
            if name == "client-core" && used == "axum" && dependency.kind.is_none() && opens_ports(dependency)
            {
                broken.push(
                    "client-core uses axum's bare Router only: no default features, no server".to_owned(),
                );
            }
        }
    }
    broken
}

fn opens_ports(axum: &Dependency) -> bool {
    axum.uses_default_features || ["tokio", "http1", "http2", "ws"].iter().any(|f| axum.features.contains(*f))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a(name: &str, uses: &[&str]) -> Crate {
        let dependency = |name: &&str| Dependency {
            name: (*name).to_owned(),
            uses_default_features: true,
            features: BTreeSet::new(),
            kind: None,
        };
        Crate { name: name.to_owned(), dependencies: uses.iter().map(dependency).collect() }
    }

    #[test]
    fn a_wrong_neighbour_and_a_wrong_library_are_found() {
        let bad = [
            a("domain", &["tokio"]),
            a("sync-server", &["client-core", "rusqlite"]),
            a("client-core", &["domain", "sync-server", "chrono", "axum"]),
            a("stranger", &[]),
        ];
        let broken = broken(&bad);
        for expected in [
            "tokio has no place in domain",
            "sync-server may not use client-core",
            "rusqlite has no place in sync-server",
            "client-core may not use sync-server",
            "chrono has no place in client-core",
            "client-core uses axum's bare Router only: no default features, no server",
        ] {
            assert!(broken.iter().any(|line| line == expected), "{expected} is not in {broken:?}");
        }
        assert!(broken.iter().any(|line| line.starts_with("stranger has no rule")));
        assert!(super::broken(&[a("domain", &["serde"]), a("xtask", &["domain"])]).is_empty());
    }
}
