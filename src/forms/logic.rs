//! JSONLogic (jsonlogic.com) for `x-calc` and `x-check`: the standard operators and a few of ours.
//!
//! A few lines of it can ask for more computing than there is: loops in loops, a text that doubles with every entry. The engine knows no
//! bounds, so every operation of an expression is compiled into one of ours that pays for it and for the size of what came of it
//! ([`Pay`]); when the means are used up, the expression has no value.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::operator::EvalContext;
use datalogic_rs::{CustomOperator, DataValue, Engine, Error, Logic, Result as LogicResult};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::domain::identity::{IdNumber, Sex, full_years};
use crate::locale::Phrase;

/// The variable that holds the day.
const TODAY: &str = "$today";
/// The operator that pays for another.
const PAY: &str = "$pay";
/// What the expressions of a form may use up together each time it is evaluated: operations, and entries and characters looked at. A sum
/// over two hundred entries takes about a thousand.
const MEANS: u64 = 1_000_000;
/// How many characters count as much as an operation.
const CHARACTERS: usize = 16;
/// The most operations of one expression.
const MAX_OPERATIONS: usize = 1_000;
/// How deep loops may stand in loops.
const MAX_LOOPS: usize = 3;

/// What an expression may use. The engine knows more; a form that used it would not work elsewhere.
pub(super) const OPERATORS: [&str; 38] = [
    "var",
    "missing",
    "missing_some",
    "if",
    "?:",
    "==",
    "===",
    "!=",
    "!==",
    "!",
    "!!",
    "or",
    "and",
    ">",
    ">=",
    "<",
    "<=",
    "max",
    "min",
    "+",
    "-",
    "*",
    "/",
    "%",
    "map",
    "reduce",
    "filter",
    "all",
    "none",
    "some",
    "merge",
    "in",
    "cat",
    "substr",
    "age",
    "birthDateOfId",
    "sexOfId",
    "sum",
];
/// Operators whose second argument is about the entries of the first.
const CLOSURES: [&str; 6] = ["map", "reduce", "filter", "all", "none", "some"];
/// Operators that compare.
const COMPARISONS: [&str; 8] = ["==", "===", "!=", "!==", ">", ">=", "<", "<="];

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::builder()
        .add_operator("age", Age)
        .add_operator("birthDateOfId", BirthDateOfId)
        .add_operator("sexOfId", SexOfId)
        .add_operator("sum", Sum)
        .add_operator(PAY, Pay)
        .build()
});

thread_local! {
    /// What is left for the expression that is computed on this thread: an operator is given nothing else that it could change.
    static LEFT: Cell<u64> = const { Cell::new(0) };
}

/// What expressions are computed with: the day, and how much computing is left.
pub(super) struct Means {
    pub today: Date,
    left: Cell<u64>,
}

impl Means {
    /// Everything that one evaluation of a form may use.
    pub(super) const fn new(today: Date) -> Self {
        Self { today, left: Cell::new(MEANS) }
    }

    /// Whether there is nothing left.
    fn are_used_up(&self) -> bool {
        self.left.get() == 0
    }

    /// Pays. `false`, and there is nothing left, when that is more than there is.
    fn pay(&self, price: u64) -> bool {
        let rest = self.left.get().checked_sub(price);
        self.left.set(rest.unwrap_or(0));
        rest.is_some()
    }
}

/// A compiled expression.
pub(super) struct Expression {
    logic: Logic,
    /// What it reads, as paths into the object that it is about; an empty path is the whole object.
    pub reads: BTreeSet<Vec<String>>,
    /// Those of them that it compares.
    compares: BTreeSet<Vec<String>>,
}

impl Expression {
    /// Compiles an expression; the error says what about it the dialect does not allow.
    pub(super) fn compile(rule: &Value) -> Result<Self, Phrase> {
        Self::compile_as(rule, &paid(rule))
    }

