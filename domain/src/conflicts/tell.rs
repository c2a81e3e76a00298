//! A conflict in her words: what it is about, who wrote what on which device, what is at stake, what each choice does.
//!
//! Part of the conflicts room. Pure; the texts stand in the files of the languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::authors::Authors;
use super::choices::{Choice, Offer, choices};
use super::conflict::{Conflict, Detail, Kind};
use crate::Projection;
use crate::appointments::{AppointmentRow, CONFIRMATION, DEPOSIT, REMINDER};
use crate::dates::{VisitTime, format_seconds};
use crate::documents::Hash;
use crate::lang::{self, Lang};
use crate::money::Money;

/// What people call the things behind ids, and who wrote them.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Names of clients and services.
    pub called: BTreeMap<Uuid, String>,
    /// Names of devices by how they stand in histories; one that is not here is shown as it stands there.
    pub devices: BTreeMap<String, String>,
    /// Who wrote the sides of the conflict.
    pub written: Authors,
}

/// A conflict as REST and devices show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Its id, the same on every device and on the server.
    pub id: Uuid,
    /// What kind it is.
    pub kind: Kind,
    /// Whether it only warns.
    pub warning: bool,
    /// What it is, in words.
    pub title: String,
    /// The documents and records that it is about.
    pub about: Vec<Uuid>,
    /// The sides of it.
    pub versions: Vec<Version>,
    /// What the visits that are at stake are worth together, in words.
    pub at_stake: Option<String>,
    /// The facts: who settles it may name them, and is refused if they are others by then.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub facts: Hash,
    /// What can be done.
    pub resolutions: Vec<Resolution>,
}

/// One side of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// The document.
    pub id: Uuid,
    /// What it says, in words.
    pub says: String,
    /// The device that wrote it.
    pub device: Option<String>,
    /// When, RFC 3339, by that device's clock.
    pub at: Option<String>,
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resolution {
    /// What to answer.
    #[cfg_attr(feature = "openapi", schema(example = "keepBoth"))]
    pub id: String,
    /// What it does, in words.
    pub does: String,
}

/// Who tells: the language, what there is to see, what things are called.
struct Teller<'a> {
    lang: Lang,
    offer: &'a Offer,
    names: &'a Names,
}

/// A conflict in words, with what can be done.
#[must_use]
pub fn tell(conflict: &Conflict, offer: &Offer, names: &Names, lang: Lang) -> Told {
    let teller = Teller { lang, offer, names };
    let resolutions = choices(conflict, offer)
        .iter()
        .map(|choice| Resolution { id: choice.to_string(), does: teller.does(conflict, choice) })
        .collect();
    Told {
        id: conflict.id,
        kind: conflict.kind,
        warning: conflict.kind.is_warning(),
        title: teller.title(conflict),
        about: conflict.about.clone(),
        versions: teller.versions(conflict),
        at_stake: teller.at_stake(conflict),
        facts: conflict.facts,
        resolutions,
    }
}

/// A conflict in one line.
#[must_use]
pub fn title(conflict: &Conflict, offer: &Offer, names: &Names, lang: Lang) -> String {
    Teller { lang, offer, names }.title(conflict)
}

