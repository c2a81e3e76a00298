//! YooKassa's part of the house's page.

use domain::lang;
use domain::yookassa::{PaymentStatus, RefundStatus};

use super::super::page::{button, moods, table};
use super::super::words::Words;
use super::payer::{self, state};
use super::payment::Payment;
use super::shop::{Refund, Shop};
use super::{NAME, Yookassa};
use crate::http::escape;

/// So many of each are shown.
const SHOWN: usize = 30;

impl Yookassa {
    pub(in super::super) fn section(&self, words: &Words) -> String {
        let (payments, refunds) = {
            let shops = self.shops();
            let payments = newest(shops.values(), |shop| &shop.payments, |payment| payment.created);
            let refunds = newest(shops.values(), |shop| &shop.refunds, |refund| refund.created);
            let payments = payments.iter().map(|(shop, payment)| payment_row(words, shop, payment)).collect();
            let refunds = refunds.iter().map(|(shop, refund)| refund_row(words, shop, refund)).collect();
            (payments, refunds)
        };
        let heads = [words.what, words.shop, words.sum, words.state, words.actions];
        let mut section = format!("<h2>YooKassa</h2>{}", moods(words, NAME, &self.moods));
        section.push_str(&table(words, words.payments, &heads, payments));
        section.push_str(&table(words, words.refunds, &heads, refunds));
        section.push_str(&self.notices(words));
        section
    }

    fn notices(&self, words: &Words) -> String {
        let rows = self.outbox.latest(SHOWN).into_iter().map(|notice| {
            let again = format!("/control/yookassa/notifications/{}/again", notice.id);
            vec![
                escape(&notice.about),
                escape(notice.heard.as_deref().unwrap_or_default()),
                notice.tries.to_string(),
                button(&again, words.again, &notice.about, &[]),
            ]
        });
        let heads = [words.what, words.answer, words.tries, words.actions];
        let mut notices = table(words, words.notices, &heads, rows.collect());
        let handling = "/control/yookassa/notify";
        notices.push_str(&button(handling, words.hold, "", &[("held", "true")]));
        notices.push_str(&button(handling, words.let_go, "", &[("held", "false"), ("reversed", "false")]));
        notices.push_str(&button(
            handling,
            words.let_go_reversed,
            "",
            &[("held", "false"), ("reversed", "true")],
        ));
        notices
    }
}

fn newest<'a, T, K: Ord>(
    shops: impl Iterator<Item = &'a Shop>,
    of: impl Fn(&'a Shop) -> &'a Vec<T>,
    key: impl Fn(&T) -> K,
) -> Vec<(&'a Shop, &'a T)> {
    let mut newest: Vec<_> =
        shops.flat_map(|shop| of(shop).iter().rev().take(SHOWN).map(move |one| (shop, one))).collect();
    newest.sort_by_key(|(_, one)| std::cmp::Reverse(key(one)));
    newest.truncate(SHOWN);
    newest
}

fn payment_row(words: &Words, shop: &Shop, payment: &Payment) -> Vec<String> {
    let steer = |act: &str, label| {
        button(&format!("/control/yookassa/payments/{}/{act}", payment.id), label, &payment.id, &[])
    };
    let actions = match payment.status {
        PaymentStatus::Pending => {
            steer("pay", words.pay) + &steer("decline", words.decline) + &steer("expire", words.expire)
        }
        PaymentStatus::WaitingForCapture => steer("expire", words.expire),
        PaymentStatus::Succeeded | PaymentStatus::Canceled => String::new(),
    };
    let what = payment.description.as_deref().unwrap_or(&payment.id);
    vec![
        format!("<a href=\"{}{}\">{}</a>", payer::BASE, payment.id, escape(what)),
        escape(&shop.id),
        escape(&lang::money(words.lang, payment.amount)),
        state(words, payment.status).to_owned(),
        actions,
    ]
}

fn refund_row(words: &Words, shop: &Shop, refund: &Refund) -> Vec<String> {
    let steer = |act: &str, label| {
        button(&format!("/control/yookassa/refunds/{}/{act}", refund.id), label, &refund.id, &[])
    };
    let actions = if refund.status == RefundStatus::Pending {
        steer("succeed", words.succeed) + &steer("cancel", words.decline)
    } else {
        String::new()
    };
    vec![
        escape(&refund.payment),
        escape(&shop.id),
        escape(&lang::money(words.lang, refund.amount)),
        refund.status.to_string(),
        actions,
    ]
}
