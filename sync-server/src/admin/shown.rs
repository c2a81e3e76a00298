//! What an act shows: one JSON value; for people a line for each field, or a table with tabs.

use serde_json::Value as Json;

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown(pub(super) Json);

impl Shown {
    /// For programs.
    #[must_use]
    pub fn json(&self) -> String {
        self.0.to_string()
    }

    /// For people.
    #[must_use]
    pub fn lines(&self) -> String {
        if let Some(rows) = self.0.get("data").and_then(Json::as_array) {
            table(rows)
        } else {
            let fields = self.0.as_object().into_iter().flatten();
            fields.map(|(name, value)| format!("{name}: {}", cell(value))).collect::<Vec<_>>().join("\n")
        }
    }
}

fn table(rows: &[Json]) -> String {
    let Some(names) = rows.first().and_then(Json::as_object) else { return String::new() };
    let header = names.keys().cloned().collect::<Vec<_>>().join("\t");
    let line = |row: &Json| names.keys().map(|name| cell(&row[name])).collect::<Vec<_>>().join("\t");
    std::iter::once(header).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn cell(value: &Json) -> String {
    match value {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_thing_has_a_line_for_each_field_and_many_have_a_table() {
        assert_eq!(Shown(json!({ "plan": "ivory", "users": 2 })).lines(), "plan: ivory\nusers: 2");
        let many = Shown(json!({ "data": [{ "id": "a", "phone": null }, { "id": "b", "phone": "+7" }] }));
        assert_eq!(many.lines(), "id\tphone\na\t-\nb\t+7");
        assert_eq!(Shown(json!({ "data": [] })).lines(), "");
    }
}
