//! The canaries: what a person is or says, made so that it stands nowhere else, in every form in which it could be written.

/// A name.
pub(crate) const NAME: &str = "Канарейкина";
/// A telephone number.
pub(crate) const PHONE: &str = "+79995550147";
/// An address.
pub(crate) const MAIL: &str = "kanareika@voliera.example";
/// What somebody notes.
pub(crate) const NOTE: &str = "аллергия-на-канареек";
/// What looks like a card.
pub(crate) const CARD: &str = "4000 0012 3456 7899";
/// What looks like a key of ours and is nobody's.
pub(crate) const TOKEN: &str = "vlr_pat_canaryAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How each of them may be found: also without its punctuation.
const TRACES: &[&str] = &[
    "канарейкин",
    "79995550147",
    "9995550147",
    "999 555-01-47",
    "kanareika",
    "voliera",
    "аллергия-на",
    "4000 0012",
    "400000123456",
    "canaryaaaa",
    // The same as bytes of JSON that were escaped.
    "\\u041a\\u0430\\u043d\\u0430\\u0440",
];

/// All of them in one text.
pub(crate) fn all_in_one() -> String {
    format!("{NAME} {PHONE} {MAIL} {NOTE} {CARD} {TOKEN}")
}

/// Which of them are in a text.
pub(crate) fn canaries_in(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    TRACES.iter().copied().filter(|trace| text.contains(&trace.to_lowercase())).collect()
}
