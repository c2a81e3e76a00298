//! The page: plain HTML, no script; every button is a form. What needs somebody comes first. On a narrow screen each row is a
//! card. Whatever comes from outside is escaped.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::response::Html;
use domain::lang::Lang;

use super::Operations;
use super::words::Words;
use crate::http::{Problem, escape};
use crate::jobs::look::{self, KindLine, Overview, QueueLine, Troubled};

const STYLE: &str = include_str!("style.css");

/// The page in the language that the browser asks for.
pub(super) async fn page(
    State(operations): State<Operations>,
    headers: HeaderMap,
) -> Result<Html<String>, Problem> {
    let lang = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let words = Words::of(lang.map_or_else(Lang::default, Lang::from_accept_language));
    let overview = look::overview(&operations.jobs).await?;
    let troubled = look::troubled(&operations.jobs, None).await?;
    Ok(Html(render(words, &overview, &troubled)))
}

pub(super) fn render(words: &Words, overview: &Overview, troubled: &[Troubled]) -> String {
    let Words { lang, title, refresh, .. } = words;
    let mut page = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>VeloriaCRM: {title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>"
    );
    page.push_str(&state(words, overview));
    let _ = write!(page, "<p><a href=\"/\">{refresh}</a></p>");
    let trouble = troubled.iter().map(|job| trouble_row(words, job));
    section(&mut page, "trouble", words.trouble, words.no_trouble, &words.trouble_heads, trouble);
    let kinds = overview.kinds.iter().map(|kind| kind_row(words, kind));
    section(&mut page, "kinds", words.kinds, words.none, &words.kind_heads, kinds);
    let queues = overview.queues.iter().map(|queue| queue_row(words, queue));
    section(&mut page, "queues", words.queues, words.no_queues, &words.queue_heads, queues);
    page.push_str("</main></body></html>");
    page
}

/// In one sentence: does anybody have to do something?
fn state(words: &Words, overview: &Overview) -> String {
    let sum = |of: fn(&KindLine) -> i64| overview.kinds.iter().map(of).sum::<i64>();
    let (waiting, running, dead) =
        (sum(|kind| kind.waiting), sum(|kind| kind.running), sum(|kind| kind.dead));
    let counts = format!(
        "{}: {}. {}: {waiting}. {}: {running}.",
        words.workers, overview.workers, words.kind_heads[1], words.kind_heads[3]
    );
    let (class, verdict) = match (overview.workers, dead) {
        (0, _) => ("bad", words.nobody_works.to_owned()),
        (_, 0) => ("good", words.all_is_well.to_owned()),
        (_, dead) => ("bad", format!("{}: {dead}.", words.need_somebody)),
    };
    // A person with a screen reader hears it when the page comes back from a button.
    format!("<p class=\"state {class}\" role=\"status\">{verdict}<small>{counts}</small></p>")
}

/// One field of a table.
struct Cell {
    class: &'static str,
    html: String,
}

/// A name, and what it is called by in the settings and the log.
fn name(title: Option<&str>, name: &str, further: &str) -> Cell {
    let code = format!("<code>{}</code>", escape(name));
    let html = match title {
        Some(title) => format!("{title}<small>{code}{further}</small>"),
        None => format!("{code}{further}"),
    };
    Cell { class: "name", html }
}

fn number(number: i64) -> Cell {
    Cell { class: if number == 0 { "n zero" } else { "n" }, html: number.to_string() }
}

fn acts(buttons: &[String]) -> Cell {
    Cell { class: "act", html: format!("<div class=\"acts\">{}</div>", buttons.concat()) }
}

