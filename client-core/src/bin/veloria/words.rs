//! Words for people in place of the words that programs branch on: states of visits and of records, kinds.

use domain::lang::Lang;

/// What programs read, what people read in Russian, and in English.
const WORDS: &[(&str, &str, &str)] = &[
    ("requested", "запрошен", "requested"),
    ("booked", "записан", "booked"),
    ("confirmed", "подтверждён", "confirmed"),
    ("cancelled", "отменён", "cancelled"),
    ("no_show", "не пришёл", "no-show"),
    ("completed", "завершён", "completed"),
    ("visit", "визит", "visit"),
    ("block", "личное время", "personal time"),
    ("general", "заметка", "note"),
    ("formula", "формула", "formula"),
    ("payment", "оплата", "payment"),
    ("refund", "возврат", "refund"),
    ("saved_here", "сохранено здесь", "saved here"),
    ("on_server", "на сервере", "on the server"),
    ("needs_you", "нужно ваше решение", "needs you"),
    ("pending", "ждёт отправки", "waiting to be sent"),
    ("sent", "отправлено", "sent"),
    ("refused", "отклонено", "refused"),
    ("expired", "срок вышел", "expired"),
    ("clients", "клиент", "client"),
    ("appointments", "визит", "visit"),
    ("notes", "заметка", "note"),
    ("service.add", "новая услуга", "new service"),
    ("service.edit", "изменение услуги", "edit of a service"),
    ("service.remove", "удаление услуги", "removal of a service"),
    ("payment.add", "оплата", "payment"),
    ("settings.put", "настройки", "settings"),
];

/// A word as people read it; one that is not known stays.
pub(crate) fn word(text: &str, lang: Lang) -> &str {
    let known = WORDS.iter().find(|(wire, _, _)| *wire == text);
    known.map_or(text, |(_, ru, en)| if lang == Lang::Ru { ru } else { en })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_visit_has_its_words() {
        for status in domain::appointments::Status::ALL {
            assert!(WORDS.iter().any(|(wire, _, _)| *wire == status.as_str()), "{}", status.as_str());
        }
        assert_eq!((word("no_show", Lang::Ru), word("no_show", Lang::En)), ("не пришёл", "no-show"));
        assert_eq!(word("tomorrow", Lang::Ru), "tomorrow");
    }
}
