//! A map guessed from the names of the columns and from what stands in them. Always shown before anything is written.
//!
//! Part of the import room. Pure. Names are compared folded and without marks; a column serves one field, and a field is
//! guessed from the first column that fits it best. How days and amounts are written is found by trying: a form that
//! reads every value wins over one that does not.

use std::collections::{BTreeMap, HashMap};

use jiff::fmt::strtime;

use super::amounts::DecimalMark;
use super::map::{Columns, Formats, ImportMap};
use super::words_of_files::{self, FIELDS, KEYS, STATUSES};
use super::{Content, Format, ImportError, Kind, Table, calendar, vcard};
use crate::exports::{LIST_MARK, is_ours};
use crate::search::fold;

/// How many rows are looked at.
const LOOKED_AT: usize = 2_000;

const DATES: &[&str] =
    &["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d"];
const TIMES: &[&str] = &["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"];

/// Guesses the map of a file. `source` is the name of the other program.
pub fn guess(kind: Kind, content: &Content, source: &str) -> Result<ImportMap, ImportError> {
    if content.format == Format::Vcard {
        return match kind {
            Kind::Clients => ImportMap::from_json(&vcard::map()),
            other => Err(ImportError::CardsAreClients(other.as_str().to_owned())),
        };
    }
    if content.format == Format::Ics {
        return match kind {
            Kind::Appointments => ImportMap::from_json(&calendar::map(content.table.zone.as_deref())),
            other => Err(ImportError::CalendarsAreVisits(other.as_str().to_owned())),
        };
    }
    let table = &content.table;
    let mut columns = columns(kind, table);
    let mut map = ImportMap::named(source);
    map.key = key(kind, table, &columns);
    map.formats = formats(table, &mut columns);
    if kind == Kind::Services && !columns.contains_key("duration") {
        map.durations.insert("default".to_owned(), 60);
    }
    if let Some(Columns::One(status)) = columns.get("status") {
        map.codes.insert("status".to_owned(), statuses(table, status));
    }
    map.columns = columns;
    for needed in kind.needed() {
        if !needed.iter().any(|field| map.columns.contains_key(*field)) {
            let known = table.columns.join(", ");
            return Err(ImportError::CannotGuess { field: needed.join(" / "), known });
        }
    }
    if kind == Kind::Clients && !["name", "phone", "email"].iter().any(|f| map.columns.contains_key(*f)) {
        return Err(ImportError::CannotGuess { field: "name".to_owned(), known: table.columns.join(", ") });
    }
    map.check_fields(kind)?;
    Ok(map)
}

/// The map as a file that can be edited.
#[must_use]
pub fn map_text(map: &ImportMap) -> String {
    // All that a map holds has a form in TOML.
    toml::to_string(map).unwrap_or_default()
}

/// Folded, without marks: `E-mail:` and `e mail` are one name.
fn plain(name: &str) -> String {
    let letters =
        fold(name).chars().map(|c| if c.is_alphanumeric() || c == '№' { c } else { ' ' }).collect::<String>();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn columns(kind: Kind, table: &Table) -> BTreeMap<String, Columns> {
    let names: Vec<String> = table.columns.iter().map(|name| plain(name)).collect();
    let mut borne = HashMap::<&str, usize>::new();
    for name in &table.columns {
        *borne.entry(name).or_default() += 1;
    }
    let is_unique = |place: usize| borne[table.columns[place].as_str()] == 1;
    let mut free: Vec<usize> =
        (0..names.len()).filter(|place| !names[*place].is_empty() && is_unique(*place)).collect();
    let mut found = BTreeMap::new();
    // Names that are the same word go before names that merely contain it.
    for is_whole in [true, false] {
        for (field, words) in FIELDS.iter().filter(|(of, _, _)| of.contains(&kind)).map(|(_, f, w)| (*f, *w))
        {
            if found.contains_key(field) || !kind.fields().contains(&field) {
                continue;
            }
            let fits =
                |name: &str| words.iter().any(|w| if is_whole { name == *w } else { has_words(name, w) });
            let place = words
                .iter()
                .filter(|_| is_whole)
                .find_map(|word| free.iter().position(|place| names[*place] == *word))
                .or_else(|| free.iter().position(|place| fits(&names[*place])));
            if let Some(place) = place {
                let column = table.columns[free.remove(place)].clone();
                found.insert(field.to_owned(), Columns::One(column));
            }
        }
        if is_whole && kind == Kind::Clients {
            let parts = name_parts(table, &names, &mut free, &found);
            found.extend(parts.map(|parts| ("name".to_owned(), parts)));
        }
    }
    found
}

fn has_words(name: &str, words: &str) -> bool {
    format!(" {name} ").contains(&format!(" {words} "))
}

/// First and last name in columns of their own.
fn name_parts(
    table: &Table,
    names: &[String],
    free: &mut Vec<usize>,
    found: &BTreeMap<String, Columns>,
) -> Option<Columns> {
    let place = |words: &[&str]| (0..names.len()).find(|place| words.contains(&names[*place].as_str()));
    let parts = words_of_files::NAME_PARTS.iter().filter_map(|words| place(words)).collect::<Vec<_>>();
    let has_last = place(words_of_files::LAST_NAME).is_some();
    if parts.len() < 2 || !has_last {
        return None;
    }
    let taken = |place: usize| {
        found
            .iter()
            .any(|(field, columns)| field != "name" && columns.names() == [table.columns[place].clone()])
    };
    let parts: Vec<usize> = parts.into_iter().filter(|place| !taken(*place)).collect();
    free.retain(|place| !parts.contains(place));
    Some(Columns::Several(parts.into_iter().map(|place| table.columns[place].clone()).collect()))
}

/// What tells rows apart: a column of codes, or else what a person is known by.
fn key(kind: Kind, table: &Table, columns: &BTreeMap<String, Columns>) -> Vec<String> {
    if !matches!(kind, Kind::Clients | Kind::Services) {
        return Vec::new();
    }
    let sound = table.rows.iter().take(LOOKED_AT).filter(|row| row.cells.is_ok()).count();
    let is_key =
        |name: &&String| KEYS.contains(&plain(name).as_str()) && values(table, name).count() == sound;
    let is_one = |name: &&String| table.columns.iter().filter(|column| column == name).count() == 1;
    if let Some(code) = table.columns.iter().filter(is_one).find(is_key) {
        return vec![code.clone()];
    }
    let fields: &[&str] =
        if kind == Kind::Services { &["name", "category"] } else { &["name", "phone", "email"] };
    fields.iter().filter_map(|field| columns.get(*field)).flat_map(Columns::names).cloned().collect()
}

/// The filled cells of a column.
fn values<'a>(table: &'a Table, name: &str) -> impl Iterator<Item = &'a str> {
    let place = table.column(name);
    let cells = table.rows.iter().take(LOOKED_AT).filter_map(move |row| row.cells.as_ref().ok()?.get(place?));
    cells.map(String::as_str).filter(|cell| !cell.is_empty())
}

