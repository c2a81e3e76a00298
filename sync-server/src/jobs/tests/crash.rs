//! Workers that die. Real processes, ended by SIGKILL: this test program starts itself again as a worker and nothing else.

use std::env;
use std::future::pending;
use std::process::{Child, Command, Stdio};

use secrecy::SecretString;

use super::*;
use crate::AppState;
use crate::system::{SharedIds, SystemClock, SystemIds};

const URL: &str = "VELORIA_TEST_WORKER";

/// Makes a mark, slowly, with some time between the effect and the end in which to be killed.
#[derive(Serialize, Deserialize)]
struct SlowMark(u32);

impl Job for SlowMark {
    const NAME: &'static str = "test.slow_mark";

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let mut tx = context.begin().await?;
        sqlx::query("insert into runs (key) values ($1)")
            .bind(i64::from(self.0))
            .execute(tx.conn())
            .await
            .map_err(JobError::failed)?;
        tx.commit().await?;
        let Some(mut tx) = context.begin_once().await? else { return Ok(()) };
        // Nothing in this table keeps two rows of one key apart.
        sqlx::query("insert into marks (tenant_id, mark) values ($1, $2)")
            .bind(context.tenant.0)
            .bind(self.0.to_string())
            .execute(tx.conn())
            .await
            .map_err(JobError::failed)?;
        sleep(Duration::from_millis(10)).await;
        tx.commit().await?;
        sleep(Duration::from_millis(10)).await;
        Ok(())
    }
}

fn start(url: &SecretString) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "jobs::tests::crash::a_worker_process", "--ignored"])
        .env(URL, url.expose_secret())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "a process that the test below starts and kills"]
async fn a_worker_process() {
    let url = SecretString::from(env::var(URL).unwrap());
    let settings = WorkerSettings { places: 8, ..SETTINGS };
    let db = Db::connect(&url, 8).await.unwrap();
    let jobs = JobsDb::connect(&url, settings.connections()).await.unwrap();
    let state = AppState::new(db, std::sync::Arc::new(SystemClock), SharedIds::new(SystemIds), false);
    Worker::new(state, jobs, Kinds::default().with::<SlowMark>(), settings).run(pending()).await;
}

/// A figure from the environment.
fn figure(name: &str, usual: u32) -> u32 {
    env::var(name).ok().map_or(usual, |figure| figure.parse().unwrap())
}

/// S2. Here a small count and a worker killed every 700 ms, because a debug build takes that long to begin; the full figures
/// are `VELORIA_JOBS=10000 VELORIA_KILL_EVERY_MS=200` with `--release`.
#[tokio::test]
#[ignore = "takes minutes on a busy machine; `cargo nextest run -p sync-server --run-ignored only every_job_has_one_effect`"]
async fn every_job_has_one_effect_though_workers_are_killed_all_the_time() {
    let count = figure("VELORIA_JOBS", 300);
    let every = Duration::from_millis(figure("VELORIA_KILL_EVERY_MS", 700).into());
    let mut bench = Bench::new().await;
    sqlx::raw_sql("create table runs (key bigint)").execute(&mut bench.owner).await.unwrap();
    let mut tx = bench.server.state().db.tenant(bench.tenant).await.unwrap();
    for key in 0..count {
        enqueue(&mut tx, &SlowMark(key)).await.unwrap();
    }
    tx.commit().await.unwrap();

    let url = bench.server.database().url();
    let mut workers: Vec<Child> = (0..4).map(|_| start(&url)).collect();
    let mut kills = 0;
    while bench.column("select 'left' from graphile_worker._private_jobs limit 1").await != [""; 0] {
        sleep(every).await;
        // The oldest of those that work: one that has not begun yet has nothing to lose.
        let working = bench
            .column(
                "select metadata ->> 'pid' from graphile_worker._private_workers where metadata is not null",
            )
            .await;
        let Some(oldest) = workers.iter().position(|worker| working.contains(&worker.id().to_string()))
        else {
            continue;
        };
        let mut oldest = workers.remove(oldest);
        oldest.kill().unwrap();
        oldest.wait().unwrap();
        kills += 1;
        workers.push(start(&url));
    }
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let counts = "select format('%s marks of %s keys', count(*), count(distinct mark)) from marks";
    assert_eq!(bench.column(counts).await, [format!("{count} marks of {count} keys")]);
    let runs: u32 = bench.column("select count(*)::text from runs").await[0].parse().unwrap();
    println!("{count} jobs, {kills} workers killed, {runs} attempts, one effect each");
    assert!(runs > count, "no job was interrupted, so nothing was shown");
}
