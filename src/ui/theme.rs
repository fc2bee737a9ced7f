//! How things look: the 16 ANSI colours and modifiers only, never colour alone, all of it off with `NO_COLOR`.

use ratatui::style::{Color, Modifier, Style};

/// Styles and symbols.
#[derive(Debug, Clone)]
pub struct Theme {
    colour: bool,
    /// Symbols of borders and marks.
    pub symbols: &'static Symbols,
}

/// Symbols outside ASCII are of ambiguous width: some Chinese terminals give them two columns, so there is a set without them.
#[derive(Debug)]
pub struct Symbols {
    /// Horizontal line.
    pub horizontal: &'static str,
    /// Vertical line.
    pub vertical: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// Stands for text that is cut off.
    pub ellipsis: &'static str,
    /// QR codes without half blocks.
    pub ascii: bool,
}

static UNICODE: Symbols =
    Symbols {
        horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"], ellipsis: "…", ascii: false
    };
static ASCII: Symbols =
    Symbols { horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"], ellipsis: "~", ascii: true };

impl Theme {
    /// A theme with or without colours, with or without symbols outside ASCII.
    pub fn new(colour: bool, ascii: bool) -> Self {
        Self { colour, symbols: if ascii { &ASCII } else { &UNICODE } }
    }

    const fn coloured(&self, colour: Color, style: Style) -> Style {
        if self.colour { style.fg(colour) } else { style }
    }

    /// Running text.
    pub const fn plain(&self) -> Style {
        Style::new()
    }

    /// Titles and headings.
    pub const fn strong(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Secondary text.
    pub const fn faint(&self) -> Style {
        self.coloured(Color::Cyan, Style::new())
    }

    /// The cursor's row mark, the focused label, the open tab.
    pub const fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A field to type into.
    pub const fn field(&self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// Characters that the search matched.
    pub const fn matched(&self) -> Style {
        self.coloured(Color::Yellow, Style::new().add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED)))
    }

    /// What is wrong.
    pub const fn error(&self) -> Style {
        self.coloured(Color::Red, Style::new().add_modifier(Modifier::BOLD))
    }

    /// What went well.
    pub const fn good(&self) -> Style {
        self.coloured(Color::Green, Style::new())
    }

    /// The practice banner.
    pub const fn practice(&self) -> Style {
        self.coloured(Color::Yellow, Style::new().add_modifier(Modifier::REVERSED))
    }

    /// A QR code: black on white where there are colours; without, as the terminal has it.
    pub const fn code(&self) -> Style {
        if self.colour { Style::new().fg(Color::Black).bg(Color::White) } else { Style::new() }
    }
}
