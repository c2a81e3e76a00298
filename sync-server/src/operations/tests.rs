//! The room by itself, on a queue with some trouble in it.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use domain::ids::TenantId;
use domain::lang::Lang;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value as Json;
use sqlx::{Connection as _, PgConnection};
use tower::ServiceExt as _;

use super::Operations;
use super::page::render;
use super::words::Words;
use crate::config::LogFormat;
use crate::db::JobsDb;
use crate::imports::DropFiles;
use crate::jobs::{enqueue, look};
use crate::logging::tests::Recorded;
use crate::testing::TestServer;
use crate::writes::SweepKeys;

async fn room(server: &TestServer, token: Option<&SecretString>) -> (axum::Router, JobsDb) {
    let jobs = JobsDb::connect(&server.database().url(), 2).await.unwrap();
    (Operations::new(server.state().clone(), jobs.clone(), None, token).router(), jobs)
}

async fn ask(
    room: &axum::Router,
    method: Method,
    path: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Response {
    let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8090");
    if !body.is_empty() {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    room.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// One dead job and one that waits.
async fn trouble(server: &TestServer) {
    let anna = server.register("anna").await;
    let tenant = TenantId(anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap());
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    enqueue(&mut tx, &SweepKeys).await.unwrap();
    enqueue(&mut tx, &DropFiles).await.unwrap();
    tx.commit().await.unwrap();
    let mut owner = PgConnection::connect(server.database().url().expose_secret()).await.unwrap();
    sqlx::raw_sql(
        "update graphile_worker._private_jobs
         set attempts = 8, last_error = 'TaskError(\"<script>alert(1)</script>\")'
         where task_id = (select id from graphile_worker._private_tasks where identifier = 'writes.sweep_keys')",
    )
    .execute(&mut owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn an_operator_sees_causes_and_retries_discards_and_pauses() {
    let server = TestServer::start().await;
    trouble(&server).await;
    let (room, jobs) = room(&server, None).await;
    let all: Json =
        serde_json::from_str(&text(ask(&room, Method::GET, "/api/jobs", "", &[]).await).await).unwrap();
    let kind = |name: &str| {
        all["kinds"].as_array().unwrap().iter().find(|kind| kind["name"] == name).unwrap().clone()
    };
    assert_eq!(
        (kind("writes.sweep_keys")["dead"].as_i64(), kind("imports.drop_files")["waiting"].as_i64()),
        (Some(1), Some(1))
    );
    let troubled = look::troubled(&jobs, None).await.unwrap();
    assert_eq!(troubled.len(), 1);
    assert!(troubled[0].is_dead && troubled[0].error == "<script>alert(1)</script>");

    let page = text(ask(&room, Method::GET, "/", "", &[("accept-language", "en")]).await).await;
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script"), "{page}");
    assert!(
        page.contains("<html lang=\"en\">") && page.contains("aria-label=\"Retry all: writes.sweep_keys\"")
    );

    let pause = "what=job&name=writes.sweep_keys";
    assert_eq!(
        ask(&room, Method::POST, "/api/jobs/pause", pause, &[]).await.status(),
        StatusCode::NO_CONTENT
    );
    assert!(look::overview(&jobs).await.unwrap().kinds.iter().any(|kind| kind.is_paused));
    let back = ask(&room, Method::POST, "/api/jobs/resume", pause, &[("accept", "text/html")]).await;
    assert_eq!((back.status(), back.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));

    ask(&room, Method::POST, "/api/jobs/retry", "job=writes.sweep_keys", &[]).await;
    assert_eq!(
        look::overview(&jobs)
            .await
            .unwrap()
            .kinds
            .iter()
            .map(|kind| (kind.dead, kind.waiting))
            .collect::<Vec<_>>(),
        [(0, 1), (0, 1)]
    );
    ask(&room, Method::POST, "/api/jobs/discard", &format!("id={}", troubled[0].id), &[]).await;
    assert_eq!(look::overview(&jobs).await.unwrap().kinds.iter().map(|kind| kind.waiting).sum::<i64>(), 1);
    for nonsense in ["", "id=x", "id=1&job=a"] {
        assert!(ask(&room, Method::POST, "/api/jobs/retry", nonsense, &[]).await.status().is_client_error());
    }
}

#[tokio::test]
async fn the_log_says_what_an_operator_did_to_which_job() {
    let server = TestServer::start().await;
    let (room, _) = room(&server, None).await;
    let said = Recorded::default();
    let listening = said.listen(LogFormat::Json);
    for (act, form) in [
        ("retry", "job=mail.send"),
        ("discard", "id=7"),
        ("pause", "what=job&name=media.sweep"),
        ("resume", "what=job&name=media.sweep"),
    ] {
        let path = format!("/api/jobs/{act}");
        assert_eq!(ask(&room, Method::POST, &path, form, &[]).await.status(), StatusCode::NO_CONTENT);
    }
    drop(listening);
    let lines: Vec<Json> = said.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<_> =
        lines.iter().filter(|line| line["target"] == "sync_server::operations::act").collect();
    let told: Vec<_> =
        lines.iter().map(|line| (line["message"].as_str().unwrap(), line["job"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("an operator retries", "all of mail.send"),
            ("an operator discards", "number 7"),
            ("an operator pauses", "media.sweep"),
            ("an operator resumes", "media.sweep"),
        ]
    );
}

#[tokio::test]
async fn strangers_and_foreign_pages_stay_outside() {
    let server = TestServer::start().await;
    let (open, _) = room(&server, None).await;
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    assert_eq!(
        ask(&open, Method::POST, "/api/jobs/retry", "id=1", &foreign).await.status(),
        StatusCode::FORBIDDEN
    );
    let renamed = Request::builder().uri("/").header("host", "evil.example").body(Body::empty()).unwrap();
    assert_eq!(open.clone().oneshot(renamed).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(ask(&open, Method::GET, "/readyz", "", &[]).await.status(), StatusCode::OK);

    let token = SecretString::from("open-sesame");
    let (closed, _) = room(&server, Some(&token)).await;
    // "operator:open-sesame" and "operator:wrong".
    for (header, status) in [
        ("Bearer open-sesame", 200),
        ("Basic b3BlcmF0b3I6b3Blbi1zZXNhbWU=", 200),
        ("Basic b3BlcmF0b3I6d3Jvbmc=", 401),
        ("Bearer ", 401),
        ("Basic ????", 401),
    ] {
        let answer = ask(&closed, Method::GET, "/metrics", "", &[("authorization", header)]).await;
        assert_eq!(answer.status().as_u16(), status, "{header}");
    }
    assert_eq!(ask(&closed, Method::GET, "/", "", &[]).await.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn the_page_speaks_both_languages_and_says_so_when_there_is_nothing() {
    let nothing = look::Overview { workers: 0, kinds: Vec::new(), queues: Vec::new() };
    let pages = [Lang::Ru, Lang::En].map(|lang| render(Words::of(lang), &nothing, &[]));
    assert!(pages[0].contains("Ошибок нет.") && pages[0].contains("<html lang=\"ru\">"));
    assert!(pages[1].contains("No job is in trouble."));
    assert!(pages.iter().all(|page| page.contains("class=\"state bad\"")), "nobody works, and it says so");
    let well = look::Overview { workers: 1, ..nothing };
    assert!(render(Words::of(Lang::En), &well, &[]).contains("All is well.<small>Workers alive: 1."));
}

#[test]
fn times_are_told_as_people_tell_them() {
    let [ru, en] = [Lang::Ru, Lang::En].map(Words::of);
    assert_eq!(
        [89, 90, 5_399, 7_200].map(|seconds| en.duration(seconds)),
        ["89 s", "1 min", "89 min", "2 h"]
    );
    assert_eq!((ru.decimal(0.5), en.decimal(0.5)), ("0,50".to_owned(), "0.50".to_owned()));
}

#[test]
fn every_kind_of_job_says_in_both_languages_what_it_does() {
    for name in crate::jobs::Kinds::all().names() {
        for lang in [Lang::Ru, Lang::En] {
            assert!(Words::of(lang).kind(name).is_some(), "{name}");
        }
    }
}
