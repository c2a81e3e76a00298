// What is said of a plan: only what works today, so nobody pays for a promise.
import type { Plan } from '../../api/types';
import type { Key } from '../../shared/i18n.svelte';

export const HIGHLIGHTS: Record<Plan, readonly Key[]> = {
  ivory: ['ui.plan.has.calendar', 'ui.plan.has.clients', 'ui.plan.has.offline', 'ui.plan.has.import'],
  veloria: ['ui.plan.has.all_ivory', 'ui.plan.has.two_factor'],
  imperium: ['ui.plan.has.all_veloria', 'ui.plan.has.journal'],
};
