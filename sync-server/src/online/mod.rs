//! Money over the internet: links on invoices, deposits, holds and refunds at YooKassa, in the shop of the master alone.
//!
//! What is asked of the provider is a row with its key before the call is made, and the call is a job of the same transaction: whatever
//! dies in between, the same call is made again under the same key. What the provider tells us is believed of nobody: it says where to
//! look, and `settle` holds what the provider's API shows against what was asked for (`domain::yookassa`). Money that came or went is a
//! payment record, written through the door of `sync` in the transaction in which the row moves on, under an id that follows from the
//! row's: there is one, however often anybody tells us.
//!
//! May use `db`, `http`, `writes`, `auth` (the business and its people), `invoices`, `appointments`, `clients`, `settings` (what an ask
//! is about), `jobs`, `sealed`, `mail`, the client `yookassa` and the door of `sync`. The rules are `domain::online`.

mod asked;
mod calls;
mod capture;
mod connection;
mod deposit;
mod events;
mod get;
mod jobs;
mod link;
mod list;
mod provider;
mod qr;
mod refund;
mod rows;
mod schemas;
mod settle;
mod store;
mod store_events;
mod store_shops;
mod sweep;
#[cfg(test)]
mod tests;
mod visits;
mod wait;
mod webhook;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

pub use jobs::{Act, Create, GiveBack, Look};
pub(crate) use link::{PaysAt, pays_at};
pub use provider::{Installation, Online};
pub(crate) use refund::give_back;
pub use sweep::{Sweep, Watch};
pub use visits::VisitMoved;
pub(crate) use visits::{deposits_kept, follow_visits};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(connection::get_yookassa, connection::put_yookassa, connection::delete_yookassa))
        .routes(routes!(connection::check_yookassa))
        .routes(routes!(link::create_payment_link))
        .routes(routes!(deposit::create_deposit))
        .routes(routes!(list::list_online_payments))
        .routes(routes!(get::get_online_payment))
        .routes(routes!(capture::capture_online_payment))
        .routes(routes!(capture::cancel_online_payment))
        .routes(routes!(refund::refund_online_payment))
        .routes(routes!(webhook::notify_yookassa))
        .routes(routes!(webhook::notify_yookassa_of_installation))
}