impl Teller<'_> {
    fn title(&self, conflict: &Conflict) -> String {
        let things: Vec<String> = conflict
            .about
            .iter()
            .filter(|id| self.offer.rows.contains_key(id))
            .map(|id| self.thing(*id))
            .collect();
        let what = things.join(" / ");
        let home = self.thing(conflict.home);
        let fill = |key: &str, values: &[(&str, &str)]| lang::fill(self.lang, key, values);
        match (&conflict.kind, &conflict.detail) {
            (Kind::Overlap, Detail::Shared { seconds, hands }) => {
                let minutes = ((seconds + 59) / 60).to_string();
                let key = if *hands { "conflict.overlap" } else { "conflict.too_close" };
                fill(key, &[("what", &what), ("minutes", &minutes)])
            }
            (_, Detail::Value { value }) => fill("conflict.duplicate", &[("what", &what), ("value", value)]),
            (Kind::TwoStatuses, Detail::Words { words }) => {
                fill("conflict.two_statuses", &[("what", &home), ("words", &self.words(words))])
            }
            (_, Detail::Words { words }) => {
                fill("conflict.status_and_move", &[("what", &home), ("words", &self.words(words))])
            }
            (_, Detail::Field { field, .. }) => {
                fill("conflict.two_values", &[("what", &home), ("field", lang::word(self.lang, field))])
            }
            (_, Detail::Promised { sent, deposit, time }) => {
                let sent = self.promises(sent, deposit.as_deref());
                match time.as_deref().and_then(|time| VisitTime::from_stored(time).ok()) {
                    Some(time) => {
                        let time = lang::datetime(self.lang, time.wall());
                        fill(
                            "conflict.moved_after_promise",
                            &[("what", &home), ("sent", &sent), ("time", &time)],
                        )
                    }
                    None => fill("conflict.off_after_promise", &[("what", &home), ("sent", &sent)]),
                }
            }
            (_, Detail::Choices { .. }) => fill("conflict.decided_twice", &[("what", &home)]),
            (kind, _) => fill(&format!("conflict.{kind}"), &[("what", &home)]),
        }
    }

    fn words(&self, words: &[String]) -> String {
        words.iter().map(|word| lang::word(self.lang, word)).collect::<Vec<_>>().join(" / ")
    }

    /// What went out, in words.
    fn promises(&self, sent: &[String], deposit: Option<&str>) -> String {
        let deposit = deposit.and_then(|amount| Money::from_stored(amount).ok());
        let amount = deposit.map(|amount| lang::money(self.lang, amount)).unwrap_or_default();
        let words = sent.iter().map(|kind| {
            let key = match kind.as_str() {
                DEPOSIT => "promise.deposit",
                REMINDER => "promise.reminder",
                CONFIRMATION => "promise.confirmation",
                _ => "promise.other",
            };
            lang::fill(self.lang, key, &[("amount", &amount)])
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// A document in a few words.
    fn thing(&self, id: Uuid) -> String {
        match self.offer.rows.get(&id) {
            Some(Projection::Appointments(row)) => self.visit(row),
            Some(Projection::Clients(row)) => row.name.clone(),
            Some(Projection::Notes(row)) => {
                row.body.lines().next().unwrap_or_default().chars().take(40).collect()
            }
            None => self.names.called.get(&id).cloned().unwrap_or_else(|| id.to_string()),
        }
    }

    fn visit(&self, row: &AppointmentRow) -> String {
        let called = |id: Option<Uuid>| id.and_then(|id| self.names.called.get(&id)).cloned();
        let time = row.visit_time().map(|time| {
            let day = lang::datetime(self.lang, time.wall());
            let until = time
                .ends_at()
                .to_zoned(crate::dates::zone_rules(time.zone()).unwrap_or(jiff::tz::TimeZone::UTC));
            format!("{day}\u{2013}{}", lang::time(self.lang, until.time()))
        });
        let block = (row.kind == "block").then(|| lang::word(self.lang, "block").to_owned());
        let parts =
            [block, called(row.client_id.map(Uuid::from)), called(row.service_id.map(Uuid::from)), time];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn versions(&self, conflict: &Conflict) -> Vec<Version> {
        let version = |id: Uuid, side: &str, says: String| {
            let written = self.names.written.get(&(id, side.to_owned()));
            let device = written.map(|(device, _)| self.names.devices.get(device).unwrap_or(device).clone());
            Version { id, says, device, at: written.and_then(|(_, at)| format_seconds(*at)) }
        };
        let home = conflict.home;
        match &conflict.detail {
            Detail::Field { values, .. } => {
                let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                values.iter().map(|value| version(home, &text(value), text(value))).collect()
            }
            Detail::Words { words } => {
                words.iter().map(|word| version(home, word, lang::word(self.lang, word).to_owned())).collect()
            }
            Detail::Choices { choices, .. } => choices
                .iter()
                .map(|choice| {
                    let does = choice.parse().map(|choice| self.does(conflict, &choice));
                    version(home, choice, does.unwrap_or_else(|_| choice.clone()))
                })
                .collect(),
            _ => {
                let documents = conflict.about.iter().filter(|id| self.offer.rows.contains_key(id));
                documents.map(|id| version(*id, "", self.full(*id))).collect()
            }
        }
    }

    /// A document with what it is worth and how to reach the person.
    fn full(&self, id: Uuid) -> String {
        let mut parts = vec![self.thing(id)];
        match self.offer.rows.get(&id) {
            Some(Projection::Appointments(row)) => {
                parts.push(lang::word(self.lang, row.status().as_str()).to_owned());
                let amount =
                    |stored: &Option<String>| stored.as_deref().and_then(|m| Money::from_stored(m).ok());
                parts.extend(amount(&row.price).map(|price| lang::money(self.lang, price)));
                parts.extend(amount(&row.deposit_amount).map(|deposit| {
                    lang::fill(self.lang, "conflict.deposit", &[("amount", &lang::money(self.lang, deposit))])
                }));
            }
            Some(Projection::Clients(row)) => {
                parts.extend([row.phone.clone(), row.email.clone()].into_iter().flatten());
            }
            Some(Projection::Notes(_)) | None => {}
        }
        parts.join(", ")
    }

    /// The prices of the visits together, where they are of one currency.
    fn at_stake(&self, conflict: &Conflict) -> Option<String> {
        let prices = conflict.about.iter().filter_map(|id| match self.offer.rows.get(id) {
            Some(Projection::Appointments(row)) => Money::from_stored(row.price.as_deref()?).ok(),
            _ => None,
        });
        let mut sum: Option<Money> = None;
        for price in prices {
            sum = match sum {
                None => Some(price),
                Some(sum) => Some(sum.checked_add(price).ok()?),
            };
        }
        sum.map(|sum| lang::money(self.lang, sum))
    }

    /// What a choice does.
    fn does(&self, conflict: &Conflict, choice: &Choice) -> String {
        let fill = |key: &str, values: &[(&str, &str)]| lang::fill(self.lang, key, values);
        let what = |id: &Uuid| self.thing(*id);
        match choice {
            Choice::KeepBoth => fill("choice.keep_both", &[]),
            Choice::Move { visit, to } => {
                let time = match self.offer.rows.get(visit) {
                    Some(Projection::Appointments(row)) => {
                        row.visit_time().and_then(|time| time.moved_to(to).ok())
                    }
                    _ => None,
                };
                let time = time.map_or_else(|| to.clone(), |time| lang::datetime(self.lang, time.wall()));
                fill("choice.move", &[("what", &what(visit)), ("time", &time)])
            }
            Choice::Cancel { visit, tell: false } => fill("choice.cancel", &[("what", &what(visit))]),
            Choice::Cancel { visit, tell: true } => fill("choice.cancel_and_tell", &[("what", &what(visit))]),
            Choice::Book { visit } => fill("choice.book", &[("what", &what(visit))]),
            Choice::Merge { into } => fill("choice.merge", &[("what", &what(into))]),
            Choice::Status { word } => {
                fill("choice.status", &[("word", lang::word(self.lang, word.as_str()))])
            }
            Choice::Value { index } => {
                let value = match &conflict.detail {
                    Detail::Field { values, .. } => values.get(*index),
                    _ => None,
                };
                let value = value.map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
                fill("choice.value", &[("value", &value.unwrap_or_default())])
            }
            Choice::Restore => fill("choice.restore", &[]),
            Choice::KeepDeleted => fill("choice.keep_deleted", &[]),
            Choice::Repoint => fill("choice.repoint", &[]),
        }
    }
}
