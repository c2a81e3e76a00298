//! Every statement about clients. Only reads: documents and their rows are written through the door of `sync`.

use domain::api::Listing;
use domain::clients::Other;
use domain::ids::ClientId;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// Where what they can be filtered and sorted by is kept.
pub(crate) static LIST: Table = Table {
    spec: &domain::clients::LIST,
    table: "clients",
    json: "row",
    living: "not deleted",
    columns: &[
        Column::new("id", "id"),
        Column::new("name", "name_folded"),
        Column::new("phone", "phone"),
        Column::new("email", "email_key"),
        Column::new("tags", "plain_json(row) -> 'tags'"),
        Column::new("allergies", "plain_json(row) -> 'allergies'"),
        Column::new("source", "plain_json(row) ->> 'source'"),
        Column::new("loyaltyLevel", "plain_json(row) ->> 'loyaltyLevel'"),
        Column::new("locale", "plain_json(row) ->> 'locale'"),
        Column::new("createdAt", "coalesce(created_at, 0)").present("created_at"),
        Column::new("updatedAt", "updated_key").present("updated_at"),
    ],
}
.checked();

/// The other clients with this phone or e-mail, a few of them. Who was merged into another is no longer one.
pub(super) async fn with_contact(
    tx: &mut TenantTx,
    except: ClientId,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<Vec<Other>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, name, phone, email,
                  coalesce(phone = $3, false) as "has_phone!",
                  coalesce(email_key = lower($4), false) as "has_email!"
           from clients
           where tenant_id = $1
             and id <> $2
             and not deleted
             and plain_json(row) ->> 'mergedInto' is null
             and (phone = $3 or email_key = lower($4))
           order by id
           limit 10"#,
        tenant.0,
        except.0,
        phone,
        email
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Other {
            id: row.id.into(),
            name: row.name,
            phone: row.phone,
            email: row.email,
            has_phone: row.has_phone,
            has_email: row.has_email,
        })
        .collect())
}

/// Clients whose searched text is like all patterns.
pub(super) async fn list(
    tx: &mut TenantTx,
    patterns: &[String],
    listing: &Listing,
) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |query| {
        if !patterns.is_empty() {
            query.push(" and search like all (").push_bind(patterns.to_vec()).push(")");
        }
    })
    .await
}
