//! QR codes (GB/T 18284) in characters.

use qrcode::{Color, EcLevel, QrCode};

/// Modules left free on every side; the standard asks for four.
const QUIET: usize = 4;

/// A QR code, dark on light, with its quiet zone. Two rows of modules a line as half blocks; in ASCII each module is `##` or two spaces on
/// a line of its own row. Empty when the text is too long for any code.
pub fn qr_lines(text: &str, ascii: bool) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return Vec::new() };
    let side = code.width();
    let modules = code.to_colors();
    let dark = |row: usize, column: usize| {
        let place = || {
            let (row, column) = (row.checked_sub(QUIET)?, column.checked_sub(QUIET)?);
            if column < side { modules.get(row * side + column) } else { None }
        };
        place() == Some(&Color::Dark)
    };
    let whole = side + 2 * QUIET;
    let columns = 0..whole;
    if ascii {
        (0..whole)
            .map(|row| columns.clone().map(|column| if dark(row, column) { "##" } else { "  " }).collect())
            .collect()
    } else {
        (0..whole)
            .step_by(2)
            .map(|row| {
                columns
                    .clone()
                    .map(|column| match (dark(row, column), dark(row + 1, column)) {
                        (true, true) => '█',
                        (true, false) => '▀',
                        (false, true) => '▄',
                        (false, false) => ' ',
                    })
                    .collect()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The modules that a drawing shows, without the quiet zone.
    fn modules(lines: &[String], ascii: bool) -> Vec<bool> {
        let rows: Vec<Vec<bool>> = if ascii {
            lines.iter().map(|line| line.chars().step_by(2).map(|c| c == '#').collect()).collect()
        } else {
            lines
                .iter()
                .flat_map(|line| {
                    [line.chars().map(|c| "█▀".contains(c)).collect(), line.chars().map(|c| "█▄".contains(c)).collect()]
                })
                .collect()
        };
        let side = rows[0].len() - 2 * QUIET;
        rows.iter().skip(QUIET).take(side).flat_map(|row| row[QUIET..QUIET + side].to_vec()).collect()
    }

    proptest! {
        #[test]
        fn both_drawings_show_the_code(text in "[ -~]{1,80}") {
            let code = QrCode::with_error_correction_level(&text, EcLevel::M).unwrap();
            let expected: Vec<bool> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
            prop_assert_eq!(&modules(&qr_lines(&text, true), true), &expected);
            prop_assert_eq!(&modules(&qr_lines(&text, false), false), &expected);
        }
    }

    #[test]
    fn a_quiet_zone_surrounds_it() {
        for ascii in [true, false] {
            let lines = qr_lines("SL1", ascii);
            assert!(lines.first().unwrap().trim().is_empty() && lines.last().unwrap().trim().is_empty());
            assert!(lines.iter().all(|line| line.starts_with("    ") && line.ends_with("    ")));
        }
    }

    #[test]
    fn what_no_code_can_hold_draws_nothing() {
        assert!(qr_lines(&"x".repeat(5000), false).is_empty());
    }
}
