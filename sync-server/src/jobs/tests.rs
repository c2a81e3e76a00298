//! The queue through its front door: a job in the transaction of its cause, a worker beside it, and a look into the tables
//! as their owner.

mod crash;
mod poison;
mod recurring;

use std::time::Duration;

use domain::ids::TenantId;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{Job, JobContext, JobError, Kinds, Worker, WorkerSettings, cancel, enqueue, enqueue_at};
use crate::db::{Db, JobsDb};
use crate::http::{current_request_id, with_request_id};
use crate::testing::{TestDatabase, TestServer};

const SETTINGS: WorkerSettings =
    WorkerSettings { places: 4, grace: Duration::from_millis(300), dead_after: Duration::from_secs(1) };

/// Whether figures are wanted and not only counts: `cargo xtask soak --drills` says so.
fn is_full() -> bool {
    std::env::var_os("VELORIA_DRILLS").is_some()
}

/// Leaves a mark, once, with the request that it came from.
#[derive(Serialize, Deserialize)]
struct Mark(String);

impl Job for Mark {
    const NAME: &'static str = "test.mark";

    fn key(&self) -> Option<String> {
        self.0.starts_with("key").then(|| self.0[..4].to_owned())
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let Some(mut tx) = context.begin_once().await? else { return Ok(()) };
        let request = current_request_id().unwrap_or_default();
        let mark = format!("{}{}{request}", self.0, if request.is_empty() { "" } else { " of " });
        sqlx::query("insert into marks (tenant_id, mark) values ($1, $2)")
            .bind(context.tenant.0)
            .bind(mark)
            .execute(tx.conn())
            .await
            .map_err(JobError::failed)?;
        Ok(tx.commit().await?)
    }
}

/// Never works: by an error, a panic or a payload that it cannot read.
#[derive(Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "lowercase")]
enum Poison {
    Error,
    Panic,
    Sleep,
    Unreadable {
        #[serde(skip_deserializing, rename = "phone")]
        _phone: String,
        #[serde(skip_serializing, rename = "missing")]
        _missing: String,
    },
}

impl Job for Poison {
    const NAME: &'static str = "test.poison";
    const LONGEST: Duration = Duration::from_millis(200);

    async fn run(self, _: JobContext) -> Result<(), JobError> {
        match self {
            Self::Error => Err(JobError::failed("the provider says no")),
            Self::Panic => panic!("on purpose"),
            Self::Sleep | Self::Unreadable { .. } => {
                sleep(Duration::from_mins(1)).await;
                Ok(())
            }
        }
    }
}

struct Bench {
    server: TestServer,
    tenant: TenantId,
    owner: PgConnection,
}

