//! `POST /invoices/{id}/payment-link`: where the client pays what an invoice asks for. The row, its key and the job that makes the call
//! are one transaction; the answer waits a little for the provider's.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::api::Refusal;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::{AppointmentId, ClientId, InvoiceId, OnlinePaymentId};
use domain::invoices::{Invoice, InvoiceStatus};
use domain::money::Money;
use domain::online::{Ask, OnlinePayment, Purpose, may_ask, receipt_lines};
use domain::plans::Feature;
use domain::sync::RecordKind;
use domain::yookassa::PaymentStatus;

use super::asked::{Asked, AskedReceipt, Contact};
use super::connection::{self, Shop};
use super::rows::Row;
use super::schemas::PaymentLinkBody;
use super::{Create, Sweep, store, wait};
use crate::auth::Tenant;
use crate::db::{StoreError, TenantTx};
use crate::http::{MoneyErrors, PathId, Problem, now_text};
use crate::writes::{MaybeObject, Reply, Write, WriteHeaders};
use crate::{AppState, auth, clients, invoices, jobs, sync};

/// What is asked of a client.
pub(super) struct NewAsk<'a> {
    pub(super) invoice: &'a Invoice,
    pub(super) purpose: Purpose,
    pub(super) visit: Option<AppointmentId>,
    pub(super) amount: Money,
    pub(super) is_hold: bool,
    /// Where the receipt goes, if it is not where the client is reached.
    pub(super) email: Option<String>,
}

/// Ask for payment by a link
///
/// One payment at the provider for what is due, or for a part of it. `url` and `qrCode` are there as soon as the provider has answered,
/// which is waited for a few seconds; until then they are `null`, and `GET /online-payments/{id}` has them later. While a link that asks
/// for the same is open, it is given again. An invoice that nobody was asked to pay counts as sent.
#[utoipa::path(
    post, path = "/invoices/{id}/payment-link", operation_id = "createPaymentLink", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id"), WriteHeaders),
    request_body = Option<PaymentLinkBody>,
    responses((status = 201, description = "Asked for", body = OnlinePayment, headers(("location" = String))),
        (status = 200, description = "The link that is open", body = OnlinePayment), MoneyErrors)
)]
pub(super) async fn create_payment_link(
    State(state): State<AppState>,
    PathId(id): PathId<InvoiceId>,
    headers: HeaderMap,
    mut write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    let invoice = invoices::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let ask = Ask::from_json(&write.body.0, invoice.currency().unwrap_or(tenant.currency()))?;
    let due = invoice.money(&invoice.due).ok_or_else(|| Problem::new(ErrorCode::Internal))?;
    let open = open_on(&mut write.tx, id).await?;
    let wanted = ask.amount.unwrap_or(due);
    let is_same = |row: &&Row| {
        row.status == PaymentStatus::Pending
            && row.trouble.is_none()
            && (row.amount, row.is_hold) == (wanted, ask.is_hold)
    };
    if let Some(same) = open.iter().find(is_same) {
        return answer_again(&state, write, same.id).await;
    }
    let asked = Money::sum(open.iter().map(|row| row.amount), due.currency());
    let asked = asked.map_err(|error| Problem::internal(&error))?;
    let amount = may_ask(&invoice, asked, ask.amount).map_err(Refusal::from)?;
    if amount.minor() < due.minor() {
        write.principal.require(Feature::PartialPayments)?;
    }
    if ask.is_hold {
        write.principal.require(Feature::Prepayments)?;
    }
    let shop = connection::current(&state, &mut write.tx).await?;
    let (mut head, mut invoice) = (None, invoice);
    if invoice.status == InvoiceStatus::Draft {
        invoice = invoice.send(&now_text(state.now())).map_err(Refusal::from)?;
        let body = serde_json::to_value(&invoice).map_err(|error| Problem::internal(&error))?;
        let written = sync::write_record(&mut write.tx, RecordKind::Invoice, id.0, Some(&body));
        head = Some(Box::pin(written).await?);
    }
    let new = NewAsk {
        invoice: &invoice,
        purpose: Purpose::Invoice,
        visit: invoice.appointment_id,
        amount,
        is_hold: ask.is_hold,
        email: ask.email,
    };
    let id = begin(&state, &headers, &mut write.tx, &tenant, &shop, new).await?;
    answer(&state, write, head, id).await
}

