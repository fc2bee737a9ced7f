//! Bundles (一事联办): the forms of several items filled as one.
//!
//! Every item keeps its own form. What is one fact by its `x-term` is asked once, as a [`Fact`], and put wherever an item's form has it
//! before that form judges its part: so each part is valid exactly when the item's own form says so, and the filled bundle comes apart again
//! without a remainder. Two definitions of a term that no value can satisfy are a [`Conflict`]: the fact is then asked twice. A value that
//! one item computes is not asked by the others, nor is what another item's result will bring ([`Awaited`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::layout::{Body, Node};
use super::limits::{Clash, Limits};
use super::{Control, ControlKind, Evaluation, FieldError, Form, Row, pointer};
use crate::domain::bundle::BundleLink;

/// An item of a bundle with its form.
#[derive(Debug, Clone)]
pub struct Member {
    /// The item's id.
    pub item: String,
    /// Its form.
    pub form: Arc<Form>,
}

/// A field of an item: which member, and where in its data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// Index of the member.
    pub member: usize,
    /// JSON pointer.
    pub pointer: String,
}

/// A fact that several items need and that is asked once.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The data element; with `#2` where it is asked a second time.
    pub key: String,
    /// How it is asked: as the first item does, narrowed to what all of them take.
    pub control: Control,
    /// Where it goes, one field for each item that needs it or more.
    pub fields: Vec<Field>,
    limits: Limits,
    /// The field that computes it.
    computed: Option<Field>,
}

/// Two items that define a term so that no value satisfies both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The data element.
    pub term: String,
    /// The field that came first.
    pub first: Field,
    /// The one that cannot share its value.
    pub second: Field,
    /// Why.
    pub clash: Clash,
}

/// A field that is not asked, since another item's result will bring it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The field.
    pub field: Field,
    /// Id of the item whose result brings it.
    pub from: String,
}

/// The forms of several items, filled as one.
#[derive(Debug, Clone)]
pub struct Bundle {
    members: Vec<Member>,
    facts: Vec<Fact>,
    conflicts: Vec<Conflict>,
    awaited: Vec<Awaited>,
}

/// What is typed into a bundle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BundleData {
    /// The facts, by [`Fact::key`].
    pub facts: BTreeMap<String, Value>,
    /// Each item's own fields, by its id.
    pub items: BTreeMap<String, Value>,
}

/// A bundle as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleEvaluation {
    /// The facts, in the order of [`Bundle::facts`].
    pub facts: Vec<FactView>,
    /// Each item's part, in the order of [`Bundle::members`]: `relevant` is what is sent for it, `pages` are without what is asked as a fact.
    pub parts: Vec<Evaluation>,
}

/// A fact as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct FactView {
    /// Whether any item asks for it as things stand, and none computes it.
    pub visible: bool,
    /// Whether any of them must have it.
    pub required: bool,
    /// Its value, typed or computed.
    pub value: Option<Value>,
    /// What the items find wrong with it, each complaint once.
    pub errors: Vec<FieldError>,
}

/// A field that has a term and is no part of a repeat group.
struct Asked {
    field: Field,
    control: Control,
    limits: Limits,
    always_shown: bool,
}

impl Bundle {
    /// Merges the forms of some items. What a link brings from an item that is among them is not asked.
    pub fn new(members: Vec<Member>, links: &[BundleLink]) -> Self {
        let mut bundle = Self { members, facts: Vec::new(), conflicts: Vec::new(), awaited: Vec::new() };
        let mut groups: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
        let mut order = Vec::new();
        for (member, Member { item, form }) in bundle.members.iter().enumerate() {
            for asked in asked(form, member) {
                let Some(term) = asked.control.term.clone() else { continue };
                let is_member = |id: &String| bundle.members.iter().any(|member| member.item == *id);
                let brings =
                    |link: &&BundleLink| link.to == *item && link.term.as_ref() == Some(&term) && is_member(&link.from);
                if let Some(link) = links.iter().find(brings).filter(|_| !asked.control.calculated) {
                    bundle.awaited.push(Awaited { field: asked.field, from: link.from.clone() });
                    continue;
                }
                if !groups.contains_key(&term) {
                    order.push(term.clone());
                }
                groups.entry(term).or_default().push(asked);
            }
        }
        for term in order {
            let asked = groups.remove(&term).unwrap_or_default();
            bundle.unite(&term, asked);
        }
        bundle
    }

