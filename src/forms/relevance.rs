//! Relevance: what hidden means.
//!
//! A value under an invisible control is dropped, and what is dropped can hide or show another. The dependencies have no cycle (a form
//! with one is refused), so that there is exactly one state in which the rules, the calculations and the values agree. It is reached by
//! starting over from the data as given with what the last round found invisible, until nothing changes. The first round starts with a
//! guess: each control judged once, after what its rules read. As a rule that is the state already, and the round finds nothing to change;
//! without it a chain of rules would take as many rounds as it is long.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::layout::{Body, Node, PageNode, Repeat};
use super::logic::{EXACT, Expression, Means, whole};
use super::order::{Plan, Step, extend};
use super::walk::{Met, Place, Visit, walk};
use super::{Form, pointer};

/// Stands for every entry of an array.
pub(super) const ENTRY: &str = "*";

/// A calculated value.
pub(super) struct Calculation {
    /// Where it goes; [`ENTRY`] for every entry of an array.
    pub path: Vec<String>,
    pub expression: Expression,
    /// How many decimals it keeps: what is summed up in binary is off by a hair.
    pub decimals: Option<u8>,
}

impl Calculation {
    /// How much of the path leads to what the expression is about: the innermost entry, else the whole form.
    pub fn about(&self) -> usize {
        self.path.iter().rposition(|step| step == ENTRY).map_or(0, |at| at + 1)
    }
}

/// The state in which rules and values agree.
pub(super) struct Settled {
    pub relevant: Value,
    /// Pointers of what is invisible, whether it had a value or not.
    pub dropped: BTreeSet<String>,
    /// The calculated values that are relevant, by pointer.
    pub calculated: Vec<(String, Option<Value>)>,
    /// How many rounds it took.
    pub rounds: usize,
}

/// Settles what is relevant.
pub(super) fn settle(form: &Form, data: &Value, means: &Means) -> Settled {
    // Where something is asked for in more than one place, a value may hold up the very control that keeps it: such a state counts only
    // when it is reached from the data as given.
    let begun = if form.asks_twice { BTreeSet::new() } else { guess(&form.plan, data, means) };
    settle_from(begun, form, data, means)
}

/// Settles what is relevant, whatever is taken for invisible to begin with.
pub(super) fn settle_from(dropped: BTreeSet<String>, form: &Form, data: &Value, means: &Means) -> Settled {
    let mut settled = Settled { relevant: without(data, &dropped), dropped, calculated: Vec::new(), rounds: 0 };
    // Each round settles at least what depends only on what is settled.
    while settled.rounds < form.plan.steps.len() + 2 {
        settled.rounds += 1;
        settled.calculated = calculate(&form.plan.calculations, &mut settled.relevant, &settled.dropped, means);
        let dropped = invisible(&form.layout, form.asks_twice, &settled.relevant);
        if dropped == settled.dropped {
            break;
        }
        settled.relevant = without(data, &dropped);
        settled.dropped = dropped;
    }
    settled
}

/// What is invisible, as far as one look at each control tells.
fn guess(plan: &Plan, data: &Value, means: &Means) -> BTreeSet<String> {
    let mut dropped = BTreeSet::new();
    if plan.rules.is_empty() {
        return dropped;
    }
    let mut data = data.clone();
    let mut verdicts: HashMap<(usize, String), bool> = HashMap::new();
    for step in &plan.steps {
        match step {
            Step::Calculation(place) => {
                let calculation = plan.calculations.get(*place..=*place).unwrap_or_default();
                calculate(calculation, &mut data, &dropped, means);
            }
            Step::Control { path, rules } => {
                for place in places(&data, path) {
                    let is_visible = rules.iter().all(|index| {
                        let Some(placed) = plan.rules.get(*index) else { return true };
                        let base = place.get(..placed.base).unwrap_or_default();
                        let at = base.iter().fold(String::new(), |at, step| pointer::join(&at, step));
                        let base = data.pointer(&at);
                        // What a rule reads is settled when it is judged first.
                        *verdicts.entry((*index, at)).or_insert_with(|| placed.rule.permits(base))
                    });
                    if !is_visible {
                        let at = place.iter().fold(String::new(), |at, step| pointer::join(&at, step));
                        drop_value(&mut data, &at);
                        dropped.insert(at);
                    }
                }
            }
        }
    }
    dropped
}

/// What is asked for by invisible controls only.
fn invisible(pages: &[PageNode], asks_twice: bool, data: &Value) -> BTreeSet<String> {
    #[derive(Default)]
    struct Seen {
        /// What is visible is noted too: something may be invisible in one place and visible in another.
        asks_twice: bool,
        hidden: Vec<String>,
        fields: Vec<String>,
        holders: Vec<String>,
    }
    impl Visit for Seen {
        fn field(&mut self, met: &Met<'_>, place: Place) {
            if !place.visible {
                self.hidden.push(met.pointer.to_owned());
            } else if self.asks_twice {
                self.fields.push(met.pointer.to_owned());
            }
        }
        fn holder(&mut self, pointer: &str, place: Place) {
            if !place.visible {
                self.hidden.push(pointer.to_owned());
            } else if self.asks_twice {
                self.holders.push(pointer.to_owned());
            }
        }
    }
    let mut seen = Seen { asks_twice, ..Seen::default() };
    walk(pages, data, &mut seen);
    let Seen { hidden, fields, holders, .. } = seen;
    if hidden.is_empty() || !asks_twice {
        return hidden.into_iter().collect();
    }
    let (fields, holders): (BTreeSet<String>, BTreeSet<String>) =
        (fields.into_iter().collect(), holders.into_iter().collect());
    let is_shown = |pointer: &String| {
        let below = format!("{pointer}/");
        let starts_below =
            |set: &BTreeSet<String>| set.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below));
        holders.contains(pointer)
            || starts_below(&fields)
            || starts_below(&holders)
            || pointer::path_to(pointer).any(|above| fields.contains(above))
    };
    hidden.into_iter().filter(|pointer| !is_shown(pointer)).collect()
}

