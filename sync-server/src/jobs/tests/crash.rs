//! Workers that die. Real processes, ended by SIGKILL or by the job that they run: this test program starts itself again as
//! a worker and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::future::pending;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::AppState;
use crate::jobs::look::{self, Dead};
use crate::system::{SharedIds, Stopwatch, SystemClock, SystemIds};

const URL: &str = "VELORIA_TEST_WORKER";
const PROVIDER: &str = "VELORIA_TEST_PROVIDER";

const WORKER: WorkerSettings =
    WorkerSettings { places: 2, grace: Duration::from_millis(300), dead_after: Duration::from_secs(2) };

/// Asks the provider, leaves a mark, and gives everybody time to kill it before, between and after.
#[derive(Serialize, Deserialize)]
struct Charge(u32);

impl Job for Charge {
    const NAME: &'static str = "test.charge";

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        ask(self.0, &context.provider_key()).await.map_err(JobError::failed)?;
        // So few jobs may all be done between two deaths: then some wait for one. Of ten thousand enough are interrupted.
        let waits_for_death = !is_full() && context.attempt == 1 && self.0.is_multiple_of(10);
        sleep(if waits_for_death { WORKER.dead_after } else { Duration::from_millis(5) }).await;
        let Some(mut tx) = context.begin_once().await? else { return Ok(()) };
        // Nothing in this table keeps two rows of one job apart.
        sqlx::query("insert into marks (tenant_id, mark) values ($1, $2)")
            .bind(context.tenant.0)
            .bind(self.0.to_string())
            .execute(tx.conn())
            .await
            .map_err(JobError::failed)?;
        sleep(Duration::from_millis(5)).await;
        tx.commit().await?;
        sleep(Duration::from_millis(5)).await;
        Ok(())
    }
}

/// Ends the process that takes it, as something that eats all memory does.
#[derive(Serialize, Deserialize)]
struct Killer;

impl Job for Killer {
    const NAME: &'static str = "test.killer";

    async fn run(self, _: JobContext) -> Result<(), JobError> {
        std::process::exit(137)
    }
}

async fn ask(job: u32, key: &str) -> std::io::Result<()> {
    let mut line = TcpStream::connect(env::var(PROVIDER).unwrap()).await?;
    line.write_all(format!("{job} {key}\n").as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(line).read_line(&mut answer).await?;
    Ok(())
}

/// A provider outside of our transactions, which remembers with which keys each thing was asked of it.
#[derive(Clone, Default)]
struct Provider(Arc<Mutex<BTreeMap<u32, Vec<String>>>>);

impl Provider {
    /// Opens it; gives its address, too.
    async fn open() -> (Self, String) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let provider = Self::default();
        let asked = provider.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(asked.clone().answer(line));
            }
        });
        (provider, address)
    }

    async fn answer(self, line: TcpStream) {
        let mut line = BufReader::new(line);
        let mut text = String::new();
        // Who is killed in the middle of a word has asked nothing.
        if line.read_line(&mut text).await.is_err() || !text.ends_with('\n') {
            return;
        }
        let (job, key) = text.trim().split_once(' ').unwrap();
        self.0.lock().unwrap().entry(job.parse().unwrap()).or_default().push(key.to_owned());
        let _ = line.write_all(b"done\n").await;
    }
}

fn start(url: &SecretString, provider: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "jobs::tests::crash::a_worker_process", "--ignored"])
        .env(URL, url.expose_secret())
        .env(PROVIDER, provider)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut worker: Child) {
    worker.kill().unwrap();
    worker.wait().unwrap();
}

#[tokio::test]
#[ignore = "a process that the tests below start and kill"]
async fn a_worker_process() {
    let url = SecretString::from(env::var(URL).unwrap());
    let db = Db::connect(&url, 2).await.unwrap();
    let jobs = JobsDb::connect(&url, WORKER.connections()).await.unwrap();
    let state = AppState::new(
        db,
        Arc::new(SystemClock),
        SharedIds::new(SystemIds),
        crate::media::Gallery::in_memory(),
        false,
    );
    let kinds = Kinds::default().with::<Charge>().with::<Killer>();
    Worker::new(state, jobs, kinds, WORKER).run(pending()).await;
}

