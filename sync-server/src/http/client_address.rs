//! Who is at the other end: the address that connected or, if that is a proxy which the settings trust, the one it names.
//!
//! What `X-Forwarded-*` says is believed from trusted proxies alone. From everybody else the headers are removed before
//! anything reads them, so that no limit, no cookie and no journal goes by what a stranger wrote.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use crate::AppState;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: [HeaderName; 5] = [
    FOR,
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("forwarded"),
];

/// Addresses and networks that a setting names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// The proxies that are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Networks);

/// The setting cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an address such as 10.0.0.1, or a network such as 10.0.0.0/8")]
pub struct NetworksError(String);

impl FromStr for Networks {
    type Err = NetworksError;

    /// Addresses and networks with commas between; `none` for nobody.
    fn from_str(text: &str) -> Result<Self, NetworksError> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty() && *entry != "none");
        let read = |entry: &str| {
            let address = entry.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| entry.parse()).map_err(|_| NetworksError(entry.to_owned()))
        };
        entries.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Networks {
    /// Nobody.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether this address is in one of them.
    #[must_use]
    pub fn have(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address.to_canonical()))
    }
}

impl FromStr for TrustedProxies {
    type Err = NetworksError;

    fn from_str(text: &str) -> Result<Self, NetworksError> {
        text.parse().map(Self)
    }
}

impl Default for TrustedProxies {
    /// Whoever is on this machine.
    fn default() -> Self {
        Self(Networks(["127.0.0.0/8", "::1/128"].iter().filter_map(|net| net.parse().ok()).collect()))
    }
}

impl TrustedProxies {
    /// Whether this address is one of them.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.have(address)
    }

    /// The nearest address that is not a proxy of ours: from the right, because a caller may have written the left.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named: Vec<&str> = headers
            .get_all(FOR)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or("?").split(','))
            .map(str::trim)
            .collect();
        let mut client = peer;
        for entry in named.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            // What cannot be read ends the way: who stands behind it is unknown.
            let Some(address) = address_of(entry) else { break };
            client = address;
        }
        client
    }
}

/// An address, with or without brackets and a port.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// The outermost layer: puts the client's address in the place of the proxy's.
pub(super) async fn learn(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let proxies = &state.edge.proxies;
        if proxies.trusts(peer.ip()) {
            let client = proxies.client(peer.ip(), request.headers());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, peer.port())));
        } else {
            for name in FORWARDED {
                request.headers_mut().remove(name);
            }
        }
    }
    next.run(request).await
}

/// An address as it is counted: one of IPv6 stands for its network, of which a household has 2^64.
#[must_use]
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, named: &[&str]) -> String {
        let proxies: TrustedProxies = proxies.parse().unwrap();
        let headers = named.iter().map(|value| (FOR, value.parse().unwrap())).collect();
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_say_is_believed_and_that_from_the_right() {
        let nets = "10.0.0.0/8, 192.0.2.1";
        assert_eq!(client(nets, "10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            client(nets, "10.0.0.1", &["6.6.6.6, 203.0.113.9"]),
            "203.0.113.9",
            "the caller wrote the left"
        );
        assert_eq!(client(nets, "10.0.0.1", &["203.0.113.9, 192.0.2.1"]), "203.0.113.9", "two proxies");
        assert_eq!(client(nets, "10.0.0.1", &["203.0.113.9", "192.0.2.1"]), "203.0.113.9", "two headers");
        assert_eq!(client(nets, "8.8.8.8", &["203.0.113.9"]), "8.8.8.8", "a stranger says nothing");
        assert_eq!(client("none", "10.0.0.1", &["203.0.113.9"]), "10.0.0.1");
        assert_eq!(client(nets, "10.0.0.1", &["203.0.113.9, unknown"]), "10.0.0.1");
        assert_eq!(client(nets, "10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client(nets, "10.0.0.1", &[]), "10.0.0.1");
        for bad in ["10.0.0.0/33", "proxy.local", "10.0.0"] {
            assert_eq!(bad.parse::<TrustedProxies>(), Err(NetworksError(bad.to_owned())));
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_household() {
        let of = |text: &str| household(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
