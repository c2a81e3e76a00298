//! The statement behind a client's history: her visits and her payments as one list. The only place that looks at both.

use domain::clients::after_in_history;
use domain::ids::ClientId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::http::After;

/// Something that happened.
#[derive(Debug)]
pub(super) struct Happened {
    pub(super) id: Uuid,
    pub(super) is_payment: bool,
    pub(super) json: String,
    at: Timestamp,
}

impl Happened {
    /// Where the list goes on after it.
    pub(super) fn after(&self) -> After {
        after_in_history((self.at, self.id))
    }
}

/// What happened with a client and those who were merged into her, by time, from after one. A visit without a known time is not
/// in it.
pub(super) async fn list(
    tx: &mut TenantTx,
    client: ClientId,
    is_descending: bool,
    after: Option<(Timestamp, Uuid)>,
    most: i64,
) -> Result<Vec<Happened>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id as "id!", is_payment as "is_payment!", json as "json!", at as "at!"
           from (
               select id, false as is_payment, row as json, starts_at as at
               from appointments
               where tenant_id = $1
                 and client_id = $2
                 and not deleted
                 and starts_at is not null
               union all
               select id, true, body,
                      ((plain_json(body) ->> 'date')::timestamp + interval '1 day - 1 second') at time zone 'UTC'
               from records
               where tenant_id = $1
                 and kind = 'payment'
                 and body is not null
                 and plain_json(body) ->> 'clientId' in (select id::text from same_clients($1, $2))
           ) as happened
           where $4::timestamptz is null
              or (not $3 and (at, id) > ($4, $5))
              or ($3 and (at, id) < ($4, $5))
           order by case when not $3 then at end, case when $3 then at end desc,
                    case when not $3 then id end, case when $3 then id end desc
           limit $6"#,
        tenant.0,
        client.0,
        is_descending,
        after.map(|(at, _)| at.to_sqlx()) as _,
        after.map(|after| after.1),
        most
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Happened { id: row.id, is_payment: row.is_payment, json: row.json, at: row.at.to_jiff() })
        .collect())
}
