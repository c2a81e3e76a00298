//! What a key may do: the table from routes to abilities. Asked by the [`super::Principal`] of every request, so that a
//! route of tomorrow is closed to limited keys until it is named here.

use axum::http::Method;

/// Everything; the ability of sessions, and of keys for which nothing else was asked.
pub const EVERYTHING: &str = "*";

/// What a key can be limited to.
pub const ABILITIES: &[&str] = &[
    EVERYTHING,
    "appointments:read",
    "appointments:write",
    "audit-logs:read",
    "billing:read",
    "billing:write",
    "clients:read",
    "clients:write",
    "devices:read",
    "devices:write",
    "export:read",
    "imports:read",
    "imports:write",
    "integrations:read",
    "integrations:write",
    "media:read",
    "media:write",
    "notes:read",
    "notes:write",
    "online-payments:read",
    "online-payments:write",
    "payments:read",
    "payments:write",
    "services:read",
    "services:write",
    "settings:read",
    "settings:write",
    "slots:read",
    "sync",
];

/// Whether a key with these abilities may ask this of a route (its template, `/api/v1/clients/{id}`).
pub(super) fn may(abilities: &[String], method: &Method, route: &str) -> bool {
    let has = |wanted: &str| abilities.iter().any(|ability| ability == wanted);
    if has(EVERYTHING) {
        return true;
    }
    let path = route.strip_prefix("/api/v1/").unwrap_or_default();
    let slice = path.split('/').next().unwrap_or_default();
    let verb = if method.is_safe() { "read" } else { "write" };
    match slice {
        // Who am I, and goodbye: no key is too small for that.
        "auth" => path == "auth/logout" || (path == "auth/me" && method.is_safe()),
        "sync" => has("sync"),
        // A device changes its own key, whatever it may do besides; others are refused there.
        "devices" if path == "devices/token" => true,
        _ => has(&format!("{slice}:{verb}")),
    }
}

/// What a suspended business may still ask for with a method that changes something: keys and sign-ins are about its safety,
/// devices pull, and what they push waits on them.
pub(super) fn despite_suspension(route: &str) -> bool {
    let path = route.strip_prefix("/api/v1/").unwrap_or_default();
    matches!(path.split('/').next(), Some("auth" | "devices" | "sync"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limited_key_may_do_what_it_says_and_no_more() {
        let books = ["clients:read".to_owned(), "sync".to_owned()];
        let may = |method: Method, route| may(&books, &method, route);
        assert!(may(Method::GET, "/api/v1/clients/{id}") && may(Method::POST, "/api/v1/sync/compare"));
        assert!(may(Method::POST, "/api/v1/auth/logout") && may(Method::GET, "/api/v1/auth/me"));
        assert!(!may(Method::PATCH, "/api/v1/auth/me"));
        assert!(!may(Method::POST, "/api/v1/clients") && !may(Method::GET, "/api/v1/notes"));
        assert!(!may(Method::GET, "/api/v1/auth/tokens") && !may(Method::GET, "/api/v1/tomorrow"));
        assert!(!may(Method::GET, "none"));
    }
}
