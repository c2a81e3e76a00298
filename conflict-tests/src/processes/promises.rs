//! What was acknowledged, and must be there at the end, once; and what was killed before it was, and may be there, once.

use std::collections::BTreeMap;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::Value as Json;

use crate::bench::Outcome;

/// A word that was written, and where it must be found.
#[derive(Debug)]
struct Promise {
    what: &'static str,
    /// The id of what was made or edited.
    id: String,
    word: String,
}

#[derive(Debug, Default)]
pub(super) struct Promises {
    made: u32,
    clients: Vec<String>,
    kept: Vec<Promise>,
    perhaps: Vec<(&'static str, String)>,
}

impl Promises {
    /// A number that was not used before.
    pub(super) const fn next(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    pub(super) fn some_client(&self, rng: &mut StdRng) -> Option<String> {
        let count = self.clients.len();
        (count > 0).then(|| self.clients[rng.random_range(0..count)].clone())
    }

    pub(super) fn acknowledged(
        &mut self,
        what: &'static str,
        client: &str,
        word: &str,
        answer: &Json,
    ) -> Outcome<()> {
        let id = answer["id"].as_str().ok_or_else(|| format!("{what}: no id in {answer}"))?.to_owned();
        if what == "client" {
            self.clients.push(id.clone());
        }
        let id = if what == "tag" { client.to_owned() } else { id };
        self.kept.push(Promise { what, id, word: word.to_owned() });
        Ok(())
    }

    pub(super) fn perhaps(&mut self, what: &'static str, word: &str) {
        self.perhaps.push((what, word.to_owned()));
    }

    /// Looks for all of it in an export.
    pub(super) fn check(&self, all: &Json) -> Outcome<()> {
        let mut found: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
        for (what, list, field) in [
            ("client", "clients", "name"),
            ("note", "notes", "body"),
            ("visit", "appointments", "note"),
            ("payment", "payments", "amount"),
        ] {
            for entry in list_of(all, list) {
                let word = entry[field].as_str().map_or_else(|| entry[field].to_string(), str::to_owned);
                found.entry((what, word)).or_default().push(entry["id"].as_str().unwrap_or_default());
            }
        }
        for client in list_of(all, "clients") {
            for tag in list_of(client, "tags") {
                let word = tag.as_str().unwrap_or_default().to_owned();
                found.entry(("tag", word)).or_default().push(client["id"].as_str().unwrap_or_default());
            }
        }
        for Promise { what, id, word } in &self.kept {
            match found.get(&(*what, word.clone())).map(Vec::as_slice) {
                // A payment is a record that the server writes: its id is not that of the wish.
                Some([there]) if there == id || *what == "payment" => {}
                other => {
                    return Err(format!("acknowledged {what} {word} {id}, found {other:?} in {all}").into());
                }
            }
        }
        for (what, word) in &self.perhaps {
            if found.get(&(*what, word.clone())).is_some_and(|there| there.len() > 1) {
                return Err(format!("{what} {word} is there more than once, in {all}").into());
            }
        }
        Ok(())
    }
}

fn list_of<'a>(of: &'a Json, list: &str) -> &'a [Json] {
    of[list].as_array().map(Vec::as_slice).unwrap_or_default()
}