fn formats(table: &Table, columns: &mut BTreeMap<String, Columns>) -> Formats {
    let mut formats = Formats::default();
    let all = |columns: &BTreeMap<String, Columns>, field: &str| -> Vec<String> {
        let names = columns.get(field).map(Columns::names).unwrap_or_default();
        names.iter().flat_map(|name| values(table, name)).map(str::to_owned).collect()
    };
    let dates = all(columns, "date");
    // A column called "date" may hold the time of day as well.
    let moments = [all(columns, "starts"), dates.clone()]
        .into_iter()
        .find(|values| !values.is_empty())
        .unwrap_or_default();
    if let Some(format) =
        best(&with_times(), &moments).filter(|_| !moments.is_empty() && best_of(DATES, &moments).is_none())
    {
        formats.datetime = format;
        if let (Some(column), false) = (columns.remove("date"), columns.contains_key("time")) {
            columns.insert("starts".to_owned(), column);
        }
    }
    if let Some(format) = best_of(DATES, &dates) {
        formats.date = format;
    }
    if let Some(format) = best_of(TIMES, &all(columns, "time")) {
        formats.time = format;
    }
    let birthdays = all(columns, "birthday");
    formats.birthday =
        best_of(DATES, &birthdays).or_else(|| best_of(&["%d.%m", "--%m-%d", "%m/%d"], &birthdays));
    let amounts = ["price", "cost", "amount", "deposit"].iter().flat_map(|field| all(columns, field));
    if amounts.into_iter().any(|amount| is_comma(&amount)) {
        formats.decimal = DecimalMark::Comma;
    }
    let lists = ["tags", "allergies", "contacts"].iter();
    let tags: Vec<String> = lists.flat_map(|field| all(columns, field)).collect();
    let marks = [";", "/", "|"];
    if is_ours(&table.columns) {
        // Whatever stands in the values: we know how we write them.
        LIST_MARK.clone_into(&mut formats.list);
    } else if let Some(mark) = marks.iter().find(|mark| tags.iter().any(|tag| tag.contains(**mark))) {
        (*mark).clone_into(&mut formats.list);
    }
    formats
}

/// A comma with one or two digits after it, and then nothing but a sign.
fn is_comma(amount: &str) -> bool {
    amount.rsplit_once(',').is_some_and(|(units, cents)| {
        let digits = cents.chars().take_while(char::is_ascii_digit).count();
        let further = cents.chars().skip(digits).any(|letter| letter.is_ascii_digit());
        (1..=2).contains(&digits) && !further && units.chars().any(|letter| letter.is_ascii_digit())
    })
}

fn with_times() -> Vec<String> {
    let between = [" ", "T", ", "];
    let all = DATES.iter().flat_map(|date| {
        between.iter().flat_map(move |mark| TIMES.iter().map(move |time| format!("{date}{mark}{time}")))
    });
    all.collect()
}

fn best_of(formats: &[&str], values: &[String]) -> Option<String> {
    let formats: Vec<String> = formats.iter().map(|format| (*format).to_owned()).collect();
    best(&formats, values)
}

