//! Figures against their targets.

use std::time::Duration;

/// What was measured more than once.
pub struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }

    /// In milliseconds.
    pub fn of_times(times: Vec<Duration>) -> Self {
        Self::of(times.iter().map(|time| time.as_secs_f64() * 1e3))
    }

    fn at(&self, place: usize) -> f64 {
        self.sorted.get(place).copied().unwrap_or(f64::NAN)
    }

    fn median(&self) -> f64 {
        self.at(self.sorted.len() / 2)
    }

    fn least(&self) -> f64 {
        self.at(0)
    }

    fn most(&self) -> f64 {
        self.at(self.sorted.len().saturating_sub(1))
    }
}

/// Prints each figure as it comes, and knows whether all targets were met.
#[derive(Default)]
pub struct Table {
    missed: bool,
}

impl Table {
    /// Whether no target was missed.
    pub fn is_met(&self) -> bool {
        !self.missed
    }

    /// A figure without a target.
    pub fn note(&mut self, what: &str, unit: &str, value: f64) {
        self.row(what, unit, &number(value), None);
    }

    /// A figure measured once.
    pub fn at_most(&mut self, what: &str, unit: &str, value: f64, target: f64) {
        self.row(what, unit, &number(value), Some((value, target)));
    }

    /// Times in milliseconds, whose median has a target: single ones depend on what else the machine does.
    pub fn median_at_most(&mut self, what: &str, times: &Spread, target: f64) {
        let text = format!("{} ({}–{})", number(times.median()), number(times.least()), number(times.most()));
        self.row(what, "ms", &text, Some((times.median(), target)));
    }

    /// Figures that all have the same target.
    pub fn all_at_most(&mut self, what: &str, unit: &str, values: &Spread, target: Option<f64>) {
        let (least, most) = (number(values.least()), number(values.most()));
        let text = if least == most { most } else { format!("{} ({least}–{most})", number(values.median())) };
        self.row(what, unit, &text, target.map(|target| (values.most(), target)));
    }

    fn row(&mut self, what: &str, unit: &str, value: &str, held: Option<(f64, f64)>) {
        let verdict = held.map_or_else(String::new, |(value, target)| {
            let met = value <= target;
            self.missed |= !met;
            format!("≤ {}{}", number(target), if met { "" } else { "  MISSED" })
        });
        println!("{what:<48} {value:>24} {unit:<8} {verdict}");
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
