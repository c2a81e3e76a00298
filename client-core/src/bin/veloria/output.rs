//! What a command prints: one JSON value for programs, or a table for people, from the very same data.

use comfy_table::{ContentArrangement, Table, presets};
use domain::lang::Lang;
use serde::Serialize;
use serde_json::Value as Json;

use crate::failed::{Exit, Failed};

/// What a command prints.
#[derive(Debug)]
pub(crate) struct Output {
    /// Written straight from the typed value, so that the order of fields is the server's.
    json: String,
    value: Json,
    columns: &'static [Column],
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
                    table.add_row(self.columns.iter().map(|column| cell(row.get(column.key))));
                }
            }
            None => {
                for (name, value) in self.value.as_object().into_iter().flatten() {
                    let text = cell(Some(value));
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
        Ok(Self { json, value, columns, line: None, exit: Exit::Ok })
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
