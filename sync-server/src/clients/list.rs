//! `GET /clients`: by name, with a search over names, contacts, tags and notes.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::clients::Client;
use domain::search::{digits, fold};
use utoipa::IntoParams;

use super::store;
use crate::http::{After, ListErrors, Page, PageQuery, Principal, Problem, QueryFields};
use crate::{AppState, appointments};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct ClientQuery {
    /// Words that all must occur, or a part of a telephone number. Case and `ё` do not matter.
    #[param(example = "анна")]
    search: Option<String>,
}

/// List clients
#[utoipa::path(
    get, path = "/clients", operation_id = "listClients", tag = "clients",
    params(ClientQuery, PageQuery),
    responses((status = 200, description = "A page of clients, by name", body = Page<Client>), ListErrors)
)]
pub(super) async fn list_clients(
    State(state): State<AppState>,
    principal: Principal,
    mut query: QueryFields,
) -> Result<Json<Page<Client>>, Problem> {
    let patterns = query.text("search").map(|search| patterns(&search)).unwrap_or_default();
    let (limit, cursor) = query.page("clients", &[&patterns])?;
    let mut tx = state.db.tenant(principal.tenant).await?;
    let rows = store::list(&mut tx, &patterns, cursor.after(), limit.and_one()).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut visits = appointments::last_visits(&mut tx, &ids).await?;
    tx.commit().await?;
    let after = |row: &store::Listed| After(Some(row.name_folded.clone()), row.id.0);
    Ok(Json(cursor.page(limit, rows, after, |found| found.row.show(found.id, visits.remove(&found.id)))))
}

/// What the searched text must be LIKE, all of it: the digits of a number, or each word.
fn patterns(search: &str) -> Vec<String> {
    let is_number = search.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    let number = digits(search);
    if is_number && number.len() >= 3 {
        return vec![format!("%{number}%")];
    }
    let escape = |word: &str| word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    fold(search).split(' ').map(|word| format!("%{}%", escape(word))).collect()
}

#[cfg(test)]
mod tests {
    use super::patterns;

    #[test]
    fn a_number_is_searched_by_its_digits_and_words_one_by_one() {
        assert_eq!(patterns("8 (916) 123"), ["%7916123%"]);
        assert_eq!(patterns("Алёна  ПЕТР"), ["%алена%", "%петр%"]);
        assert_eq!(patterns("100%_"), [r"%100\%\_%"]);
        assert_eq!(patterns("42"), ["%42%"]);
    }
}
