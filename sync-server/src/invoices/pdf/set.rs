//! Setting the paper: which letters stand where, on which page. Knows the widths of letters and no file format.

use std::ops::Range;

use domain::invoices::Paper;
use skrifa::charmap::Charmap;
use skrifa::instance::{Location, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// A4, in points.
pub(super) const WIDTH: f32 = 595.0;
/// A4, in points.
pub(super) const HEIGHT: f32 = 842.0;
/// On every side.
pub(super) const MARGIN: f32 = 48.0;

/// Where the columns of numbers end: pieces, price, amount.
const ENDS: [f32; 3] = [345.0, 445.0, WIDTH - MARGIN];
/// How wide the first column is.
const NAME: f32 = 240.0;
const TEXT: f32 = 10.5;
const LINE: f32 = 15.0;

/// How bold letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// As text is.
    Regular,
    /// As headings are.
    Bold,
}

impl Weight {
    /// On the scale of the font.
    pub(super) const fn number(self) -> f32 {
        match self {
            Self::Regular => 400.0,
            Self::Bold => 650.0,
        }
    }
}

/// What stands on a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// Letters, from their left end on.
    Text { x: f32, y: f32, weight: Weight, size: f32, text: String },
    /// A line from margin to margin.
    Rule { y: f32 },
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) marks: Vec<Mark>,
}

/// The widths of a font's letters.
pub(super) struct Face<'a> {
    font: FontRef<'a>,
    charmap: Charmap<'a>,
    location: Location,
    units: f32,
    weight: Weight,
}

impl<'a> Face<'a> {
    /// Opens a font at a weight.
    pub(super) fn open(bytes: &'a [u8], weight: Weight) -> Option<Self> {
        let font = FontRef::from_index(bytes, 0).ok()?;
        let location = font.axes().location([("wght", weight.number())]);
        let units = f32::from(font.metrics(Size::unscaled(), &location).units_per_em);
        Some(Self { charmap: font.charmap(), font, location, units, weight })
    }

    /// The glyphs of a text with their widths, in parts of the size. A letter that the font has not is the box that it has for that.
    pub(super) fn glyphs(&self, text: &str) -> impl Iterator<Item = (u32, f32, Range<usize>)> {
        let metrics = self.font.glyph_metrics(Size::unscaled(), &self.location);
        text.char_indices().map(move |(at, letter)| {
            let glyph = self.charmap.map(letter).unwrap_or_default();
            let width = metrics.advance_width(glyph).unwrap_or_default() / self.units;
            (glyph.to_u32(), width, at..at + letter.len_utf8())
        })
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        self.glyphs(text).map(|(_, width, _)| width).sum::<f32>() * size
    }

    /// The text in lines that are no wider than this. A word that is wider is cut.
    fn lines(&self, text: &str, size: f32, most: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let last = lines.last_mut().expect("there is one");
            let joined = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
            if self.width(&joined, size) <= most {
                *last = joined;
                continue;
            }
            if !last.is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let last = lines.last_mut().expect("there is one");
                let longer = format!("{last}{letter}");
                if last.is_empty() || self.width(&longer, size) <= most {
                    *last = longer;
                } else {
                    lines.push(letter.to_string());
                }
            }
        }
        lines
    }
}

/// A pen that goes down the pages.
struct Pen {
    pages: Vec<Page>,
    y: f32,
}

/// The pages of a paper.
pub(super) fn pages(paper: &Paper, regular: &Face<'_>, bold: &Face<'_>) -> Vec<Page> {
    let mut pen = Pen { pages: vec![Page::default()], y: MARGIN };
    pen.paragraph(&paper.business, bold, 12.0);
    pen.y += 8.0;
    pen.paragraph(&paper.title, bold, 20.0);
    for line in paper.dates.iter().chain([&paper.status]) {
        pen.paragraph(line, regular, TEXT);
    }
    pen.y += 14.0;
    pen.row(&paper.heads, bold);
    pen.rule();
    for item in &paper.items {
        pen.row(item, regular);
    }
    pen.rule();
    for (name, sum) in &paper.sums {
        pen.sum(name, sum, regular, TEXT);
    }
    if let Some((name, sum)) = &paper.due {
        pen.y += 4.0;
        pen.sum(name, sum, bold, 13.0);
    }
    pen.pages
}

impl Pen {
    /// Goes to a new page if there is no room for so much.
    fn need(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN {
            self.pages.push(Page::default());
            self.y = MARGIN;
        }
    }

    fn mark(&mut self, mark: Mark) {
        self.pages.last_mut().expect("there is one").marks.push(mark);
    }

    fn text(&mut self, x: f32, face: &Face<'_>, size: f32, text: &str) {
        let (y, weight) = (self.y + size, face.weight);
        self.mark(Mark::Text { x, y, weight, size, text: text.to_owned() });
    }

    fn text_to(&mut self, end: f32, face: &Face<'_>, size: f32, text: &str) {
        self.text(end - face.width(text, size), face, size, text);
    }

    fn paragraph(&mut self, text: &str, face: &Face<'_>, size: f32) {
        for line in face.lines(text, size, WIDTH - 2.0 * MARGIN) {
            self.need(size * 1.4);
            self.text(MARGIN, face, size, &line);
            self.y += size * 1.4;
        }
    }

    /// A name that may take several lines, with its numbers beside the first.
    fn row(&mut self, [name, numbers @ ..]: &[String; 4], face: &Face<'_>) {
        self.need(LINE + 6.0);
        for (end, number) in ENDS.into_iter().zip(numbers) {
            self.text_to(end, face, TEXT, number);
        }
        for line in face.lines(name, TEXT, NAME) {
            self.need(LINE);
            self.text(MARGIN, face, TEXT, &line);
            self.y += LINE;
        }
        self.y += 6.0;
    }

    fn rule(&mut self) {
        self.need(8.0);
        self.mark(Mark::Rule { y: self.y });
        self.y += 8.0;
    }

    fn sum(&mut self, name: &str, sum: &str, face: &Face<'_>, size: f32) {
        self.need(size * 1.6);
        self.text_to(ENDS[1], face, size, name);
        self.text_to(ENDS[2], face, size, sum);
        self.y += size * 1.6;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_no_wider_than_its_column_and_loses_no_letter() {
        let face = Face::open(super::super::FONT, Weight::Regular).unwrap();
        for text in ["Маникюр с покрытием и укреплением, снятие прежнего покрытия", &"Ш".repeat(100), "a", ""]
        {
            let lines = face.lines(text, TEXT, NAME);
            assert!(lines.iter().all(|line| face.width(line, TEXT) <= NAME), "{lines:?}");
            let (set, given) = (lines.concat().replace(' ', ""), text.replace(' ', ""));
            assert_eq!(set, given);
        }
    }

    #[test]
    fn the_font_has_what_invoices_are_written_in() {
        let face = Face::open(super::super::FONT, Weight::Bold).unwrap();
        for letter in "АЯаяЁёAZaz№₽€$—«»0123456789,.\u{a0}−".chars() {
            assert!(face.charmap.map(letter).is_some(), "{letter}");
        }
    }
}
