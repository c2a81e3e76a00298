//! The words for what she is told. A notice is stored as a code with arguments; texts are chosen when it is shown.

use domain::lang::Lang;
use serde_json::Value as Json;

use crate::store::Notice;

/// The row that came with a document was not what the document says; the document's own reading is shown.
pub const ROW_DIFFERED: &str = "row_differed";
/// Stored bytes were damaged; the document is being fetched again.
pub const DAMAGED_ON_DISK: &str = "damaged_on_disk";
/// Something received was damaged or impossible; it is put aside.
pub const BAD_CHANGE: &str = "bad_change";
/// The server refused a change.
pub const REFUSED: &str = "refused";
/// A document was erased for good, with edits of hers that had not been sent.
pub const PURGED: &str = "purged";
/// The server said no to something it was asked to do.
pub const INTENT_REFUSED: &str = "intent_refused";
/// The moment passed until which something was to be done; it was not done.
pub const INTENT_EXPIRED: &str = "intent_expired";
/// The server was restored from a backup; what it lacked was offered again.
pub const SERVER_RESTORED: &str = "server_restored";
/// The clock of this device is far from the server's.
pub const CLOCK_OFF: &str = "clock_off";
/// This home was copied or restored; it gets an identity of its own.
pub const COPIED_HOME: &str = "copied_home";
/// After several repairs device and server still differ.
pub const DIFFERENT: &str = "different";
/// The server does not have what this device misses.
pub const MISSING_ON_SERVER: &str = "missing_on_server";
/// The device was disconnected from the account.
pub const REVOKED: &str = "revoked";
/// The server speaks another version of the protocol.
pub const UPDATE_NEEDED: &str = "update_needed";
/// The business is suspended: the server takes nothing, and everything stays here.
pub const SUSPENDED: &str = "suspended";
/// The business works again.
pub const RESUMED: &str = "resumed";

/// What a notice says in a language.
#[must_use]
pub fn text(notice: &Notice, lang: Lang) -> String {
    let words = |ru: &'static str, en: &'static str| if lang == Lang::Ru { ru } else { en };
    let text = match notice.code.as_str() {
        ROW_DIFFERED => words(
            "Сервер показал запись не так, как она записана. Показываем записанное.",
            "The server showed a record differently from what is written in it. We show what is written.",
        ),
        DAMAGED_ON_DISK => words(
            "Запись на этом устройстве повредилась. Повреждённое отложено, запись восстанавливается.",
            "A record on this device was damaged. The damaged part is put aside, the record is being restored.",
        ),
        BAD_CHANGE => words(
            "Пришло повреждённое изменение. Оно отложено, запись запрошена целиком.",
            "A damaged change arrived. It is put aside, the whole record was asked for.",
        ),
        REFUSED => words(
            "Сервер не принял одно изменение. Оно отложено, посмотрите его в состоянии устройства.",
            "The server did not accept a change. It is put aside; see the status of the device.",
        ),
        PURGED => words(
            "Запись удалена навсегда вместе с вашими неотправленными изменениями.",
            "A record was erased for good, together with edits that had not been sent.",
        ),
        INTENT_REFUSED => words(
            "Сервер не смог выполнить просьбу. Причина указана в состоянии устройства.",
            "The server could not do what it was asked. The status of the device says why.",
        ),
        INTENT_EXPIRED => words(
            "Срок просьбы вышел раньше, чем сервер её получил. Она не выполнена и уже не будет.",
            "The time for something you asked for ran out before the server heard of it. It was not done and will not be.",
        ),
        SERVER_RESTORED => words(
            "Сервер восстановлен из копии. Всё, чего ему не хватало, отправлено снова.",
            "The server was restored from a backup. Everything it lacked was sent again.",
        ),
        CLOCK_OFF => words(
            "Часы этого устройства расходятся с сервером. Проверьте дату и время.",
            "The clock of this device differs from the server's. Please check date and time.",
        ),
        COPIED_HOME => words(
            "Папка приложения скопирована или восстановлена. При синхронизации устройство получит своё имя.",
            "The app's folder was copied or restored. With the next sync it gets an identity of its own.",
        ),
        DIFFERENT => words(
            "Данные здесь и на сервере расходятся, и исправить это сразу не удалось. Попробуем при следующей синхронизации.",
            "The data here and on the server differ and could not be repaired at once. The next sync tries again.",
        ),
        MISSING_ON_SERVER => words(
            "На сервере нет записи, которая нужна этому устройству.",
            "The server does not have a record that this device needs.",
        ),
        REVOKED => words(
            "Устройство отключено от аккаунта. Всё неотправленное остаётся здесь: войдите снова, и оно уйдёт на сервер.",
            "This device was disconnected from the account. What was not sent stays here: sign in again, and it goes to the server.",
        ),
        UPDATE_NEEDED => words(
            "Нужна другая версия приложения. Всё записанное сохранится.",
            "You need another version of the app. Everything that was saved will stay.",
        ),
        SUSPENDED => words(
            "Аккаунт приостановлен: сервер пока ничего не принимает. Всё записанное остаётся здесь, его можно читать и выгрузить. Напишите в поддержку.",
            "The account is suspended: the server takes nothing for now. Everything you wrote stays here and can be read and exported. Please contact support.",
        ),
        RESUMED => words(
            "Аккаунт снова работает. Всё, что ждало здесь, отправляется.",
            "The account works again. Everything that waited here is being sent.",
        ),
        other => other,
    };
    match &notice.args {
        Json::Object(args) if !args.is_empty() => {
            let args: Vec<String> = args.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{text} ({})", args.join(", "))
        }
        _ => text.to_owned(),
    }
}
