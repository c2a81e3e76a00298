//! The names of the folders: a thing the master knows has one name in every crate; all else is a named room.

use std::collections::BTreeSet;

use super::sources::Source;

/// The things the master knows (STYLE section 2), and what belongs to none of them alone.
const SLICES: &[&str] = &[
    "clients",
    "services",
    "appointments",
    "notes",
    "payments",
    "waitlist",
    "invoices",
    "online",
    "till",
    "messaging",
    "flows",
    "portfolio",
    "analytics",
    "velory",
    "booking",
    "settings",
    "imports",
    "exports",
    "slots",
    "media",
    "conflicts",
    "history",
    "yookassa",
];

/// The shared rooms of each crate: the folder that is looked at, and the names that stand beside the slices.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "domain/src",
        &[
            "api",
            "dates",
            "documents",
            "errors",
            "lang",
            "ledger",
            "money",
            "sync",
            "conflicts",
            "plans",
            "bin",
        ],
    ),
    (
        "sync-server/src",
        &[
            "admin",
            "audit",
            "auth",
            "billing",
            "config",
            "db",
            "devices",
            "doctor",
            "embedded_postgres",
            "emulators",
            "health",
            "http",
            "listing",
            "mail",
            "sealed",
            "writes",
            "jobs",
            "ledger",
            "logging",
            "metrics",
            "openapi",
            "operations",
            "providers",
            "queue",
            "sync",
            "testing",
            "web",
            "bin",
        ],
    ),
    ("client-core/src", &["app", "bin", "driver", "import", "local_api", "store", "sync"]),
];

/// Folders whose name is neither a slice nor a room.
pub(crate) fn strangers(sources: &[Source]) -> Vec<String> {
    let mut broken = BTreeSet::new();
    for (home, rooms) in ROOMS {
        let inside =
            sources.iter().filter_map(|s| s.path.strip_prefix(home)?.strip_prefix('/')?.split_once('/'));
        for (folder, _) in inside {
            if !SLICES.contains(&folder) && !rooms.contains(&folder) {
                broken.insert(format!("{home}/{folder} is neither a slice nor a named room"));
            }
        }
    }
    // The surface and the tables of a device say the same words as the server's folders.
    for source in sources {
        let Some(folder) = source.path.strip_prefix("sync-server/src/").and_then(|p| p.split_once('/'))
        else {
            continue;
        };
        let is_slice = SLICES.contains(&folder.0);
        let path = format!("client-core/src/app/{}", folder.0);
        let known =
            sources.iter().any(|s| s.path == format!("{path}.rs") || s.path.starts_with(&format!("{path}/")));
        if is_slice && !known && BEGUN_ON_DEVICES.contains(&folder.0) {
            broken.insert(format!("{path} is missing although the server has this slice"));
        }
    }
    broken.into_iter().collect()
}

/// The slices that devices have today.
const BEGUN_ON_DEVICES: &[&str] = &["clients", "services", "appointments", "notes"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_for_the_same_thing_is_found() {
        let file = |path: &str| Source::sample(path, "");
        let broken = strangers(&[
            file("sync-server/src/customers/mod.rs"),
            file("sync-server/src/notes/mod.rs"),
            file("client-core/src/utils/mod.rs"),
        ]);
        assert_eq!(
            broken,
            [
                "client-core/src/app/notes is missing although the server has this slice",
                "client-core/src/utils is neither a slice nor a named room",
                "sync-server/src/customers is neither a slice nor a named room",
            ]
        );
    }
}
