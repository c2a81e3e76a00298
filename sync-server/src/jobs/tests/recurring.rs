//! What recurs, what is throttled, what is given up, and the nightly jobs themselves.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::imports::DropFiles;
use crate::jobs::look::{self, Dead, Pause};
use crate::jobs::{schedule, store_queue};
use crate::writes::SweepKeys;

static TRIES: AtomicU32 = AtomicU32::new(0);

/// Each night at half past three.
#[derive(Serialize, Deserialize)]
struct Nightly;

impl Job for Nightly {
    const NAME: &'static str = "test.nightly";
    const SCHEDULE: Option<&'static str> = Some("30 3 * * *");

    async fn run(self, _: JobContext) -> Result<(), JobError> {
        Ok(())
    }
}

/// Fails for good at once, or eight times and then no more.
#[derive(Serialize, Deserialize)]
enum Patient {
    Hopeless,
    Moody,
}

impl Job for Patient {
    const NAME: &'static str = "test.patient";

    fn queue(&self) -> Option<String> {
        Some("test".to_owned())
    }

    async fn run(self, _: JobContext) -> Result<(), JobError> {
        match self {
            Self::Hopeless => Err(JobError::Hopeless("no such address".to_owned())),
            Self::Moody if TRIES.fetch_add(1, Ordering::SeqCst) < 8 => Err(JobError::failed("not yet")),
            Self::Moody => Ok(()),
        }
    }
}

#[tokio::test]
async fn what_recurs_is_due_by_the_wall_of_the_tenant_once_however_many_look() {
    let mut bench = Bench::new().await;
    let jobs = JobsDb::connect(&bench.server.database().url(), 2).await.unwrap();
    let kinds = Kinds::default().with::<Nightly>();
    let state = bench.server.state().clone();
    schedule::look(&state, &jobs, kinds.kinds()).await.unwrap();
    let wall = "select to_char(next_at at time zone 'Europe/Moscow', 'HH24:MI') from jobs.schedules";
    assert_eq!(bench.column(wall).await, ["03:30"]);
    assert_eq!(bench.queue().await.len(), 0);
    // Two nights nobody worked: it is done once.
    bench.server.clock().advance(SignedDuration::from_hours(48));
    let (one, two) = tokio::join!(
        schedule::look(&state, &jobs, kinds.kinds()),
        schedule::look(&state, &jobs, kinds.kinds())
    );
    one.and(two).unwrap();
    assert_eq!(bench.queue().await.len(), 1);
    assert_eq!(bench.column(wall).await, ["03:30"]);
}

#[tokio::test]
async fn a_pause_between_jobs_outlives_the_process() {
    let bench = Bench::new().await;
    let pause = Duration::from_mins(1);
    let mut waits = Vec::new();
    for _ in 0..3 {
        // A new pool each time, as after a restart.
        let jobs = JobsDb::connect(&bench.server.database().url(), 1).await.unwrap();
        waits.push(store_queue::reserve(jobs.pool(), "sms", pause).await.unwrap().as_secs());
    }
    assert_eq!(waits[0], 0);
    assert!((55..=60).contains(&waits[1]) && (115..=120).contains(&waits[2]), "{waits:?}");
}

#[tokio::test]
async fn poison_is_dead_after_eight_attempts_and_a_replay_brings_it_back() {
    let mut bench = Bench::new().await;
    bench.add(&Patient::Moody).await;
    let db = JobsDb::connect(&bench.server.database().url(), 9).await.unwrap();
    let kinds = Kinds::default().with::<Patient>().with::<Mark>();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = Worker::new(bench.server.state().clone(), db.clone(), kinds, SETTINGS);
    let working = Working { stop, task: tokio::spawn(worker.run(async { drop(stopped.await) })) };
    for attempt in 1..=8 {
        bench.until(&format!("select bool_and(attempts >= {attempt} and locked_at is null) from graphile_worker._private_jobs")).await;
        // e, e², ... seconds and up to a quarter more; of the long ones a slow machine eats little. Half an hour in no time.
        let waits =
            "select ceil(extract(epoch from run_at - now()))::text from graphile_worker._private_jobs";
        let wait: f64 = bench.column(waits).await[0].parse().unwrap();
        let usual = f64::from(attempt).exp();
        assert!(
            wait <= usual * 1.26 + 1.0 && (attempt < 5 || wait > usual * 0.8),
            "{wait} s after attempt {attempt}"
        );
        bench.hurry().await;
    }
    bench.add(&Mark("others go on".to_owned())).await;
    bench.until("select count(*) = 1 from marks").await;
    let troubled = look::troubled(&db, Some(Patient::NAME)).await.unwrap();
    assert_eq!(
        troubled.iter().map(|job| (job.is_dead, job.attempts, &*job.error)).collect::<Vec<_>>(),
        [(true, 8, "not yet")]
    );
    assert_eq!(look::retry(&db, &Dead::AllOf(Patient::NAME.to_owned())).await.unwrap(), 1);
    bench.until("select count(*) = 0 from graphile_worker._private_jobs").await;

    // Hopeless at the first attempt; and a paused queue is not touched until it is resumed.
    bench.add(&Patient::Hopeless).await;
    bench.until("select bool_and(attempts = 1 and max_attempts = 1 and locked_at is null) from graphile_worker._private_jobs").await;
    look::discard(&db, &Dead::AllOf(Patient::NAME.to_owned())).await.unwrap();
    look::pause(&db, Pause::Queue, "test").await.unwrap();
    bench.add(&Patient::Moody).await;
    bench.add(&Mark("behind the pause".to_owned())).await;
    bench.until("select count(*) = 2 from marks").await;
    // The mark is there a moment before its job is gone.
    bench.until("select count(*) = 1 from graphile_worker._private_jobs").await;
    assert_eq!(bench.queue().await, ["0"]);
    look::resume(&db, Pause::Queue, "test").await.unwrap();
    bench.until("select count(*) = 0 from graphile_worker._private_jobs").await;
    working.end().await;
    bench.until("select sum(done) = 4 and sum(failed) = 7 and sum(dead) = 2 from jobs.minutes").await;
}

