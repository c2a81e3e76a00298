// Rules hold from a day on; what was booked before keeps the rule of its time. The form shows and writes today's. Pure.

export interface CancelRule {
  effectiveFrom: string;
  freeUntilHours: number;
  lateFeePercent: number;
  noShowFeePercent: number;
}
export interface CancelPolicy {
  rules: CancelRule[];
}
export interface DepositRule {
  effectiveFrom: string;
  mode: 'none' | 'fixed' | 'percent';
  amount?: number | null;
  percent?: number | null;
  newClientsOnly: boolean;
}
export interface DepositPolicy {
  rules: DepositRule[];
}

/** The rule of a day. */
export function ruleOn<R extends { effectiveFrom: string }>(rules: readonly R[], day: string): R | undefined {
  return rules.findLast((rule) => rule.effectiveFrom <= day);
}

/** With another rule from a day on. */
export function from<R extends { effectiveFrom: string }>(rules: readonly R[], rule: R): R[] {
  const others = rules.filter((other) => other.effectiveFrom !== rule.effectiveFrom);
  return [...others, rule].sort((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom));
}
