//! QR codes, as a path that draws their dark modules.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use crate::fault::Fault;

/// A QR code to draw: runs of dark modules, row by row, in a square with a quiet zone.
#[derive(Debug, Serialize)]
pub struct Picture {
    /// The side of the square, in modules.
    pub side: usize,
    /// The path, as SVG writes it.
    pub path: String,
}

/// The quiet zone that readers ask for.
const QUIET: usize = 4;

impl Picture {
    /// The QR code of a text; `text_too_long` if it fits none.
    pub fn of(text: &str) -> Result<Self, Fault> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| Fault::new("text_too_long", e))?;
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(code.width().max(1)).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run.first() == Some(&Color::Dark) {
                    let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET, length = run.len());
                }
                x += run.len();
            }
        }
        Ok(Self { side: code.width() + 2 * QUIET, path })
    }
}
