//! The words of the house's pages, in both languages. They are for whoever tries the product out, so they are not in the
//! catalogue of the product.

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use domain::lang::Lang;
use std::convert::Infallible;

macro_rules! words {
    ($($name:ident: $ru:literal, $en:literal;)+) => {
        /// One language's words.
        #[derive(Debug)]
        pub(super) struct Words {
            pub(super) lang: Lang,
            $(pub(super) $name: &'static str,)+
        }

        const RU: Words = Words { lang: Lang::Ru, $($name: $ru,)+ };
        const EN: Words = Words { lang: Lang::En, $($name: $en,)+ };
    };
}

words! {
    title: "Дом эмуляторов", "The emulators' house";
    about: "Внешние службы на этой машине: говорят как настоящие, денег и сообщений не передают.",
        "Outside services on this machine: they speak like the real ones, and no money and no message moves.";
    refresh: "Обновить", "Refresh";
    mood: "Как отвечает", "How it answers";
    time: "Время в доме", "The time in the house";
    an_hour: "на час вперёд", "an hour on";
    a_day: "на день вперёд", "a day on";
    payments: "Платежи", "Payments";
    refunds: "Возвраты", "Refunds";
    notices: "Уведомления", "Notifications";
    none: "Пока ничего.", "Nothing yet.";
    shop: "магазин", "shop";
    sum: "сумма", "sum";
    state: "состояние", "state";
    what: "что", "what";
    tries: "попыток", "tries";
    answer: "ответ", "answer";
    actions: "действия", "actions";
    pay: "Оплатить", "Pay";
    decline: "Отклонить", "Decline";
    expire: "Дать истечь", "Let it expire";
    succeed: "Провести", "Let it succeed";
    again: "Послать ещё раз", "Send again";
    hold: "Придержать", "Hold back";
    let_go: "Отпустить", "Let go";
    let_go_reversed: "Отпустить в обратном порядке", "Let go, the newest first";
    payer_title: "Оплата (эмулятор)", "Payment (emulator)";
    payer_about: "Это эмулятор ЮKassa: деньги не списываются, карта не нужна.",
        "This is an emulator of YooKassa: no money is taken, no card is needed.";
    to_pay: "К оплате", "To pay";
    back: "Вернуться в магазин", "Back to the shop";
    pending: "ждёт оплаты", "waits to be paid";
    waiting_for_capture: "деньги придержаны", "the money is held";
    succeeded: "оплачен", "paid";
    canceled: "отменён", "cancelled";
    not_found: "Такого платежа нет.", "There is no such payment.";
}

impl Words {
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ru => &RU,
            Lang::En => &EN,
        }
    }
}

/// The words in the language that the browser asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked(pub(super) &'static Words);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(Words::of(header.map_or_else(Lang::default, Lang::from_accept_language))))
    }
}
