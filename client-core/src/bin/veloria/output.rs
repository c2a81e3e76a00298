//! What a command prints: one JSON value for programs, or a table for people, from the very same data.

use std::collections::{HashMap, HashSet};

use client_core::App;
use comfy_table::{ContentArrangement, Table, presets};
use domain::lang::Lang;
use serde::Serialize;
use serde_json::Value as Json;

use crate::failed::{Exit, Failed};
use crate::words::word;

/// What a command prints.
#[derive(Debug)]
pub(crate) struct Output {
    /// Written straight from the typed value, so that the order of fields is the server's.
    json: String,
    value: Json,
    columns: &'static [Column],
    /// What people call the things behind ids.
    names: HashMap<String, String>,
    line: Option<String>,
    exit: Exit,
}

/// A column of a table: its headings, and where its cells are found.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) ru: &'static str,
    pub(crate) en: &'static str,
    pub(crate) key: &'static str,
}

#[derive(Serialize)]
struct Data<T> {
    data: Vec<T>,
}

impl Output {
    /// One object.
    pub(crate) fn one(value: &impl Serialize) -> Result<Self, Failed> {
        Self::build(value, &[])
    }

    /// A list.
    pub(crate) fn list(data: Vec<impl Serialize>, columns: &'static [Column]) -> Result<Self, Failed> {
        Self::build(&Data { data }, columns)
    }

    /// Shows clients and services by their names where a table would show their ids.
    pub(crate) fn naming(mut self, app: &App) -> Result<Self, Failed> {
        let rows = match self.value.get("data").and_then(Json::as_array) {
            Some(rows) => rows.iter().collect(),
            None => vec![&self.value],
        };
        let ids = |key: &str| -> HashSet<&str> {
            rows.iter().filter_map(|row| row.get(key).and_then(Json::as_str)).collect()
        };
        let mut names = HashMap::new();
        for id in ids("clientId") {
            if let Some(client) = id.parse().ok().and_then(|id| app.client(id).ok()) {
                names.insert(id.to_owned(), client.name);
            }
        }
        let services = ids("serviceId");
        if !services.is_empty() {
            let known = app.services()?.into_iter().map(|service| (service.id.to_string(), service.name));
            names.extend(known.filter(|(id, _)| services.contains(id.as_str())));
        }
        self.names = names;
        Ok(self)
    }

    /// A plain line for people in place of a table.
    pub(crate) fn with_line(mut self, line: impl Into<String>) -> Self {
        self.line = Some(line.into());
        self
    }

    /// Another exit code than "done".
    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn json(&self) -> String {
        self.json.clone()
    }

    pub(crate) fn table(&self, lang: Lang) -> String {
        if let Some(line) = &self.line {
            return line.clone();
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        match self.value.get("data").and_then(Json::as_array).filter(|_| !self.columns.is_empty()) {
            Some(rows) => {
                table.set_header(self.columns.iter().map(|c| if lang == Lang::Ru { c.ru } else { c.en }));
                for row in rows {
                    table.add_row(self.columns.iter().map(|column| {
                        let text = cell(row.get(column.key));
                        match column.key {
                            "status" | "kind" => word(&text, lang).to_owned(),
                            _ => self.names.get(&text).cloned().unwrap_or(text),
                        }
                    }));
                }
            }
            None => {
                for (name, value) in self.value.as_object().into_iter().flatten() {
                    let text = cell(Some(value));
                    let text = match self.names.get(&text) {
                        Some(called) => format!("{called} ({text})"),
                        None if matches!(name.as_str(), "status" | "kind") => word(&text, lang).to_owned(),
                        None => text,
                    };
                    if !text.is_empty() {
                        table.add_row([name.clone(), text]);
                    }
                }
            }
        }
        table.to_string()
    }

    fn build(value: &impl Serialize, columns: &'static [Column]) -> Result<Self, Failed> {
        let unprintable = |error: serde_json::Error| Failed::usage(error.to_string());
        let json = serde_json::to_string(value).map_err(unprintable)?;
        let value = serde_json::to_value(value).map_err(unprintable)?;
        Ok(Self { json, value, columns, names: HashMap::new(), line: None, exit: Exit::Ok })
    }
}

/// Texts as they are, lists with commas, nothing for what is empty.
fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(list)) => list.iter().map(|entry| cell(Some(entry))).collect::<Vec<_>>().join(", "),
        Some(Json::Object(map)) if map.is_empty() => String::new(),
        Some(other) => other.to_string(),
    }
}
