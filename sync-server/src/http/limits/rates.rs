//! Which limits there are: of an address, a key and a business, for each class of routes; and how settings change them.

use std::str::FromStr;
use std::time::Duration;

use axum::http::Method;

use super::gcra::Rate;

/// What a request costs us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Where passwords are tried and mails are sent.
    Auth,
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Whole files: imports, exports, pictures at once.
    Heavy,
    /// Devices at their work.
    Sync,
}

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An address; of IPv6, the network of one household.
    Ip,
    /// A key.
    Token,
    /// A business.
    Tenant,
}

const CLASSES: [(&str, Class); 5] = [
    ("auth", Class::Auth),
    ("read", Class::Read),
    ("write", Class::Write),
    ("heavy", Class::Heavy),
    ("sync", Class::Sync),
];
const SCOPES: [(&str, Scope); 3] = [("ip", Scope::Ip), ("token", Scope::Token), ("tenant", Scope::Tenant)];

impl Class {
    /// The class of a route, by its template.
    #[must_use]
    pub fn of(method: &Method, route: &str) -> Self {
        let path = route.strip_prefix("/api/v1/").unwrap_or(route);
        let slice = path.split('/').next().unwrap_or_default();
        match slice {
            "auth" if !method.is_safe() && path != "auth/logout" => Self::Auth,
            "sync" => Self::Sync,
            "export" => Self::Heavy,
            // A whole picture; its pieces and all that is read are many and small.
            "media" if path == "media" && !method.is_safe() => Self::Heavy,
            "imports" if !method.is_safe() => Self::Heavy,
            _ if method.is_safe() => Self::Read,
            _ => Self::Write,
        }
    }

    /// How long a request of a route may take.
    #[must_use]
    pub fn longest(self, route: &str) -> Duration {
        match self {
            Self::Heavy | Self::Sync => Duration::from_mins(2),
            // Pieces of pictures come over slow lines.
            Self::Write if route.starts_with("/api/v1/media") => Duration::from_mins(2),
            Self::Auth | Self::Read | Self::Write => Duration::from_secs(30),
        }
    }

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        CLASSES.iter().find(|(_, class)| *class == self).map_or("", |(word, _)| word)
    }
}

impl Scope {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        SCOPES.iter().find(|(_, scope)| *scope == self).map_or("", |(word, _)| word)
    }
}

/// All limits of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// By scope and class; nothing is no limit.
    table: [[Option<Rate>; CLASSES.len()]; SCOPES.len()],
}

/// The setting cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a limit such as ip.auth=60/60 (60 at once, 60 more in 60 seconds), or ip.auth=off")]
pub struct RatesError(String);

impl Rates {
    /// No limit at all: for tests and measurements.
    #[must_use]
    pub const fn off() -> Self {
        Self { table: [[None; CLASSES.len()]; SCOPES.len()] }
    }

    /// The limit of a scope for a class.
    #[must_use]
    pub const fn of(&self, scope: Scope, class: Class) -> Option<Rate> {
        self.table[scope as usize][class as usize]
    }
}

impl Default for Rates {
    /// What lets a busy browser, three devices and a careful program through, and a thousand guesses not.
    fn default() -> Self {
        let minute = |most| Rate::new(most, Duration::from_mins(1));
        Self {
            table: [
                // auth, read, write, heavy, sync
                [minute(60), minute(3_000), minute(1_500), minute(60), minute(1_500)],
                [minute(60), minute(1_200), minute(600), minute(30), minute(600)],
                [minute(120), minute(3_000), minute(1_500), minute(60), minute(1_500)],
            ],
        }
    }
}

impl FromStr for Rates {
    type Err = RatesError;

    /// `off`, or what differs from the standard: `ip.auth=60/60,tenant.read=off`.
    fn from_str(text: &str) -> Result<Self, RatesError> {
        if text == "off" {
            return Ok(Self::off());
        }
        let mut rates = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (scope, class, rate) = entry_of(entry).ok_or_else(|| RatesError(entry.to_owned()))?;
            rates.table[scope as usize][class as usize] = rate;
        }
        Ok(rates)
    }
}

fn entry_of(entry: &str) -> Option<(Scope, Class, Option<Rate>)> {
    let (name, limit) = entry.split_once('=')?;
    let (scope, class) = name.split_once('.')?;
    let scope = SCOPES.iter().find(|(word, _)| *word == scope)?.1;
    let class = CLASSES.iter().find(|(word, _)| *word == class)?.1;
    if limit == "off" {
        return Some((scope, class, None));
    }
    let (most, seconds) = limit.split_once('/')?;
    let rate = Rate::new(most.parse().ok()?, Duration::from_secs(seconds.parse().ok()?))?;
    Some((scope, class, Some(rate)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_says_what_differs() {
        assert_eq!("".parse(), Ok(Rates::default()));
        assert_eq!("off".parse(), Ok(Rates::off()));
        let rates: Rates = "ip.auth=5/60, tenant.read=off".parse().unwrap();
        assert_eq!(rates.of(Scope::Ip, Class::Auth), Rate::new(5, Duration::from_mins(1)));
        assert_eq!(rates.of(Scope::Tenant, Class::Read), None);
        assert_eq!(rates.of(Scope::Token, Class::Sync), Rates::default().of(Scope::Token, Class::Sync));
        for bad in
            ["auth=5/60", "ip.auth=5", "ip.auth=0/60", "ip.guess=5/60", "moon.auth=5/60", "ip.auth=5/0"]
        {
            assert_eq!(bad.parse::<Rates>(), Err(RatesError(bad.to_owned())));
        }
    }

    #[test]
    fn every_route_has_a_class() {
        for (method, route, class) in [
            (Method::POST, "/api/v1/auth/login", Class::Auth),
            (Method::GET, "/api/v1/auth/me", Class::Read),
            (Method::POST, "/api/v1/auth/logout", Class::Write),
            (Method::GET, "/api/v1/clients/{id}", Class::Read),
            (Method::PATCH, "/api/v1/clients/{id}", Class::Write),
            (Method::POST, "/api/v1/imports", Class::Heavy),
            (Method::GET, "/api/v1/export", Class::Heavy),
            (Method::POST, "/api/v1/media", Class::Heavy),
            (Method::GET, "/api/v1/media", Class::Read),
            (Method::GET, "/api/v1/media/{id}", Class::Read),
            (Method::PATCH, "/api/v1/media/uploads/{id}", Class::Write),
            (Method::POST, "/api/v1/sync", Class::Sync),
            (Method::GET, "/docs/", Class::Read),
        ] {
            assert_eq!(Class::of(&method, route), class, "{method} {route}");
        }
    }
}