/// A heading with a table, or with a sentence where there is nothing.
fn section(
    page: &mut String,
    id: &str,
    title: &str,
    nothing: &str,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<Cell>>,
) {
    let mut body = String::new();
    let mut classes = Vec::new();
    for row in rows {
        body.push_str("<tr>");
        for (Cell { class, html }, head) in row.iter().zip(heads) {
            // Writing to a String cannot fail.
            let _ = write!(body, "<td class=\"{class}\" data-head=\"{head}\">{html}</td>");
        }
        body.push_str("</tr>");
        // Numbers and buttons stand to the right, and so do their heads.
        classes = row
            .iter()
            .map(|cell| cell.class.starts_with("n ") || matches!(cell.class, "n" | "act"))
            .collect();
    }
    let _ = write!(page, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}</h2>");
    if body.is_empty() {
        let _ = write!(page, "<p>{nothing}</p></section>");
        return;
    }
    page.push_str("<table><thead><tr>");
    for (head, is_right) in heads.iter().zip(classes) {
        let _ = write!(page, "<th scope=\"col\"{}>{head}</th>", if is_right { " class=\"n\"" } else { "" });
    }
    let _ = write!(page, "</tr></thead><tbody>{body}</tbody></table></section>");
}

fn kind_row(words: &Words, kind: &KindLine) -> Vec<Cell> {
    let about = [("what", "job"), ("name", kind.name.as_str())];
    let mut buttons = vec![if kind.is_paused {
        button("resume", words.resume, &about)
    } else {
        button("pause", words.pause, &about)
    }];
    if kind.dead > 0 {
        buttons.insert(0, button("retry", words.retry_all, &[("job", &kind.name)]));
    }
    let paused = format!(" <span class=\"paused\">{}</span>", words.paused);
    let paused = if kind.is_paused { &*paused } else { "" };
    let is_idle = kind.done + kind.failed == 0;
    let time = |seconds: f64| Cell {
        class: if is_idle { "n zero" } else { "n" },
        html: if is_idle { "–".to_owned() } else { words.decimal(seconds) },
    };
    vec![
        name(words.kind(&kind.name), &kind.name, paused),
        number(kind.waiting),
        number(kind.later),
        number(kind.running),
        number(kind.done),
        number(kind.failed),
        time(kind.waited),
        time(kind.ran),
        Cell { class: if kind.dead > 0 { "n dead" } else { "n zero" }, html: kind.dead.to_string() },
        acts(&buttons),
    ]
}

fn queue_row(words: &Words, queue: &QueueLine) -> Vec<Cell> {
    let (state, act) = if queue.is_paused {
        (words.paused, ("resume", words.resume))
    } else {
        (words.goes, ("pause", words.pause))
    };
    vec![
        name(None, &queue.name, ""),
        number(queue.waiting),
        Cell { class: if queue.is_paused { "paused" } else { "" }, html: state.to_owned() },
        acts(&[button(act.0, act.1, &[("what", "queue"), ("name", &queue.name)])]),
    ]
}

fn trouble_row(words: &Words, job: &Troubled) -> Vec<Cell> {
    let id = job.id.to_string();
    let state = if job.is_dead {
        Cell { class: "dead", html: words.dead.to_owned() }
    } else {
        Cell { class: "", html: format!("{} {}", words.again, words.duration(job.seconds_until_next)) }
    };
    let mut ids = String::new();
    for (word, value) in [(words.business, &job.tenant), (words.request, &job.request)] {
        if let Some(value) = value {
            let _ = write!(ids, "<small>{word} <code>{}</code></small>", escape(value));
        }
    }
    let number = format!(" {}&nbsp;{id}", words.number);
    vec![
        name(words.kind(&job.name), &job.name, &number),
        Cell { class: "cause", html: format!("{}{ids}", escape(&job.error)) },
        Cell { class: "n", html: format!("{} / {}", job.attempts, job.max_attempts) },
        state,
        acts(&[
            button("retry", words.retry, &[("id", &id)]),
            button("discard", words.discard, &[("id", &id)]),
        ]),
    ]
}

fn button(action: &str, label: &str, fields: &[(&str, &str)]) -> String {
    let mut form = format!("<form method=\"post\" action=\"/api/jobs/{action}\">");
    let about = fields.last().map_or("", |(_, value)| value);
    for (name, value) in fields {
        let _ = write!(form, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value));
    }
    let _ = write!(form, "<button aria-label=\"{label}: {}\">{label}</button></form>", escape(about));
    form
}
