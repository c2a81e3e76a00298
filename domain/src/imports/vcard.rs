//! Contact cards (`.vcf`) of phones and address books, as a table whose columns are a client's fields.
//!
//! Part of the import room. Pure. A thin reader of its own: the crates that read vCard 3 and 4 want whole, well-formed
//! cards in UTF-8, and bring clocks and mail parsers along; phones write 2.1 with QUOTED-PRINTABLE and a CHARSET per line,
//! Macs write `item1.TEL` with its label on another line, and a backup may end in the middle of a card. What is not a
//! client's is passed over; pictures are counted.

use encoding_rs::Encoding as Charset;
use serde_json::Value as Json;

use super::{Problem, Row, Table};
use crate::documents::Hash;
use crate::phone::Phone;

/// The columns, which are also the fields; the key first.
pub(super) const COLUMNS: [&str; 8] =
    ["UID", "name", "phone", "email", "contacts", "birthday", "tags", "notes"];
/// What stands between several values in one cell.
pub(super) const MARK: &str = "\n";

/// Whether a text is a file of cards.
pub(super) fn is_vcard(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    start.get(..11).is_some_and(|word| word.eq_ignore_ascii_case("BEGIN:VCARD"))
}

/// Reads all cards. A card that is cut is told, and takes no other along.
pub(super) fn read(text: &str) -> Table {
    let mut table = Table {
        columns: COLUMNS.map(str::to_owned).to_vec(),
        rows: Vec::new(),
        is_sheet: false,
        pictures: 0,
        zone: None,
    };
    let mut card: Option<(u64, Card)> = None;
    let cut = |line: u64| Row { line, cells: Err(Problem::CutCard) };
    for (line, property) in properties(text) {
        let is = |name: &str| property.name == name && property.value.trim().eq_ignore_ascii_case("VCARD");
        if is("BEGIN") {
            table.rows.extend(card.replace((line, Card::default())).map(|(line, _)| cut(line)));
        } else if is("END") {
            if let Some((line, card)) = card.take() {
                table.rows.push(Row { line, cells: Ok(card.cells()) });
            }
        } else if let Some((_, card)) = &mut card {
            if property.name == "PHOTO" {
                table.pictures += 1;
            } else {
                card.take(&property);
            }
        }
    }
    table.rows.extend(card.map(|(line, _)| cut(line)));
    table
}

/// One property: its group, name and parameters in capitals, its value decoded from its transfer form.
#[derive(Debug)]
pub(super) struct Property {
    group: String,
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: String,
}

/// The properties with their lines; folded lines are joined, and those that end in `=` by QUOTED-PRINTABLE.
pub(super) fn properties(text: &str) -> Vec<(u64, Property)> {
    let mut found: Vec<(u64, String)> = Vec::new();
    // Whether the last line goes on because it ends in `=`, and whether it is a picture whose letters are not kept.
    let (mut soft, mut thrown) = (false, false);
    // Whether the property may be QUOTED-PRINTABLE; asked of each line once, however many are folded into one.
    let mut quoted = false;
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        let says_quoted = line.to_ascii_uppercase().contains("QUOTED-PRINTABLE");
        let folded = line.strip_prefix([' ', '\t']).filter(|_| !found.is_empty());
        match (folded, found.last_mut()) {
            (Some(rest), Some((_, last))) => {
                if !thrown {
                    last.push_str(rest);
                }
                quoted |= says_quoted;
            }
            (None, Some((_, last))) if soft => {
                last.pop();
                last.push_str(line);
            }
            _ if line.trim().is_empty() => thrown = false,
            _ => {
                // Old phones write a picture's further lines without a space before them.
                if thrown && !line.contains(':') {
                    continue;
                }
                thrown = is_picture(line);
                quoted = says_quoted;
                found.push((number, line.trim_start_matches('\u{feff}').to_owned()));
            }
        }
        soft = quoted && found.last().is_some_and(|(_, l)| l.ends_with('='));
    }
    found.into_iter().filter_map(|(line, text)| Some((line, Property::read(&text)?))).collect()
}

fn is_picture(line: &str) -> bool {
    let name = line.split([';', ':']).next().unwrap_or_default().to_ascii_uppercase();
    ["PHOTO", "LOGO", "SOUND", "KEY"].iter().any(|word| name == *word || name.ends_with(&format!(".{word}")))
}

