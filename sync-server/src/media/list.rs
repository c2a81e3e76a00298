//! `GET /media`: all pictures, or those of a client or a visit.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::ids::{AppointmentId, ClientId, MediaId};
use domain::media::Media;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::auth;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct MediaQuery {
    /// Only pictures of this client.
    client_id: Option<ClientId>,
    /// Only pictures of this visit.
    appointment_id: Option<AppointmentId>,
}

/// Its filters and orders.
struct MediaFilters;

impl IntoParams for MediaFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List pictures
///
/// What is known of each; `GET /media/{id}` has the links to its bytes.
#[utoipa::path(
    get, path = "/media", operation_id = "listMedia", tag = "media",
    params(MediaQuery, MediaFilters, PageQuery),
    responses((status = 200, description = "A page of pictures, the oldest first unless asked otherwise", body = Page<Media>), ListErrors)
)]
pub(super) async fn list_media(
    Read { mut tx, .. }: Read,
    Asked(mut query): Asked,
) -> Result<Json<Page<Media>>, Problem> {
    let client: Option<ClientId> = query.parsed("clientId");
    let visit: Option<AppointmentId> = query.parsed("appointmentId");
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &(client, visit))?;
    let found = store::list(&mut tx, client, visit, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |_: MediaId, media: Media| media)?))
}
