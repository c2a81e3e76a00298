//! One file of texts: a flat JSON object from keys to texts, some of them with places `{like_this}`, some in several plural forms.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesPreferences};

use super::Lang;
use super::template::Template;

/// Texts of one language.
#[derive(Debug)]
pub(super) struct Catalogue {
    texts: BTreeMap<String, String>,
    plurals: PluralRulesPreferences,
}

/// Every language's texts, in the order of [`Lang::ALL`].
static ALL: LazyLock<Vec<Catalogue>> = LazyLock::new(|| {
    let read = |lang: &Lang| Catalogue::read(lang.as_str(), lang.file());
    Lang::ALL.iter().map(read).collect()
});

impl Catalogue {
    /// The texts of a language.
    pub(super) fn of(lang: Lang) -> &'static Self {
        &ALL[lang as usize]
    }

    /// Reads a file; `tag` says by which rules its plurals go.
    pub(super) fn read(tag: &str, json: &str) -> Self {
        let texts = serde_json::from_str(json)
            .expect("the compiled-in texts are a flat JSON object, which a test reads");
        let locale: Locale = tag.parse().expect("the tag of a language is one");
        Self { texts, plurals: (&locale).into() }
    }

    fn rules(&self) -> PluralRules {
        PluralRules::try_new_cardinal(self.plurals).expect("the rules of every language are compiled in")
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// A text with its places filled in. What cannot be filled stays as it is; a test finds such texts.
    pub(super) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.text(key).unwrap_or(key);
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        let filled = Template::parse(text, &names).and_then(|template| template.render(values));
        filled.unwrap_or_else(|_| text.to_owned())
    }

    /// A text in the form of a count.
    pub(super) fn plural(&self, key: &str, count: u64) -> String {
        let form = form(self.rules().category_for(count));
        let key = format!("{key}_{form}");
        self.fill(&key, &[("count", &count.to_string())])
    }

    /// The forms that the language has.
    #[cfg(test)]
    pub(super) fn forms(&self) -> std::collections::BTreeSet<&'static str> {
        self.rules().categories().map(form).collect()
    }

    /// All keys.
    #[cfg(test)]
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

/// How the key of a plural form ends.
const fn form(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}
