//! Relevance: what hidden means.
//!
//! A value under an invisible control is dropped, and what is dropped can hide or show another. The dependencies have no cycle (a form
//! with one is refused), so that there is exactly one state in which the rules, the calculations and the values agree; it is reached by
//! starting over from the data as given with what the last round found invisible, until nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use super::layout::{Body, Layout, Node, PageNode, Repeat};
use super::logic::Expression;
use super::rules::{Read, Rule};
use super::walk::{Met, Place, Visit, walk};
use super::{Document, Form, LoadError, pointer};

/// Stands for every entry of an array.
pub(super) const ENTRY: &str = "*";

/// A calculated value.
pub(super) struct Calculation {
    /// Where it goes; [`ENTRY`] for every entry of an array.
    pub path: Vec<String>,
    pub expression: Expression,
    /// Rounded to cents.
    pub money: bool,
}

impl Calculation {
    /// How much of the path leads to what the expression is about: the innermost entry, else the whole form.
    fn about(&self) -> usize {
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
}

/// Settles what is relevant.
pub(super) fn settle(form: &Form, data: &Value, today: Date) -> Settled {
    let mut settled = Settled { relevant: data.clone(), dropped: BTreeSet::new(), calculated: Vec::new() };
    for _ in 0..form.rounds {
        settled.calculated = calculate(&form.calculations, &mut settled.relevant, &settled.dropped, today);
        let dropped = invisible(&form.layout, form.asks_twice, &settled.relevant);
        if dropped == settled.dropped {
            break;
        }
        settled.relevant = data.clone();
        dropped.iter().for_each(|pointer| drop_value(&mut settled.relevant, pointer));
        settled.dropped = dropped;
    }
    settled
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
    today: Date,
) -> Vec<(String, Option<Value>)> {
    let mut done = Vec::new();
    for calculation in calculations {
        let (about, rest) = calculation.path.split_at_checked(calculation.about()).unwrap_or_default();
        for base in instances(data, about) {
            let target = rest.iter().fold(base.clone(), |base, step| pointer::join(&base, step));
            let is_dropped = pointer::path_to(&target).any(|above| dropped.contains(above));
            let object = data.pointer(&base).filter(|object| object.is_object() && !is_dropped);
            let Some(object) = object else { continue };
            let value = calculation.expression.value(object, today);
            let value = value.map(|value| if calculation.money { to_cents(value) } else { value });
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

fn to_cents(value: Value) -> Value {
    match value.as_f64() {
        Some(amount) if value.is_f64() => Value::from((amount * 100.0).round() / 100.0),
        _ => value,
    }
}

/// Something whose value depends on others: a control under rules, or a calculation.
struct Dependent {
    path: Vec<String>,
    reads: BTreeSet<Read>,
    document: Document,
}

/// Refuses a cycle and puts the calculations in an order in which each comes after those that it reads. Returns how many rounds settling
/// takes at most.
pub(super) fn order(layout: &Layout, calculations: Vec<Calculation>) -> Result<(Vec<Calculation>, usize), LoadError> {
    let mut dependents = Vec::new();
    for page in &layout.nodes {
        let rules = page.round.iter().filter_map(|category| category.rule.as_ref());
        let reads = rules.filter(|rule| rule.shows()).flat_map(Rule::reads).collect();
        page.children.iter().for_each(|node| collect(node, &[], &reads, &mut dependents));
    }
    let controls = dependents.len();
    for calculation in &calculations {
        let about = calculation.path.get(..calculation.about()).unwrap_or_default();
        let reads =
            calculation.expression.reads.iter().filter(|read| read.first().is_none_or(|name| !name.starts_with('$')));
        let reads = reads.map(|read| {
            let upto = read.iter().position(|step| step.parse::<usize>().is_ok()).unwrap_or(read.len());
            Read { path: about.iter().chain(read.iter().take(upto)).cloned().collect(), deep: true }
        });
        let reads = reads.collect();
        dependents.push(Dependent { path: calculation.path.clone(), reads, document: Document::Schema });
    }
    let sorted = sort(&dependents)?;
    let rank: BTreeMap<usize, usize> = sorted.iter().enumerate().map(|(rank, index)| (*index, rank)).collect();
    let mut ranked: Vec<_> = calculations.into_iter().enumerate().collect();
    ranked.sort_by_key(|(index, _)| rank.get(&(controls + index)).copied());
    Ok((ranked.into_iter().map(|(_, calculation)| calculation).collect(), sorted.len() + 2))
}

/// Notes every control under rules of visibility, its own or of what is round it.
fn collect(node: &Node, base: &[String], round: &BTreeSet<Read>, dependents: &mut Vec<Dependent>) {
    let mut reads = round.clone();
    if let Some(rule) = node.rule.as_ref().filter(|rule| rule.shows()) {
        reads.extend(rule.reads().into_iter().map(|read| Read { path: extend(base, &read.path), deep: read.deep }));
    }
    let mut note = |path: Vec<String>| {
        if !reads.is_empty() {
            dependents.push(Dependent { path, reads: reads.clone(), document: Document::UiSchema });
        }
    };
    match &node.body {
        Body::Stack(children) | Body::Columns(children) | Body::Group { children, .. } => {
            children.iter().for_each(|child| collect(child, base, &reads, dependents));
        }
        Body::Label(_) => {}
        Body::Field { path, .. } => note(extend(base, path)),
        Body::Object { path, children, .. } => {
            let base = extend(base, path);
            note(base.clone());
            children.iter().for_each(|child| collect(child, &base, &reads, dependents));
        }
        Body::Repeat(Repeat { path, children, .. }) => {
            let base = extend(base, path);
            note(base.clone());
            let base = extend(&base, &[ENTRY.to_owned()]);
            children.iter().for_each(|child| collect(child, &base, &reads, dependents));
        }
    }
}

fn extend(base: &[String], path: &[String]) -> Vec<String> {
    base.iter().chain(path).cloned().collect()
}

/// The dependents in an order in which each comes after those that it reads.
fn sort(dependents: &[Dependent]) -> Result<Vec<usize>, LoadError> {
    let mut by_path: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (index, dependent) in dependents.iter().enumerate() {
        by_path.entry(dependent.path.as_slice()).or_default().push(index);
    }
    let mut waits = vec![0_usize; dependents.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); dependents.len()];
    for (index, dependent) in dependents.iter().enumerate() {
        for read in &dependent.reads {
            let above = (0..=read.path.len()).filter_map(|length| by_path.get(read.path.get(..length)?));
            let below = by_path
                .range(read.path.as_slice()..)
                .take_while(|(path, _)| read.deep && path.starts_with(&read.path))
                .filter(|(path, _)| path.len() > read.path.len())
                .map(|(_, indices)| indices);
            for source in above.chain(below).flatten() {
                if *source == index {
                    return Err(cycle(dependent));
                }
                if let (Some(wait), Some(readers)) = (waits.get_mut(index), readers.get_mut(*source)) {
                    *wait += 1;
                    readers.push(index);
                }
            }
        }
    }
    let mut sorted: Vec<usize> = Vec::with_capacity(dependents.len());
    sorted.extend(waits.iter().enumerate().filter(|(_, wait)| **wait == 0).map(|(index, _)| index));
    let mut next = 0;
    while let Some(index) = sorted.get(next).copied() {
        next += 1;
        for reader in readers.get(index).into_iter().flatten() {
            if let Some(wait) = waits.get_mut(*reader) {
                *wait -= 1;
                if *wait == 0 {
                    sorted.push(*reader);
                }
            }
        }
    }
    match waits.iter().zip(dependents).find(|(wait, _)| **wait > 0) {
        Some((_, dependent)) => Err(cycle(dependent)),
        None => Ok(sorted),
    }
}

fn cycle(dependent: &Dependent) -> LoadError {
    let what = match dependent.document {
        Document::UiSchema => "visibility",
        Document::Schema => "value",
    };
    LoadError {
        document: dependent.document,
        pointer: String::new(),
        reason: format!("the {what} of `/{}` depends on itself", dependent.path.join("/")),
    }
}
