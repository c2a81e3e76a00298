//! Clients as contact cards: vCard 3.0, which every phone reads.
//!
//! Part of the exports room. Pure. A birthday without its year is written as Macs and iPhones do. Written by hand, because
//! what a crate would save is one function that folds a line.

use crate::clients::Client;

/// Cards of all clients.
#[must_use]
pub fn cards(clients: &[Client]) -> String {
    let mut out = String::new();
    for client in clients {
        let mut line = |text: String| fold(&mut out, &text);
        line("BEGIN:VCARD".to_owned());
        line("VERSION:3.0".to_owned());
        line(format!("UID:{}", client.id));
        line(format!("FN:{}", escaped(&client.name)));
        line(format!("N:;{};;;", escaped(&client.name)));
        if let Some(phone) = &client.phone {
            line(format!("TEL;TYPE=CELL,PREF:{phone}"));
        }
        if let Some(email) = &client.email {
            line(format!("EMAIL;TYPE=PREF:{}", escaped(email)));
        }
        for (number, (contact, label)) in client.contacts.iter().enumerate() {
            let name = if contact.contains('@') && !contact.starts_with('@') { "EMAIL" } else { "TEL" };
            line(format!("item{number}.{name}:{}", escaped(contact)));
            if !label.is_empty() {
                line(format!("item{number}.X-ABLabel:{}", escaped(label)));
            }
        }
        match client.birthday.as_deref() {
            Some(day) if day.starts_with("--") => {
                line(format!("BDAY;X-APPLE-OMIT-YEAR=1604:1604-{}", &day[2..]));
            }
            Some(day) => line(format!("BDAY:{day}")),
            None => {}
        }
        if !client.tags.is_empty() {
            let tags: Vec<String> = client.tags.iter().map(|tag| escaped(tag)).collect();
            line(format!("CATEGORIES:{}", tags.join(",")));
        }
        if !client.notes.is_empty() {
            line(format!("NOTE:{}", escaped(&client.notes)));
        }
        line("END:VCARD".to_owned());
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "").replace(',', "\\,").replace(';', "\\;")
}

/// At most 75 bytes to a line; a letter is never cut.
fn fold(out: &mut String, line: &str) {
    let mut room = 75;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            out.push_str("\r\n ");
            room = 74;
        }
        out.push(letter);
        room -= letter.len_utf8();
    }
    out.push_str("\r\n");
}
