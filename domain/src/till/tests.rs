//! Examples of days.

use serde_json::json;

use super::*;

const TENANT: TenantId = TenantId(Uuid::from_u128(7));

fn figures(opening: i64, came: i64, went: i64) -> Figures {
    Figures { opening: Money::rub(opening), came: Money::rub(came), went: Money::rub(went) }
}

fn count(value: &Json) -> Result<Count, FieldErrors> {
    let today = "2026-12-01".parse().unwrap();
    Count::from_json(value.as_object().unwrap(), Currency::RUB, today)
}

#[test]
fn a_day_that_agrees_is_closed_without_a_word_and_a_difference_needs_one() {
    let agrees = count(&json!({ "date": "2026-12-01", "counted": 100 })).unwrap();
    let closed = agrees.close(TENANT, figures(3_000, 8_000, 1_000), "2026-12-01T18:00:00Z").unwrap();
    assert_eq!((closed.difference().unwrap().minor(), closed.reason.as_deref()), (0, None));
    assert!(closed.is_sound(TENANT) && !closed.is_sound(TenantId(Uuid::from_u128(8))));

    let missing = json!({ "date": "2026-12-01", "counted": 99.5 });
    let refused = count(&missing).unwrap().close(TENANT, figures(3_000, 8_000, 1_000), "now").unwrap_err();
    assert_eq!(refused, FieldErrors::one("reason", FieldProblem::Required));
    let mut told = missing;
    told["reason"] = json!("Сдача");
    let closed = count(&told).unwrap().close(TENANT, figures(3_000, 8_000, 1_000), "now").unwrap();
    assert_eq!((closed.difference().unwrap().minor(), closed.reason.as_deref()), (-50, Some("Сдача")));
}

#[test]
fn tomorrow_cannot_be_closed_and_nobody_counts_less_than_nothing() {
    let errors = count(&json!({ "date": "2026-12-02", "counted": -1, "extra": 1 })).unwrap_err();
    assert_eq!(
        serde_json::to_value(&errors).unwrap(),
        json!({ "counted": "out_of_range", "date": "out_of_range", "extra": "unknown" })
    );
    let errors = count(&json!({})).unwrap_err();
    assert_eq!(serde_json::to_value(&errors).unwrap(), json!({ "counted": "required", "date": "required" }));
}

#[test]
fn what_was_corrected_after_the_closing_is_shown_beside_it() {
    let date = "2026-12-01".parse().unwrap();
    let count = count(&json!({ "date": "2026-12-01", "counted": 100 })).unwrap();
    let closed = count.close(TENANT, figures(0, 10_000, 0), "now").unwrap();
    let till = Till::new(date, figures(0, 12_550, 0), BTreeMap::new(), Some(closed)).unwrap();
    assert_eq!((till.expected.to_string(), till.corrected.to_string()), ("125.5".into(), "25.5".into()));
}