fn context(bench: &Bench) -> JobContext {
    JobContext {
        state: bench.server.state().clone(),
        tenant: bench.tenant,
        id: Uuid::from_u128(1),
        attempt: 1,
        is_last_attempt: false,
    }
}

#[tokio::test]
async fn each_night_old_keys_effects_and_files_go_also_of_those_who_ask_no_more() {
    let mut bench = Bench::new().await;
    let anna = bench.server.register("olga").await;
    bench.tenant = TenantId(anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap());
    anna.header("idempotency-key", "k").post("/clients", json!({ "name": "Анна" })).await.expect(201);
    drop(context(&bench).begin_once().await.unwrap().unwrap().commit().await);
    let insert = format!(
        "insert into imports (tenant_id, id, state, kind, filename, format, file, duplicates, total, report, created_at, updated_at)
         select '{}', gen_random_uuid(), state, 'clients', 'a.csv', 'csv', 'Анна'::bytea, 'skip', 1, '{{}}', now(), now()
         from unnest(array['done', 'preview', 'running']) as state",
        bench.tenant
    );
    sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut bench.owner).await.unwrap();
    let left =
        "select concat_ws(' ', (select count(*) from idempotency_keys), (select count(*) from job_effects),
                (select string_agg(state || length(file), ',' order by state) from imports))";
    for (hours, expected) in
        [(1, "1 1 done8,preview8,running8"), (49, "0 1 done8,running8"), (24 * 61, "0 0 done0,running8")]
    {
        bench.server.clock().advance(SignedDuration::from_hours(hours));
        SweepKeys.run(context(&bench)).await.unwrap();
        DropFiles.run(context(&bench)).await.unwrap();
        crate::jobs::SweepEffects.run(context(&bench)).await.unwrap();
        assert_eq!(bench.column(left).await, [expected]);
    }
}

#[tokio::test]
async fn one_business_that_cannot_be_planned_or_fired_stops_nobody_elses() {
    let mut bench = Bench::new().await;
    let state = bench.server.state().clone();
    let db = JobsDb::connect(&bench.server.database().url(), 2).await.unwrap();
    let kinds = Kinds::default().with::<SweepKeys>();
    // Of a zone that this build does not know.
    let ill = bench.tenant;
    let mut zone = async |zone: &str| {
        let change = format!("update tenants set timezone = '{zone}' where id = '{ill}'");
        sqlx::raw_sql(AssertSqlSafe(change)).execute(&mut bench.owner).await.unwrap();
    };
    zone("Moon/Tranquility").await;
    bench.server.register("olga").await;
    schedule::look(&state, &db, kinds.kinds()).await.unwrap();
    zone("Europe/Moscow").await;
    schedule::look(&state, &db, kinds.kinds()).await.unwrap();
    zone("Moon/Tranquility").await;
    let planned = "select name from jobs.schedules";
    assert_eq!(bench.column(planned).await.len(), 2);
    bench.server.clock().advance(SignedDuration::from_hours(25));
    schedule::look(&state, &db, kinds.kinds()).await.unwrap();
    let due = format!("select name from jobs.schedules where next_at <= '{}'", state.now());
    assert!(bench.column(&due).await.is_empty(), "hers is put off");
    assert_eq!(bench.queue().await.len(), 1, "the other's is there");
}