    /// Makes facts of the fields of a term: each joins the first fact that it can share a value with.
    fn unite(&mut self, term: &str, asked: Vec<Asked>) {
        let mut facts: Vec<Fact> = Vec::new();
        for Asked { field, control, limits, always_shown } in asked {
            let computed = (control.calculated && always_shown).then(|| field.clone());
            if control.calculated && computed.is_none() {
                // Whether it has a value depends on what is shown: its own item minds it.
                continue;
            }
            let mut place = None;
            for (index, fact) in facts.iter().enumerate() {
                match fact.limits.meet(&limits) {
                    Ok(met) => {
                        place = Some((index, met));
                        break;
                    }
                    Err(clash) => {
                        if let Some(first) = fact.fields.first() {
                            let (first, second) = (first.clone(), field.clone());
                            self.conflicts.push(Conflict { term: term.to_owned(), first, second, clash });
                        }
                    }
                }
            }
            match place.and_then(|(index, met)| Some((facts.get_mut(index)?, met))) {
                Some((fact, met)) => {
                    narrow(&mut fact.control, &control, &met);
                    fact.limits = met;
                    fact.computed = fact.computed.take().or(computed);
                    fact.fields.push(field);
                }
                None => {
                    let key = if facts.is_empty() { term.to_owned() } else { format!("{term}#{}", facts.len() + 1) };
                    facts.push(Fact { key, control, fields: vec![field], limits, computed });
                }
            }
        }
        // What one item alone needs stays with it.
        let is_shared = |fact: &Fact| {
            fact.fields.iter().any(|field| Some(field.member) != fact.fields.first().map(|first| first.member))
        };
        self.facts.extend(facts.into_iter().filter(is_shared));
    }

    /// The items, in the order in which they were given.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The facts that are asked once.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Where two items do not agree.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// What is not asked, since another item's result will bring it.
    pub fn awaited(&self) -> &[Awaited] {
        &self.awaited
    }

    /// The ids of the items that need a field.
    pub fn needed_by(&self, field: &Field) -> Vec<&str> {
        let fact = self.facts.iter().find(|fact| fact.fields.contains(field));
        let mut members: Vec<usize> =
            fact.map_or_else(|| vec![field.member], |fact| fact.fields.iter().map(|field| field.member).collect());
        members.dedup();
        members.iter().filter_map(|member| Some(self.members.get(*member)?.item.as_str())).collect()
    }

    /// What the bundle makes of some data on a day. The parts of [`BundleEvaluation`] are the split: what each item's case gets.
    pub fn evaluate(&self, data: &BundleData, today: Date) -> BundleEvaluation {
        let mut values: BTreeMap<&str, Value> =
            data.facts.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let mut parts = self.parts(data, &values, today);
        // What one item computes, another may compute with: a chain is no longer than the bundle.
        for _ in 0..self.members.len() {
            let computed = self.computed(&parts);
            if computed.iter().all(|(key, value)| values.get(key) == value.as_ref()) {
                break;
            }
            for (key, value) in computed {
                match value {
                    Some(value) => values.insert(key, value),
                    None => values.remove(key),
                };
            }
            parts = self.parts(data, &values, today);
        }
        let facts = self.facts.iter().map(|fact| view(fact, &parts, &values)).collect();
        self.take_out(&mut parts);
        BundleEvaluation { facts, parts }
    }

    /// What every item's form makes of its part.
    fn parts(&self, data: &BundleData, values: &BTreeMap<&str, Value>, today: Date) -> Vec<Evaluation> {
        let part = |(index, member): (usize, &Member)| {
            let mut part = data.items.get(&member.item).cloned().unwrap_or_else(|| Value::Object(Map::new()));
            let own = |field: &&Field| field.member == index;
            for awaited in self.awaited.iter().map(|awaited| &awaited.field).filter(own) {
                pointer::remove(&mut part, &awaited.pointer);
            }
            for fact in &self.facts {
                for field in fact.fields.iter().filter(own).filter(|field| fact.computed.as_ref() != Some(*field)) {
                    match values.get(fact.key.as_str()) {
                        Some(value) => {
                            pointer::set(&mut part, &field.pointer, value.clone());
                        }
                        None => {
                            pointer::remove(&mut part, &field.pointer);
                        }
                    }
                }
            }
            member.form.evaluate(&part, today)
        };
        self.members.iter().enumerate().map(part).collect()
    }

    /// The facts that an item computes, with what it makes of them.
    fn computed(&self, parts: &[Evaluation]) -> Vec<(&str, Option<Value>)> {
        let value = |fact: &'_ Fact| {
            let field = fact.computed.as_ref()?;
            parts.get(field.member)?.relevant.pointer(&field.pointer).cloned()
        };
        self.facts.iter().filter(|fact| fact.computed.is_some()).map(|fact| (fact.key.as_str(), value(fact))).collect()
    }

    /// Takes out of the items' pages what is asked as a fact or awaited, and out of their errors what is reported there.
    fn take_out(&self, parts: &mut [Evaluation]) {
        for (index, part) in parts.iter_mut().enumerate() {
            let is_own = |field: &Field, pointer: &str| field.member == index && field.pointer == pointer;
            let is_fact = |pointer: &str| {
                self.facts.iter().any(|fact| {
                    fact.fields.iter().any(|field| is_own(field, pointer) && fact.computed.as_ref() != Some(field))
                })
            };
            let is_awaited = |pointer: &str| self.awaited.iter().any(|awaited| is_own(&awaited.field, pointer));
            for page in &mut part.pages {
                page.rows.retain(|row| match row {
                    Row::Field(field) => !is_fact(&field.pointer) && !is_awaited(&field.pointer),
                    _ => true,
                });
            }
            part.errors.retain(|error| !is_fact(&error.pointer) && !is_awaited(&error.pointer));
        }
    }
}