    fn compile_as(rule: &Value, executed: &Value) -> Result<Self, Phrase> {
        let mut found = Inspection::default();
        found.inspect(rule, false, 0)?;
        let logic = ENGINE
            .compile(executed)
            .map_err(|error| Phrase::of("forms-reason-logic").with("detail", error.to_string()))?;
        let expression = Self { logic, reads: found.reads, compares: found.compares };
        // What is too much without any data is always too much.
        let means = Means::new(Date::MIN);
        expression.value(&Value::Null, &means);
        if means.are_used_up() { Err(Phrase::of("forms-reason-costly")) } else { Ok(expression) }
    }

    /// The value of the expression; `None` when there is none, or it cannot be computed.
    pub(super) fn value(&self, about: &Value, means: &Means) -> Option<Value> {
        match self.evaluate(about, means, |value| value.to_serde_value())? {
            Value::Null => None,
            Value::Number(number) => {
                let is_finite = number.as_f64().is_some_and(f64::is_finite);
                is_finite.then(|| whole(Value::Number(number)))
            }
            value => Some(value),
        }
    }

    /// Whether the condition holds. One that compares a value that is not there yet is not judged: it holds.
    pub(super) fn holds(&self, about: &Value, means: &Means) -> bool {
        let there = |path: &Vec<String>| {
            let value = path.iter().try_fold(about, |value, step| match value {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                value => value.get(step),
            });
            path.first().is_some_and(|name| name == TODAY)
                || value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
        };
        if !self.compares.iter().all(there) {
            return true;
        }
        self.evaluate(about, means, |value| ENGINE.truthy(value)).unwrap_or(false)
    }

    /// What an expression comes to, if it does.
    fn evaluate<T>(&self, about: &Value, means: &Means, read: impl FnOnce(&DataValue<'_>) -> T) -> Option<T> {
        let context = self.context(about, means)?;
        let arena = Bump::new();
        LEFT.set(means.left.get());
        let value = ENGINE.evaluate(&self.logic, &context, &arena).ok().map(read);
        means.left.set(LEFT.get());
        value
    }

    /// The part of the object that is read, with the day; `None` when that is too much to look at.
    fn context(&self, about: &Value, means: &Means) -> Option<Value> {
        let mut context = Map::new();
        let whole = self.reads.first().is_some_and(Vec::is_empty);
        for (name, value) in about.as_object().into_iter().flatten() {
            let is_read = || self.reads.iter().any(|path| path.first() == Some(name));
            if whole || is_read() {
                if !means.pay(weight(value)) {
                    return None;
                }
                context.insert(name.clone(), value.clone());
            }
        }
        context.insert(TODAY.to_owned(), Value::from(means.today.to_string()));
        Some(Value::Object(context))
    }
}

/// What it costs to look at a whole value.
fn weight(value: &Value) -> u64 {
    match value {
        Value::String(text) => price(text.len() / CHARACTERS),
        Value::Array(entries) => entries.iter().map(weight).sum::<u64>() + 1,
        Value::Object(members) => members.values().map(weight).sum::<u64>() + 1,
        _ => 1,
    }
}

/// What something of a size costs.
fn price(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1)
}

/// The expression with every operation paid for.
fn paid(rule: &Value) -> Value {
    match rule {
        Value::Array(items) => items.iter().map(paid).collect(),
        Value::Object(operation) => {
            let literals = operation.values().map(weight_of_literals).sum::<u64>();
            let arguments = |(operator, arguments): (&String, &Value)| {
                let arguments = match operator.as_str() {
                    "missing" | "missing_some" => arguments.clone(),
                    _ => paid(arguments),
                };
                (operator.clone(), arguments)
            };
            let operation: Map<String, Value> = operation.iter().map(arguments).collect();
            json!({PAY: [operation, literals]})
        }
        literal => literal.clone(),
    }
}

/// What it costs to look at the constants among the arguments of an operation.
fn weight_of_literals(arguments: &Value) -> u64 {
    match arguments {
        Value::Array(items) => items.iter().map(weight_of_literals).sum(),
        Value::Object(_) => 0,
        literal => weight(literal),
    }
}