impl Bench {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let anna = server.register("anna").await;
        let tenant = TenantId(anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap());
        let mut owner = PgConnection::connect(server.database().url().expose_secret()).await.unwrap();
        // The library's worker runs where this test's jobs leave their marks.
        sqlx::raw_sql("create table marks (tenant_id uuid, mark text)").execute(&mut owner).await.unwrap();
        Self { server, tenant, owner }
    }

    async fn add(&self, job: &impl Job) {
        let mut tx = self.server.state().db.tenant(self.tenant).await.unwrap();
        enqueue(&mut tx, job).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn work(&self, settings: WorkerSettings) -> Working {
        let db = JobsDb::connect(&self.server.database().url(), settings.connections()).await.unwrap();
        let kinds = Kinds::default().with::<Mark>().with::<Poison>();
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = Worker::new(self.server.state().clone(), db, kinds, settings);
        Working { stop, task: tokio::spawn(worker.run(async { drop(stopped.await) })) }
    }

    async fn column(&mut self, sql: &str) -> Vec<String> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.owner).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn marks(&mut self) -> Vec<String> {
        self.column("select mark from marks order by mark").await
    }

    /// What waits, what has failed and why.
    async fn queue(&mut self) -> Vec<String> {
        self.column("select attempts || coalesce(' ' || last_error, '') from graphile_worker._private_jobs order by id")
            .await
    }

    /// What waits for its next attempt waits no longer.
    async fn hurry(&mut self) {
        let now = "update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()";
        sqlx::raw_sql(now).execute(&mut self.owner).await.unwrap();
    }

    /// Waits for something to become true; a test that waits for ever is ended by its runner.
    async fn until(&mut self, sql: &str) {
        while self.column(&format!("select ({sql})::text")).await != ["true"] {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

struct Working {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Working {
    async fn end(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }
}

#[tokio::test]
async fn a_job_is_there_when_its_cause_is_and_carries_tenant_and_request() {
    let mut bench = Bench::new().await;
    let mut tx = bench.server.state().db.tenant(bench.tenant).await.unwrap();
    enqueue(&mut tx, &Mark("never".to_owned())).await.unwrap();
    drop(tx);
    with_request_id(Some("r-7".to_owned()), bench.add(&Mark("done".to_owned()))).await;
    assert_eq!(bench.queue().await, ["0"]);
    let working = bench.work(SETTINGS).await;
    bench.until("select count(*) = 0 from graphile_worker._private_jobs").await;
    working.end().await;
    assert_eq!(bench.marks().await, ["done of r-7"]);
}

#[tokio::test]
async fn the_newest_job_of_a_key_replaces_its_elder_and_nobody_elses() {
    let mut bench = Bench::new().await;
    let olga = bench.server.register("olga").await;
    let olga = TenantId(olga.account["tenant"]["id"].as_str().unwrap().parse().unwrap());
    let later = bench.server.state().now() + SignedDuration::from_hours(1);
    for (tenant, mark) in [(bench.tenant, "key1 old"), (olga, "key1 olga"), (bench.tenant, "key2 cancelled")]
    {
        let mut tx = bench.server.state().db.tenant(tenant).await.unwrap();
        enqueue_at(&mut tx, &Mark(mark.to_owned()), later).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = bench.server.state().db.tenant(bench.tenant).await.unwrap();
    enqueue(&mut tx, &Mark("key1 new".to_owned())).await.unwrap();
    cancel::<Mark>(&mut tx, "key2").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.queue().await.len(), 2);
    let working = bench.work(SETTINGS).await;
    bench.until("select count(*) = 1 from graphile_worker._private_jobs").await;
    working.end().await;
    assert_eq!(bench.marks().await, ["key1 new"]);
}

#[tokio::test]
async fn poison_fails_by_itself_and_blocks_nobody() {
    let mut bench = Bench::new().await;
    let unreadable = Poison::Unreadable { _phone: "+79161234567".to_owned(), _missing: String::new() };
    for poison in [Poison::Error, Poison::Panic, Poison::Sleep, unreadable] {
        bench.add(&poison).await;
    }
    bench.add(&Mark("behind".to_owned())).await;
    let working = bench.work(WorkerSettings { places: 1, ..SETTINGS }).await;
    bench
        .until("select count(*) = 4 and bool_and(last_error is not null) from graphile_worker._private_jobs")
        .await;
    working.end().await;
    assert_eq!(bench.marks().await, ["behind"]);
    assert_eq!(
        bench.queue().await,
        [
            "1 TaskError(\"the provider says no\")",
            "1 TaskError(\"panicked\")",
            "1 TaskError(\"not done after 0 seconds\")",
            "1 TaskError(\"the payload cannot be read\")",
        ]
    );
}

#[tokio::test]
async fn the_app_adds_jobs_and_reads_none_and_the_worker_sees_no_tenant() {
    let bench = Bench::new().await;
    let denied = |error: sqlx::Error| assert!(error.to_string().contains("permission denied"), "{error}");
    let mut tx = bench.server.state().db.tenant(bench.tenant).await.unwrap();
    denied(sqlx::query("select * from graphile_worker._private_jobs").execute(tx.conn()).await.unwrap_err());
    drop(tx);
    let db = Db::connect(&bench.server.database().url(), 1).await.unwrap();
    let mut nobody = db.without_tenant().await.unwrap();
    let add = "select jobs.add('x', '{}', null, null, 8, null, 0, null)";
    denied_tenant(&sqlx::query(add).execute(&mut *nobody).await.unwrap_err());
    let jobs = JobsDb::connect(&bench.server.database().url(), 1).await.unwrap();
    for sql in ["select * from clients", "select * from tenants", add] {
        denied(sqlx::query(sql).execute(jobs.pool()).await.unwrap_err());
    }
    sqlx::query("select * from graphile_worker._private_jobs").execute(jobs.pool()).await.unwrap();
}

fn denied_tenant(error: &sqlx::Error) {
    assert!(error.to_string().contains("in the transaction of a tenant"), "{error}");
}

#[tokio::test]
async fn bringing_the_queue_up_to_date_twice_changes_nothing() {
    let database = TestDatabase::create().await;
    let options = || database.url().expose_secret().parse().unwrap();
    let (one, two) = tokio::join!(super::bring_up_to_date(options()), super::bring_up_to_date(options()));
    one.and(two).unwrap();
}

#[tokio::test]
async fn told_to_stop_it_returns_what_does_not_end_in_time() {
    let mut bench = Bench::new().await;
    bench.add(&Stubborn).await;
    let db = JobsDb::connect(&bench.server.database().url(), SETTINGS.connections()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let kinds = Kinds::default().with::<Stubborn>();
    let worker = Worker::new(bench.server.state().clone(), db, kinds, SETTINGS);
    let task = tokio::spawn(worker.run(async { drop(stopped.await) }));
    bench.until("select count(*) = 1 from graphile_worker._private_jobs where locked_at is not null").await;
    Working { stop, task }.end().await;
    bench.until("select locked_at is null and run_at <= now() from graphile_worker._private_jobs").await;
    assert_eq!(bench.queue().await, ["0 Job recovered after worker interruption"]);
}

/// Does not end by itself.
#[derive(Serialize, Deserialize)]
struct Stubborn;

impl Job for Stubborn {
    const NAME: &'static str = "test.stubborn";

    async fn run(self, _: JobContext) -> Result<(), JobError> {
        sleep(Duration::from_mins(5)).await;
        Ok(())
    }
}
