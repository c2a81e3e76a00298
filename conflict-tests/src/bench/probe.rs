//! Probes: time, CPU and memory as the kernel counts them. Linux only: reads `/proc` and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use super::Outcome;

/// For durations that are measured.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time; its one home")]
#[must_use]
pub fn now() -> Instant {
    Instant::now()
}

/// CPU time of this thread, to the nanosecond.
pub fn thread_cpu() -> Outcome<Duration> {
    first_number("/proc/thread-self/schedstat").map(Duration::from_nanos)
}

/// CPU time of a process and of all that it has started and that still lives.
pub fn tree_cpu(root: u32) -> Outcome<Duration> {
    let mut nanos = 0;
    for process in tree(root)? {
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { continue };
        // A thread or process that has just ended is counted no more.
        for thread in threads.flatten() {
            nanos += first_number(&format!("{}/schedstat", thread.path().display())).unwrap_or(0);
        }
    }
    Ok(Duration::from_nanos(nanos))
}

/// Memory of one process: resident, in bytes.
pub fn rss(process: u32) -> Outcome<u64> {
    status_field(process, "VmRSS:")
}

/// The most that a process ever had resident, in bytes.
pub fn peak_rss(process: u32) -> Outcome<u64> {
    status_field(process, "VmHWM:")
}

/// Memory of a process and of all that it has started, shared pages divided among those who share them.
pub fn tree_pss(root: u32) -> Outcome<u64> {
    let mut kilobytes = 0;
    for process in tree(root)? {
        if let Ok(text) = fs::read_to_string(format!("/proc/{process}/smaps_rollup")) {
            kilobytes += field(&text, "Pss:").unwrap_or(0);
        }
    }
    Ok(kilobytes * 1024)
}

/// A process and all below it.
fn tree(root: u32) -> Outcome<Vec<u32>> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = parent(process) {
            children.entry(parent).or_default().push(process);
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while let Some(process) = found.get(at).copied() {
        found.extend(children.get(&process).into_iter().flatten());
        at += 1;
    }
    Ok(found)
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold anything, so read from its end.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn status_field(process: u32, name: &str) -> Outcome<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kilobytes = field(&text, name).ok_or_else(|| format!("process {process} has no {name}"))?;
    Ok(kilobytes * 1024)
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn first_number(path: &str) -> Outcome<u64> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let word = text.split_whitespace().next().ok_or_else(|| format!("{path} is empty"))?;
    Ok(word.parse()?)
}

/// Wall and CPU time of this thread while something was done.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// By the clock on the wall.
    pub wall: Duration,
    /// Of this thread.
    pub cpu: Duration,
}

/// A measurement under way.
#[derive(Debug)]
pub struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    /// Begins.
    pub fn start() -> Outcome<Self> {
        Ok(Self { wall: now(), cpu: thread_cpu()? })
    }

    /// What was spent since the beginning.
    pub fn spent(&self) -> Outcome<Spent> {
        Ok(Spent { wall: self.wall.elapsed(), cpu: thread_cpu()?.saturating_sub(self.cpu) })
    }
}

/// Microseconds for each of `count`.
#[must_use]
pub fn us_each(spent: Duration, count: usize) -> f64 {
    spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}

/// Milliseconds.
#[must_use]
pub fn ms(spent: Duration) -> f64 {
    spent.as_secs_f64() * 1e3
}

/// A count as a figure.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts and bytes of a bench are far below 2^52")]
pub const fn figure(count: u64) -> f64 {
    count as f64
}
