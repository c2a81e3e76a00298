//! Forward only, whatever comes twice, late or from elsewhere.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn known(status: PaymentStatus) -> KnownPayment {
    KnownPayment {
        ours: "p_1".to_owned(),
        theirs: Some("t_1".to_owned()),
        shop: "100500".to_owned(),
        asked: Money::rub(150_000),
        is_hold: true,
        status,
    }
}

fn seen(status: PaymentStatus, minor: i64) -> SeenPayment {
    SeenPayment {
        theirs: "t_1".to_owned(),
        ours: Some("p_1".to_owned()),
        shop: Some("100500".to_owned()),
        amount: Money::rub(minor),
        status,
    }
}

/// One way that a payment can go, as the looks at it.
fn life() -> impl Strategy<Value = Vec<PaymentStatus>> {
    use PaymentStatus::{Canceled, Pending, Succeeded, WaitingForCapture};
    select(vec![
        vec![Pending, Succeeded],
        vec![Pending, Canceled],
        vec![Pending, WaitingForCapture, Succeeded],
        vec![Pending, WaitingForCapture, Canceled],
    ])
}

proptest! {
    #[test]
    fn looks_in_any_order_and_number_end_where_the_payment_ended(
        life in life(),
        looks in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut ours = known(PaymentStatus::Pending);
        let mut advances = 0;
        // The last state is seen at some time: the sweep asks until it is final.
        for status in looks.iter().map(|look| *look.get(&life)).chain(life.last().copied()) {
            if let Step::Advance(next) = follow_payment(&ours, &seen(status, 150_000)).unwrap() {
                prop_assert!(ours.status.may_become(next));
                ours.status = next;
                advances += 1;
            }
        }
        prop_assert_eq!(Some(&ours.status), life.last());
        prop_assert!(advances < life.len());
    }

    #[test]
    fn another_sum_changes_nothing(
        status in select(PaymentStatus::ALL), minor in -10_i64..300_000, is_hold in any::<bool>(),
    ) {
        let is_part = is_hold && status == PaymentStatus::Succeeded && (1..150_000).contains(&minor);
        let is_ours = minor == 150_000 || is_part;
        let ours = KnownPayment { is_hold, ..known(PaymentStatus::Pending) };
        let step = follow_payment(&ours, &seen(status, minor));
        prop_assert_eq!(step.is_ok(), is_ours);
    }

    #[test]
    fn a_refund_ends_once(looks in proptest::collection::vec(select(RefundStatus::ALL), 0..10)) {
        let amount = Money::rub(50_000);
        let mut ours = KnownRefund { theirs: None, payment: "t_1".to_owned(), amount, status: RefundStatus::Pending };
        let mut advances = 0;
        for status in looks {
            let seen = SeenRefund { theirs: "r_1".to_owned(), payment: "t_1".to_owned(), amount, status };
            if let Ok(Step::Advance(next)) = follow_refund(&ours, &seen) {
                (ours.status, ours.theirs) = (next, Some(seen.theirs));
                advances += 1;
            }
        }
        prop_assert!(advances <= 1);
    }
}

#[test]
fn what_is_about_something_else_is_refused_with_the_reason() {
    let ours = known(PaymentStatus::Pending);
    let good = seen(PaymentStatus::Succeeded, 150_000);
    let refused = |change: fn(&mut SeenPayment)| {
        let mut seen = good.clone();
        change(&mut seen);
        follow_payment(&ours, &seen).unwrap_err()
    };
    assert_eq!(refused(|seen| seen.theirs = "t_2".to_owned()), Mismatch::Theirs);
    assert_eq!(refused(|seen| seen.ours = None), Mismatch::Ours);
    assert_eq!(refused(|seen| seen.ours = Some("p_2".to_owned())), Mismatch::Ours);
    assert_eq!(refused(|seen| seen.shop = Some("7".to_owned())), Mismatch::Shop);
    assert_eq!(refused(|seen| seen.amount = Money::new(150_000, "USD".parse().unwrap())), Mismatch::Amount);
    assert_eq!(
        follow_payment(&known(PaymentStatus::Canceled), &good),
        Err(Mismatch::Ends),
        "money came for a payment that had ended without"
    );
    assert_eq!(follow_payment(&ours, &good), Ok(Step::Advance(PaymentStatus::Succeeded)));
}