/// Whether one place in the data, or what is in it, is asked for in more than one place of a layout.
pub(super) fn asks_twice(pages: &[PageNode]) -> bool {
    /// Notes every place with how many are round it. `false`: one is known already.
    fn note(node: &Node, base: &[String], round: usize, places: &mut BTreeMap<Vec<String>, usize>) -> bool {
        let (path, children, entry) = match &node.body {
            Body::Stack(children) | Body::Columns(children) | Body::Group { children, .. } => {
                return children.iter().all(|child| note(child, base, round, places));
            }
            Body::Label(_) => return true,
            Body::Field { path, .. } => (path, [].as_slice(), false),
            Body::Object { path, children, .. } => (path, children.as_slice(), false),
            Body::Repeat(Repeat { path, children, .. }) => (path, children.as_slice(), true),
        };
        let place = extend(base, path);
        let inside = if entry { extend(&place, &[ENTRY.to_owned()]) } else { place.clone() };
        places.insert(place, round).is_none() && children.iter().all(|child| note(child, &inside, round + 1, places))
    }
    let mut places = BTreeMap::new();
    let children = pages.iter().flat_map(|page| &page.children);
    if !children.into_iter().all(|node| note(node, &[], 0, &mut places)) {
        return true;
    }
    let is_asked =
        |place: &[String], length: usize| place.get(..length).is_some_and(|above| places.contains_key(above));
    let above = |place: &[String]| (0..place.len()).filter(|length| is_asked(place, *length)).count();
    places.iter().any(|(place, round)| above(place) > *round)
}

/// The data without what is dropped, in one go.
fn without(data: &Value, dropped: &BTreeSet<String>) -> Value {
    let mut kept = data.clone();
    let mut by_holder: BTreeMap<&str, HashSet<String>> = BTreeMap::new();
    for (holder, name) in dropped.iter().filter_map(|pointer| pointer.rsplit_once('/')) {
        by_holder.entry(holder).or_default().insert(pointer::unescape(name).into_owned());
    }
    for (holder, names) in by_holder {
        if let Some(Value::Object(object)) = kept.pointer_mut(holder) {
            object.retain(|name, _| !names.contains(name));
        }
    }
    kept
}

/// Takes a property out. Entries of arrays stay: their places are names for the others.
pub(super) fn drop_value(data: &mut Value, pointer: &str) {
    let parent = pointer.rsplit_once('/').and_then(|(parent, _)| data.pointer(parent));
    if parent.is_some_and(Value::is_object) {
        pointer::remove(data, pointer);
    }
}

/// Fills the calculated values in and returns them.
fn calculate(
    calculations: &[Calculation],
    data: &mut Value,
    dropped: &BTreeSet<String>,
    means: &Means,
) -> Vec<(String, Option<Value>)> {
    let mut done = Vec::new();
    for calculation in calculations {
        let (about, rest) = calculation.path.split_at_checked(calculation.about()).unwrap_or_default();
        for base in instances(data, about) {
            let target = rest.iter().fold(base.clone(), |base, step| pointer::join(&base, step));
            let is_dropped = pointer::path_to(&target).any(|above| dropped.contains(above));
            let object = data.pointer(&base).filter(|object| object.is_object() && !is_dropped);
            let Some(object) = object else { continue };
            let value = calculation.expression.value(object, means);
            let value = match calculation.decimals {
                Some(decimals) => value.map(|value| rounded(value, decimals)),
                None => value,
            };
            match &value {
                Some(value) => {
                    pointer::set(data, &target, value.clone());
                }
                None => drop_value(data, &target),
            }
            done.push((target, value));
        }
    }
    done
}

/// The places that a path with [`ENTRY`] steps stands for in some data, step by step; what holds them need not be there.
fn places(data: &Value, path: &[String]) -> Vec<Vec<String>> {
    path.iter().fold(vec![Vec::with_capacity(path.len())], |places, step| {
        if step != ENTRY {
            return places.into_iter().map(|place| extend(&place, std::slice::from_ref(step))).collect();
        }
        let entries = |place: Vec<String>| {
            let at = place.iter().fold(String::new(), |at, step| pointer::join(&at, step));
            let count = data.pointer(&at).and_then(Value::as_array).map_or(0, Vec::len);
            (0..count).map(move |index| extend(&place, &[index.to_string()]))
        };
        places.into_iter().flat_map(entries).collect()
    })
}

/// The pointers that a path with [`ENTRY`] steps stands for in some data.
pub(super) fn instances(data: &Value, path: &[String]) -> Vec<String> {
    path.iter().fold(vec![String::new()], |bases, step| {
        let extend = |base: &String| match data.pointer(base) {
            Some(Value::Array(entries)) if step == ENTRY => {
                (0..entries.len()).map(|index| format!("{base}/{index}")).collect()
            }
            Some(Value::Object(_)) if step != ENTRY => vec![pointer::join(base, step)],
            _ => Vec::new(),
        };
        bases.iter().flat_map(extend).collect()
    })
}

/// A number with so many decimals; one that is too big to have any stays.
pub(super) fn rounded(value: Value, decimals: u8) -> Value {
    let factor = 10_f64.powi(decimals.into());
    match value.as_f64() {
        Some(number) if value.is_f64() && (number * factor).abs() < EXACT => {
            whole(Value::from((number * factor).round() / factor))
        }
        _ => value,
    }
}
