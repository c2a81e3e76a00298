//! Every statement about clients. Only reads: documents and their rows are written through the door of `sync`.

use domain::ids::ClientId;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Field, Found, Kind, ListSpec, Listing, Use};

/// What clients can be filtered and sorted by.
pub(crate) static LIST: ListSpec = ListSpec {
    list: "clients",
    table: "clients",
    json: "row",
    living: "not deleted",
    fields: &[
        Field::new("id", "id", Kind::Id, Use::Filter),
        Field::new("name", "name_folded", Kind::Folded, Use::Both),
        Field::new("phone", "phone", Kind::Phone, Use::Filter),
        Field::new("email", "email_key", Kind::Email, Use::Filter),
        Field::new("tags", "plain_json(row) -> 'tags'", Kind::Member, Use::Filter),
        Field::new("allergies", "plain_json(row) -> 'allergies'", Kind::Member, Use::Filter),
        Field::new("source", "plain_json(row) ->> 'source'", Kind::Line, Use::Filter),
        Field::new("loyaltyLevel", "plain_json(row) ->> 'loyaltyLevel'", Kind::Line, Use::Filter),
        Field::new("locale", "plain_json(row) ->> 'locale'", Kind::Word(&["ru", "en"]), Use::Filter),
        Field::new("createdAt", "coalesce(created_at, 0)", Kind::Seconds, Use::Both).present("created_at"),
        Field::new("updatedAt", "updated_key", Kind::Seconds, Use::Both).present("updated_at"),
    ],
    sort: "name",
};

/// Another client with a phone or an e-mail that somebody is about to get.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) id: ClientId,
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) has_phone: bool,
    pub(super) has_email: bool,
}

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
