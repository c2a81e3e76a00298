//! Poison among other jobs: what it may take from them is its eight attempts and nothing more.

use std::sync::Mutex;

use super::*;
use crate::system::Stopwatch;

/// How long each of these jobs waited from its commit on.
static WAITS: Mutex<Vec<Duration>> = Mutex::new(Vec::new());

/// Notes how long after its cause it is done.
#[derive(Serialize, Deserialize)]
struct Timed;

static ASKED: Mutex<Vec<(uuid::Uuid, Stopwatch)>> = Mutex::new(Vec::new());

impl Job for Timed {
    const NAME: &'static str = "test.timed";

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let asked = ASKED.lock().unwrap().iter().find(|(id, _)| *id == context.id).map(|(_, watch)| *watch);
        let waited = asked.ok_or_else(|| JobError::failed("nobody asked for it"))?.elapsed();
        WAITS.lock().unwrap().push(waited);
        Ok(())
    }
}

/// Asks for so many jobs, one every few milliseconds, waits until they are done, and tells how long the 95th of a hundred
/// waited.
async fn p95_of_a_round(bench: &mut Bench, count: usize) -> Duration {
    WAITS.lock().unwrap().clear();
    for _ in 0..count {
        let mut tx = bench.server.state().db.tenant(bench.tenant).await.unwrap();
        let id = enqueue(&mut tx, &Timed).await.unwrap();
        ASKED.lock().unwrap().push((id, Stopwatch::start()));
        tx.commit().await.unwrap();
        sleep(Duration::from_millis(8)).await;
    }
    while WAITS.lock().unwrap().len() < count {
        sleep(Duration::from_millis(5)).await;
    }
    ASKED.lock().unwrap().clear();
    let mut waits = std::mem::take(&mut *WAITS.lock().unwrap());
    waits.sort_unstable();
    waits[count * 95 / 100]
}

/// S3. Poison that is tried again and again beside jobs that work.
#[tokio::test]
async fn drill_poison_uses_eight_attempts_each_and_no_time_of_the_others() {
    let (poison, count, rounds) = if is_full() { (20, 1_000, 5) } else { (6, 60, 1) };
    let mut bench = Bench::new().await;
    let db = JobsDb::connect(&bench.server.database().url(), 9).await.unwrap();
    let kinds = Kinds::default().with::<Poison>().with::<Timed>();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = Worker::new(bench.server.state().clone(), db, kinds, SETTINGS);
    let working = Working { stop, task: tokio::spawn(worker.run(async { drop(stopped.await) })) };
    // Half a second of patience for the first job that a worker hears of.
    p95_of_a_round(&mut bench, 20).await;

    let (mut clean, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        clean.push(p95_of_a_round(&mut bench, count).await);
        for number in 0..poison {
            bench.add(if number % 2 == 0 { &Poison::Error } else { &Poison::Panic }).await;
        }
        // Without this they would wait for half an hour, and take nothing from anybody. One after the other, as their random
        // waits would have it, and quickly enough that all eight attempts of each fall beside the round.
        let url = bench.server.database().url();
        let hurry = tokio::spawn(async move {
            let mut owner = PgConnection::connect(url.expose_secret()).await.unwrap();
            let now = "update graphile_worker._private_jobs set run_at = now()
                       where id = (
                           select id from graphile_worker._private_jobs
                           where locked_at is null and last_error is not null and attempts < max_attempts and run_at > now()
                           order by attempts, id
                           limit 1)";
            loop {
                sqlx::raw_sql(now).execute(&mut owner).await.unwrap();
                sleep(Duration::from_millis(if is_full() { 50 } else { 5 })).await;
            }
        });
        beside.push(p95_of_a_round(&mut bench, count).await);
        bench
            .until("select bool_and(attempts = 8 and locked_at is null) from graphile_worker._private_jobs")
            .await;
        hurry.abort();
    }
    working.end().await;
    let dead = poison * rounds;
    let sums = "select format('%s: %s done, %s failed, %s dead', name, sum(done), sum(failed), sum(dead))
                from jobs.minutes group by name order by name";
    assert_eq!(
        bench.column(sums).await,
        [
            format!("test.poison: 0 done, {} failed, {dead} dead", dead * 7),
            format!("test.timed: {} done, 0 failed, 0 dead", 20 + 2 * count * rounds),
        ]
    );
    let letters = "select format('%s of %s with an error', count(last_error), count(*))
                   from graphile_worker._private_jobs where attempts = max_attempts";
    assert_eq!(bench.column(letters).await, [format!("{dead} of {dead} with an error")]);
    for figures in [&mut clean, &mut beside] {
        figures.sort_unstable();
    }
    let (clean, beside) = (clean[rounds / 2], beside[rounds / 2]);
    println!(
        "S3: {dead} poisoned jobs, eight attempts and a dead letter each; p95 from commit to the run of {} others: {:.2} ms \
         without poison, {:.2} ms beside it (medians of {rounds} rounds)",
        2 * count * rounds,
        clean.as_secs_f64() * 1_000.0,
        beside.as_secs_f64() * 1_000.0
    );
    if is_full() {
        // A tenth, and what one look at the clock may differ.
        assert!(beside <= clean.mul_f64(1.1) + Duration::from_micros(300), "{clean:?} grew to {beside:?}");
    }
}
