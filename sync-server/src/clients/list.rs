//! `GET /clients`: by name, with a search over names, contacts, tags and notes.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::clients::{Client, ClientRow, Search};
use domain::ids::ClientId;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};
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
        parameters(store::LIST.spec)
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
    Asked(mut query): Asked,
) -> Result<Json<Page<Client>>, Problem> {
    let patterns = query.text("search").map(|search| Search::parse(&search).patterns()).unwrap_or_default();
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &patterns)?;
    let found = store::list(&mut tx, &patterns, &listing).await?;
    let ids: Vec<ClientId> = found.iter().map(|found| found.id.into()).collect();
    let mut visits = appointments::last_visits(&mut tx, &ids).await?;
    tx.commit().await?;
    let page = page(listing, found, |id: ClientId, row: ClientRow| row.show(id, visits.remove(&id)))?;
    Ok(Json(page))
}
