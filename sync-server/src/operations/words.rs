//! The words of the operators' page. They stand here and not in `domain/lang`, because no master and no device ever sees them.

use domain::lang::Lang;

/// One language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) title: &'static str,
    pub(super) refresh: &'static str,
    pub(super) workers: &'static str,
    pub(super) kinds: &'static str,
    pub(super) queues: &'static str,
    pub(super) trouble: &'static str,
    pub(super) no_trouble: &'static str,
    pub(super) none: &'static str,
    pub(super) kind_heads: [&'static str; 10],
    pub(super) queue_heads: [&'static str; 4],
    pub(super) trouble_heads: [&'static str; 8],
    pub(super) pause: &'static str,
    pub(super) resume: &'static str,
    pub(super) retry: &'static str,
    pub(super) retry_all: &'static str,
    pub(super) discard: &'static str,
    pub(super) paused: &'static str,
    pub(super) dead: &'static str,
    pub(super) again: &'static str,
    pub(super) seconds: &'static str,
}

impl Words {
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ru => &RU,
            Lang::En => &EN,
        }
    }
}

const RU: Words = Words {
    lang: "ru",
    title: "Задачи",
    refresh: "Обновить",
    workers: "Работников на связи",
    kinds: "По видам",
    queues: "Очереди",
    trouble: "С ошибками",
    no_trouble: "Ошибок нет.",
    none: "Пока ничего.",
    kind_heads: [
        "Вид",
        "Ждут",
        "Позже",
        "Выполняются",
        "Готово за час",
        "Сбоев за час",
        "Ждали, с",
        "Работали, с",
        "Похоронены",
        "Действие",
    ],
    queue_heads: ["Очередь", "Ждут", "Состояние", "Действие"],
    trouble_heads: ["№", "Вид", "Бизнес", "Запрос", "Попытки", "Причина", "Состояние", "Действие"],
    pause: "Остановить",
    resume: "Продолжить",
    retry: "Повторить",
    retry_all: "Повторить все",
    discard: "Выбросить",
    paused: "остановлено",
    dead: "попыток больше нет",
    again: "будет ещё попытка",
    seconds: "с",
};

const EN: Words = Words {
    lang: "en",
    title: "Jobs",
    refresh: "Refresh",
    workers: "Workers alive",
    kinds: "Kinds",
    queues: "Queues",
    trouble: "Trouble",
    no_trouble: "No job is in trouble.",
    none: "Nothing yet.",
    kind_heads: [
        "Kind",
        "Waiting",
        "Later",
        "Running",
        "Done in an hour",
        "Failed in an hour",
        "Waited, s",
        "Ran, s",
        "Dead",
        "Action",
    ],
    queue_heads: ["Queue", "Waiting", "State", "Action"],
    trouble_heads: ["No.", "Kind", "Business", "Request", "Attempts", "Cause", "State", "Action"],
    pause: "Pause",
    resume: "Resume",
    retry: "Retry",
    retry_all: "Retry all",
    discard: "Discard",
    paused: "paused",
    dead: "out of attempts",
    again: "will be tried again",
    seconds: "s",
};