impl Property {
    fn read(line: &str) -> Option<Self> {
        // A colon inside of quotes belongs to a parameter.
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, letter)| {
            quoted ^= *letter == '"';
            *letter == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
        let mut parts = head.split(';');
        let name = parts.next()?.to_ascii_uppercase();
        let (group, name) = name.split_once('.').map_or(("", name.as_str()), |(group, name)| (group, name));
        let parameters: Vec<(String, String)> = parts
            .flat_map(|part| {
                let (key, values) = part.split_once('=').unwrap_or(("TYPE", part));
                let key = key.to_ascii_uppercase();
                values
                    .split(',')
                    .map(move |v| (key.clone(), v.trim_matches('"').to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut read =
            Self { group: group.to_owned(), name: name.to_owned(), parameters, value: value.to_owned() };
        if read.says("ENCODING", "QUOTED-PRINTABLE") || read.says("TYPE", "QUOTED-PRINTABLE") {
            read.value = read.unquoted();
        }
        Some(read)
    }

    pub(super) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn says(&self, key: &str, value: &str) -> bool {
        self.parameters.iter().any(|(name, said)| name == key && said.eq_ignore_ascii_case(value))
    }

    /// Whether it is the one to use first: `TYPE=PREF` of vCard 3, `PREF=1` of vCard 4.
    fn is_preferred(&self) -> bool {
        self.says("TYPE", "PREF") || self.says("PREF", "1")
    }

    /// QUOTED-PRINTABLE, in the letters of its CHARSET.
    fn unquoted(&self) -> String {
        let mut bytes = Vec::new();
        let mut rest = self.value.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let hex = (*first == b'=').then(|| after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()));
            if let Some(byte) = hex.flatten().and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                bytes.push(byte);
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        let charset = self.parameter("CHARSET").and_then(|name| Charset::for_label(name.as_bytes()));
        charset.unwrap_or(encoding_rs::UTF_8).decode_without_bom_handling(&bytes).0.into_owned()
    }

    /// The parts of a value that has several, each without its backslashes.
    fn parts(&self, mark: char) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            let last = parts.last_mut().expect("there is always one");
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => last.push('\n'),
                    Some(other) => last.push(other),
                    None => {}
                },
                letter if letter == mark => parts.push(String::new()),
                letter => last.push(letter),
            }
        }
        parts.into_iter().map(|part| part.trim().to_owned()).collect()
    }

    pub(super) fn text(&self) -> String {
        self.parts('\0').concat()
    }
}

/// What is taken from one card.
#[derive(Debug, Default)]
struct Card {
    uid: String,
    full_name: String,
    name: String,
    nickname: String,
    organisation: String,
    /// Numbers and addresses with their groups, labels, and whether they come first.
    phones: Vec<Contact>,
    emails: Vec<Contact>,
    /// Labels of groups, as Macs write them.
    labels: Vec<(String, String)>,
    birthday: String,
    tags: Vec<String>,
    notes: Vec<String>,
}

#[derive(Debug)]
struct Contact {
    group: String,
    label: String,
    value: String,
    is_preferred: bool,
}

impl Card {
    fn take(&mut self, property: &Property) {
        let text = property.text();
        if text.is_empty() {
            return;
        }
        match property.name.as_str() {
            "UID" => self.uid = text,
            "FN" => self.full_name = text,
            "N" => self.name = name(&property.parts(';')),
            "NICKNAME" => self.nickname = text,
            "ORG" => property.parts(';').join(" ").trim().clone_into(&mut self.organisation),
            "TEL" => self.phones.push(contact(property, text.trim_start_matches("tel:").to_owned())),
            "EMAIL" => self.emails.push(contact(property, text.trim_start_matches("mailto:").to_owned())),
            "X-ABLABEL" => self.labels.push((property.group.clone(), label(&text))),
            "BDAY" => self.birthday = birthday(property, &text),
            "CATEGORIES" => self.tags.extend(property.parts(',').into_iter().filter(|tag| !tag.is_empty())),
            "NOTE" => self.notes.push(text),
            _ => {}
        }
    }

