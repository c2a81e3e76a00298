//! The paper as PDF, for printing and for the accountant: A4, as many pages as it takes. The font comes with us and has Cyrillic letters
//! and the sign of the rouble; what of it is used is put into the file.

mod set;

use domain::invoices::Paper;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag};

use self::set::{Face, HEIGHT, Mark, Page, WIDTH, Weight};

/// Onest, under the Open Font License (font/OFL.txt).
const FONT: &[u8] = include_bytes!("font/Onest.ttf");
/// The colour of letters and lines.
const INK: [u8; 3] = [38, 33, 43];

/// Why there is no PDF: nothing that a caller could do better.
#[derive(Debug, thiserror::Error)]
pub(super) enum PdfError {
    /// The font that comes with us cannot be read.
    #[error("the font cannot be read")]
    Font,
    /// The file cannot be put together.
    #[error("the file cannot be written: {0}")]
    Write(String),
}

/// The file.
pub(super) fn write(paper: &Paper, lang: &str) -> Result<Vec<u8>, PdfError> {
    let faces = [Weight::Regular, Weight::Bold].map(|weight| Face::open(FONT, weight));
    let [Some(regular), Some(bold)] = &faces else { return Err(PdfError::Font) };
    let pages = set::pages(paper, regular, bold);
    let mut document = Document::new();
    let metadata = Metadata::new()
        .title(format!("{}: {}", paper.title, paper.business))
        .language(lang.to_owned())
        .producer("VeloriaCRM".to_owned());
    document.set_metadata(metadata);
    let fonts = [font(Weight::Regular)?, font(Weight::Bold)?];
    for page in &pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Font)?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        draw(&mut surface, page, [regular, bold], &fonts);
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
}

fn font(weight: Weight) -> Result<Font, PdfError> {
    Font::new_variable(FONT.into(), 0, &[(Tag::new(b"wght"), weight.number())]).ok_or(PdfError::Font)
}

fn draw(surface: &mut Surface<'_>, page: &Page, faces: [&Face<'_>; 2], fonts: &[Font; 2]) {
    let [red, green, blue] = INK;
    let paint = rgb::Color::new(red, green, blue).into();
    surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
    for mark in &page.marks {
        match mark {
            Mark::Text { x, y, weight, size, text } => {
                let at = usize::from(*weight == Weight::Bold);
                let glyphs: Vec<KrillaGlyph> = faces[at]
                    .glyphs(text)
                    .map(|(glyph, advance, range)| {
                        KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None)
                    })
                    .collect();
                surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, fonts[at].clone(), text, *size, false);
            }
            Mark::Rule { y } => {
                let mut path = PathBuilder::new();
                if let Some(line) = Rect::from_xywh(set::MARGIN, *y, WIDTH - 2.0 * set::MARGIN, 0.5) {
                    path.push_rect(line);
                }
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::invoices::Paper;

    use super::*;

    fn paper(items: usize, name: &str) -> Paper {
        let text = |text: &str| text.to_owned();
        Paper {
            title: text("Счёт № 17"),
            business: text("Студия «Анна & Ко»"),
            status: text("Отправлен"),
            dates: vec![text("от 1 декабря 2026"), text("оплатить до 8 декабря 2026")],
            heads: ["Что", "Кол-во", "Цена", "Сумма"].map(text),
            items: vec![
                [text(name), text("2"), text("1\u{a0}250,50\u{a0}₽"), text("2\u{a0}501\u{a0}₽")];
                items
            ],
            sums: vec![(text("К оплате"), text("2\u{a0}501\u{a0}₽"))],
            due: Some((text("Осталось оплатить"), text("2\u{a0}501\u{a0}₽"))),
        }
    }

    /// How many pages a file says that it has.
    fn pages_of(pdf: &[u8]) -> usize {
        let text = String::from_utf8_lossy(pdf);
        text.split("/Count ")
            .nth(1)
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
            .unwrap()
    }

    #[test]
    fn a_short_one_is_a_page_and_a_long_one_is_several() {
        let short = write(&paper(1, "Маникюр"), "ru").unwrap();
        assert!(short.starts_with(b"%PDF-") && short.len() < 60_000, "{}", short.len());
        assert_eq!(pages_of(&short), 1);
        let long = write(&paper(100, &"Очень длинное название услуги ".repeat(9)), "ru").unwrap();
        assert!(pages_of(&long) > 5);
    }

    #[test]
    fn no_name_breaks_it() {
        for name in
            ["", "💅🏻 ногти", &"ы".repeat(300), "مانيكير", "a\u{301}\u{200d}", "🌸".repeat(300).as_str()]
        {
            assert!(write(&paper(3, name), "en").is_ok(), "{name}");
        }
    }
}
