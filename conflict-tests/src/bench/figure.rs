//! Figures: a value with its floor from the same run and the bound it is held to; as JSON lines and as a table.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

/// How a figure is judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Bound {
    /// The value itself is at most this.
    AtMost(f64),
    /// The value is at most so many times its floor.
    TimesFloor(f64),
    /// Told, and held to nothing.
    Told,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// The number of the goal, or a word.
    pub goal: String,
    /// What was measured.
    pub name: String,
    /// The median of the runs.
    pub value: f64,
    /// What the value counts.
    pub unit: &'static str,
    /// What the value is divided by, from the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<Floor>,
    /// Value by floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// What it is held to.
    pub bound: Bound,
    /// Whether it holds; absent when it is only told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// Every run, in order.
    pub runs: Vec<f64>,
}

/// What physics takes for the same work, measured in the same run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Floor {
    /// What it is.
    pub name: &'static str,
    /// In the unit of the figure.
    pub value: f64,
}

impl Figure {
    /// A figure from the runs of a measurement; its value is their median.
    #[must_use]
    pub fn new(goal: &str, name: impl Into<String>, unit: &'static str, runs: &[f64]) -> Self {
        let value = median(runs);
        let (goal, name, runs) = (goal.to_owned(), name.into(), runs.to_vec());
        Self { goal, name, value, unit, floor: None, ratio: None, bound: Bound::Told, met: None, runs }
    }

    /// Sets it beside a floor.
    #[must_use]
    pub fn over(mut self, name: &'static str, floor: f64) -> Self {
        self.floor = Some(Floor { name, value: floor });
        self.ratio = (floor > 0.0).then(|| self.value / floor);
        self
    }

    /// Holds it to a bound.
    #[must_use]
    pub fn held_to(mut self, bound: Bound) -> Self {
        self.bound = bound;
        self.met = match bound {
            Bound::AtMost(most) => Some(self.value <= most),
            // Without a floor nobody can say that it holds.
            Bound::TimesFloor(times) => Some(self.ratio.is_some_and(|ratio| ratio <= times)),
            Bound::Told => None,
        };
        self
    }
}

/// The figures of a run, told as they come.
#[derive(Debug, Default)]
pub struct Board {
    figures: Vec<Figure>,
}

impl Board {
    /// Takes a figure and prints its line.
    pub fn tell(&mut self, figure: Figure) {
        match serde_json::to_string(&figure) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("bench: a figure cannot be written: {error}"),
        }
        self.figures.push(figure);
    }

    /// All of them for a reader.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["goal", "figure", "median", "unit", "floor", "ratio", "bound", "met", "runs"]);
        for figure in &self.figures {
            let runs: Vec<String> = figure.runs.iter().map(|run| short(*run)).collect();
            table.add_row([
                figure.goal.clone(),
                figure.name.clone(),
                short(figure.value),
                figure.unit.to_owned(),
                figure.floor.as_ref().map_or_else(String::new, |f| format!("{} {}", short(f.value), f.name)),
                figure.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
                match figure.bound {
                    Bound::AtMost(most) => format!("<= {}", short(most)),
                    Bound::TimesFloor(times) => format!("<= {times} x"),
                    Bound::Told => String::new(),
                },
                figure.met.map_or("", |met| if met { "yes" } else { "NO" }).to_owned(),
                runs.join(" "),
            ]);
        }
        for column in [2, 5] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string()
    }
}

/// The middle of some runs; of an even number the lower of the two.
#[must_use]
pub fn median(runs: &[f64]) -> f64 {
    quantile(runs, 0.5)
}

/// The value below which this part of the runs lies; zero of none.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place in a list that fits into memory"
)]
pub fn quantile(runs: &[f64], part: f64) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * part).floor() as usize;
    sorted.get(at.min(last)).copied().unwrap_or(0.0)
}

fn short(value: f64) -> String {
    if value == 0.0 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else if value.abs() >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_judged_by_its_median_and_its_floor() {
        let figure = Figure::new("2", "pull", "us", &[30.0, 10.0, 20.0]).over("R", 10.0);
        assert_eq!(figure.value.to_bits(), 20.0_f64.to_bits());
        assert_eq!(figure.clone().held_to(Bound::TimesFloor(2.0)).met, Some(true));
        assert_eq!(figure.clone().held_to(Bound::TimesFloor(1.9)).met, Some(false));
        assert_eq!(figure.clone().held_to(Bound::AtMost(19.0)).met, Some(false));
        assert_eq!(figure.met, None);
    }

    #[test]
    fn a_ratio_without_a_floor_is_never_met() {
        let figure = Figure::new("2", "pull", "us", &[1.0]).held_to(Bound::TimesFloor(2.0));
        assert_eq!(figure.met, Some(false));
    }

    #[test]
    fn a_failed_figure_stays_in_the_table() {
        let mut board = Board::default();
        board.tell(Figure::new("7", "bytes of an edit", "B", &[61.0]).held_to(Bound::AtMost(60.0)));
        assert!(board.table().contains("NO"), "{}", board.table());
    }
}
