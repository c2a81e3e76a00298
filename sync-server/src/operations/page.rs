//! The page: plain HTML, no script; every button is a form. Whatever comes from outside is escaped.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::response::Html;
use domain::lang::Lang;

use super::Operations;
use super::words::Words;
use crate::http::Problem;
use crate::jobs::look::{self, KindLine, Overview, QueueLine, Troubled};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1c1b1f;background:#fff}\
table{border-collapse:collapse;width:100%;margin:0 0 1rem}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #cfcbd3;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}form{display:inline}button{font:inherit;padding:.15rem .7rem;border:1px solid #5f4b8b;\
background:#fff;color:#4a3a70;border-radius:.4rem;cursor:pointer}button:hover{background:#f1edf8}:focus-visible{outline:3px solid #5f4b8b;outline-offset:2px}\
.dead{color:#a3001b;font-weight:600}code{overflow-wrap:anywhere}.scroll{overflow-x:auto}\
@media(prefers-color-scheme:dark){body{color:#e8e4ec;background:#17151a}th,td{border-color:#4a4650}button{background:#221f27;color:#d9ccf5;border-color:#b9a5e8}\
button:hover{background:#322c3d}.dead{color:#ff8f9c}a{color:#c9b6f7}}";

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
    let Words { lang, title, refresh, workers, kinds, queues, trouble, .. } = words;
    let mut page = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>VeloriaCRM: {title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>\
         <p>{workers}: <strong>{}</strong>. <a href=\"/\">{refresh}</a></p>",
        overview.workers
    );
    section(
        &mut page,
        "kinds",
        kinds,
        words.none,
        &words.kind_heads,
        &[1, 2, 3, 4, 5, 6, 7, 8],
        overview.kinds.iter().map(|kind| kind_row(words, kind)),
    );
    section(
        &mut page,
        "queues",
        queues,
        words.none,
        &words.queue_heads,
        &[1],
        overview.queues.iter().map(|queue| queue_row(words, queue)),
    );
    section(
        &mut page,
        "trouble",
        trouble,
        words.no_trouble,
        &words.trouble_heads,
        &[0, 4],
        troubled.iter().map(|job| trouble_row(words, job)),
    );
    page.push_str("</main></body></html>");
    page
}

/// A heading with a table, or with a sentence where there is nothing.
fn section(
    page: &mut String,
    id: &str,
    title: &str,
    nothing: &str,
    heads: &[&str],
    numbers: &[usize],
    rows: impl Iterator<Item = Vec<String>>,
) {
    let class = |column: usize| if numbers.contains(&column) { " class=\"n\"" } else { "" };
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(body, "<td{}>{cell}</td>", class(column));
        }
        body.push_str("</tr>");
    }
    let _ = write!(page, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}</h2>");
    if body.is_empty() {
        let _ = write!(page, "<p>{nothing}</p></section>");
        return;
    }
    page.push_str("<div class=\"scroll\"><table><thead><tr>");
    for (column, head) in heads.iter().enumerate() {
        let _ = write!(page, "<th scope=\"col\"{}>{head}</th>", class(column));
    }
    let _ = write!(page, "</tr></thead><tbody>{body}</tbody></table></div></section>");
}

fn kind_row(words: &Words, kind: &KindLine) -> Vec<String> {
    let mut act = if kind.is_paused {
        button("resume", words.resume, &[("what", "job"), ("name", &kind.name)])
    } else {
        button("pause", words.pause, &[("what", "job"), ("name", &kind.name)])
    };
    if kind.dead > 0 {
        act.push(' ');
        act.push_str(&button("retry", words.retry_all, &[("job", &kind.name)]));
    }
    let name = escape(&kind.name);
    vec![
        if kind.is_paused {
            format!("<code>{name}</code> ({})", words.paused)
        } else {
            format!("<code>{name}</code>")
        },
        kind.waiting.to_string(),
        kind.later.to_string(),
        kind.running.to_string(),
        kind.done.to_string(),
        kind.failed.to_string(),
        format!("{:.2}", kind.waited),
        format!("{:.2}", kind.ran),
        if kind.dead > 0 { format!("<span class=\"dead\">{}</span>", kind.dead) } else { "0".to_owned() },
        act,
    ]
}

fn queue_row(words: &Words, queue: &QueueLine) -> Vec<String> {
    let (state, act) =
        if queue.is_paused { (words.paused, ("resume", words.resume)) } else { ("", ("pause", words.pause)) };
    vec![
        format!("<code>{}</code>", escape(&queue.name)),
        queue.waiting.to_string(),
        state.to_owned(),
        button(act.0, act.1, &[("what", "queue"), ("name", &queue.name)]),
    ]
}

fn trouble_row(words: &Words, job: &Troubled) -> Vec<String> {
    let id = job.id.to_string();
    let state = if job.is_dead {
        format!("<span class=\"dead\">{}</span>", words.dead)
    } else {
        format!("{} ({} {})", words.again, job.seconds_until_next, words.seconds)
    };
    let discard = button("discard", words.discard, &[("id", &id)]);
    vec![
        id.clone(),
        format!("<code>{}</code>", escape(&job.name)),
        format!("<code>{}</code>", escape(job.tenant.as_deref().unwrap_or_default())),
        format!("<code>{}</code>", escape(job.request.as_deref().unwrap_or_default())),
        format!("{}/{}", job.attempts, job.max_attempts),
        format!("<code>{}</code>", escape(&job.error)),
        state,
        format!("{} {discard}", button("retry", words.retry, &[("id", &id)])),
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
