//! How one amount is spread over several things: the lines of a receipt, and the payments that a refund takes from. Nothing is lost or
//! made by rounding.

use crate::invoices::{Invoice, ItemKind};
use crate::money::Money;

/// The longest name of a line that the provider takes, in characters.
const LONGEST: usize = 128;

/// A line of a receipt: a thing, and what is paid for all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLine {
    /// What it is.
    pub name: String,
    /// What is paid for it.
    pub amount: Money,
}

/// The lines of a receipt over an amount that was or is to be paid on an invoice; together they are the amount, to the kopeck. What is
/// taken off, and what is paid another time, is taken off each line in its proportion.
#[must_use]
pub fn receipt_lines(invoice: &Invoice, amount: Money) -> Vec<ReceiptLine> {
    let things = invoice.items.iter().filter(|item| item.kind != ItemKind::Discount);
    let (names, weights): (Vec<String>, Vec<i64>) = things
        .filter_map(|item| {
            let name = match item.quantity {
                1 => item.name.clone(),
                pieces => format!("{} × {pieces}", item.name),
            };
            Some((name.chars().take(LONGEST).collect(), invoice.money(&item.amount)?.minor()))
        })
        .unzip();
    let parts = in_proportion(&weights, amount.minor());
    let lines = names.into_iter().zip(parts).filter(|(_, minor)| *minor > 0);
    lines.map(|(name, minor)| ReceiptLine { name, amount: Money::new(minor, amount.currency()) }).collect()
}

/// Shares of a sum by weight, which come to the sum: what rounding leaves goes to those who lost most by it.
fn in_proportion(weights: &[i64], sum: i64) -> Vec<i64> {
    let (weights, sum): (Vec<i128>, i128) =
        (weights.iter().map(|weight| i128::from(*weight)).collect(), i128::from(sum));
    let total: i128 = weights.iter().sum();
    if total <= 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i128> = weights.iter().map(|weight| weight * sum / total).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| (-(weights[*at] * sum % total), *at));
    let left = usize::try_from(sum - parts.iter().sum::<i128>()).unwrap_or_default();
    for at in order.into_iter().take(left) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or_default()).collect()
}

/// From which payments an amount goes back: from the first until it is used up, then from the next. `None` if they have not as much.
#[must_use]
pub fn share_out<T: Copy>(left: &[(T, Money)], amount: Money) -> Option<Vec<(T, Money)>> {
    let mut missing = amount.minor();
    let mut shares = Vec::new();
    for (whose, has) in left {
        let part = missing.min(has.minor());
        if part > 0 {
            shares.push((*whose, Money::new(part, amount.currency())));
            missing -= part;
        }
    }
    (missing == 0 && !shares.is_empty()).then_some(shares)
}
