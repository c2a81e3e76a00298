//! `GET /till`: the cash of a day.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::errors::FieldProblem;
use domain::till::Till;
use jiff::civil::Date;
use utoipa::IntoParams;

use crate::http::{Asked, Problem, QueryFields, QuestionErrors, Read};
use crate::{AppState, auth, ledger};

/// What is asked.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct TillParameters {
    /// The day by her wall; today if absent.
    #[param(format = "date", example = "2026-12-01")]
    date: Option<String>,
}

/// Read the till of a day
#[utoipa::path(
    get, path = "/till", operation_id = "getTill", tag = "till",
    params(TillParameters),
    responses((status = 200, description = "The day as the books have it", body = Till), QuestionErrors)
)]
pub(super) async fn get_till(
    State(state): State<AppState>,
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Till>, Problem> {
    let date = read_date(query)?;
    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let date = date.unwrap_or_else(|| tenant.today(state.now()));
    ledger::catch_up(&mut tx).await?;
    let closing = super::closing(&mut tx, date).await?;
    let till = super::till_of(&mut tx, &tenant, date, closing).await?;
    tx.commit().await?;
    Ok(Json(till))
}

fn read_date(mut query: QueryFields) -> Result<Option<Date>, Problem> {
    let date = query.parsed::<Date>("date");
    if date.is_some_and(|date| !domain::dates::is_day_of_ours(date)) {
        query.mistake("date", FieldProblem::OutOfRange);
    }
    query.finish()?;
    Ok(date)
}