impl BundleEvaluation {
    /// Whether every item's part is valid.
    pub fn is_valid(&self) -> bool {
        self.facts.iter().all(|fact| fact.errors.is_empty()) && self.parts.iter().all(|part| part.errors.is_empty())
    }
}

/// How a fact stands, before it is taken out of the parts.
fn view(fact: &Fact, parts: &[Evaluation], values: &BTreeMap<&str, Value>) -> FactView {
    let mut view =
        FactView { visible: false, required: false, value: values.get(fact.key.as_str()).cloned(), errors: Vec::new() };
    for field in &fact.fields {
        let Some(part) = parts.get(field.member) else { continue };
        let rows = part.pages.iter().filter(|page| page.visible).flat_map(|page| &page.rows);
        for row in rows {
            if let Row::Field(row) = row
                && row.pointer == field.pointer
            {
                view.visible |= fact.computed.is_none();
                view.required |= row.required;
            }
        }
        for error in part.errors.iter().filter(|error| error.pointer == field.pointer) {
            let is_known = |known: &FieldError| known.keyword == error.keyword && known.detail == error.detail;
            if fact.computed.as_ref() != Some(field) && !view.errors.iter().any(is_known) {
                view.errors.push(error.clone());
            }
        }
    }
    view
}

/// The fields of a form that have a term, outside repeat groups, in drawing order, each once.
fn asked(form: &Form, member: usize) -> Vec<Asked> {
    fn collect(form: &Form, node: &Node, base: &str, always_shown: bool, found: &mut Vec<(String, Control, bool)>) {
        let always_shown = always_shown && node.rule.as_ref().is_none_or(|rule| !rule.shows());
        let extend = |path: &[String]| path.iter().fold(base.to_owned(), |base, step| pointer::join(&base, step));
        match &node.body {
            Body::Stack(children) | Body::Columns(children) | Body::Group { children, .. } => {
                children.iter().for_each(|child| collect(form, child, base, always_shown, found));
            }
            Body::Object { path, children, .. } => {
                let base = extend(path);
                children.iter().for_each(|child| collect(form, child, &base, always_shown, found));
            }
            Body::Field { path, control, .. } => {
                let control = form.control(*control).filter(|control| control.term.is_some());
                found.extend(control.map(|control| (extend(path), control.clone(), always_shown)));
            }
            Body::Label(_) | Body::Repeat(_) => {}
        }
    }
    let mut found: Vec<(String, Control, bool)> = Vec::new();
    for page in &form.layout {
        let shown = page.round.iter().all(|category| category.rule.as_ref().is_none_or(|rule| !rule.shows()));
        page.children.iter().for_each(|node| collect(form, node, "", shown, &mut found));
    }
    let mut asked: Vec<Asked> = Vec::new();
    for (pointer, control, always_shown) in found {
        match asked.iter_mut().find(|known| known.field.pointer == pointer) {
            Some(known) => known.always_shown |= always_shown,
            None => {
                let limits = form.shape.at(&pointer).map(|shape| shape.limits.clone()).unwrap_or_default();
                asked.push(Asked { field: Field { member, pointer }, control, limits, always_shown });
            }
        }
    }
    asked
}

/// Narrows how a fact is asked to what another item takes too.
fn narrow(control: &mut Control, other: &Control, met: &Limits) {
    control.sensitive |= other.sensitive;
    control.capture = control.capture.or(other.capture);
    control.calculated |= other.calculated;
    control.read_only &= other.read_only;
    control.soft &= other.soft;
    control.max_length = met.longest.and_then(|longest| usize::try_from(longest).ok());
    if control.hint.is_empty() {
        control.hint.clone_from(&other.hint);
    }
    match (&control.kind, &other.kind) {
        (ControlKind::Choice(choices), ControlKind::Choice(others)) => {
            let shared = choices.iter().filter(|choice| others.iter().any(|other| other.value == choice.value));
            control.kind = ControlKind::Choice(shared.cloned().collect());
        }
        // The one that says more about what may be typed.
        (ControlKind::Text | ControlKind::MultiLine, _) => control.kind = other.kind.clone(),
        (ControlKind::Number | ControlKind::Money, ControlKind::Integer | ControlKind::Choice(_)) => {
            control.kind = other.kind.clone();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
