//! Where things may stand: SQL, stores, clocks and chance, sockets.

use super::sources::Source;

/// SQL outside the files that are there for it.
pub(crate) fn sql_outside_a_store(source: &Source) -> Vec<String> {
    let home = match source.krate() {
        "client-core" => source.path.starts_with("client-core/src/store/"),
        "sync-server" => {
            is_store_file(&source.path) || source.path.starts_with("sync-server/src/embedded_postgres/")
        }
        "xtask" | "conflict-tests" => true,
        _ => false,
    };
    if home || source.is_test() {
        return Vec::new();
    }
    let words = ["sqlx::query", "\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "rusqlite::"];
    find(source, &words, "SQL belongs into a store")
}

fn is_store_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with("store") || path.contains("/store/")
}

/// A slice that uses the store of another one.
pub(crate) fn foreign_store(source: &Source) -> Vec<String> {
    if source.krate() != "sync-server" || source.is_test() {
        return Vec::new();
    }
    let own =
        source.path.strip_prefix("sync-server/src/").and_then(|p| p.split_once('/')).map_or("", |(s, _)| s);
    source
        .code()
        .filter_map(|(number, line)| {
            let (_, rest) = line.split_once("crate::")?;
            let (slice, rest) = rest.split_once("::")?;
            let is_store =
                rest.strip_prefix("store").is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric()))
                    || rest.starts_with("{store")
                    || rest.contains(" store::")
                    || rest.contains("{store,");
            (is_store && slice != own).then(|| source.at(number, &format!("the store of {slice} is private")))
        })
        .collect()
}

/// The real clock, real chance and the machine's time zones outside their homes.
pub(crate) fn time_or_chance(source: &Source) -> Vec<String> {
    if source.path.ends_with("/src/system.rs") || source.krate() == "xtask" {
        return Vec::new();
    }
    let words = [
        "TimeZone::get(",
        "TimeZone::system(",
        "TimeZoneDatabase::from_env",
        "SystemTime::now",
        "Timestamp::now",
        "Zoned::now",
        "Uuid::new_v4",
        "Uuid::now_v7",
        "rand::rng()",
        "thread_rng",
    ];
    find(source, &words, "time and chance are arguments; their home is system.rs")
}

/// Files, sockets and processes in rooms that have none.
pub(crate) fn forbidden_io(source: &Source) -> Vec<String> {
    if source.is_test() {
        return Vec::new();
    }
    match source.krate() {
        "domain" => find(
            source,
            &["std::fs", "std::net", "std::process", "std::env::", "SystemTime", "Instant"],
            "domain is pure",
        ),
        "client-core" => {
            find(source, &["TcpListener", "UnixListener", "axum::serve"], "a device listens on no port")
        }
        _ => Vec::new(),
    }
}

fn find(source: &Source, words: &[&str], rule: &str) -> Vec<String> {
    let is_rule_itself = source.path.starts_with("conflict-tests/tests/architecture");
    let lines = source.code().filter(|_| !is_rule_itself);
    lines
        .filter_map(|(number, line)| {
            let word = words.iter().find(|word| line.contains(**word))?;
            Some(source.at(number, &format!("{word} ({rule})")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_in_a_handler_is_found_and_in_a_store_is_not() {
        let text = "//! x\nlet q = sqlx::query!(\"SELECT 1\");\n";
        assert_eq!(sql_outside_a_store(&Source::sample("sync-server/src/clients/create.rs", text)).len(), 1);
        assert!(sql_outside_a_store(&Source::sample("sync-server/src/clients/store.rs", text)).is_empty());
        let text = "//! x\nconn.execute(\"INSERT INTO a VALUES (1)\");\n// \"SELECT a comment\n";
        assert_eq!(sql_outside_a_store(&Source::sample("client-core/src/app/clients.rs", text)).len(), 1);
        assert!(sql_outside_a_store(&Source::sample("client-core/src/store/clients.rs", text)).is_empty());
    }

    #[test]
    fn a_neighbours_store_is_found() {
        let text = "//! x\nuse crate::clients::store;\nuse crate::clients::store::Row;\nuse crate::clients::find;\n\
                    use crate::clients::storehouse;\n";
        assert_eq!(foreign_store(&Source::sample("sync-server/src/notes/create.rs", text)).len(), 2);
        assert!(foreign_store(&Source::sample("sync-server/src/clients/create.rs", text)).is_empty());
    }

    #[test]
    fn a_clock_outside_its_home_is_found() {
        let text = "//! x\nlet now = Timestamp::now();\nlet id = Uuid::now_v7();\nlet zone = TimeZone::get(\"UTC\");\n";
        assert_eq!(time_or_chance(&Source::sample("client-core/src/app/edit.rs", text)).len(), 3);
        assert!(time_or_chance(&Source::sample("client-core/src/system.rs", text)).is_empty());
    }

    #[test]
    fn a_socket_in_a_silent_room_is_found() {
        let text = "//! x\nlet l = TcpListener::bind(a);\nlet t = std::fs::read(p);\n";
        assert_eq!(forbidden_io(&Source::sample("client-core/src/driver/mod.rs", text)).len(), 1);
        assert_eq!(forbidden_io(&Source::sample("domain/src/ids.rs", text)).len(), 1);
    }
}
