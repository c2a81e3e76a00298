//! End to end: real devices with real files, the real server on a real Postgres, and a network that breaks.

#[path = "devices/broken_links.rs"]
mod broken_links;
#[path = "devices/conflicts.rs"]
mod conflicts;
#[path = "devices/copies.rs"]
mod copies;
#[path = "devices/damage.rs"]
mod damage;
#[path = "devices/homes.rs"]
mod homes;
#[path = "devices/hostile.rs"]
mod hostile;
#[path = "devices/hours.rs"]
mod hours;
#[path = "devices/keys.rs"]
mod keys;
#[path = "devices/nodes.rs"]
mod nodes;
#[path = "devices/proxy.rs"]
mod proxy;
#[path = "devices/retries.rs"]
mod retries;
#[path = "devices/tour.rs"]
mod tour;
#[path = "devices/victim.rs"]
mod victim;