/// S2. Several workers side by side; every 200 ms the oldest is killed and another begins, so each lives for a while.
#[tokio::test]
async fn drill_every_job_has_one_effect_though_workers_are_killed_all_the_time() {
    let (count, side_by_side) = if is_full() { (10_000, 10) } else { (150, 5) };
    let mut bench = Bench::new().await;
    let (provider, address) = Provider::open().await;
    let mut tx = bench.server.state().db.tenant(bench.tenant).await.unwrap();
    for key in 0..count {
        enqueue(&mut tx, &Charge(key)).await.unwrap();
    }
    tx.commit().await.unwrap();

    let url = bench.server.database().url();
    let lease = WORKER.dead_after;
    let mut workers: Vec<Child> = (0..side_by_side).map(|_| start(&url, &address)).collect();
    let (watch, mut kills, mut longest) = (Stopwatch::start(), 0, 0.0_f64);
    let held = "select coalesce(max(extract(epoch from now() - locked_at)), 0)::text
                from graphile_worker._private_jobs";
    while bench.column("select 'left' from graphile_worker._private_jobs limit 1").await != [""; 0] {
        sleep(Duration::from_millis(200)).await;
        longest = longest.max(bench.column(held).await[0].parse().unwrap());
        if !is_full() {
            // Nobody waits for e, e², ... seconds here.
            bench.hurry().await;
        }
        let working = bench
            .column(
                "select metadata ->> 'pid' from graphile_worker._private_workers where metadata is not null",
            )
            .await;
        let is_at_work = |worker: &Child| working.contains(&worker.id().to_string());
        // On a slow machine processes begin more slowly than they are killed; then let some of them come to their work.
        if workers.iter().filter(|worker| is_at_work(worker)).count() * 2 < workers.len() {
            continue;
        }
        let oldest = workers.iter().position(is_at_work).unwrap();
        kill(workers.remove(oldest));
        kills += 1;
        workers.push(start(&url, &address));
    }
    let seconds = watch.elapsed().as_secs_f64();
    workers.into_iter().for_each(kill);

    let counts = "select format('%s marks of %s jobs', count(*), count(distinct mark)) from marks";
    assert_eq!(bench.column(counts).await, [format!("{count} marks of {count} jobs")]);
    let asked = provider.0.lock().unwrap().clone();
    let calls: usize = asked.values().map(Vec::len).sum();
    let keys: BTreeSet<&String> = asked.values().flatten().collect();
    assert!(
        asked.len() == keys.len() && keys.len() == count as usize,
        "a key for each job, the same each time"
    );
    println!(
        "S2: {count} jobs, {kills} workers killed by SIGKILL in {seconds:.1} s (one every {:.0} ms), {calls} calls of the \
         provider with {} keys, one effect each, no dead letter; a job was held {longest:.1} s at most, leases last {} s",
        seconds * 1_000.0 / f64::from(kills),
        keys.len(),
        lease.as_secs()
    );
    assert!(calls > keys.len(), "no job was interrupted, so nothing was shown");
    if is_full() {
        assert!(longest <= 2.0 * lease.as_secs_f64(), "a job was stuck for {longest} s");
    }
}

#[tokio::test]
async fn a_job_that_kills_its_process_uses_an_attempt_each_time_and_is_a_dead_letter_in_the_end() {
    let mut bench = Bench::new().await;
    let url = bench.server.database().url();
    bench.add(&Killer).await;
    // Survives, does other jobs, and returns those of the dead.
    let survivor = bench.work(WorkerSettings { dead_after: Duration::from_millis(500), ..SETTINGS }).await;
    for attempt in 1..=8 {
        let mut victim = start(&url, "nobody");
        while victim.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(victim.wait().unwrap().code(), Some(137), "the job ended it");
        bench.add(&Mark(format!("after death {attempt}"))).await;
        bench
            .until("select count(*) = 1 from graphile_worker._private_jobs where last_error is not null and locked_at is null")
            .await;
        let attempts = "select attempts || ' ' || last_error from graphile_worker._private_jobs where last_error is not null";
        assert_eq!(bench.column(attempts).await, [format!("{attempt} WorkerCrashed")]);
        // It would wait for e, e², ... seconds, as after any failure.
        bench.hurry().await;
    }
    bench.until("select count(*) = 8 from marks").await;
    let db = JobsDb::connect(&url, 1).await.unwrap();
    let troubled = look::troubled(&db, Some(Killer::NAME)).await.unwrap();
    assert_eq!(
        troubled.iter().map(|job| (job.is_dead, job.attempts, &*job.error)).collect::<Vec<_>>(),
        [(true, 8, "the worker died while it did this")]
    );
    // Nobody takes it any more, so the next one lives and works.
    let mut next = start(&url, "nobody");
    bench.until("select count(*) = 2 from graphile_worker._private_workers where last_heartbeat_at > now() - interval '1 second'").await;
    assert!(next.try_wait().unwrap().is_none());
    // A replay gives it its attempts again, and it does what it did.
    look::retry(&db, &Dead::AllOf(Killer::NAME.to_owned())).await.unwrap();
    while next.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(20)).await;
    }
    bench
        .until("select bool_and(locked_at is null and attempts = 1) from graphile_worker._private_jobs")
        .await;
    survivor.end().await;
    // A crash is a failure to the figures, too.
    bench
        .until("select sum(failed) = 8 and sum(dead) = 1 from jobs.minutes where name = 'test.killer'")
        .await;
}
