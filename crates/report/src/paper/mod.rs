//! Papers: A4 pages with Chinese text, tables and pictures, as PDF with their fonts embedded.
//!
//! The measures are those of official notices (GB/T 9704—2012: a head margin of 37 mm, a binding margin of 28 mm, a type
//! area of 156 × 225 mm, 22 lines of 28 characters of 16 pt). Lengths are points, 72 to the inch, from the upper left
//! corner; floating point is for places on paper alone, never for figures.
//!
//! Suggested reading order: [`fonts`](Fonts), `line` (what fits into a line), `sheet` (what goes onto which page), `table`,
//! `draw`.

mod draw;
mod fonts;
mod line;
mod sheet;
mod table;

pub use fonts::{FontError, FontPaths, Fonts};
pub(crate) use line::Style;
pub(crate) use sheet::{About, Align, Sheet};
pub(crate) use table::Grid;

/// What a pen writes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    /// Sentences: a Song or FangSong.
    Text,
    /// Tables and pictures: a Hei, which is read at small sizes.
    Table,
    /// Titles and headings: a bold Hei.
    Head,
}

/// Why a paper couldn't be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A picture that isn't sound.
    #[error("a picture of the paper can't be read")]
    Picture(#[source] usvg::Error),
    /// What the PDF's library says.
    #[error("the PDF can't be written: {0}")]
    Pdf(String),
}
