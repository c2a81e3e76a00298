//! The figures of sync: the goals in the order in which a device lives. Each goal is a file; this one keeps the order.

mod base;
mod edits;
mod growth;
mod live;
mod local;
mod memory;
mod small;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::figure::Board;
use super::floors::{Copies, Entity};
use super::host::Host;
use super::salon::Size;
use super::{Outcome, floors, probe};

/// Everything is done this often, and medians are shown.
pub const RUNS: usize = 3;
/// Names the generated salon.
pub const SEED: u64 = 20_261_122;

/// What a run of the bench shares.
#[derive(Debug)]
pub struct Bench {
    /// The other side.
    pub host: Host,
    /// The base.
    pub size: Size,
    /// Today, around which visits lie.
    pub today: Date,
    /// Where files may go.
    pub folder: PathBuf,
    /// Where figures go.
    pub board: Board,
}

/// Floors by entity, in microseconds of CPU.
#[derive(Clone, Copy, Debug, Default)]
pub struct Floors {
    /// Raw SQLite.
    pub r: f64,
    /// COPY in.
    pub c_in: f64,
    /// COPY out of chunks.
    pub c_out: f64,
    /// COPY out of chunks and rows.
    pub c_out_rows: f64,
}

impl Bench {
    /// Starts server and Postgres in this folder.
    pub async fn start(folder: &Path, size: Size, today: Date) -> Outcome<Self> {
        let host = Host::start(folder).await?;
        Ok(Self { host, size, today, folder: folder.to_owned(), board: Board::default() })
    }

    /// A folder for one device.
    pub fn home(&self, name: &str) -> Outcome<PathBuf> {
        let home = self.folder.join("homes").join(name);
        std::fs::create_dir_all(&home)?;
        Ok(home)
    }

    /// Measures the floors for these entities, three times.
    pub async fn floors(&self, name: &str, entities: &[Entity]) -> Outcome<Floors> {
        let mut runs: [Vec<f64>; 4] = std::array::from_fn(|_| Vec::new());
        let each = |spent| probe::us_each(spent, entities.len());
        for run in 0..RUNS {
            let folder = self.home(&format!("floor-{name}-{run}"))?;
            runs[0].push(each(floors::raw_sqlite(&folder, entities)?));
            std::fs::remove_dir_all(&folder)?;
            let Copies { into, out, out_with_rows } = floors::copies(&self.host, entities).await?;
            runs[1].push(each(into));
            runs[2].push(each(out));
            runs[3].push(each(out_with_rows));
        }
        let [r, c_in, c_out, c_out_rows] = runs.map(|runs| super::figure::median(&runs));
        eprintln!(
            "floors {name}: R {r:.1}, C in {c_in:.1}, C out {c_out:.2}, with rows {c_out_rows:.2} us CPU an entity"
        );
        Ok(Floors { r, c_in, c_out, c_out_rows })
    }
}

/// Measures everything, in an order in which later parts use what earlier ones made.
pub async fn run(bench: &mut Bench) -> Outcome<()> {
    small::measure(bench).await?;
    live::measure(bench).await?;
    growth::measure(bench).await?;
    let mut base = base::measure(bench).await?;
    edits::measure(bench, &base.clients).await?;
    local::measure(bench, &mut base).await?;
    memory::measure(bench, base).await
}
