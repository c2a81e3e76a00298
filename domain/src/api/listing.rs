//! From the query to a listing: every mistake is told by the name that the caller wrote, none hides another.

use jiff::Timestamp;
use uuid::Uuid;

use super::paging::{Cursor, Limit};
use super::query::{QueryFields, camel_case};
use super::refusal::Refusal;
use super::spec::{Field, Kind, ListSpec};
use crate::email::Email;
use crate::errors::{ErrorCode, FieldProblem};
use crate::phone::Phone;
use crate::search::fold;

/// The most values of one `in`.
const MOST_VALUES: usize = 100;

/// What a list is asked for.
#[derive(Clone, Debug)]
pub struct Listing {
    pub conditions: Vec<Condition>,
    pub sort: Sort,
    pub limit: Limit,
    /// The sort key of the last entry that was shown.
    pub after: Option<Value>,
    pub cursor: Cursor,
}

/// One `filter[...]`.
#[derive(Clone, Debug)]
pub struct Condition {
    pub field: &'static Field,
    pub how: How,
    pub values: Vec<Value>,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Equal,
    In,
    After,
    From,
    Before,
    Until,
}

/// A value in its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Id(Uuid),
    Moment(Timestamp),
    /// After every moment.
    Never,
    Whole(i64),
    Number(String),
    Flag(bool),
}

/// What a list is sorted by; its ids decide between equals.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    pub field: &'static Field,
    pub is_descending: bool,
}

impl How {
    pub const ALL: [(&'static str, Self); 5] = [
        ("in", Self::In),
        ("gt", Self::After),
        ("gte", Self::From),
        ("lt", Self::Before),
        ("lte", Self::Until),
    ];

    /// Whether it makes sense for values of this kind.
    #[must_use]
    pub const fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Equal => true,
            Self::In => !kind.has_range() && !matches!(kind, Kind::Flag | Kind::Member),
            Self::After | Self::From | Self::Before | Self::Until => kind.has_range(),
        }
    }
}

impl Listing {
    /// Reads filters, order, limit and cursor, and ends: whatever is left is unknown. `zone` is for moments without an
    /// offset; `further` is what the slice has read itself and a cursor must agree with.
    pub fn read(
        spec: &ListSpec,
        mut query: QueryFields,
        zone: &str,
        further: &dyn std::fmt::Debug,
    ) -> Result<Self, Refusal> {
        let conditions = conditions(spec, &mut query, zone);
        let sort = sort(spec, &mut query);
        // Bound to what was asked, not to how it is looked up: a cursor outlives the next version of the server.
        let named: Vec<_> = conditions.iter().map(|one| (one.field.name, one.how, &one.values)).collect();
        let order = (sort.field.name, sort.is_descending);
        let (limit, cursor) = query.page(spec.list, &[&named, &order, further])?;
        // What it holds is still only what a caller sent.
        let after = match cursor.after() {
            None => None,
            Some(after) => {
                let key = key(sort.field.kind, after.0.as_deref().unwrap_or_default());
                Some(key.ok_or(Refusal::new(ErrorCode::BadCursor))?)
            }
        };
        Ok(Self { conditions, sort, limit, after, cursor })
    }

    /// The id of the last entry that was shown.
    #[must_use]
    pub fn after_id(&self) -> Uuid {
        self.cursor.after().map_or(Uuid::nil(), |after| after.1)
    }
}

fn conditions(spec: &ListSpec, query: &mut QueryFields, zone: &str) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (asked, text) in query.take_prefixed("filter[") {
        let Some((field, how)) = target(spec, &asked) else {
            query.mistake(&asked, FieldProblem::Unknown);
            continue;
        };
        let texts: Vec<&str> = if how == How::In { text.split(',').collect() } else { vec![&text] };
        if texts.len() > MOST_VALUES {
            query.mistake(&asked, FieldProblem::TooLong);
            continue;
        }
        match texts.into_iter().map(|text| value(field.kind, text.trim(), zone)).collect() {
            Ok(values) => conditions.push(Condition { field, how, values }),
            Err(problem) => query.mistake(&asked, problem),
        }
    }
    conditions
}

