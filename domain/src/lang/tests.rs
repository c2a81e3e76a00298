//! The languages say the same things, in their own words; and a further language is a further file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Weekday, date as day, time as clock};
use proptest::prelude::*;

use super::*;
use crate::accounts::Notice;
use crate::conflicts::Kind;
use crate::money::{Currency, Money};
use crate::phone::Phone;

/// Families whose keys are made of something else than letters in the code.
fn made_keys() -> BTreeSet<String> {
    let errors = ErrorCode::ALL.iter().map(|&code| error_key(code));
    let fields = FieldProblem::ALL.iter().map(|&problem| field_key(problem));
    let months = (1..=12).map(|month| format!("month.{month}"));
    let weekdays = (1..=7).map(|weekday| format!("weekday.{weekday}"));
    let letters = Notice::ALL.iter().flat_map(|notice| notice.keys());
    // The other kinds are told by what they are about.
    let plain = Kind::ALL.iter().filter(|kind| {
        kind.is_warning()
            || matches!(
                kind,
                Kind::EditedAfterDeletion
                    | Kind::VisitOfDeletedClient
                    | Kind::VisitOfMergedClient
                    | Kind::InactiveService
            )
    });
    let conflicts = plain.map(|kind| format!("conflict.{kind}"));
    errors.chain(conflicts).chain(fields).chain(letters).chain(months).chain(weekdays).collect()
}

