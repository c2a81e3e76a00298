//! `GET /clients`: by name, with a search over names, contacts, tags and notes.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::clients::{Client, ClientRow};
use domain::ids::ClientId;
use domain::search::{digits, fold};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::http::{ListErrors, Page, PageQuery, Problem, QueryFields, Read};
use crate::listing::Listing;
use crate::{appointments, auth};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct ClientQuery {
    /// Words that all must occur, or a part of a telephone number. Case and `ё` do not matter.
    #[param(example = "анна")]
    search: Option<String>,
}

/// Its filters and orders.
struct ClientFilters;

impl IntoParams for ClientFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        store::LIST.parameters()
    }
}

/// List clients
#[utoipa::path(
    get, path = "/clients", operation_id = "listClients", tag = "clients",
    params(ClientQuery, ClientFilters, PageQuery),
    responses((status = 200, description = "A page of clients, by name unless asked otherwise", body = Page<Client>), ListErrors)
)]
pub(super) async fn list_clients(
    Read { mut tx, .. }: Read,
    mut query: QueryFields,
) -> Result<Json<Page<Client>>, Problem> {
    let patterns = query.text("search").map(|search| patterns(&search)).unwrap_or_default();
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(&store::LIST, query, &zone, &patterns)?;
    let found = store::list(&mut tx, &patterns, &listing).await?;
    let ids: Vec<ClientId> = found.iter().map(|found| found.id.into()).collect();
    let mut visits = appointments::last_visits(&mut tx, &ids).await?;
    tx.commit().await?;
    let page = listing.page(found, |id: ClientId, row: ClientRow| row.show(id, visits.remove(&id)))?;
    Ok(Json(page))
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