/// `filter[updated_at][gte]` is the field `updatedAt` from a value on.
fn target(spec: &ListSpec, asked: &str) -> Option<(&'static Field, How)> {
    let inner = asked.strip_prefix("filter[")?.strip_suffix(']')?;
    let (name, how) = match inner.split_once("][") {
        None => (inner, How::Equal),
        Some((name, word)) => (name, How::ALL.into_iter().find(|(known, _)| *known == word)?.1),
    };
    let field = spec.field(&camel_case(name)).filter(|field| field.used.filters())?;
    how.fits(field.kind).then_some((field, how))
}

fn sort(spec: &ListSpec, query: &mut QueryFields) -> Sort {
    let asked = query.word("sort").unwrap_or_else(|| spec.sort.to_owned());
    let (name, is_descending) = asked.strip_prefix('-').map_or((asked.as_str(), false), |name| (name, true));
    let field = spec.field(&camel_case(name)).filter(|field| field.used.sorts());
    if field.is_none() {
        query.mistake("sort", FieldProblem::Unknown);
    }
    let standard = || spec.field(spec.sort).unwrap_or(&spec.fields[0]);
    Sort { field: field.unwrap_or_else(standard), is_descending }
}

fn value(kind: Kind, text: &str, zone: &str) -> Result<Value, FieldProblem> {
    if text.is_empty() {
        return Err(FieldProblem::Required);
    }
    if text.chars().count() > crate::input::MAX_LINE {
        return Err(FieldProblem::TooLong);
    }
    let moment = || QueryFields::read_moment(text, zone);
    Ok(match kind {
        Kind::Line | Kind::Member => Value::Text(text.to_owned()),
        Kind::Folded => Value::Text(fold(text)),
        Kind::Word(words) if words.contains(&text) => Value::Text(text.to_owned()),
        Kind::Word(_) => return Err(FieldProblem::Invalid),
        Kind::Phone => Value::Text(Phone::parse(text).map_err(|_| FieldProblem::InvalidPhone)?.to_string()),
        Kind::Email => {
            let email = Email::parse(text).map_err(|_| FieldProblem::InvalidEmail)?;
            Value::Text(email.as_str().to_lowercase())
        }
        Kind::Id => Value::Id(text.parse().map_err(|_| FieldProblem::Invalid)?),
        Kind::Moment => Value::Moment(moment()?),
        Kind::Seconds => Value::Whole(moment()?.as_second()),
        Kind::Number => Value::Number(number(text).ok_or(FieldProblem::NotANumber)?),
        Kind::Flag => Value::Flag(text.parse().map_err(|_| FieldProblem::Invalid)?),
    })
}

/// A plain decimal, as it was written: no detour through binary fractions.
fn number(text: &str) -> Option<String> {
    let is_plain =
        text.len() <= 30 && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    let parsed: f64 = text.parse().ok().filter(|_| is_plain)?;
    parsed.is_finite().then(|| text.to_owned())
}

/// A cursor's text as the sort key that it must be.
fn key(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Line | Kind::Folded | Kind::Word(_) | Kind::Phone | Kind::Email | Kind::Member => {
            (!text.contains('\0')).then(|| Value::Text(text.to_owned()))
        }
        Kind::Id => text.parse().ok().map(Value::Id),
        Kind::Moment if text == "infinity" => Some(Value::Never),
        Kind::Moment => moment_key(text).map(Value::Moment),
        Kind::Seconds => text.parse().ok().map(Value::Whole),
        Kind::Number => number(text).map(Value::Number),
        Kind::Flag => text.parse().ok().map(Value::Flag),
    }
}

/// A moment that a cursor may hold: one that the database can hold, too.
#[must_use]
pub fn moment_key(text: &str) -> Option<Timestamp> {
    let at: Timestamp = text.parse().ok()?;
    crate::dates::is_day_of_ours(at.to_zoned(jiff::tz::TimeZone::UTC).date()).then_some(at)
}
