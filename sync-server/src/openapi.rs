//! The API described: the `OpenAPI` 3.1 document that the routes give, and the page that shows it.

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::http::ProblemBody;
use crate::{
    AppState, appointments, audit, auth, billing, clients, conflicts, devices, exports, history, imports,
    invoices, ledger, media, notes, online, openapi_conventions, openapi_examples, payments, services,
    settings, slots, sync, till,
};

/// Where the document is.
pub const DOCUMENT: &str = "/api/v1/openapi.json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "VeloriaCRM",
        description = "The API of VeloriaCRM, a CRM for a private beauty master.\n\n\
            JSON in camelCase, ids are UUIDs, times are RFC 3339, amounts are decimal currency units. Errors have one shape, \
            their messages follow `Accept-Language` (`ru`, `en`). Lists are paged: send `nextCursor` back as `cursor`; they are \
            filtered by `filter[name]=` and sorted by `sort=`. A `POST` with an `Idempotency-Key` has its effect once, however \
            often it is sent. One thing has an `ETag`, which `If-Match` may name. See docs/api.md.",
        license(name = "MIT", identifier = "MIT"),
    ),
    components(schemas(ProblemBody)),
    security(("token" = []), ("session" = [])),
    tags(
        (name = "auth", description = "People and their keys"),
        (name = "audit", description = "The journal of critical actions"),
        (name = "devices", description = "Phones and laptops with a working copy"),
        (name = "clients", description = "What the master knows about a person"),
        (name = "services", description = "The price list"),
        (name = "appointments", description = "Visits, and blocks of personal time"),
        (name = "notes", description = "Notes about clients and visits, colour formulas"),
        (name = "conflicts", description = "What needs her: visits that share an hour, clients of one number, and the like"),
        (name = "history", description = "What happened to a record, change by change"),
        (name = "media", description = "Pictures: before, after, references, papers"),
        (name = "invoices", description = "What clients are asked to pay, and what was paid on it"),
        (name = "payments", description = "Money that changed hands, and the books that follow from it"),
        (name = "integrations", description = "Other programs that work for her"),
        (name = "till", description = "The cash of a day: what should be there and what was counted"),
        (name = "imports", description = "Files of other programs: looked at first, then imported, and undone as one step"),
        (name = "exports", description = "Everything she has, in one file, on every plan"),
        (name = "billing", description = "The plan, and what another one would mean"),
        (name = "settings", description = "When she works, what she asks for, how she is reached"),
        (name = "slots", description = "Free hours to offer"),
        (name = "sync", description = "What devices speak; see docs/sync-protocol.md"),
    )
)]
struct Ground;

/// All routes of `/api/v1` with their description.
#[must_use]
pub fn api() -> OpenApiRouter<AppState> {
    let v1 = OpenApiRouter::new()
        .merge(auth::routes())
        .merge(audit::routes())
        .merge(devices::routes())
        .merge(clients::routes())
        .merge(services::routes())
        .merge(appointments::routes())
        .merge(notes::routes())
        .merge(conflicts::routes())
        .merge(history::routes())
        .merge(media::routes())
        .merge(invoices::routes())
        .merge(payments::routes())
        .merge(online::routes())
        .merge(ledger::routes())
        .merge(till::routes())
        .merge(imports::routes())
        .merge(exports::routes())
        .merge(billing::routes())
        .merge(settings::routes())
        .merge(slots::routes())
        .merge(sync::routes());
    let mut ground = Ground::openapi();
    let components = ground.components.get_or_insert_default();
    components.add_security_scheme("token", token());
    components.add_security_scheme("session", session());
    OpenApiRouter::with_openapi(ground).nest("/api/v1", v1)
}

/// The document: what the routes say, with an example of every good answer.
pub fn document() -> Result<OpenApi, serde_json::Error> {
    let mut document = api().to_openapi();
    openapi_examples::add(&mut document)?;
    openapi_conventions::add(&mut document);
    Ok(document)
}

/// The document as people read it in a file.
pub fn pretty() -> Result<String, serde_json::Error> {
    Ok(document()?.to_pretty_json()? + "\n")
}

/// `/docs/` and the document itself, all served from this binary.
pub(crate) fn pages(document: OpenApi) -> axum::Router<AppState> {
    SwaggerUi::new("/docs").url(DOCUMENT, document).into()
}

fn token() -> SecurityScheme {
    let description = "A personal access token, or the token of a device.";
    SecurityScheme::Http(
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build(),
    )
}

fn session() -> SecurityScheme {
    let description = "The session of a browser; `__Host-veloria` over https.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description("veloria_session", description)))
}