/// What an expression comes to for nothing.
#[cfg(test)]
pub(super) fn unpaid(rule: &Value, about: &Value, today: Date) -> Option<Value> {
    Expression::compile_as(rule, rule).ok()?.value(about, &Means::new(today))
}

/// What an expression reads, and how much it is.
#[derive(Default)]
struct Inspection {
    reads: BTreeSet<Vec<String>>,
    compares: BTreeSet<Vec<String>>,
    operations: usize,
}

impl Inspection {
    /// Refuses what the dialect does not know, and notes what is read. `loops`: in how many loops the rule stands.
    fn inspect(&mut self, rule: &Value, compared: bool, loops: usize) -> Result<(), Phrase> {
        let object = match rule {
            Value::Array(items) => return items.iter().try_for_each(|item| self.inspect(item, compared, loops)),
            Value::Object(object) => object,
            _ => return Ok(()),
        };
        let mut entries = object.iter();
        let (Some((operator, arguments)), None) = (entries.next(), entries.next()) else {
            return Err(Phrase::of("forms-reason-operation"));
        };
        if !OPERATORS.contains(&operator.as_str()) {
            return Err(Phrase::of("forms-reason-operator").with("operator", operator));
        }
        self.operations += 1;
        if self.operations > MAX_OPERATIONS {
            return Err(Phrase::of("forms-reason-operations").with("most", MAX_OPERATIONS));
        }
        let list = arguments.as_array().map_or(std::slice::from_ref(arguments), Vec::as_slice);
        match operator.as_str() {
            "var" => {
                let path = match list.first() {
                    None | Some(Value::Null) => Vec::new(),
                    Some(Value::String(name)) => path(name),
                    Some(_) => return Err(Phrase::of("forms-reason-literal").with("operator", "var")),
                };
                if compared && list.len() < 2 && !path.is_empty() {
                    self.compares.insert(path.clone());
                }
                self.reads.insert(path);
                list.iter().skip(1).try_for_each(|default| self.inspect(default, compared, loops))
            }
            "missing" | "missing_some" => {
                let mut names =
                    list.iter().flat_map(|item| item.as_array().map_or(std::slice::from_ref(item), Vec::as_slice));
                names.try_for_each(|name| match name {
                    Value::String(name) => {
                        self.reads.insert(path(name));
                        Ok(())
                    }
                    Value::Number(_) if operator == "missing_some" => Ok(()),
                    _ => Err(Phrase::of("forms-reason-literal").with("operator", operator)),
                })
            }
            // Names inside are those of the entries; only the accumulator's start is about the object again.
            operator if CLOSURES.contains(&operator) => {
                if loops == MAX_LOOPS {
                    return Err(Phrase::of("forms-reason-loops").with("most", MAX_LOOPS));
                }
                if let Some(body) = list.get(1) {
                    let mut inner = Self { operations: self.operations, ..Self::default() };
                    inner.inspect(body, false, loops + 1)?;
                    self.operations = inner.operations;
                }
                let outer = list.iter().enumerate().filter(|(place, _)| *place != 1);
                outer.map(|(_, item)| item).try_for_each(|item| self.inspect(item, compared, loops))
            }
            operator => {
                let comparison = COMPARISONS.contains(&operator);
                // `== null` asks whether a value is there.
                let compared = if comparison { !list.contains(&Value::Null) } else { compared };
                list.iter().try_for_each(|item| self.inspect(item, compared, loops))
            }
        }
    }
}

fn path(name: &str) -> Vec<String> {
    if name.is_empty() { Vec::new() } else { name.split('.').map(str::to_owned).collect() }
}

/// Below it every whole number is exact.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// `3` rather than `3.0`.
#[expect(clippy::cast_possible_truncation, reason = "within 2^53, where every whole number is exact")]
pub(super) fn whole(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() <= EXACT => Value::from(number as i64),
        _ => value,
    }
}

