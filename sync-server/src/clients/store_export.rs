//! The statements behind the export of one person. Only reads, one moment.

use domain::ids::ClientId;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// What belongs to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Visits.
    Visits,
    /// Notes.
    Notes,
    /// Payments and refunds.
    Payments,
    /// What is known of pictures.
    Media,
}

/// Ids and JSON of everything of a kind that belongs to a client, or to one who was merged into her, by id.
pub(super) async fn of_client(
    tx: &mut TenantTx,
    client: ClientId,
    kind: Kind,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let tenant = tx.tenant();
    let found = match kind {
        Kind::Visits => {
            sqlx::query_as!(
                Row,
                "select id, row as json
                 from appointments
                 where tenant_id = $1 and client_id = $2 and not deleted
                 order by id",
                tenant.0,
                client.0
            )
            .fetch_all(tx.conn())
            .await?
        }
        Kind::Notes => {
            sqlx::query_as!(
                Row,
                "select id, row as json
                 from notes
                 where tenant_id = $1 and client_id = $2 and not deleted
                 order by id",
                tenant.0,
                client.0
            )
            .fetch_all(tx.conn())
            .await?
        }
        Kind::Payments => {
            sqlx::query_as!(
                Row,
                r#"select id, body as "json!"
                   from records
                   where tenant_id = $1
                     and kind = 'payment'
                     and body is not null
                     and (plain_json(body) ->> 'clientId' in (select id::text from same_clients($1, $2))
                          or plain_json(body) ->> 'appointmentId' in (
                              select id::text from appointments where tenant_id = $1 and client_id = $2))
                   order by id"#,
                tenant.0,
                client.0
            )
            .fetch_all(tx.conn())
            .await?
        }
        Kind::Media => {
            sqlx::query_as!(
                Row,
                r#"select id, body as "json!"
                   from records
                   where tenant_id = $1
                     and (of_client in (select id::text from same_clients($1, $2))
                          or of_visit in (select id::text from appointments where tenant_id = $1 and client_id = $2))
                     and body is not null
                   order by id"#,
                tenant.0,
                client.0
            )
            .fetch_all(tx.conn())
            .await?
        }
    };
    Ok(found.into_iter().map(|row| (row.id, row.json)).collect())
}

struct Row {
    id: Uuid,
    json: String,
}
