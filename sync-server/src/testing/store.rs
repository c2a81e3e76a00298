//! The statements that make and remove whole databases. The names in them are made by us, from hexadecimal digits.

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

async fn connect(url: &SecretString) -> PgConnection {
    PgConnection::connect(url.expose_secret()).await.expect("the Postgres for tests takes connections")
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map(|_| ())
}

/// Makes the template with `migrate`, unless it is there; of several processes one makes it and the others wait.
pub(super) async fn make_template(
    admin: &SecretString,
    template: &str,
    is_own: bool,
    migrate: impl AsyncFnOnce(&str),
) {
    let mut connection = connect(admin).await;
    let lock = "select pg_advisory_lock(7366215)".to_owned();
    run(&mut connection, lock).await.expect("somebody makes the template and ends");
    if is_own {
        sweep(&mut connection).await;
    }
    let is_there: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(template)
        .fetch_one(&mut connection)
        .await
        .expect("the catalogue can be read");
    if !is_there {
        // Under another name until it is whole, so that a killed test leaves no half template behind.
        let draft = format!("{template}_draft");
        for statement in
            [format!("drop database if exists {draft} with (force)"), format!("create database {draft}")]
        {
            run(&mut connection, statement).await.expect("the user of the test Postgres may make databases");
        }
        migrate(&draft).await;
        let rename = format!("alter database {draft} rename to {template}");
        run(&mut connection, rename).await.expect("nobody is connected to the draft any more");
    }
    connection.close().await.expect("the lock goes with the connection");
}

/// Removes what killed tests have left. Once a process, and only where no other process tests.
async fn sweep(connection: &mut PgConnection) {
    static SWEPT: std::sync::Once = std::sync::Once::new();
    let mut first = false;
    SWEPT.call_once(|| first = true);
    if !first {
        return;
    }
    let left: Vec<String> =
        sqlx::query_scalar("select datname from pg_database where datname like 'veloria_test_%'")
            .fetch_all(&mut *connection)
            .await
            .expect("the catalogue can be read");
    for name in left {
        // Just made by a neighbouring test of this process, perhaps, and then in use: it stays.
        let _ = run(connection, format!("drop database if exists {name}")).await;
    }
}

/// A copy of the template. Postgres copies one at a time, so a failure is tried again.
pub(super) async fn copy(admin: &SecretString, template: &str, name: &str) {
    let mut connection = connect(admin).await;
    let mut left = 50;
    while let Err(error) = run(&mut connection, format!("create database {name} template {template}")).await {
        left -= 1;
        assert!(left > 0, "the template cannot be copied: {error}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Removes a database, whoever is connected.
pub(super) async fn remove(admin: &SecretString, name: &str) {
    if let Ok(mut connection) = PgConnection::connect(admin.expose_secret()).await {
        // What cannot be removed is swept up by a later process; a session that a test has left in the middle of something can hold
        // it up for a minute.
        let _ = run(&mut connection, "set statement_timeout = '5s'".to_owned()).await;
        let _ = run(&mut connection, format!("drop database if exists {name} with (force)")).await;
    }
}

/// Every row of every table, as text.
pub(super) async fn everything(url: &SecretString) -> String {
    let mut connection = connect(url).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut connection)
    .await
    .expect("the catalogue can be read");
    let mut text = String::new();
    for table in tables {
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("select t::text from {table} t")))
            .fetch_all(&mut connection)
            .await
            .expect("the owner may read it");
        text += &rows.join("\n");
    }
    text
}

/// How many rows there are, of all tenants; `from` is a table and perhaps a condition.
pub(super) async fn count(url: &SecretString, from: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {from}")))
        .fetch_one(&mut connect(url).await)
        .await
        .expect("the owner may read it")
}

/// How many sessions of this database wait for a lock of another one.
async fn waiting(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    .fetch_one(connection)
    .await
    .expect("the catalogue can be read")
}

/// Comes back once so many wait.
pub(super) async fn until_waiting(url: &SecretString, many: i64) {
    let mut connection = connect(url).await;
    for _ in 0..6_000 {
        if waiting(&mut connection).await == many {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{many} never waited for a lock at the same time");
}
