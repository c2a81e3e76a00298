//! The words of the operators' page. They stand here and not in `domain/lang`, because no master and no device ever sees them.

use domain::lang::Lang;

/// One language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) title: &'static str,
    pub(super) refresh: &'static str,
    pub(super) workers: &'static str,
    pub(super) all_is_well: &'static str,
    pub(super) need_somebody: &'static str,
    pub(super) nobody_works: &'static str,
    pub(super) kinds: &'static str,
    pub(super) queues: &'static str,
    pub(super) trouble: &'static str,
    pub(super) no_trouble: &'static str,
    pub(super) none: &'static str,
    pub(super) no_queues: &'static str,
    pub(super) kind_heads: [&'static str; 10],
    pub(super) queue_heads: [&'static str; 4],
    pub(super) trouble_heads: [&'static str; 5],
    pub(super) number: &'static str,
    pub(super) business: &'static str,
    pub(super) request: &'static str,
    pub(super) pause: &'static str,
    pub(super) resume: &'static str,
    pub(super) retry: &'static str,
    pub(super) retry_all: &'static str,
    pub(super) discard: &'static str,
    pub(super) paused: &'static str,
    pub(super) goes: &'static str,
    pub(super) dead: &'static str,
    pub(super) again: &'static str,
    /// Seconds, minutes, hours.
    times: [&'static str; 3],
    comma: &'static str,
    /// What kinds of jobs do; one that is not here is called by its name alone.
    titles: &'static [(&'static str, &'static str)],
}

impl Words {
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ru => &RU,
            Lang::En => &EN,
        }
    }

    /// What a kind of job does.
    pub(super) fn kind(&self, name: &str) -> Option<&'static str> {
        self.titles.iter().find(|(known, _)| *known == name).map(|(_, title)| *title)
    }

    /// A number with two places after the comma.
    pub(super) fn decimal(&self, number: f64) -> String {
        format!("{number:.2}").replace('.', self.comma)
    }

    /// A time that a person can take in.
    pub(super) fn duration(&self, seconds: i64) -> String {
        let (number, unit) = match seconds {
            ..90 => (seconds, 0),
            90..5_400 => (seconds / 60, 1),
            _ => (seconds / 3_600, 2),
        };
        format!("{number} {}", self.times[unit])
    }
}

const RU: Words = Words {
    lang: "ru",
    title: "Задачи",
    refresh: "Обновить",
    workers: "Исполнителей на связи",
    all_is_well: "Всё идёт своим чередом.",
    need_somebody: "Нужен человек: задач без попыток",
    nobody_works: "Никто не работает: запустите сервер или sync-server worker.",
    kinds: "Виды задач",
    queues: "Очереди",
    trouble: "С ошибками",
    no_trouble: "Ошибок нет.",
    none: "Пока ничего.",
    no_queues: "Именованных очередей нет.",
    kind_heads: [
        "Вид",
        "Ждут",
        "Позже",
        "Выполняются",
        "Готово за час",
        "Сбоев за час",
        "Ждали, с",
        "Работали, с",
        "Без попыток",
        "Действие",
    ],
    queue_heads: ["Очередь", "Ждут", "Состояние", "Действие"],
    trouble_heads: ["Задача", "Причина", "Попытки", "Состояние", "Действие"],
    number: "№",
    business: "бизнес",
    request: "запрос",
    pause: "Остановить",
    resume: "Продолжить",
    retry: "Повторить",
    retry_all: "Повторить все",
    discard: "Выбросить",
    paused: "остановлено",
    goes: "идёт",
    dead: "попыток больше нет",
    again: "ещё попытка через",
    times: ["с", "мин", "ч"],
    comma: ",",
    titles: &[
        ("imports.drop_files", "Удалить файлы импорта"),
        ("auth.sweep_sign_ins", "Забыть недействующие ключи и коды"),
        ("billing.begin_months", "Начать новые месяцы тарифов"),
        ("jobs.sweep_effects", "Забыть старые отметки задач"),
        ("ledger.catch_up", "Дописать книгу денег и сверить её"),
        ("mail.send", "Отправить письмо"),
        ("media.remove", "Удалить снимки"),
        ("media.sweep", "Прибрать брошенные загрузки"),
        ("online.act", "Забрать или отпустить удержанное"),
        ("online.create", "Создать ссылку на оплату"),
        ("online.look", "Посмотреть оплату у ЮКассы"),
        ("online.refund", "Вернуть деньги через ЮКассу"),
        ("online.sweep", "Обойти незавершённые оплаты"),
        ("online.visit", "Решить о предоплате после визита"),
        ("online.watch", "Проверить, что оплаты обходят"),
        ("writes.sweep_keys", "Забыть старые ключи запросов"),
    ],
};

const EN: Words = Words {
    lang: "en",
    title: "Jobs",
    refresh: "Refresh",
    workers: "Workers alive",
    all_is_well: "All is well.",
    need_somebody: "Somebody must look: jobs out of attempts",
    nobody_works: "Nobody works: start the server, or sync-server worker.",
    kinds: "Kinds of jobs",
    queues: "Queues",
    trouble: "Trouble",
    no_trouble: "No job is in trouble.",
    none: "Nothing yet.",
    no_queues: "No queue has a name.",
    kind_heads: [
        "Kind",
        "Waiting",
        "Later",
        "Running",
        "Done in an hour",
        "Failed in an hour",
        "Waited, s",
        "Ran, s",
        "Out of attempts",
        "Action",
    ],
    queue_heads: ["Queue", "Waiting", "State", "Action"],
    trouble_heads: ["Job", "Cause", "Attempts", "State", "Action"],
    number: "No.",
    business: "business",
    request: "request",
    pause: "Pause",
    resume: "Resume",
    retry: "Retry",
    retry_all: "Retry all",
    discard: "Discard",
    paused: "paused",
    goes: "goes on",
    dead: "out of attempts",
    again: "tried again in",
    times: ["s", "min", "h"],
    comma: ".",
    titles: &[
        ("imports.drop_files", "Remove files of imports"),
        ("auth.sweep_sign_ins", "Forget dead keys and codes"),
        ("billing.begin_months", "Begin new months of plans"),
        ("jobs.sweep_effects", "Forget old marks of jobs"),
        ("ledger.catch_up", "Post what the books lack, and check them"),
        ("mail.send", "Send a letter"),
        ("media.remove", "Remove pictures"),
        ("media.sweep", "Clear uploads that were given up"),
        ("online.act", "Take or let go what is held"),
        ("online.create", "Make a payment link"),
        ("online.look", "Look at a payment at YooKassa"),
        ("online.refund", "Give money back over YooKassa"),
        ("online.sweep", "Go on with payments that are not over"),
        ("online.visit", "Settle a deposit after its visit"),
        ("online.watch", "See that payments are gone on with"),
        ("writes.sweep_keys", "Forget old keys of requests"),
    ],
};
