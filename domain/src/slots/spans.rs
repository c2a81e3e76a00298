//! Stretches of time as sorted lists that do not touch: what is open, what is taken, what is left.
//!
//! Part of the slots room. Pure arithmetic in seconds since 1970; knows no calendar.

/// A stretch of time, half-open: it ends before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Seconds since 1970, inclusive.
    pub from: i64,
    /// Seconds since 1970, exclusive.
    pub until: i64,
}

impl Span {
    /// A stretch that begins at a moment.
    #[must_use]
    pub const fn new(from: i64, until: i64) -> Self {
        Self { from, until }
    }

    /// How many seconds it has.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.until - self.from
    }

    const fn is_empty(self) -> bool {
        self.until <= self.from
    }
}

/// The same time as a sorted list in which nothing overlaps or touches.
#[must_use]
pub fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => merged.push(span),
        }
    }
    merged
}

/// What is left of merged spans without other merged ones.
#[must_use]
pub fn without(spans: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    let mut first = 0;
    for span in spans {
        let mut from = span.from;
        while taken.get(first).is_some_and(|taken| taken.until <= span.from) {
            first += 1;
        }
        for taken in taken[first..].iter().take_while(|taken| taken.from < span.until) {
            if from < taken.from {
                left.push(Span::new(from, taken.from));
            }
            from = from.max(taken.until);
        }
        if from < span.until {
            left.push(Span::new(from, span.until));
        }
    }
    left
}

/// Whether one of the merged spans holds all of it. An empty stretch is always held.
#[must_use]
pub fn holds(spans: &[Span], wanted: Span) -> bool {
    let after = spans.partition_point(|span| span.from <= wanted.from);
    wanted.is_empty() || after.checked_sub(1).is_some_and(|index| spans[index].until >= wanted.until)
}

/// Whether any of the merged spans shares a moment with it.
#[must_use]
pub fn touches(spans: &[Span], wanted: Span) -> bool {
    let after = spans.partition_point(|span| span.until <= wanted.from);
    !wanted.is_empty() && spans.get(after).is_some_and(|span| span.from < wanted.until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let span = (0_i64..200, 0_i64..40).prop_map(|(from, length)| Span::new(from, from + length));
        proptest::collection::vec(span, 0..12)
    }

    fn has(spans: &[Span], second: i64) -> bool {
        spans.iter().any(|span| span.from <= second && second < span.until)
    }

    proptest! {
        #[test]
        fn merged_and_subtracted_they_are_the_same_time(open in spans(), taken in spans(), probe in (0_i64..240, 0_i64..30)) {
            let (all, gone) = (merge(open.clone()), merge(taken.clone()));
            let left = without(&all, &gone);
            for second in 0..240 {
                prop_assert_eq!(has(&all, second), has(&open, second));
                prop_assert_eq!(has(&left, second), has(&open, second) && !has(&taken, second));
            }
            prop_assert!(left.windows(2).all(|pair| pair[0].until < pair[1].from));
            let wanted = Span::new(probe.0, probe.0 + probe.1);
            let inside = (wanted.from..wanted.until).all(|second| has(&left, second));
            prop_assert_eq!(holds(&left, wanted), inside);
            let touched = (wanted.from..wanted.until).any(|second| has(&gone, second));
            prop_assert_eq!(touches(&gone, wanted), touched);
        }
    }
}