fn date(value: Option<&&DataValue<'_>>) -> Option<Date> {
    value?.as_str()?.parse().ok()
}

fn id_number(arguments: &[&DataValue<'_>]) -> Option<IdNumber> {
    arguments.first()?.as_str()?.parse().ok()
}

/// `{"age": [birth date, date or today]}`: full years.
struct Age;

impl CustomOperator for Age {
    fn evaluate<'a>(
        &self,
        arguments: &[&'a DataValue<'a>],
        context: &mut EvalContext<'_, 'a>,
        arena: &'a Bump,
    ) -> LogicResult<&'a DataValue<'a>> {
        let on =
            if arguments.len() > 1 { date(arguments.get(1)) } else { date(context.root_input().get(TODAY).as_ref()) };
        let years = date(arguments.first()).zip(on).and_then(|(birth, on)| full_years(birth, on));
        Ok(arena.alloc(years.map_or(DataValue::Null, |years| DataValue::from_i64(years.into()))))
    }
}

/// `{"birthDateOfId": identity number}`: the birth date in it, ISO 8601.
struct BirthDateOfId;

impl CustomOperator for BirthDateOfId {
    fn evaluate<'a>(
        &self,
        arguments: &[&'a DataValue<'a>],
        _: &mut EvalContext<'_, 'a>,
        arena: &'a Bump,
    ) -> LogicResult<&'a DataValue<'a>> {
        let birth = id_number(arguments).map(|id| id.birth_date().to_string());
        Ok(arena.alloc(birth.map_or(DataValue::Null, |birth| DataValue::from_str_in(&birth, arena))))
    }
}

/// `{"sexOfId": identity number}`: `male` or `female`.
struct SexOfId;

impl CustomOperator for SexOfId {
    fn evaluate<'a>(
        &self,
        arguments: &[&'a DataValue<'a>],
        _: &mut EvalContext<'_, 'a>,
        arena: &'a Bump,
    ) -> LogicResult<&'a DataValue<'a>> {
        let sex = id_number(arguments).map(|id| match id.sex() {
            Sex::Male => "male",
            Sex::Female => "female",
        });
        Ok(arena.alloc(sex.map_or(DataValue::Null, DataValue::from_borrowed_str)))
    }
}

/// `{"sum": [array, property]}`: of the numbers that are there.
struct Sum;

impl CustomOperator for Sum {
    fn evaluate<'a>(
        &self,
        arguments: &[&'a DataValue<'a>],
        _: &mut EvalContext<'_, 'a>,
        arena: &'a Bump,
    ) -> LogicResult<&'a DataValue<'a>> {
        let entries = arguments.first().and_then(|value| value.as_array()).unwrap_or_default();
        let property = arguments.get(1).and_then(|name| name.as_str());
        let numbers = entries.iter().filter_map(|entry| match property {
            Some(name) => entry.get(name)?.as_f64(),
            None => entry.as_f64(),
        });
        Ok(arena.alloc(DataValue::from_f64(numbers.sum())))
    }
}

/// `{"$pay": [value, weight of the constants]}`: the value, if the means allow for it. Not for forms: it stands round every operation.
struct Pay;

impl CustomOperator for Pay {
    fn evaluate<'a>(
        &self,
        arguments: &[&'a DataValue<'a>],
        _: &mut EvalContext<'_, 'a>,
        _: &'a Bump,
    ) -> LogicResult<&'a DataValue<'a>> {
        let Some(value) = arguments.first() else { return Err(Error::invalid_arguments("one value")) };
        let size = value.as_array().map_or(0, <[_]>::len) + value.as_str().map_or(0, |text| text.len() / CHARACTERS);
        let literals = arguments.get(1).and_then(|weight| weight.as_f64()).unwrap_or(0.0);
        let price = price(size).saturating_add(super::schema::saturating(literals));
        let rest = LEFT.get().checked_sub(price);
        LEFT.set(rest.unwrap_or(0));
        rest.map(|_| *value).ok_or_else(|| Error::custom_message("the means are used up"))
    }
}
