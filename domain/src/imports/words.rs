//! What became of a row, in her language. English is what programs and logs see too.
//!
//! Part of the import room. Pure.

use crate::lang::{Lang, field_message};

use super::{Problem, Reason};

impl Reason {
    /// In a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::AlreadyThere => "уже есть".to_owned(),
            Self::RecordedOtherwise => "уже есть; строка другая, но записанное не переписывается".to_owned(),
            Self::Removed => "здесь удалено, файл не возвращает".to_owned(),
            Self::Gone => "уже добавлялось и удалено, или сервер отказал".to_owned(),
            Self::TimeUnknown => {
                "записи с этим визитом нет; сохранено как визит в 00:00, время неизвестно".to_owned()
            }
            Self::KeptUnread(cells) => format!("не разобрано, сохранено как есть в `meta`: {cells}"),
            Self::SameContact(name) => format!("этот телефон или почта уже есть у клиента {name:?}"),
            Self::MergedInto(name) => {
                format!("объединено с клиентом {name:?}, у которого этот телефон или почта")
            }
            Self::Problem(problem) => problem.in_russian(),
        }
    }
}

impl Problem {
    fn in_russian(&self) -> String {
        match self {
            Self::CellCount { found, wanted } => format!("ячеек {found}, а нужно {wanted}"),
            Self::OpenQuote => "кавычка здесь открыта и не закрыта; строки после неё пропали".to_owned(),
            Self::CellError { column, value } => format!("{column}: в ячейке {value}"),
            Self::NoResult(column) => {
                format!("{column}: формула без результата; откройте файл, сохраните и попробуйте снова")
            }
            Self::CutCard => "карточка оборвана: нет её конца".to_owned(),
            Self::Unreadable(why) => format!("строка не читается: {why}"),
            Self::NoKey => "у строки нет кода".to_owned(),
            Self::Repeated(line) => format!("этот код уже был в строке {line}"),
            Self::Missing(field) => format!("{field}: пусто"),
            Self::Form { field, value, format } => format!("{field}: {value:?} записано не как {format}"),
            Self::UnknownService(code) => {
                format!("нет услуги {code:?}; сначала загрузите услуги или назовите её в [codes.service]")
            }
            Self::UnknownStatus(word) => {
                format!(
                    "status: {word:?} не из booked, cancelled, no_show, completed; назовите в [codes.status]"
                )
            }
            Self::Fields(fields) => {
                let told = fields
                    .iter()
                    .map(|(name, problem)| format!("{name}: {}", field_message(Lang::Ru, problem)));
                told.collect::<Vec<_>>().join(", ")
            }
            Self::Other(why) => why.clone(),
        }
    }
}
