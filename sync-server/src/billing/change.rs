//! `PUT /billing/plan`: another plan, at once. What is due for the rest of the month is written down.

use axum::extract::State;
use domain::errors::{ErrorCode, FieldProblem};
use domain::input::Fields;
use domain::plans::Plan;
use utoipa::ToSchema;

use super::months;
use super::store::Entry;
use super::views::{BillingPlan, Known, check_devices};
use crate::http::{LimitErrors, Problem};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, auth};

/// The plan that is wanted.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "plan": "veloria" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct NewPlan {
    /// The plan.
    plan: Plan,
}

/// Change the plan
///
/// It holds from now on. Nothing is charged yet: what is due is written down (docs/billing.md). A smaller plan makes features
/// read-only and takes nothing away; if there are more devices than it has room for, the answer is `409 plan_limit` and
/// names them, so that she revokes the ones she can do without first.
#[utoipa::path(
    put, path = "/billing/plan", operation_id = "putPlan", tag = "billing",
    params(WriteHeaders), request_body = NewPlan,
    responses((status = 200, description = "As it is now", body = BillingPlan), LimitErrors)
)]
pub(super) async fn put_plan(State(state): State<AppState>, mut write: Write) -> Result<Reply, Problem> {
    let now = auth::to_micros(state.now());
    let known = Known::look_up(&mut write.tx, &state.billing, now).await?;
    write.changes(known.tag());
    let plan = read(&write)?;
    if plan == known.plan {
        let reply = Reply::ok(&known.show())?.tagged(&known.tag());
        return write.finish(&state, None, reply).await;
    }
    check_devices(plan, &known.devices)?;
    // Before a part of the month that runs is given back, that month is in the ledger.
    months::begin(&mut write.tx, &known).await?;
    let change = known.change_to(plan).ok_or(Problem::new(ErrorCode::Conflict))?;
    let anchor = known.anchor().unwrap_or(change.period.from);
    let entry = Entry {
        id: state.new_id(),
        at: now,
        way: (known.plan, plan),
        cause: "asked",
        anchor: (plan != Plan::default()).then_some(anchor),
        due: change.due,
    };
    let head = super::write(&mut write.tx, &entry).await?;
    let changed = Known::look_up(&mut write.tx, &state.billing, now).await?;
    let reply = Reply::ok(&changed.show())?.tagged(&changed.tag());
    write.finish(&state, Some(head), reply).await
}

fn read(write: &Write) -> Result<Plan, Problem> {
    let mut fields = Fields::new(&write.body.0);
    let word = fields.line("plan");
    fields.require("plan", &word);
    let plan = word.value().and_then(|word| word.parse().ok());
    if plan.is_none() && word.value().is_some() {
        fields.mistake("plan", FieldProblem::Unknown);
    }
    Ok(fields.finish(plan.unwrap_or_default())?)
}
