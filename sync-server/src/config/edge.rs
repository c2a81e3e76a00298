//! What stands between the server and the rest of the world: limits, proxies, foreign pages.

use clap::Args;

use crate::http::limits::{Limits, Rates};
use crate::http::{Edge, Origins, TrustedProxies};
use crate::redis::Redis;

/// What stands between the server and the rest of the world.
#[derive(Debug, Args)]
pub struct EdgeConfig {
    /// What differs from the standard limits, such as `ip.auth=60/60,token.read=off`; `off` for none at all
    #[arg(long, global = true, env = "RATE_LIMITS", default_value = "")]
    rate_limits: Rates,
    /// How many requests of one business run at a time in one process; 0 for any number
    #[arg(long, global = true, env = "TENANT_REQUESTS", default_value_t = 64)]
    tenant_requests: usize,
    /// The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses and networks, or `none`
    #[arg(long, global = true, env = "TRUSTED_PROXIES", default_value = "127.0.0.0/8,::1/128")]
    trusted_proxies: TrustedProxies,
    /// Origins whose pages may call the API from a browser, such as `https://app.example.ru`
    #[arg(long, global = true, env = "CORS_ORIGINS", default_value = "")]
    cors_origins: Origins,
}

impl EdgeConfig {
    /// The edge of this installation.
    #[must_use]
    pub fn edge(&self, redis: Redis) -> Edge {
        let most = Some(self.tenant_requests).filter(|most| *most > 0);
        Edge {
            limits: Limits::new(self.rate_limits.clone(), most, redis),
            proxies: self.trusted_proxies.clone(),
            origins: self.cors_origins.clone(),
        }
    }
}