/// The first form that reads the most values, and more than half of them.
fn best(formats: &[String], values: &[String]) -> Option<String> {
    let reads = |format: &String| {
        let is_read = |value: &&String| {
            strtime::parse(format, value).is_ok_and(|time| {
                time.to_date().is_ok() || time.to_time().is_ok() || time.month().zip(time.day()).is_some()
            })
        };
        values.iter().filter(is_read).count()
    };
    let mut best: Option<(usize, &String)> = None;
    for format in formats {
        let count = reads(format);
        if count * 2 > values.len() && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, format));
        }
    }
    best.map(|(_, format)| format.clone())
}

/// What the words of a column of statuses mean.
fn statuses(table: &Table, column: &str) -> BTreeMap<String, String> {
    let mut meant = BTreeMap::new();
    for word in values(table, column) {
        let folded = plain(word);
        let status = STATUSES.iter().find(|(_, starts)| starts.iter().any(|start| folded.starts_with(start)));
        if let Some((status, _)) = status {
            meant.insert(word.to_owned(), (*status).to_owned());
        }
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(kind: Kind, text: &str) -> ImportMap {
        guess(kind, &Content::read(text.as_bytes()).unwrap(), "салон").unwrap()
    }

    fn column(map: &ImportMap, field: &str) -> String {
        map.columns.get(field).map(|columns| columns.names().join("+")).unwrap_or_default()
    }

    #[test]
    fn the_columns_of_a_russian_file_of_people() {
        let map = guessed(
            Kind::Clients,
            "Фамилия;Имя;Мобильный телефон;E-mail;Дата рождения;Комментарий;Категории\n\
             Цой;Ёлка;8 916 123-45-67;e@mail.ru;09.06.1990;кофе;vip;\nИванова;Ия;;;31.12.1985;;утро/vip\n",
        );
        assert_eq!(column(&map, "name"), "Имя+Фамилия");
        assert_eq!(column(&map, "phone"), "Мобильный телефон");
        assert_eq!(column(&map, "email"), "E-mail");
        assert_eq!(column(&map, "notes"), "Комментарий");
        assert_eq!((column(&map, "tags"), map.formats.list.as_str()), ("Категории".to_owned(), "/"));
        assert_eq!(map.formats.birthday.as_deref(), Some("%d.%m.%Y"));
        assert_eq!(map.key, ["Имя", "Фамилия", "Мобильный телефон", "E-mail"]);
    }

    #[test]
    fn lists_of_our_own_export_are_parted_as_we_part_them() {
        let header =
            "id,name,phone,email,contacts,birthday,tags,allergies,notes,locale,loyaltyLevel,source,createdAt";
        let map = guessed(Kind::Clients, &format!("{header}\n1,Анна,,,,,\"утро, вечер\",а/б,,,,,\n"));
        assert_eq!((column(&map, "tags"), map.formats.list.as_str()), ("tags".to_owned(), ";"));
    }

    #[test]
    fn the_columns_of_english_files() {
        let map = guessed(Kind::Clients, "Client ID,Full Name,Phone,Notes\n7,Anna,+79161234567,x\n");
        assert_eq!(
            (map.key.join(","), column(&map, "name")),
            ("Client ID".to_owned(), "Full Name".to_owned())
        );
        let map = guessed(Kind::Payments, "Date,Client,Amount\n06/13/2026,Anna,\"1,234.50\"\n");
        assert_eq!((map.formats.date.as_str(), map.formats.decimal), ("%m/%d/%Y", DecimalMark::Point));
        let map = guessed(Kind::Services, "Service,Price\nCut,\"1 500,50\"\n");
        assert_eq!((column(&map, "name"), map.formats.decimal), ("Service".to_owned(), DecimalMark::Comma));
        assert_eq!(map.durations["default"], 60);
    }

    #[test]
    fn visits_with_both_in_one_cell_and_words_for_what_became_of_them() {
        let map = guessed(
            Kind::Appointments,
            "Дата;Клиент;Услуга;Статус;Стоимость\n09.06.2026 10:30;Анна;Стрижка;Отменена;1500\n\
             10.06.2026 11:00;Ия;Стрижка;Клиент не пришёл;1500\n",
        );
        assert_eq!((column(&map, "starts"), column(&map, "date")), ("Дата".to_owned(), String::new()));
        assert_eq!(map.formats.datetime, "%d.%m.%Y %H:%M");
        assert_eq!(map.codes["status"]["Отменена"], "cancelled");
        assert_eq!(map.codes["status"]["Клиент не пришёл"], "no_show");
        assert_eq!(column(&map, "price"), "Стоимость");
    }

    #[test]
    fn a_guess_says_what_it_lacks_and_its_text_is_a_map() {
        let content = Content::read(b"a,b\n1,2\n").unwrap();
        let missing = guess(Kind::Payments, &content, "x").unwrap_err();
        assert_eq!(missing.code(), "map_needed");
        let map = guessed(Kind::Appointments, "Date,Time,Client,Status\n2026-06-09,10:30,Anna,done\n");
        let text = map_text(&map);
        assert_eq!(ImportMap::parse(&text).unwrap(), map, "{text}");
    }
}
