//! What is shown of an import: the guessed map with a few rows as they are understood, the report, what an undo did.

use client_core::import::{
    Columns, Content, ImportMap, Kind, Outcome, Report, RowReport, Undone, map_text, sample,
};
use comfy_table::{ContentArrangement, Table, presets};
use domain::lang::Lang;
use serde_json::{Value as Json, json};

use crate::failed::Failed;
use crate::output::Output;

/// Nobody reads more lines than that; `--json` has them all.
const MOST_LINES: usize = 200;

/// What she may do next with a guessed map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Agree, or save it.
    Asks,
    /// Edit what was saved.
    Saved,
}

/// A guessed map; nothing was imported.
pub(super) fn guessed(
    content: &Content,
    map: &ImportMap,
    kind: Kind,
    lang: Lang,
    next: Next,
) -> Result<Output, Failed> {
    let text = map_text(map);
    let sample = sample(content, map);
    let mut table = table();
    table.set_header(map.columns.iter().map(|(field, columns)| format!("{field} <- {}", names(columns))));
    for row in &sample {
        let cell = |field: &String| row.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
        table.add_row(map.columns.keys().map(cell));
    }
    let used: Vec<&String> = map.columns.values().flat_map(Columns::names).chain(&map.key).collect();
    let unused: Vec<&String> = content.table.columns.iter().filter(|name| !used.contains(name)).collect();
    let left = unused.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let rows = content.table.rows.len();
    let hint = match (lang, next) {
        (Lang::Ru, Next::Asks) => format!(
            "строк {rows}; не понадобились столбцы: {left}\nЭто догадка, ничего не записано. Всё верно — добавьте --yes; \
             нет — сохраните карту (--write-map FILE), исправьте и загрузите с --map."
        ),
        (Lang::En, Next::Asks) => format!(
            "{rows} rows; columns not used: {left}\nThis is a guess, nothing was written. If it is right add --yes; if not, \
             save the map (--write-map FILE), edit it and import with --map."
        ),
        (Lang::Ru, Next::Saved) => "Карта сохранена, ничего не загружено.".to_owned(),
        (Lang::En, Next::Saved) => "The map was saved, nothing was imported.".to_owned(),
    };
    let value = json!({
        "guessed": true, "kind": kind.as_str(), "format": content.format, "rows": rows, "map": text, "sample": sample,
        "unusedColumns": unused,
    });
    Ok(Output::one(&value)?.with_line(format!("{text}\n{table}\n{hint}")))
}

fn names(columns: &Columns) -> String {
    columns.names().join(" + ")
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// The rows that need a look, and the counts.
pub(super) fn report(report: &Report, lang: Lang) -> String {
    let remarkable: Vec<&RowReport> = report.remarkable().collect();
    let summary = summary(report, lang);
    if remarkable.is_empty() {
        return summary;
    }
    let mut table = table();
    table.set_header(match lang {
        Lang::Ru => ["Строка", "Что сделано", "Почему"],
        Lang::En => ["Line", "Done", "Why"],
    });
    for row in remarkable.iter().take(MOST_LINES) {
        let why = row.reason.as_ref().map(|reason| reason.words(lang)).unwrap_or_default();
        table.add_row([row.line.to_string(), outcome(row.result, lang).to_owned(), why]);
    }
    let more = remarkable.len().saturating_sub(MOST_LINES);
    let more = match (more, lang) {
        (0, _) => String::new(),
        (more, Lang::Ru) => format!("\n… и ещё {more}, все в --json"),
        (more, Lang::En) => format!("\n… and {more} more, all of them with --json"),
    };
    format!("{table}{more}\n{summary}")
}

fn summary(report: &Report, lang: Lang) -> String {
    let Report {
        created,
        updated,
        duplicates,
        merged,
        skipped,
        problems,
        time_unknown,
        clients_created,
        left_out,
        pictures,
        dry_run,
        import,
        rows: _,
    } = report;
    match lang {
        Lang::Ru => {
            let trial = if *dry_run { " (проба, ничего не записано)" } else { "" };
            let ask = if *duplicates > 0 && !dry_run {
                "\nПовторы не загружены: добавьте --duplicates merge (объединить) или create (завести вторых)."
            } else {
                ""
            };
            let undo = if *dry_run || import.is_nil() {
                String::new()
            } else {
                format!("\nОтменить: veloria import undo {import}")
            };
            format!(
                "создано {created}, изменено {updated}, повторов {duplicates}, объединено {merged}, пропущено {skipped} (из них \
                 с ошибками {problems}), без времени {time_unknown}, новых клиентов по кодам {clients_created}, не выбрано \
                 {left_out}, фотографий не взято {pictures}{trial}{ask}{undo}"
            )
        }
        Lang::En => {
            let trial = if *dry_run { " (a trial: nothing was written)" } else { "" };
            let ask = if *duplicates > 0 && !dry_run {
                "\nDuplicates were not imported: add --duplicates merge, or create for second clients."
            } else {
                ""
            };
            let undo = if *dry_run || import.is_nil() {
                String::new()
            } else {
                format!("\nUndo: veloria import undo {import}")
            };
            format!(
                "created {created}, updated {updated}, duplicates {duplicates}, merged {merged}, skipped {skipped} (with problems \
                 {problems}), of unknown time {time_unknown}, new clients from codes {clients_created}, left out {left_out}, \
                 pictures not taken {pictures}{trial}{ask}{undo}"
            )
        }
    }
}

const fn outcome(outcome: Outcome, lang: Lang) -> &'static str {
    match (outcome, lang) {
        (Outcome::Created, Lang::Ru) => "создано",
        (Outcome::Updated, Lang::Ru) => "изменено",
        (Outcome::Duplicate, Lang::Ru) => "повтор",
        (Outcome::Merged, Lang::Ru) => "объединено",
        (Outcome::Skipped, Lang::Ru) => "пропущено",
        (Outcome::Created, Lang::En) => "created",
        (Outcome::Updated, Lang::En) => "updated",
        (Outcome::Duplicate, Lang::En) => "duplicate",
        (Outcome::Merged, Lang::En) => "merged",
        (Outcome::Skipped, Lang::En) => "skipped",
    }
}

/// What an undo did.
pub(super) fn undone(undone: &Undone, lang: Lang) -> String {
    let Undone { removed, restored, kept_edited, kept_in_use } = undone;
    let mut lines = vec![match lang {
        Lang::Ru => format!(
            "удалено {removed}, возвращено как было {restored}, оставлено изменённых вами {}, оставлено нужных вашим записям {}",
            kept_edited.len(),
            kept_in_use.len()
        ),
        Lang::En => format!(
            "removed {removed}, restored {restored}, kept because you edited them {}, kept because your visits need them {}",
            kept_edited.len(),
            kept_in_use.len()
        ),
    }];
    lines.extend(kept_edited.iter().chain(kept_in_use).map(|id| format!("  {id}")));
    lines.join("\n")
}
