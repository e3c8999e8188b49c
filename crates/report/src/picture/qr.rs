//! QR codes for receipts.

use qrcode::types::QrError as Cause;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

use super::Look;
use super::pens::{CODE, CODE_GROUND};
use super::svg::{Area, Drawing, Told, units};

/// One square, in units: a code of a receipt's address is about 150 units wide then.
const SQUARE: i64 = 4;
/// The empty margin that readers need, in squares (ISO/IEC 18004).
const MARGIN: i64 = 4;

/// Why a text is no QR code.
#[derive(Debug, thiserror::Error)]
#[error("{length} bytes don't fit into a QR code")]
pub struct QrError {
    /// The length of the text.
    pub length: usize,
    #[source]
    cause: Cause,
}

/// A text as a QR code that a telephone reads from paper: a quarter of it may be worn, so that it survives a fold.
///
/// # Errors
/// A text of more than about 1,600 bytes.
pub fn qr(text: &str, look: &Look<'_>) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|cause| QrError {
        length: text.len(),
        cause,
    })?;
    let squares = i64::try_from(code.width()).unwrap_or(i64::MAX);
    let side = units((squares + 2 * MARGIN) * SQUARE);
    let mut drawing = Drawing::new(look);
    drawing.rect(Area::between(0, side, 0, side), CODE_GROUND, "");
    drawing.path(&runs(&code), CODE);
    let told = Told {
        class: "sx-qr",
        title: look.language.pick("二维码", "QR code"),
        description: text,
    };
    Ok(drawing.finish(side, side, &told))
}

/// The dark squares, joined along each row: fewer edges for a printer to blur.
fn runs(code: &QrCode) -> String {
    let width = code.width();
    let at = |square: usize| (i64::try_from(square).unwrap_or_default() + MARGIN) * SQUARE;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let dark = row[x..].iter().take_while(|c| **c == Color::Dark).count();
            if dark > 0 {
                let (left, top, long) = (at(x), at(y), at(dark) - at(0));
                let _ = write!(path, "M{left} {top}h{long}v{SQUARE}h-{long}z");
            }
            x += dark.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_fits_and_a_long_one_does_not() {
        let svg = qr("410800HB1109260001", &Look::zh("q")).expect("a code");
        assert!(svg.contains("<path class=\"sx-code\""), "{svg}");
        let long = "办".repeat(2_000);
        let error = qr(&long, &Look::zh("q")).expect_err("too long");
        assert_eq!(error.length, 6_000);
    }
}
