//! A box over wide glyphs keeps every cell of its border on a real terminal.

use onewindow::ui::canvas::Canvas;
use onewindow::ui::theme::Theme;
use proptest::prelude::*;
use ratatui::layout::Rect;

use crate::terminal::Terminal;

const COLUMNS: u16 = 40;
const ROWS: u16 = 12;

fn area(columns: u16, rows: u16) -> Rect {
    Rect { x: (COLUMNS - columns) / 2, y: (ROWS - rows) / 2, width: columns, height: rows }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_box_over_wide_glyphs_keeps_its_border(
        frames in prop::collection::vec(
            (prop::collection::vec("[a-c天门市，Ｘ ]{0,40}", ROWS as usize), prop::option::of((4u16..=COLUMNS, 3u16..=ROWS))),
            1..6,
        ),
        ascii in any::<bool>(),
    ) {
        let theme = Theme::new(true, ascii);
        let mut terminal = Terminal::new(COLUMNS, ROWS);
        for (rows, popup) in frames {
            terminal.draw_with(|frame| {
                let mut canvas = Canvas::new(frame, &theme);
                for (y, row) in (0u16..).zip(&rows) {
                    canvas.text(0, y, row, theme.field());
                }
                if let Some((columns, rows)) = popup {
                    canvas.boxed(columns, rows, "标题").text(0, 0, "内容内容内容内容内容内容内容内容内容内容", theme.plain());
                }
            });
            let Some((columns, rows)) = popup else { continue };
            let area = area(columns, rows);
            let symbols = theme.symbols;
            let at = |x: u16, y: u16| terminal.cell(x, y).unwrap().contents().to_owned();
            for y in area.y + 1..area.bottom() - 1 {
                prop_assert_eq!(at(area.x, y), symbols.vertical, "left, row {}", y);
                prop_assert_eq!(at(area.right() - 1, y), symbols.vertical, "right, row {}", y);
            }
            for x in area.x + 1..area.right() - 1 {
                prop_assert_eq!(at(x, area.bottom() - 1), symbols.horizontal, "bottom, column {}", x);
            }
            let corners = [(area.x, area.y), (area.right() - 1, area.y), (area.x, area.bottom() - 1), (area.right() - 1, area.bottom() - 1)];
            for ((x, y), symbol) in corners.into_iter().zip(symbols.corners) {
                prop_assert_eq!(at(x, y), symbol);
            }
        }
    }
}
