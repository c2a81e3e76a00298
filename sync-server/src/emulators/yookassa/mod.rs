//! YooKassa: its API at `/yookassa/v3`, the page on which a payer pays, notifications to shops, and the steering of all that.
//!
//! Any number of a shop with any key is one shop with books of its own ([`shop`]). Nothing here takes money.

mod api;
mod ask;
mod control;
mod fault;
mod listing;
mod payer;
mod payment;
mod section;
mod shop;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use domain::ids::{Clock as _, Ids as _};
use serde_json::json;

use super::clock::HouseClock;
use super::mode::Moods;
use super::outbox::Outbox;
use crate::system::SharedIds;
use api::Who;
use fault::Fault;
use shop::{Now, Shop};

const NAME: &str = "yookassa";

/// The service. Clones share its books.
#[derive(Clone, Debug)]
pub(super) struct Yookassa {
    shops: Arc<Mutex<BTreeMap<Who, Shop>>>,
    clock: HouseClock,
    ids: SharedIds,
    outbox: Outbox,
    moods: Moods,
    /// Where this house is.
    address: Arc<str>,
    /// Where shops are told of news that named no address of their own.
    notify: Arc<Mutex<Option<String>>>,
    refunds_wait: Arc<AtomicBool>,
}

impl Yookassa {
    pub(super) fn new(
        clock: HouseClock,
        ids: SharedIds,
        address: &str,
        notify: Option<&str>,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            shops: Arc::default(),
            clock,
            ids,
            outbox: Outbox::new()?,
            moods: Moods::new(fault::refusal),
            address: address.into(),
            notify: Arc::new(Mutex::new(notify.map(str::to_owned))),
            refunds_wait: Arc::default(),
        })
    }

    pub(super) fn routes(&self) -> Router {
        self.moods
            .around(api::routes(self.clone()))
            .merge(payer::routes(self.clone()))
            .merge(control::routes(self.clone()))
            .merge(self.moods.routes(NAME))
    }

    /// Lets payments run out, and sends what shops are to be told.
    pub(super) async fn look(&self) {
        let now = self.now();
        for shop in self.shops().values_mut() {
            shop.expire(now.at);
            self.publish(shop, &now);
        }
        self.outbox.send(now.at).await;
    }

    fn shops(&self) -> MutexGuard<'_, BTreeMap<Who, Shop>> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        let id = self.ids.clone().uuid().to_string();
        let page = format!("{}{}{id}", self.address, payer::BASE);
        Now { at: self.clock.now(), id, page, refunds_wait: self.refunds_wait.load(Ordering::SeqCst) }
    }

    /// Does something with the books of who asks, and tells of it.
    fn change<T>(
        &self,
        who: &Who,
        act: impl FnOnce(&mut Shop, &Now) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut shops = self.shops();
        let shop = shops.entry(who.clone()).or_insert_with(|| Shop::new(&who.shop));
        self.change_shop(shop, act)
    }

    fn change_shop<T>(
        &self,
        shop: &mut Shop,
        act: impl FnOnce(&mut Shop, &Now) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let now = self.now();
        shop.expire(now.at);
        let done = act(shop, &now);
        self.publish(shop, &now);
        done
    }

    /// The shop with something, whoever it belongs to: for those who steer, and for payers.
    fn find<T>(
        &self,
        has: impl Fn(&Shop) -> Option<usize>,
        act: impl FnOnce(&mut Shop, usize, &Now) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut shops = self.shops();
        let found = shops.values_mut().find_map(|shop| has(shop).map(|place| (shop, place)));
        let (shop, place) = found.ok_or_else(|| Fault::not_found("It"))?;
        self.change_shop(shop, |shop, now| act(shop, place, now))
    }

    fn publish(&self, shop: &mut Shop, now: &Now) {
        let usual = self.notify.lock().unwrap_or_else(PoisonError::into_inner);
        let to = shop.notify.as_ref().or(usual.as_ref()).map(|to| to.replace("{shop}", &shop.id));
        for (event, object) in shop.news.drain(..) {
            // A shop that typed no address hears nothing.
            let Some(to) = &to else { continue };
            let about = format!("{event} {}", object["id"].as_str().unwrap_or_default());
            let body = json!({ "type": "notification", "event": event, "object": object });
            self.outbox.push(now.at, to, &about, &body);
        }
    }
}
