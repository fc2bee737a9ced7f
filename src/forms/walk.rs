//! Walking a layout over some data: which elements are visible and enabled, entry by entry.

use serde_json::Value;

use super::layout::{Body, Judged, Node, PageNode, Repeat};
use super::rules::{Rule, find};
use super::{ControlId, pointer};

/// How an element stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub visible: bool,
    pub enabled: bool,
    /// The object round it is there or must be: only then is anything in it required.
    pub due: bool,
    pub depth: u16,
    pub column: (u8, u8),
}

/// A field that is met.
pub(super) struct Met<'m> {
    pub pointer: &'m str,
    pub control: ControlId,
    pub required: bool,
    pub value: Option<&'m Value>,
}

/// What is done with the elements that are met, invisible ones too, in drawing order.
pub(super) trait Visit {
    /// A page begins.
    fn page(&mut self, _visible: bool) {}
    /// A control of the UI schema itself, and how JSON Forms has it stand.
    fn control(&mut self, _judged: &Judged, _place: &dyn Fn() -> Place) {}
    /// A text of its own.
    fn label(&mut self, _text: &str, _place: Place) {}
    /// The label of what follows until `close`.
    fn open(&mut self, _text: &str, _place: Place) {}
    /// The end of what `open` began.
    fn close(&mut self, _text: &str, _place: Place) {}
    /// A field.
    fn field(&mut self, _met: &Met<'_>, _place: Place) {}
    /// An object or an array that is asked for as a whole.
    fn holder(&mut self, _pointer: &str, _place: Place) {}
    /// An entry of an array begins.
    fn entry(&mut self, _pointer: &str, _repeat: &Repeat, _entry: &Value, _index: usize, _of: usize, _place: Place) {}
    /// The entries of an array have been met.
    fn end(&mut self, _pointer: &str, _repeat: &Repeat, _count: usize, _place: Place) {}
}

/// Walks every page.
pub(super) fn walk(pages: &[PageNode], data: &Value, visit: &mut impl Visit) {
    for page in pages {
        let outside = Place { visible: true, enabled: true, due: true, depth: 0, column: (0, 1) };
        let place = page.round.iter().fold(outside, |round, category| {
            stand(category.rule.as_deref(), category.read_only, false, Some(data), round)
        });
        visit.page(place.visible);
        let mut pointer = String::new();
        for node in &page.children {
            element(node, Some(data), &mut pointer, place, visit);
        }
    }
}

fn element(node: &Node, base: Option<&Value>, pointer: &mut String, round: Place, visit: &mut impl Visit) {
    let place = node_place(node, base, round);
    if let Some(judged) = &node.judged {
        visit.control(judged, &|| stand(node.rule.as_deref(), node.read_only, judged.read_only, base, round));
    }
    let deeper = Place { depth: place.depth.saturating_add(1), ..place };
    match &node.body {
        Body::Stack(children) => children.iter().for_each(|child| element(child, base, pointer, place, visit)),
        Body::Columns(children) => columns(children, base, pointer, place, visit),
        Body::Group { label, children } => {
            visit.open(label, place);
            let inside = if label.is_empty() { place } else { deeper };
            children.iter().for_each(|child| element(child, base, pointer, inside, visit));
            visit.close(label, place);
        }
        Body::Label(text) => visit.label(text, place),
        Body::Field { path, control, required, due, .. } => within(path, pointer, |pointer| {
            let holder = path.split_last().map_or(&[][..], |(_, holder)| holder);
            let required = *required && (place.due && *due || find(base, holder).is_some());
            let met = Met { pointer, control: *control, required, value: find(base, path) };
            visit.field(&met, place);
        }),
        Body::Object { path, label, children, required, .. } => within(path, pointer, |pointer| {
            visit.holder(pointer, place);
            visit.open(label, place);
            let base = find(base, path);
            let inside = if label.is_empty() { place } else { deeper };
            let inside = Place { due: base.is_some() || place.due && *required, ..inside };
            children.iter().for_each(|child| element(child, base, pointer, inside, visit));
            visit.close(label, place);
        }),
        Body::Repeat(repeat) => within(&repeat.path, pointer, |pointer| {
            let deeper = Place { due: true, ..deeper };
            visit.holder(pointer, place);
            let entries = find(base, &repeat.path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for (index, entry) in entries.iter().enumerate() {
                within(&[index.to_string()], pointer, |pointer| {
                    visit.entry(pointer, repeat, entry, index, entries.len(), place);
                    repeat.children.iter().for_each(|child| element(child, Some(entry), pointer, deeper, visit));
                });
            }
            visit.end(pointer, repeat, entries.len(), place);
        }),
    }
}

/// How an element of the layout stands inside what is round it.
fn node_place(node: &Node, base: Option<&Value>, round: Place) -> Place {
    let schema_read_only = match &node.body {
        Body::Field { read_only, .. } | Body::Object { read_only, .. } => *read_only,
        Body::Repeat(repeat) => repeat.read_only,
        _ => false,
    };
    stand(node.rule.as_deref(), node.read_only, schema_read_only, base, round)
}

/// A rule about input weighs more than `options.readonly`, that more than the schema's `readOnly`, that more than what is round.
fn stand(
    rule: Option<&Rule>,
    read_only: Option<bool>,
    schema_read_only: bool,
    base: Option<&Value>,
    round: Place,
) -> Place {
    let inherited = read_only.map_or(round.enabled && !schema_read_only, |read_only| !read_only);
    match rule {
        None => Place { enabled: inherited, ..round },
        Some(rule) if rule.shows() => {
            Place { visible: round.visible && rule.permits(base), enabled: inherited, ..round }
        }
        Some(rule) => Place { enabled: rule.permits(base), ..round },
    }
}

/// The visible children share the width.
fn columns(children: &[Node], base: Option<&Value>, pointer: &mut String, place: Place, visit: &mut impl Visit) {
    let is_visible = |node: &Node| node_place(node, base, place).visible;
    let of = u8::try_from(children.iter().filter(|child| is_visible(child)).count()).unwrap_or(u8::MAX).max(1);
    let mut column = 0_u8;
    for child in children {
        let visible = is_visible(child);
        element(child, base, pointer, Place { column: (column.min(of - 1), of), ..place }, visit);
        column = column.saturating_add(u8::from(visible));
    }
}

/// Lengthens a pointer for as long as `inner` takes.
fn within(path: &[String], at: &mut String, inner: impl FnOnce(&mut String)) {
    let length = at.len();
    path.iter().for_each(|step| pointer::push(at, step));
    inner(at);
    at.truncate(length);
}
