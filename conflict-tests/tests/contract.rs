//! One contract, two doors: every scenario here is a plain list of requests, sent to the server over HTTP and to a device's
//! `local_api`, which has no way to any network. What both answer must be the same, byte for byte, but for ids, times and
//! versions, which are masked and must stand in the same places (docs/adr/0029-one-contract-two-doors.md).

#[path = "contract/appointments.rs"]
mod appointments;
#[path = "contract/clients.rs"]
mod clients;
#[path = "contract/conflicts.rs"]
mod conflicts;
#[path = "contract/doors.rs"]
mod doors;
#[path = "contract/errors.rs"]
mod errors;
#[path = "contract/forwarded.rs"]
mod forwarded;
#[path = "contract/history.rs"]
mod history;
#[path = "contract/lists.rs"]
mod lists;
#[path = "contract/mask.rs"]
mod mask;
#[path = "contract/media.rs"]
mod media;
#[path = "contract/notes.rs"]
mod notes;
#[path = "contract/offline.rs"]
mod offline;
#[path = "contract/payments.rs"]
mod payments;
#[path = "contract/scenario.rs"]
mod scenario;
#[path = "contract/services.rs"]
mod services;
#[path = "contract/settings.rs"]
mod settings;
#[path = "contract/slots.rs"]
mod slots;

/// Scenarios, each a test of its own: `name => [requests]`.
macro_rules! scenarios {
    ($($name:ident => [$($step:expr),+ $(,)?],)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                crate::scenario::same_at_both_doors(&[$($step),+]).await;
            }
        )+
    };
}
pub(crate) use scenarios;
