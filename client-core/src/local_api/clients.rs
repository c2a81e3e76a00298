//! Clients: `/clients` and what stands below it, but for conflicts and changes.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::{Listing, Refusal};
use domain::clients::{
    Client, ClientEdit, ClientRow, ConsentEdit, Duplicates, HistoryAsked, HistoryEntry, HistoryPlace, LIST,
    Search, after_in_history, allowing_duplicates, moment_of_payment, new_contact, refusal,
};
use domain::errors::FieldProblem;
use domain::ids::ClientId;
use domain::lang::Lang;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, read, write};
use crate::app::{App, Span};

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/clients", read(list).merge(write(MethodFilter::POST, Takes::Object, create)))
        .route(
            "/clients/{id}",
            read(get).merge(write(MethodFilter::PATCH, Takes::Object, edit)).merge(write(
                MethodFilter::DELETE,
                Takes::Nothing,
                remove,
            )),
        )
        .route("/clients/{id}/consents", write(MethodFilter::POST, Takes::Object, record_consent))
        .route("/clients/{id}/history", read(history))
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let mut query = ask.query()?;
    let search = query.text("search").map(|search| Search::parse(&search));
    let listing = Listing::read(&LIST, query, &app.tenant()?.timezone, &search)?;
    Reply::ok(&listing.pick(app.clients_found(search.as_ref())?, |client| client.id.0)?)
}

fn get(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let client = app.client(ask.path("id")?)?;
    let tag = app.version(client.id.0)?.beside(last_visit(&client));
    Ok(Reply::ok(&client)?.unless_known(ask, &tag))
}

fn create(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (edit, duplicates) = allowing_duplicates(&write.body, ClientEdit::new_from_json)?;
    refuse_duplicate(app, None, None, &edit, duplicates)?;
    let client = app.add_client_as(&edit)?;
    let tag = app.version(client.id.0)?.beside("");
    Ok(Reply::created(&format!("clients/{}", client.id), &client)?.tagged(&tag))
}

fn edit(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id: ClientId = write.ask.path("id")?;
    let standing = app.client_row(id)?;
    write.changes(app.version(id.0)?);
    let (edit, duplicates) = allowing_duplicates(&write.body, ClientEdit::patch_from_json)?;
    refuse_duplicate(app, Some(id), Some(&standing), &edit, duplicates)?;
    let client = app.edit_client_as(id, &edit)?;
    let tag = app.version(id.0)?.beside(last_visit(&client));
    Ok(Reply::ok(&client)?.tagged(&tag))
}

fn remove(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id: ClientId = write.ask.path("id")?;
    app.client(id)?;
    write.changes(app.version(id.0)?);
    app.remove_client(id)?;
    Ok(Reply::no_content().tagged(&app.version(id.0)?))
}

fn record_consent(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id: ClientId = write.ask.path("id")?;
    app.client(id)?;
    write.changes(app.version(id.0)?);
    let consent = ConsentEdit::from_json(&write.body)?;
    let recorded = app.record_consent(id, &consent)?;
    Ok(Reply::created(&format!("clients/{id}"), &recorded)?.tagged(&app.version(id.0)?))
}

fn history(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let id: ClientId = ask.path("id")?;
    let HistoryAsked { is_descending, limit, after, cursor } = HistoryAsked::read(ask.query()?, id)?;
    app.client(id)?;
    let mut found = happened(app, id)?;
    found.sort_by_key(|(place, _)| *place);
    if is_descending {
        found.reverse();
    }
    found.retain(|(place, _)| {
        after.is_none_or(|after| if is_descending { *place < after } else { *place > after })
    });
    Reply::ok(&cursor.page(limit, found, |(place, _)| after_in_history(*place), |(_, entry)| entry))
}

/// Visits and payments of a client, each at its moment.
fn happened(app: &App, id: ClientId) -> Result<Vec<(HistoryPlace, HistoryEntry)>, Problem> {
    let visits = app.appointments_of(id, Span::default())?.into_iter().filter_map(|(visit, row)| {
        let at = row.visit_time()?.starts_at();
        Some(((at, visit.0), HistoryEntry::visit(row.show(visit))))
    });
    let payments = app.payments_of_clients(&app.same_clients(id)?)?.into_iter().filter_map(|payment| {
        let at = moment_of_payment(&payment)?;
        Some(((at, payment.id.0), HistoryEntry::payment(payment)))
    });
    Ok(visits.chain(payments).collect())
}

fn refuse_duplicate(
    app: &App,
    id: Option<ClientId>,
    standing: Option<&ClientRow>,
    edit: &ClientEdit,
    duplicates: Duplicates,
) -> Result<(), Problem> {
    match new_contact(standing, edit, duplicates) {
        None => Ok(()),
        Some((phone, email)) => Ok(refusal(&app.clients_with_contact(id, phone, email)?)?),
    }
}

/// Refuses a field that names a client who is not here.
pub(super) fn check_named(app: &App, field: &str, id: Option<ClientId>) -> Result<(), Problem> {
    match id.map(|id| app.client_row(id)) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(Refusal::not_found().field(field, FieldProblem::Unknown).into()),
    }
}

fn last_visit(client: &Client) -> &str {
    client.last_visit_at.as_deref().unwrap_or_default()
}
