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
#[path = "devices/intents.rs"]
mod intents;
#[path = "devices/keys.rs"]
mod keys;
#[path = "devices/nodes.rs"]
mod nodes;
#[path = "devices/pictures.rs"]
mod pictures;
#[path = "devices/promised.rs"]
mod promised;
#[path = "devices/proof.rs"]
mod proof;
#[path = "devices/retries.rs"]
mod retries;
#[path = "devices/revoked.rs"]
mod revoked;
#[path = "devices/tour.rs"]
mod tour;
#[path = "devices/victim.rs"]
mod victim;
