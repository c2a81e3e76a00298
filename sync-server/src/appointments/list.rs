//! `GET /appointments`: by start, in a span of time, or of one client.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::appointments::{Appointment, AppointmentRow};
use domain::ids::{AppointmentId, ClientId};
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
struct AppointmentQuery {
    /// Ending after this moment: RFC 3339, or a wall time or day in the tenant's zone.
    #[param(example = "2026-12-01")]
    from: Option<String>,
    /// Starting before this moment.
    #[param(example = "2026-12-08")]
    to: Option<String>,
    /// Only visits of this client.
    client_id: Option<ClientId>,
}

/// Its filters and orders.
struct AppointmentFilters;

impl IntoParams for AppointmentFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List appointments
#[utoipa::path(
    get, path = "/appointments", operation_id = "listAppointments", tag = "appointments",
    params(AppointmentQuery, AppointmentFilters, PageQuery),
    responses((status = 200, description = "A page of appointments, by start unless asked otherwise", body = Page<Appointment>), ListErrors)
)]
pub(super) async fn list_appointments(
    Read { mut tx, .. }: Read,
    Asked(mut query): Asked,
) -> Result<Json<Page<Appointment>>, Problem> {
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let client: Option<ClientId> = query.parsed("clientId");
    let span = (query.moment("from", &tenant.timezone), query.moment("to", &tenant.timezone));
    let listing = Listing::read(store::LIST.spec, query, &tenant.timezone, &(client, span))?;
    let found = store::list(&mut tx, client, span, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |id: AppointmentId, row: AppointmentRow| row.show(id))?))
}