/// Payments on an invoice that somebody may still pay, or that hold money.
async fn open_on(tx: &mut TenantTx, invoice: InvoiceId) -> Result<Vec<Row>, StoreError> {
    Ok(store::on_invoice(tx, invoice).await?.into_iter().filter(Row::is_open).collect())
}

/// Where a client can pay.
#[derive(Debug)]
pub(crate) struct PaysAt {
    /// The provider's page.
    pub(crate) url: String,
    /// How much it asks for.
    pub(crate) amount: Money,
}

/// Where an invoice can be paid now: the newest link on it that waits for the client.
pub(crate) async fn pays_at(tx: &mut TenantTx, invoice: InvoiceId) -> Result<Option<PaysAt>, StoreError> {
    let open = open_on(tx, invoice).await?;
    let waits = |row: &Row| row.status == PaymentStatus::Pending && row.trouble.is_none();
    let newest = open.into_iter().filter(waits).max_by_key(|row| row.created);
    Ok(newest.and_then(|row| Some(PaysAt { url: row.url?, amount: row.amount })))
}

/// Keeps what is asked, with its key and its job.
pub(super) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    tx: &mut TenantTx,
    tenant: &Tenant,
    shop: &Shop,
    new: NewAsk<'_>,
) -> Result<OnlinePaymentId, Problem> {
    let id = OnlinePaymentId(state.new_id());
    let receipt = match shop.fiscal {
        None => None,
        Some(fiscal) => {
            let contact = contact(tx, new.invoice.client_id, new.email).await?;
            if contact.is_nowhere() {
                let missing = Problem::new(ErrorCode::ValidationFailed);
                return Err(missing.field("email", FieldProblem::Required));
            }
            let lines = receipt_lines(new.invoice, new.amount);
            Some(AskedReceipt::new(contact, fiscal, lines, new.purpose == Purpose::Deposit))
        }
    };
    let page = invoices::page_of(state, headers, tenant.id, new.invoice.id);
    let lang = tenant.locale.parse().unwrap_or_default();
    let has_receipt = receipt.is_some();
    let asked = Asked::payment((lang, &tenant.name), new.invoice.number, page, receipt);
    let now = auth::to_micros(state.now());
    let row = Row {
        id,
        purpose: new.purpose,
        invoice: new.invoice.id,
        visit: new.visit,
        shop: shop.credentials.shop.clone(),
        is_installation: shop.is_installation,
        key: state.new_id().to_string(),
        asked: asked.seal(&state.sealer, tenant.id, id.0)?,
        amount: new.amount,
        is_hold: new.is_hold,
        has_receipt,
        status: PaymentStatus::Pending,
        theirs: None,
        url: None,
        is_test: false,
        captured: None,
        expires: None,
        reason: None,
        trouble: None,
        is_on_invoice: true,
        act: None,
        created: now,
        updated: now,
    };
    store::insert(tx, &row).await?;
    jobs::enqueue(tx, &Create { id: id.0 }).await?;
    Sweep::arrange(tx, now).await?;
    Ok(id)
}

/// Where a receipt of a client goes: where somebody says, else where the client is reached.
pub(super) async fn contact(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    email: Option<String>,
) -> Result<Contact, StoreError> {
    if email.is_some() {
        return Ok(Contact { email, phone: None });
    }
    let client = match client {
        Some(client) => clients::find(tx, client).await?,
        None => None,
    };
    Ok(client.map_or_else(Contact::default, |client| Contact { email: client.email, phone: client.phone }))
}

/// Ends a request that asked for a payment, and waits a little for its link.
pub(super) async fn answer(
    state: &AppState,
    mut write: Write<MaybeObject>,
    head: Option<u64>,
    id: OnlinePaymentId,
) -> Result<Reply, Problem> {
    let tenant = write.tx.tenant();
    let path = format!("online-payments/{id}");
    // What is kept under an Idempotency-Key: whoever asks again with it reads the link there.
    let begun = wait::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let kept = write.finish(state, head, Reply::created(&path, &begun)?).await?;
    let answered = wait::until(state, tenant, id, |row, _| row.is_answered()).await?;
    answered.map_or(Ok(kept), |answered| Reply::created(&path, &answered))
}

/// Ends a request for which a link is open already.
pub(super) async fn answer_again(
    state: &AppState,
    mut write: Write<MaybeObject>,
    id: OnlinePaymentId,
) -> Result<Reply, Problem> {
    let open = wait::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.finish(state, None, Reply::ok(&open)?).await
}
