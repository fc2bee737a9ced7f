//! JSONLogic (jsonlogic.com) for `x-calc` and `x-check`: the standard operators and a few of ours.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::operator::EvalContext;
use datalogic_rs::{CustomOperator, DataValue, Engine, Logic, Result as LogicResult};
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::domain::identity::{IdNumber, Sex, full_years};

/// The variable that holds the day.
const TODAY: &str = "$today";

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
        .build()
});

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
    pub(super) fn compile(rule: &Value) -> Result<Self, String> {
        let mut reads = BTreeSet::new();
        let mut compares = BTreeSet::new();
        inspect(rule, false, &mut reads, &mut compares)?;
        let logic = ENGINE.compile(rule).map_err(|error| format!("not valid JSONLogic: {error}"))?;
        Ok(Self { logic, reads, compares })
    }

    /// The value of the expression; `None` when there is none, or it cannot be computed.
    pub(super) fn value(&self, about: &Value, today: Date) -> Option<Value> {
        let arena = Bump::new();
        let context = self.context(about, today);
        let value = ENGINE.evaluate(&self.logic, &context, &arena).ok()?.to_serde_value();
        match value {
            Value::Null => None,
            Value::Number(number) => {
                number.as_f64().filter(|value| value.is_finite()).map(|value| whole(value, number))
            }
            value => Some(value),
        }
    }

    /// Whether the condition holds. One that compares a value that is not there yet is not judged: it holds.
    pub(super) fn holds(&self, about: &Value, today: Date) -> bool {
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
        let arena = Bump::new();
        let context = self.context(about, today);
        ENGINE.evaluate(&self.logic, &context, &arena).is_ok_and(|value| ENGINE.truthy(value))
    }

    /// The part of the object that is read, with the day.
    fn context(&self, about: &Value, today: Date) -> Value {
        let mut context = Map::new();
        if let Some(object) = about.as_object() {
            for path in &self.reads {
                match path.first() {
                    None => context = object.clone(),
                    Some(name) if !context.contains_key(name) => {
                        if let Some(value) = object.get(name) {
                            context.insert(name.clone(), value.clone());
                        }
                    }
                    Some(_) => {}
                }
            }
        }
        context.insert(TODAY.to_owned(), Value::from(today.to_string()));
        Value::Object(context)
    }
}

/// Refuses what the dialect does not know, and notes what is read.
fn inspect(
    rule: &Value,
    compared: bool,
    reads: &mut BTreeSet<Vec<String>>,
    compares: &mut BTreeSet<Vec<String>>,
) -> Result<(), String> {
    let object = match rule {
        Value::Array(items) => return items.iter().try_for_each(|item| inspect(item, compared, reads, compares)),
        Value::Object(object) => object,
        _ => return Ok(()),
    };
    let mut entries = object.iter();
    let (Some((operator, arguments)), None) = (entries.next(), entries.next()) else {
        return Err("a JSONLogic operation has exactly one key".to_owned());
    };
    if !OPERATORS.contains(&operator.as_str()) {
        return Err(format!("`{operator}` is not an operator of the dialect"));
    }
    let list = arguments.as_array().map_or(std::slice::from_ref(arguments), Vec::as_slice);
    match operator.as_str() {
        "var" => {
            let path = match list.first() {
                None | Some(Value::Null) => Vec::new(),
                Some(Value::String(name)) => path(name),
                Some(_) => return Err("`var` takes a literal name".to_owned()),
            };
            if compared && list.len() < 2 && !path.is_empty() {
                compares.insert(path.clone());
            }
            reads.insert(path);
            list.iter().skip(1).try_for_each(|default| inspect(default, compared, reads, compares))
        }
        "missing" | "missing_some" => {
            let mut names =
                list.iter().flat_map(|item| item.as_array().map_or(std::slice::from_ref(item), Vec::as_slice));
            names.try_for_each(|name| match name {
                Value::String(name) => {
                    reads.insert(path(name));
                    Ok(())
                }
                Value::Number(_) if operator == "missing_some" => Ok(()),
                _ => Err(format!("`{operator}` takes literal names")),
            })
        }
        // Names inside are those of the entries; only the accumulator's start is about the object again.
        operator if CLOSURES.contains(&operator) => {
            if let Some(inner) = list.get(1) {
                inspect(inner, false, &mut BTreeSet::new(), &mut BTreeSet::new())?;
            }
            let outer = list.iter().enumerate().filter(|(place, _)| *place != 1);
            outer.map(|(_, item)| item).try_for_each(|item| inspect(item, compared, reads, compares))
        }
        operator => {
            let comparison = COMPARISONS.contains(&operator);
            // `== null` asks whether a value is there.
            let compared = if comparison { !list.contains(&Value::Null) } else { compared };
            list.iter().try_for_each(|item| inspect(item, compared, reads, compares))
        }
    }
}

fn path(name: &str) -> Vec<String> {
    if name.is_empty() { Vec::new() } else { name.split('.').map(str::to_owned).collect() }
}

/// `3` rather than `3.0`.
#[expect(clippy::cast_possible_truncation, reason = "within 2^53, where every whole number is exact")]
fn whole(value: f64, number: serde_json::Number) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_f64() && value.fract() == 0.0 && value.abs() <= EXACT {
        Value::from(value as i64)
    } else {
        Value::Number(number)
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
