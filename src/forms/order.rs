//! What depends on what: the order in which a form settles, and the refusal of one that depends on itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::layout::{Body, Layout, Node, Repeat};
use super::relevance::{Calculation, ENTRY};
use super::rules::{Read, Rule};
use super::{Document, LoadError, pointer};
use crate::locale::Phrase;

/// The order in which a form settles.
pub(super) struct Plan {
    /// Each comes after those that it reads.
    pub calculations: Vec<Calculation>,
    /// Every control under rules of visibility, and every calculation, each after what it reads.
    pub steps: Vec<Step>,
    /// The rules of visibility.
    pub rules: Vec<Placed>,
}

/// What is settled next.
pub(super) enum Step {
    /// The place in [`Plan::calculations`].
    Calculation(usize),
    /// Whether a control is visible: the rules that decide about it, its own last.
    Control { path: Vec<String>, rules: Vec<usize> },
}

/// A rule with what it is relative to.
pub(super) struct Placed {
    pub rule: Arc<Rule>,
    /// How much of the path of a control under it leads there.
    pub base: usize,
}

/// Something whose value depends on others: a control under rules, or a calculation.
struct Dependent {
    path: Vec<String>,
    reads: BTreeSet<Read>,
    /// The rules round a control; none of a calculation.
    rules: Vec<usize>,
    document: Document,
    /// Where the document says so.
    at: String,
}

/// Refuses a cycle and puts the rest in an order in which each comes after what it reads.
pub(super) fn plan(layout: &Layout, calculations: Vec<Calculation>) -> Result<Plan, LoadError> {
    let mut found = Found { rules: Vec::new(), dependents: Vec::new() };
    for page in &layout.nodes {
        let rules = page.round.iter().filter_map(|category| category.rule.as_ref());
        let round = rules.fold(Round::default(), |round, rule| found.under(&round, rule, &[]));
        page.children.iter().for_each(|node| found.collect(node, &[], &round));
    }
    let Found { rules, mut dependents } = found;
    let controls = dependents.len();
    for calculation in &calculations {
        let about = calculation.path.get(..calculation.about()).unwrap_or_default();
        let reads =
            calculation.expression.reads.iter().filter(|read| read.first().is_none_or(|name| !name.starts_with('$')));
        let reads = reads.map(|read| {
            let upto = read.iter().position(|step| step.parse::<usize>().is_ok()).unwrap_or(read.len());
            Read { path: about.iter().chain(read.iter().take(upto)).cloned().collect(), deep: true }
        });
        dependents.push(Dependent {
            path: calculation.path.clone(),
            reads: reads.collect(),
            rules: Vec::new(),
            document: Document::Schema,
            at: place_in_schema(&calculation.path) + "/x-calc",
        });
    }
    let sorted = sort(&dependents)?;
    let mut calculations: Vec<Option<Calculation>> = calculations.into_iter().map(Some).collect();
    let mut plan = Plan { calculations: Vec::new(), steps: Vec::with_capacity(sorted.len()), rules };
    for index in sorted {
        if let Some(place) = index.checked_sub(controls) {
            plan.steps.push(Step::Calculation(plan.calculations.len()));
            plan.calculations.extend(calculations.get_mut(place).and_then(Option::take));
        } else if let Some(dependent) = dependents.get_mut(index) {
            let (path, rules) = (std::mem::take(&mut dependent.path), std::mem::take(&mut dependent.rules));
            plan.steps.push(Step::Control { path, rules });
        }
    }
    Ok(plan)
}

/// The rules of visibility round an element, and what they read.
#[derive(Clone, Default)]
struct Round {
    rules: Vec<usize>,
    reads: BTreeSet<Read>,
    /// Where the innermost of them stands.
    at: String,
}

struct Found {
    rules: Vec<Placed>,
    dependents: Vec<Dependent>,
}

impl Found {
    /// What is round an element with a rule of its own.
    fn under(&mut self, round: &Round, rule: &Arc<Rule>, base: &[String]) -> Round {
        let mut round = round.clone();
        if rule.shows() {
            round.rules.push(self.rules.len());
            round
                .reads
                .extend(rule.reads().into_iter().map(|read| Read { path: extend(base, &read.path), deep: read.deep }));
            round.at.clone_from(&rule.at);
            self.rules.push(Placed { rule: Arc::clone(rule), base: base.len() });
        }
        round
    }

    /// Notes every control under rules of visibility, its own or of what is round it.
    fn collect(&mut self, node: &Node, base: &[String], round: &Round) {
        let own = node.rule.as_ref().map(|rule| self.under(round, rule, base));
        let round = own.as_ref().unwrap_or(round);
        match &node.body {
            Body::Stack(children) | Body::Columns(children) | Body::Group { children, .. } => {
                children.iter().for_each(|child| self.collect(child, base, round));
            }
            Body::Label(_) => {}
            Body::Field { path, .. } => self.note(extend(base, path), round),
            Body::Object { path, children, .. } => {
                let base = extend(base, path);
                self.note(base.clone(), round);
                children.iter().for_each(|child| self.collect(child, &base, round));
            }
            Body::Repeat(Repeat { path, children, .. }) => {
                let mut base = extend(base, path);
                self.note(base.clone(), round);
                base.push(ENTRY.to_owned());
                children.iter().for_each(|child| self.collect(child, &base, round));
            }
        }
    }

    fn note(&mut self, path: Vec<String>, round: &Round) {
        if !round.rules.is_empty() {
            let Round { rules, reads, at } = round.clone();
            self.dependents.push(Dependent { path, reads, rules, document: Document::UiSchema, at });
        }
    }
}

pub(super) fn extend(base: &[String], path: &[String]) -> Vec<String> {
    base.iter().chain(path).cloned().collect()
}

/// Where a schema declares what stands at a path into the data, if it does so without detours.
pub(super) fn place_in_schema(path: &[String]) -> String {
    path.iter().fold(String::new(), |at, step| match step.as_str() {
        ENTRY => at + "/items",
        step => pointer::join(&(at + "/properties"), step),
    })
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
    let key = match dependent.document {
        Document::UiSchema => "forms-reason-circle-seen",
        Document::Schema => "forms-reason-circle-value",
    };
    let reason = Phrase::of(key).with("place", format!("/{}", dependent.path.join("/")));
    LoadError::of(dependent.document, dependent.at.clone(), reason)
}
