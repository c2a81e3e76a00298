//! The two walls between tenants, seen from the catalogue and by trying: what a new table forgets is found here.

use domain::ids::TenantId;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::db::Db;
use crate::testing::{TestDatabase, TestServer};

/// Asked before a tenant is known; see the migration.
const WITHOUT_WALL: &[&str] = &["identities"];
/// What the server may add to and read, and no more.
const APPEND_ONLY: &[&str] = &["audit_logs", "ledger"];

async fn owner(database: &TestDatabase) -> PgConnection {
    PgConnection::connect(database.url().expose_secret()).await.unwrap()
}

/// The first column of each row.
async fn column(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn tables(connection: &mut PgConnection) -> Vec<String> {
    let sql = "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname <> '_sqlx_migrations'
               order by 1";
    column(connection, sql).await
}

#[tokio::test]
async fn every_table_has_the_tenant_in_front_and_a_forced_policy() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    let tables = tables(&mut connection).await;
    assert!(tables.len() >= 13, "{tables:?}");
    for table in tables.iter().filter(|table| !WITHOUT_WALL.contains(&table.as_str())) {
        let tenant = if table == "tenants" { "id" } else { "tenant_id" };
        let key = format!(
            "select a.attname::text from pg_index i
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
             where i.indrelid = '{table}'::regclass"
        );
        let firsts = column(&mut connection, &key).await;
        assert!(
            !firsts.is_empty() && firsts.iter().all(|first| first == tenant),
            "indexes of {table}: {firsts:?}"
        );
        let wall = format!(
            "select (relrowsecurity and relforcerowsecurity)::text from pg_class where oid = '{table}'::regclass"
        );
        assert_eq!(
            column(&mut connection, &wall).await,
            ["true"],
            "{table} has no forced row-level security"
        );
        let policy = format!(
            "select cmd || ' ' || permissive || ' ' || coalesce(qual, '-') || ' check ' || coalesce(with_check, '-')
             from pg_policies where schemaname = 'public' and tablename = '{table}'"
        );
        let condition =
            format!("({tenant} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)");
        let expected = format!("ALL PERMISSIVE {condition} check {condition}");
        assert_eq!(column(&mut connection, &policy).await, [expected], "{table}");
    }
}

#[tokio::test]
async fn every_foreign_key_stays_inside_its_tenant() {
    let database = TestDatabase::create().await;
    let sql = "select c.conrelid::regclass::text || '.' || c.conname
               from pg_constraint c
               join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
               where c.contype = 'f' and c.connamespace = 'public'::regnamespace and a.attname <> 'tenant_id'";
    assert_eq!(column(&mut owner(&database).await, sql).await, [""; 0]);
}

#[tokio::test]
async fn the_role_of_the_app_owns_nothing_and_passes_no_wall() {
    let database = TestDatabase::create().await;
    let mut connection = owner(&database).await;
    let role = "select concat_ws(' ', rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin)
                from pg_roles where rolname = 'veloria_app'";
    assert_eq!(column(&mut connection, role).await, ["f f f f f"]);
    let owned = "select c.relname::text from pg_class c join pg_roles r on r.oid = c.relowner
                 where r.rolname = 'veloria_app'";
    assert_eq!(column(&mut connection, owned).await, [""; 0]);
    let member = "select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                  join pg_roles r on r.oid = m.member where r.rolname = 'veloria_app'";
    assert_eq!(column(&mut connection, member).await, [""; 0]);
    let open = "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and c.relkind = 'v'
                and not coalesce('security_invoker=true' = any (c.reloptions), false)";
    assert_eq!(column(&mut connection, open).await, [""; 0], "views that pass the wall");

    let db = Db::connect(&database.url(), 1).await.unwrap();
    let mut app = db.without_tenant().await.unwrap();
    assert_eq!(column(&mut app, "select current_user::text").await, ["veloria_app"]);
    let error = sqlx::query("select * from _sqlx_migrations").execute(&mut *app).await.unwrap_err();
    assert!(error.to_string().contains("permission denied"), "{error}");
}

#[tokio::test]
async fn a_tenant_sees_its_own_rows_and_without_a_tenant_there_are_none() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let mut ids = Vec::new();
    for caller in [&anna, &olga] {
        caller.add_client("Клиентка").await;
        server.device_of(caller, "phone").await;
        ids.push(TenantId(caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap()));
    }
    let db = Db::connect(&server.database().url(), 1).await.unwrap();
    let tables = tables(&mut owner(server.database()).await).await;
    for table in tables.iter().filter(|table| !WITHOUT_WALL.contains(&table.as_str())) {
        let tenant = if table == "tenants" { "id" } else { "tenant_id" };
        let seen = format!("select distinct {tenant}::text from {table}");
        for id in &ids {
            let mut tx = db.tenant(*id).await.unwrap();
            let mine = column(tx.conn(), &seen).await;
            assert!(mine.iter().all(|owner| *owner == id.to_string()), "{table}: {mine:?}");
            let foreign = format!("update {table} set {tenant} = {tenant} where {tenant} <> '{id}'");
            let touched = sqlx::query(AssertSqlSafe(foreign)).execute(tx.conn()).await;
            if APPEND_ONLY.contains(&table.as_str()) {
                assert!(touched.unwrap_err().to_string().contains("permission denied"), "{table}");
                continue;
            }
            assert_eq!(touched.unwrap().rows_affected(), 0, "{table}");
            tx.commit().await.unwrap();
        }
        // The same connection, after the transaction: nothing of the tenant is left in it.
        let nobody = column(&mut db.without_tenant().await.unwrap(), &seen).await;
        assert_eq!(nobody, [""; 0], "{table}");
    }
    let mut tx = db.tenant(ids[0]).await.unwrap();
    let smuggle = format!("insert into digests (tenant_id, part, sum) values ('{}', 'x', '')", ids[1]);
    let error = sqlx::query(AssertSqlSafe(smuggle)).execute(tx.conn()).await.unwrap_err();
    assert!(error.to_string().contains("row-level security"), "{error}");
}

#[tokio::test]
async fn what_is_append_only_cannot_be_changed_or_taken_away() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    anna.post("/payments", json!({ "date": "2026-12-01", "amount": 100 })).await.expect(201);
    let tenant = TenantId(anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap());
    let db = Db::connect(&server.database().url(), 1).await.unwrap();
    for table in APPEND_ONLY {
        let mut tx = db.tenant(tenant).await.unwrap();
        let lines = column(tx.conn(), &format!("select count(*)::text from {table}")).await;
        assert_ne!(lines, ["0"], "{table} tells of what was done");
        tx.commit().await.unwrap();
        for statement in [
            format!("update {table} set tenant_id = tenant_id"),
            format!("delete from {table}"),
            format!("truncate {table}"),
            format!("alter table {table} disable row level security"),
            format!("drop table {table}"),
        ] {
            let mut tx = db.tenant(tenant).await.unwrap();
            let error = sqlx::query(AssertSqlSafe(statement.clone())).execute(tx.conn()).await.unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("permission denied") || text.contains("must be owner"),
                "{statement}: {text}"
            );
        }
    }
}
