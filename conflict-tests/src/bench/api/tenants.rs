//! The tenants of the REST bench: one with the whole base, the others small. Made through the front door: registered, and
//! filled by pushes as a device would send them.

use client_core::driver::Transport as _;
use client_core::driver::http::Http;
use client_core::sync::{Reply, Request};
use domain::appointments::{self, AppointmentEdit, BookContext, Status};
use domain::clients::{self, ClientEdit};
use domain::documents::{Author, Bytes, Chunk, Collection};
use domain::ids::{Ids, TenantId};
use domain::money::Currency;
use domain::notes::{self, NoteEdit};
use domain::sync::{Ask, PROTOCOL, Push, PushOutcome, schema};
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::super::Outcome;
use super::super::host::{self, Host};
use super::super::salon::{self, Size};
use super::Plan;

const SMALL: Size = Size { clients: 20, visits: 60, notes: 20 };
const AT_ONCE: usize = 1_000;
const PASSWORD: &str = "correct horse battery";

/// A tenant to ask about.
#[derive(Clone, Debug)]
pub(super) struct Tenant {
    pub(super) id: TenantId,
    pub(super) token: String,
    pub(super) clients: Vec<Uuid>,
    pub(super) visits: Vec<Uuid>,
}

/// All of them; the first is the large one.
#[derive(Clone, Debug)]
pub(super) struct Tenants {
    pub(super) all: Vec<Tenant>,
}

/// Makes them.
pub(super) async fn make(host: &Host, plan: Plan, today: Date) -> Outcome<Tenants> {
    let mut all = Vec::with_capacity(plan.tenants);
    for i in 0..plan.tenants {
        let size = if i == 0 { plan.size } else { SMALL };
        all.push(one(host, i, size, today).await?);
    }
    Ok(Tenants { all })
}

async fn one(host: &Host, i: usize, size: Size, today: Date) -> Outcome<Tenant> {
    let email = format!("tenant{i}@example.ru");
    let body = json!({ "name": format!("Мастер {i}"), "email": email, "password": PASSWORD });
    let made = post(host, "/auth/register", &body).await?;
    let body = json!({ "email": email, "password": PASSWORD, "name": "bench" });
    let token = post(host, "/auth/token", &body).await?;
    let token = token["token"].as_str().ok_or("no token")?.to_owned();
    let id = made["tenant"]["id"].as_str().ok_or("no tenant")?.parse()?;
    let (pushes, clients, visits) = pushes(i as u64, size, today)?;
    let http = Http::new(&host.url(), token.clone().into())?;
    for some in pushes.chunks(AT_ONCE) {
        let ask = Ask {
            protocol: PROTOCOL,
            schema: schema(),
            push: some.to_vec(),
            max_bytes: Some(1),
            ..Ask::default()
        };
        let Reply::Sync(answer) = http.perform(&Request::Sync(ask)).await? else {
            return Err("no answer".into());
        };
        if answer.results.iter().any(|result| result.result != PushOutcome::Stored) {
            return Err("a generated change was not stored".into());
        }
    }
    Ok(Tenant { id, token, clients, visits })
}

async fn post(host: &Host, path: &str, body: &Json) -> Outcome<Json> {
    let request = host::http_client()?.post(format!("{}/api/v1{path}", host.url())).json(body);
    Ok(request.send().await?.error_for_status()?.json().await?)
}

/// Everything of a salon as changes, and the ids of clients and visits.
fn pushes(seed: u64, size: Size, today: Date) -> Outcome<(Vec<Push>, Vec<Uuid>, Vec<Uuid>)> {
    let author = Author::new(Uuid::from_u128(u128::from(seed) + 1).into_bytes(), "bench");
    let at = today.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_second();
    let mut ids = client_core::system::SystemIds;
    let mut all = Vec::with_capacity(size.total());
    let mut push = |ids: &mut dyn Ids, collection: Collection, chunk: Option<Chunk>| -> Outcome<Uuid> {
        let chunk = chunk.ok_or("a generated entity is empty")?;
        let doc = ids.uuid();
        let (hash, bytes) = (chunk.hash(), Bytes(chunk.bytes().to_vec()));
        all.push(Push { group: None, doc, collection: collection.as_str().to_owned(), hash, bytes });
        Ok(doc)
    };
    let mut clients = Vec::with_capacity(size.clients);
    for i in 0..size.clients {
        let edit = ClientEdit::new_from_json(&salon::client(seed, i))?;
        clients.push(push(&mut ids, Collection::Clients, clients::create(&author, at, &edit).1)?);
    }
    let of = |i: usize| clients[(i * 7_919) % clients.len()].to_string();
    let context =
        BookContext { zone: "Europe/Moscow", currency: Currency::RUB, service: None, source: "manual" };
    let mut visits = Vec::with_capacity(size.visits);
    for i in 0..size.visits {
        let edit = AppointmentEdit::new_from_json(&salon::visit(seed, i, &of(i), today), &context)?;
        let made = appointments::book(&author, at, &mut ids, &edit, Status::Booked);
        visits.push(push(&mut ids, Collection::Appointments, made.1)?);
    }
    for i in 0..size.notes {
        let edit = NoteEdit::new_from_json(&salon::note(seed, i, &of(i)))?;
        push(&mut ids, Collection::Notes, notes::add(&author, at, &edit).1)?;
    }
    Ok((all, clients, visits))
}