    /// The cells of its row. What has no id of its own is known by its name and numbers.
    fn cells(mut self) -> Vec<String> {
        for contact in self.phones.iter_mut().chain(&mut self.emails) {
            let of_group = |(group, _): &&(String, String)| !group.is_empty() && *group == contact.group;
            if let Some((_, label)) = self.labels.iter().find(of_group) {
                contact.label.clone_from(label);
            }
        }
        let name = [&self.full_name, &self.name, &self.nickname, &self.organisation];
        let name = name.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
        let (phone, mut further) = first(self.phones, |number| Phone::parse(number).is_ok());
        let (email, more) = first(self.emails, |address| address.contains('@'));
        further.extend(more);
        let known_by = [name.as_str(), &phone, &email].join("\n");
        let uid = if self.uid.is_empty() { Hash::of(known_by.as_bytes()).to_string() } else { self.uid };
        let contacts = further.iter().map(Contact::cell).collect::<Vec<_>>().join(MARK);
        let tags = self.tags.join(MARK);
        vec![uid, name, phone, email, contacts, self.birthday, tags, self.notes.join("\n")]
    }
}

impl Contact {
    fn cell(&self) -> String {
        let value = self.value.replace('\n', " ");
        if self.label.is_empty() { value } else { format!("{}: {value}", self.label) }
    }
}

/// The one to use first, and the others: the preferred one, or the first that can be used at all.
fn first(mut all: Vec<Contact>, is_usable: impl Fn(&str) -> bool) -> (String, Vec<Contact>) {
    let usable = |contact: &Contact| is_usable(&contact.value);
    let place = all.iter().position(|contact| contact.is_preferred && usable(contact));
    match place.or_else(|| all.iter().position(usable)) {
        Some(place) => (all.remove(place).value, all),
        None => (String::new(), all),
    }
}

fn contact(property: &Property, value: String) -> Contact {
    let words = ["CELL", "HOME", "WORK", "MOBILE", "IPHONE", "MAIN", "FAX", "OTHER"];
    let types = property.parameters.iter().filter(|(key, _)| key == "TYPE").map(|(_, value)| value);
    let known = types.filter(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)));
    let label = known.map(|word| word.to_ascii_lowercase()).next().unwrap_or_default();
    Contact { group: property.group.clone(), label, value, is_preferred: property.is_preferred() }
}

/// `_$!<Home>!$_`, as Macs write the labels that they translate.
fn label(text: &str) -> String {
    let inner = text.strip_prefix("_$!<").and_then(|rest| rest.strip_suffix(">!$_"));
    inner.map_or_else(|| text.to_owned(), str::to_lowercase).replace(": ", " ")
}

/// Last, first, middle name and titles, as people say them.
fn name(parts: &[String]) -> String {
    let part = |index: usize| parts.get(index).map(String::as_str).unwrap_or_default();
    let words = [part(3), part(1), part(2), part(0), part(4)];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `1990-05-01`, or `--05-01` where the year is left out: as vCard 4 writes that, and as Macs do, who put a year there
/// and say which one does not count.
fn birthday(property: &Property, text: &str) -> String {
    let day = text.split('T').next().unwrap_or_default();
    if let Some(rest) = day.strip_prefix("--") {
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        return if digits.len() == 4 {
            format!("--{}-{}", &digits[..2], &digits[2..])
        } else {
            text.to_owned()
        };
    }
    let digits: String = day.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 8 || day.chars().any(|letter| !letter.is_ascii_digit() && letter != '-') {
        return text.to_owned();
    }
    let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..]);
    if property.parameter("X-APPLE-OMIT-YEAR") == Some(year) {
        format!("--{month}-{day}")
    } else {
        format!("{year}-{month}-{day}")
    }
}

/// The map of a file of cards: its columns are the fields.
pub(super) fn map() -> Json {
    let columns = COLUMNS[1..].iter().map(|name| ((*name).to_owned(), Json::from(*name)));
    serde_json::json!({
        "source": "vcard", "key": [COLUMNS[0]],
        "columns": Json::Object(columns.collect()),
        "formats": { "list": MARK },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without an end if each line were to look at all lines before it.
    #[test]
    fn a_property_folded_into_very_many_lines_is_read() {
        let folded = format!("NOTE:a\r\n{}", " b\r\n".repeat(2_000_000));
        assert_eq!(properties(&folded)[0].1.value.len(), 2_000_001);
    }
}
