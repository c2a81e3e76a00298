//! The pages: plain HTML, no script; every button is a form. Whatever comes from outside is escaped.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::ids::Clock as _;

use super::House;
use super::mode::{Mode, Moods};
use super::words::{Asked, Words};
use crate::http::escape;

pub(super) fn routes(house: House) -> Router {
    Router::new().route("/", get(index)).route("/style.css", get(style)).with_state(house)
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}

async fn index(State(house): State<House>, Asked(words): Asked) -> Html<String> {
    let mut page =
        format!("<p>{}</p><p><a class=\"button\" href=\"/\">{}</a></p>", words.about, words.refresh);
    let now = house.clock.now();
    let _ = write!(page, "<p>{}: <time>{now:.0}</time> ", words.time);
    for (seconds, label) in [("3600", words.an_hour), ("86400", words.a_day)] {
        page.push_str(&button("/control/clock/advance", label, "", &[("seconds", seconds)]));
    }
    page.push_str("</p>");
    page.push_str(&house.yookassa.section(words));
    whole(words, words.title, &page)
}

/// A page around its content.
pub(super) fn whole(words: &Words, title: &str, content: &str) -> Html<String> {
    let lang = words.lang.as_str();
    Html(format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"></head><body><main><h1>{title}</h1>{content}</main></body></html>"
    ))
}

/// A button that asks `action` for something; `about` says of what to those who cannot see where it stands.
pub(super) fn button(action: &str, label: &str, about: &str, fields: &[(&str, &str)]) -> String {
    let mut form = format!("<form method=\"post\" action=\"{}\">", escape(action));
    for (name, value) in fields {
        let _ = write!(form, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value));
    }
    let spoken = format!("{label} {about}");
    let _ = write!(form, "<button aria-label=\"{}\">{label}</button></form>", escape(spoken.trim()));
    form
}

/// The buttons for a service's mood.
pub(super) fn moods(words: &Words, name: &str, moods: &Moods) -> String {
    let mut row = format!("<p>{}: <strong>{}</strong> ", words.mood, moods.now().as_str());
    for mode in Mode::ALL {
        row.push_str(&button(
            &format!("/control/{name}/mode"),
            mode.as_str(),
            "",
            &[("mode", mode.as_str())],
        ));
    }
    row.push_str("</p>");
    row
}

/// A table with a heading; each cell is HTML already.
pub(super) fn table(words: &Words, title: &str, heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = format!("<h3>{title}</h3>");
    if rows.is_empty() {
        let _ = write!(table, "<p>{}</p>", words.none);
        return table;
    }
    table.push_str("<table><thead><tr>");
    for head in heads {
        let _ = write!(table, "<th scope=\"col\">{head}</th>");
    }
    table.push_str("</tr></thead><tbody>");
    for row in rows {
        table.push_str("<tr>");
        for (cell, head) in row.iter().zip(heads) {
            let _ = write!(table, "<td data-head=\"{head}\">{cell}</td>");
        }
        table.push_str("</tr>");
    }
    table.push_str("</tbody></table>");
    table
}
