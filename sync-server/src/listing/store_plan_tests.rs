//! Lists are found through their indexes, also behind row-level security: planned as `veloria_app`, on a table in which another
//! business has as much.

use axum::extract::FromRequestParts as _;
use domain::api::Listing;
use domain::ids::TenantId;
use secrecy::ExposeSecret as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use super::Table;
use super::store::plan;
use crate::http::Asked;
use crate::testing::TestServer;
use crate::{appointments, clients, media, notes};

/// Rows of each business in each table.
const MANY: u32 = 5_000;

/// Fills the tables of the lists for two businesses, past all rules: what is in a row does not matter here.
async fn fill(server: &TestServer, tenants: [TenantId; 2]) {
    let url = server.database().url();
    let mut owner = PgConnection::connect(url.expose_secret()).await.unwrap();
    let mut statements = vec!["set session_replication_role = replica".to_owned()];
    for TenantId(tenant) in tenants {
        let numbers = format!("generate_series(1, {MANY}) n");
        statements.extend([
            format!(
                "insert into clients (tenant_id, id, row, name, name_folded, phone, email, search, deleted, created_at, updated_at)
                 select '{tenant}', gen_random_uuid(), '{{}}', n, n, '+7' || n, n || '@x.ru', n, false, n, n from {numbers}"
            ),
            format!(
                "insert into appointments (tenant_id, id, row, kind, client_id, status, starts_at, ends_at, deleted, created_at, updated_at)
                 select '{tenant}', gen_random_uuid(), '{{}}', 'visit', gen_random_uuid(), 'booked',
                        to_timestamp(1700000000 + n * 3600), to_timestamp(1700003600 + n * 3600), false, n, n from {numbers}"
            ),
            format!(
                "insert into notes (tenant_id, id, row, client_id, deleted, created_at, updated_at)
                 select '{tenant}', gen_random_uuid(), '{{}}', gen_random_uuid(), false, n, n from {numbers}"
            ),
            format!(
                "insert into records (tenant_id, kind, id, body, seq)
                 select '{tenant}', 'media', gen_random_uuid(), '{{\"appointmentId\": \"' || gen_random_uuid() || '\"}}', n from {numbers}"
            ),
        ]);
    }
    statements.push("analyze clients, appointments, notes, records".to_owned());
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut owner).await.unwrap();
    }
    owner.close().await.unwrap();
}

#[tokio::test]
async fn every_usual_list_is_read_in_the_order_of_an_index() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let tenants =
        [&anna, &olga].map(|caller| caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap());
    fill(&server, tenants).await;
    let id = Uuid::from_u128(7);
    let cases: &[(&Table, String, &str)] = &[
        (&clients::LIST, String::new(), "clients_name"),
        (&clients::LIST, "sort=-name".to_owned(), "clients_name"),
        (&clients::LIST, "filter[phone]=89161234567".to_owned(), "clients_phone"),
        (&clients::LIST, "filter[email]=a@example.ru".to_owned(), "clients_email_key"),
        (&clients::LIST, "sort=updatedAt".to_owned(), "clients_updated"),
        (&clients::LIST, "filter[updatedAt][gte]=2100-01-01&sort=updatedAt".to_owned(), "clients_updated"),
        (&appointments::LIST, String::new(), "appointments_in_order"),
        (&appointments::LIST, "sort=-startsAt".to_owned(), "appointments_in_order"),
        (&appointments::LIST, format!("filter[clientId]={id}"), "appointments_client"),
        (&appointments::LIST, "sort=-updatedAt".to_owned(), "appointments_updated"),
        (&notes::LIST, format!("filter[clientId]={id}"), "notes_client"),
        (&notes::LIST, String::new(), "notes_pkey"),
        (&notes::LIST, "sort=updatedAt".to_owned(), "notes_updated"),
        (&media::LIST, String::new(), "records_pkey"),
    ];
    for (spec, query, index) in cases {
        let asked = axum::http::Request::get(format!("/?{query}")).body(()).unwrap();
        let Asked(fields) = Asked::from_request_parts(&mut asked.into_parts().0, &()).await.unwrap();
        let listing = Listing::read(spec.spec, fields, "UTC", &()).unwrap();
        let mut tx = server.state().db.tenant(tenants[0]).await.unwrap();
        let role: String =
            sqlx::query_scalar("select current_user::text").fetch_one(tx.conn()).await.unwrap();
        assert_eq!(role, "veloria_app");
        let plan = plan(&mut tx, spec, &listing).await;
        assert!(plan.contains(index), "{}?{query}: not by {index}:\n{plan}", spec.spec.list);
        assert!(!plan.contains("Seq Scan"), "{}?{query}:\n{plan}", spec.spec.list);
        tx.commit().await.unwrap();
    }
}
