//! Migrations expand (docs/operations.md): what one adds, the version before survives. What takes away or forbids says in a
//! comment right above why nobody misses it.

use std::collections::BTreeSet;

use super::sources::Source;

/// Those up to this number came before anything was released, and are as they are.
const BEFORE_THE_RULE: u32 = 13;
/// How the comment above such a statement begins.
const MARKERS: [&str; 2] = ["-- contract:", "-- survives:"];

/// Statements that the version before might not survive, and that do not say why it does.
pub(crate) fn contracts(source: &Source) -> Vec<String> {
    let Some(name) = source.path.strip_prefix("migrations/") else { return Vec::new() };
    let number = name.split('_').next().and_then(|number| number.parse::<u32>().ok());
    if number.is_none_or(|number| number <= BEFORE_THE_RULE) {
        return Vec::new();
    }
    let mut made_here = BTreeSet::new();
    let mut broken = Vec::new();
    for statement in statements(&source.text) {
        let words: Vec<&str> = statement.sql.split_whitespace().collect();
        if let ["create", "table", rest @ ..] = &words[..] {
            let name = rest.iter().find(|word| !matches!(**word, "if" | "not" | "exists"));
            made_here.extend(name.map(|name| name.trim_matches('(').to_owned()));
        }
        let marked = MARKERS.iter().any(|marker| statement.comment.contains(marker));
        if let Some(what) = takes_away(&words, &made_here).filter(|_| !marked) {
            broken.push(
                source.at(statement.line, &format!("{what}; say above why the version before lives with it")),
            );
        }
    }
    broken
}

fn takes_away(words: &[&str], made_here: &BTreeSet<String>) -> Option<&'static str> {
    let is_new = |name: &str| made_here.contains(name.split('(').next().unwrap_or(name));
    match words {
        ["drop", "index" | "trigger", ..] => None,
        ["drop" | "truncate", ..] | ["delete", "from", ..] => Some("it takes away"),
        ["revoke", ..] if !words.contains(&"public") => Some("it takes a right away"),
        ["create", "unique", "index", ..] => {
            let table = words.iter().position(|word| *word == "on").and_then(|on| words.get(on + 1));
            (!table.is_some_and(|table| is_new(table))).then_some("it forbids what was allowed")
        }
        ["alter", "table", rest @ ..] => {
            let rest: Vec<&str> =
                rest.iter().copied().skip_while(|word| matches!(*word, "if" | "exists" | "only")).collect();
            let (table, actions) = rest.split_first()?;
            if is_new(table) {
                return None;
            }
            actions.split(|word| word.ends_with(',')).find_map(action)
        }
        _ => None,
    }
}

/// One action of `alter table`. A comma inside of brackets splits one in two, which hides nothing that is looked for.
fn action(words: &[&str]) -> Option<&'static str> {
    let has = |word: &str| words.contains(&word);
    match words {
        ["rename", ..] => Some("it renames"),
        ["drop", "constraint" | "default", ..] => None,
        ["drop", ..] => Some("it drops a column"),
        ["alter", .., "set", "not", "null"] => Some("it forbids null"),
        ["alter", ..] if has("type") => Some("it changes a type"),
        ["add", "constraint" | "check" | "unique" | "foreign", ..] => Some("it forbids what was allowed"),
        ["add", ..] if has("not") && has("null") && !has("default") && !has("generated") => {
            Some("it adds a column that the version before does not fill")
        }
        _ => None,
    }
}

struct Statement {
    line: usize,
    comment: String,
    sql: String,
}

/// The statements in lower case, without comments and the bodies of functions, each with the comment above it.
fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let (mut comment, mut sql, mut line, mut is_body) = (String::new(), String::new(), 0, false);
    for (index, whole) in text.lines().enumerate() {
        let code = whole.split("--").next().unwrap_or_default();
        if sql.trim().is_empty() && !is_body {
            if code.trim().is_empty() && whole.trim_start().starts_with("--") {
                comment += whole.trim_start();
                continue;
            }
            line = index + 1;
        }
        for (part, piece) in code.split("$$").enumerate() {
            if part > 0 {
                is_body = !is_body;
            }
            if is_body {
                continue;
            }
            let mut ends = piece.split(';').peekable();
            while let Some(end) = ends.next() {
                sql += &end.to_lowercase();
                sql.push(' ');
                if ends.peek().is_some() {
                    found.push(Statement {
                        line,
                        comment: std::mem::take(&mut comment),
                        sql: std::mem::take(&mut sql),
                    });
                    line = index + 1;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(sql: &str) -> Vec<String> {
        contracts(&Source::sample("migrations/0099_next.sql", sql))
    }

    #[test]
    fn what_takes_away_or_forbids_is_found() {
        for sql in [
            "alter table clients drop column phone;",
            "alter table clients add column a text, drop column phone;",
            "ALTER TABLE clients RENAME COLUMN phone TO telephone;",
            "alter table clients alter column phone type bigint using phone::bigint;",
            "alter table clients alter column phone set not null;",
            "alter table clients add column room integer not null;",
            "alter table clients add constraint c check (phone <> '');",
            "create unique index i on clients (tenant_id, phone);",
            "drop table notes;",
            "drop function jobs.add;",
            "delete from notes;",
        ] {
            assert_eq!(broken(sql).len(), 1, "{sql}: {:?}", broken(sql));
            assert_eq!(broken(&format!("-- contract: unused since 0098.\n{sql}")), [""; 0], "{sql}");
        }
    }

    #[test]
    fn what_expands_passes() {
        for sql in [
            "alter table clients add column room integer not null default 0;",
            "alter table clients add column key bigint not null generated always as (1) stored;",
            "alter table clients add column room integer;",
            "create table rooms (id uuid not null); alter table rooms add constraint c check (true);",
            "create table rooms (id uuid not null); create unique index i on rooms (id);",
            "create index i on clients (phone); drop index j;",
            "create function f() returns void language plpgsql as $$ begin delete from notes; end $$;",
            "-- drop table notes;\nselect 1;",
            "alter table clients enable row level security;",
            "revoke execute on function f from public;",
        ] {
            assert_eq!(broken(sql), [""; 0], "{sql}");
        }
        let old = Source::sample("migrations/0008_accounts.sql", "drop table notes;");
        assert_eq!(contracts(&old), [""; 0]);
    }
}
