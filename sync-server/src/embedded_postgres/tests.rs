//! Embedded Postgres, seen through its front door: real clusters in throwaway folders. Declared by the crate and not by
//! the module, because `xtask` includes the module and has no `sqlx`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::embedded_postgres::{Binaries, Durability, EmbeddedPostgres, EmbeddedPostgresError};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

fn try_start(folder: &Path, durability: Durability) -> Result<EmbeddedPostgres, EmbeddedPostgresError> {
    EmbeddedPostgres::start(Binaries::locate(None)?, folder, durability)
}

fn start(folder: &Path) -> EmbeddedPostgres {
    try_start(folder, Durability::Throwaway).unwrap_or_else(|error| panic!("{error}"))
}

async fn connect(postgres: &EmbeddedPostgres) -> PgConnection {
    PgConnection::connect(&postgres.url("postgres")).await.expect("the address and its password are right")
}

async fn write_anna(postgres: &EmbeddedPostgres) {
    let mut connection = connect(postgres).await;
    for statement in ["CREATE TABLE clients (name text)", "INSERT INTO clients VALUES ('Анна')"] {
        sqlx::query(statement).execute(&mut connection).await.expect("the statement is right");
    }
}

async fn names(postgres: &EmbeddedPostgres) -> Vec<String> {
    let mut connection = connect(postgres).await;
    sqlx::query_scalar("SELECT name FROM clients")
        .fetch_all(&mut connection)
        .await
        .expect("the table is there")
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = folder();
    let postgres = start(folder.path());
    write_anna(&postgres).await;
    postgres.stop().expect("it stops");

    let postgres = start(folder.path());
    assert_eq!(names(&postgres).await, ["Анна"]);
}

#[tokio::test]
async fn a_killed_postgres_starts_again_and_has_lost_nothing() {
    let folder = folder();
    let postgres = try_start(folder.path(), Durability::Full).unwrap_or_else(|error| panic!("{error}"));
    write_anna(&postgres).await;
    kill(postgres.process_id());
    drop(postgres);

    let postgres = start(folder.path());
    assert_eq!(names(&postgres).await, ["Анна"]);
}

#[test]
fn a_process_number_that_went_to_a_stranger_does_not_keep_us_out() {
    let folder = folder();
    start(folder.path()).stop().expect("it stops");
    let stale = format!("{}\n{}\n0\n5432\n\n\n\nready\n", std::process::id(), folder.path().display());
    fs::write(folder.path().join("cluster/postmaster.pid"), stale).expect("it can be written");

    start(folder.path());
}

#[test]
fn the_second_program_on_one_folder_is_told_who_has_it() {
    let folder = folder();
    let first = start(folder.path());
    let second = try_start(folder.path(), Durability::Throwaway).expect_err("the folder is taken");
    assert!(matches!(
        &second,
        EmbeddedPostgresError::InUse { process, .. } if *process == std::process::id().to_string()
    ));
    assert!(second.to_string().contains("is in use by process"));
    drop(first);

    start(folder.path());
}

#[test]
fn an_interrupted_first_start_is_begun_anew() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("cluster.new/data/base")).expect("it can be made");

    start(folder.path());
    assert!(!folder.path().join("cluster.new").exists());
}

#[test]
fn data_of_another_version_are_refused_in_words() {
    let folder = folder();
    start(folder.path()).stop().expect("it stops");
    fs::write(folder.path().join("cluster/PG_VERSION"), "9\n").expect("it can be written");

    let error = try_start(folder.path(), Durability::Throwaway).expect_err("nobody has version 9");
    assert!(error.to_string().contains("belong to Postgres 9, but only Postgres 1"), "{error}");
}

#[tokio::test]
async fn nobody_gets_in_without_the_password() {
    let folder = folder();
    let postgres = start(folder.path());
    let mode = fs::metadata(folder.path().join("password")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!format!("{postgres:?}").contains(postgres.url("").split(['@', ':']).nth(2).unwrap_or("")));

    let guess = format!("postgres://postgres:guess@127.0.0.1:{}/postgres", postgres.port());
    let error = PgConnection::connect(&guess).await.expect_err("the guess is wrong");
    assert!(error.to_string().contains("password authentication failed"), "{error}");
}

#[test]
fn a_lost_password_is_not_replaced_by_one_that_cannot_fit() {
    let folder = folder();
    start(folder.path()).stop().expect("it stops");
    fs::remove_file(folder.path().join("password")).expect("it is there");

    let error = try_start(folder.path(), Durability::Throwaway).expect_err("nobody knows the password");
    assert!(matches!(error, EmbeddedPostgresError::PasswordLost { .. }), "{error}");
}

#[test]
fn a_folder_below_a_closed_one_serves_too() {
    let closed = folder();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).expect("it is ours");

    start(&closed.path().join("data/postgres"));
}

#[test]
fn the_thread_that_starts_it_may_end() {
    let folder = folder();
    let path = folder.path().to_owned();
    let postgres = std::thread::spawn(move || start(&path)).join().expect("the start succeeds");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(std::net::TcpStream::connect(("127.0.0.1", postgres.port())).is_ok());
}

#[tokio::test]
async fn russian_is_folded_in_comparison_and_in_search() {
    let folder = folder();
    let postgres = start(folder.path());
    let mut connection = connect(&postgres).await;
    let (lower, found, similar): (String, bool, bool) = sqlx::query_as(
        "SELECT lower('ПРИВЕТ ЁЛКА'),
                to_tsvector('russian', 'СТРИЖКИ') @@ to_tsquery('russian', 'стрижка'),
                'АННА' ILIKE 'анна'",
    )
    .fetch_one(&mut connection)
    .await
    .expect("the statement is right");
    assert_eq!((lower.as_str(), found, similar), ("привет ёлка", true, true));
}

fn kill(id: u32) {
    let killed = Command::new("/bin/sh").args(["-c", &format!("kill -KILL {id}")]).status();
    assert!(killed.expect("there is a shell").success());
}