/// All code of the workspace.
fn code() -> Vec<String> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, endings, found);
            } else if path
                .extension()
                .is_some_and(|extension| endings.iter().any(|known| extension == *known))
            {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for krate in ["domain", "sync-server", "client-core", "desktop"] {
        walk(&root.join(krate).join("src"), &["rs"], &mut files);
    }
    // The pages are compiled against the keys, so none can be missing there; here it matters that none is unused.
    walk(&root.join("desktop/ui/src"), &["ts", "svelte"], &mut files);
    files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// A key without its plural form.
fn base(key: &str) -> &str {
    let (start, form) = key.rsplit_once('_').unwrap_or((key, ""));
    if ["zero", "one", "two", "few", "many", "other"].contains(&form) { start } else { key }
}

fn bases(catalogue: &Catalogue) -> BTreeSet<&str> {
    catalogue.keys().map(base).collect()
}

/// What a language lacks or says otherwise than another one.
fn faults(of: &Catalogue, against: &Catalogue) -> Vec<String> {
    let mut faults = Vec::new();
    for key in bases(against).difference(&bases(of)) {
        faults.push(format!("{key} is missing"));
    }
    for key in bases(of).difference(&bases(against)) {
        faults.push(format!("{key} is nowhere else"));
    }
    let places = |text: &str| template_places(text);
    for key in bases(of) {
        let is_plural = of.text(key).is_none();
        let forms: BTreeSet<&str> =
            of.keys().filter(|of| base(of) == key).map(|key| key.rsplit('_').next().unwrap()).collect();
        if is_plural && forms != of.forms() {
            faults.push(format!("{key} has the forms {forms:?}"));
        }
        let theirs = against.keys().find(|theirs| base(theirs) == key).and_then(|key| against.text(key));
        for mine in of.keys().filter(|of| base(of) == key) {
            // A month needs no name of its half day, and the other way round: patterns of dates are each language's own.
            let is_pattern = key.starts_with("format.");
            if !is_pattern && theirs.is_some_and(|theirs| places(theirs) != places(of.text(mine).unwrap())) {
                faults.push(format!("{mine} has other places"));
            }
        }
    }
    faults
}

fn template_places(text: &str) -> BTreeSet<String> {
    let parts = text.split('{').skip(1).map(|part| part.split('}').next().unwrap_or_default().to_owned());
    parts.collect()
}

#[test]
fn every_language_has_all_texts_with_the_same_places_and_all_plural_forms() {
    for &lang in Lang::ALL {
        let (of, first) = (Catalogue::of(lang), Catalogue::of(Lang::default()));
        assert_eq!(faults(of, first), Vec::<String>::new(), "{lang}");
    }
}

#[test]
fn no_text_is_unused_and_no_key_that_is_used_is_missing() {
    let code = code();
    let made = made_keys();
    for key in bases(Catalogue::of(Lang::Ru)) {
        let (quoted, single) = (format!("\"{key}\""), format!("'{key}'"));
        let is_word = key.strip_prefix("word.").is_some_and(|word| {
            let quoted = format!("\"{word}\"");
            code.iter().any(|file| file.contains(&quoted))
        });
        assert!(
            made.contains(key)
                || is_word
                || code.iter().any(|file| file.contains(&quoted) || file.contains(&single)),
            "{key} is unused"
        );
    }
    for key in made {
        assert!(Catalogue::of(Lang::Ru).text(&key).is_some(), "{key} is missing");
    }
    for call in ["fill(lang, \"", "text(lang, \"", "plural(lang, \""] {
        for file in &code {
            for after in file.split(call).skip(1) {
                let key = after.split('"').next().unwrap();
                // Another function of that name may take another text.
                if !key.contains('.') {
                    continue;
                }
                assert!(bases(Catalogue::of(Lang::Ru)).contains(key), "{key} is missing");
            }
        }
    }
}

#[test]
fn messages_are_whole_sentences_in_their_own_language() {
    let is_message = |key: &&str| key.starts_with("error.") || key.starts_with("field.");
    for key in Catalogue::of(Lang::Ru).keys().filter(is_message) {
        let (russian, english) = (text(Lang::Ru, key), text(Lang::En, key));
        assert!(russian.ends_with('.') && russian.trim() == russian, "{key}");
        assert!(russian.chars().any(|c| ('а'..='я').contains(&c)), "{key} is not Russian");
        assert!(english.ends_with('.') && english.trim() == english, "{key}");
        assert!(english.chars().all(|c| !('а'..='я').contains(&c)), "{key} is not English");
    }
}

#[test]
fn the_files_are_sorted_and_name_no_key_twice() {
    for lang in Lang::ALL {
        let keys: Vec<&str> = lang.file().lines().filter_map(|line| line.split('"').nth(1)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{lang}");
    }
}

#[test]
fn a_text_is_found_by_key_code_problem_and_word() {
    assert_eq!(text(Lang::En, "error.validation_failed"), "Please check the marked fields.");
    assert_eq!(error_message(Lang::Ru, ErrorCode::ValidationFailed), "Проверьте отмеченные поля.");
    assert_eq!(field_message(Lang::Ru, FieldProblem::Required), "Заполните это поле.");
    assert_eq!((word(Lang::Ru, "no_show"), word(Lang::En, "tomorrow")), ("не пришёл", "tomorrow"));
    assert_eq!(text(Lang::Ru, "no.such.key"), "no.such.key");
}

#[test]
fn a_count_has_its_form() {
    let visits = |lang, count| plural(lang, "count.visits", count);
    let russian = [0, 1, 2, 5, 11, 21, 22, 25, 101, 111].map(|count| visits(Lang::Ru, count));
    assert_eq!(
        russian,
        [
            "0 визитов",
            "1 визит",
            "2 визита",
            "5 визитов",
            "11 визитов",
            "21 визит",
            "22 визита",
            "25 визитов",
            "101 визит",
            "111 визитов"
        ]
    );
    assert_eq!([0, 1, 2].map(|count| visits(Lang::En, count)), ["0 visits", "1 visit", "2 visits"]);
}

#[test]
fn dates_amounts_and_phones_are_written_as_people_write_them() {
    let moment = day(2026, 12, 1).at(15, 5, 0, 0);
    assert_eq!(datetime(Lang::Ru, moment), "вторник, 1 декабря 2026, 15:05");
    assert_eq!(datetime(Lang::En, moment), "Tuesday, December 1, 2026, 3:05 PM");
    assert_eq!(date(Lang::Ru, day(2026, 5, 31)), "31 мая 2026");
    let hours = [clock(0, 0, 0, 0), clock(12, 30, 0, 0)];
    assert_eq!(hours.map(|hour| time(Lang::En, hour)), ["12:00 AM", "12:30 PM"]);
    assert_eq!(hours.map(|hour| time(Lang::Ru, hour)), ["00:00", "12:30"]);
    assert_eq!(
        (weekday(Lang::Ru, Weekday::Sunday), weekday(Lang::En, Weekday::Monday)),
        ("воскресенье", "Monday")
    );
    let amounts = [0, 5, 150_000, -150_050, 12_345_678_900].map(Money::rub);
    assert_eq!(
        amounts.map(|amount| money(Lang::Ru, amount)),
        [
            "0\u{a0}₽",
            "0,05\u{a0}₽",
            "1\u{a0}500\u{a0}₽",
            "\u{2212}1\u{a0}500,50\u{a0}₽",
            "123\u{a0}456\u{a0}789\u{a0}₽"
        ]
    );
    let dollars = Money::new(150_050, "USD".parse::<Currency>().unwrap());
    assert_eq!(money(Lang::En, dollars), "$1,500.50");
    assert_eq!(money(Lang::En, Money::new(i64::MIN, Currency::RUB)), "\u{2212}₽92,233,720,368,547,758.08");
    for (number, shown) in [
        ("89161234567", "+7 916 123-45-67"),
        ("+375291234567", "+375 29 123-45-67"),
        ("+12025550123", "+1 202-555-0123"),
    ] {
        assert_eq!(phone(&Phone::parse(number).unwrap()), shown);
    }
}

/// A third language: Polish, whose file is made here of the English one with the plural forms that Polish has.
fn polish(change: impl Fn(&mut serde_json::Map<String, serde_json::Value>)) -> Catalogue {
    let mut texts: serde_json::Map<_, _> = serde_json::from_str(Lang::En.file()).unwrap();
    let plurals: Vec<String> =
        texts.keys().filter(|key| key.ends_with("_other")).map(|key| base(key).to_owned()).collect();
    for key in plurals {
        for form in ["few", "many"] {
            let other = texts[&format!("{key}_other")].clone();
            texts.insert(format!("{key}_{form}"), other);
        }
    }
    for (key, text) in [
        ("month.12", "grudnia"),
        ("weekday.2", "wtorek"),
        ("format.date", "{day} {month} {year}"),
        ("format.time", "{hour}:{minute}"),
        ("format.money", "{amount} {sign}"),
        ("format.group", " "),
        ("format.decimal", ","),
        ("count.visits_one", "{count} wizyta"),
        ("count.visits_few", "{count} wizyty"),
        ("count.visits_many", "{count} wizyt"),
    ] {
        texts.insert(key.to_owned(), text.into());
    }
    change(&mut texts);
    Catalogue::read("pl", &serde_json::to_string(&texts).unwrap())
}

#[test]
fn a_third_language_is_one_more_file() {
    let polish = polish(|_| {});
    assert_eq!(faults(&polish, Catalogue::of(Lang::Ru)), Vec::<String>::new());
    assert_eq!(polish.datetime(day(2026, 12, 1).at(9, 5, 0, 0)), "wtorek, 1 grudnia 2026, 09:05");
    assert_eq!(polish.money(Money::rub(150_050)), "1 500,50 ₽");
    assert_eq!(
        [1, 3, 5].map(|count| polish.plural("count.visits", count)),
        ["1 wizyta", "3 wizyty", "5 wizyt"]
    );
}

#[test]
fn what_a_third_language_forgets_is_found() {
    let found = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
        faults(&polish(change), Catalogue::of(Lang::Ru))
    };
    let missing = found(&|texts| drop(texts.remove("error.not_found")));
    assert_eq!(missing, ["error.not_found is missing"]);
    let unused = found(&|texts| drop(texts.insert("error.of_tomorrow".to_owned(), "x".into())));
    assert_eq!(unused, ["error.of_tomorrow is nowhere else"]);
    let form = found(&|texts| drop(texts.remove("count.visits_many")));
    assert!(form[0].starts_with("count.visits has the forms"), "{form:?}");
    let place = found(&|texts| drop(texts.insert("count.visits_few".to_owned(), "wizyty".into())));
    assert_eq!(place, ["count.visits_few has other places"]);
}

#[test]
fn the_header_is_weighed() {
    for (header, lang) in [
        ("", Lang::Ru),
        ("en", Lang::En),
        ("en-GB,en;q=0.9", Lang::En),
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", Lang::Ru),
        ("en;q=0.5, ru;q=0.8", Lang::Ru),
        ("ru;q=0.5,EN ; q=0.501", Lang::En),
        ("de,en;q=0.3", Lang::En),
        ("de,fr;q=0.3", Lang::Ru),
        ("*", Lang::Ru),
        ("ru;q=0, en;q=0.1", Lang::En),
        ("en;q=0", Lang::Ru),
        ("en;q=7,ru;q=0.1", Lang::Ru),
        ("en;q=abc", Lang::Ru),
        ("english", Lang::Ru),
    ] {
        assert_eq!(Lang::from_accept_language(header), lang, "{header:?}");
    }
    assert_eq!(serde_json::to_string(&Lang::En).unwrap(), "\"en\"");
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(header in "\\PC{0,40}|((ru|en|de|[*])(;q=[0-9.]{0,6})?,){0,5}") {
        let _ = Lang::from_accept_language(&header);
    }
}
