// A beginning for the price list of somebody who has none: names and lengths that are common in the trade. Prices are hers.
import type { Key } from '../../shared/i18n.svelte';

export interface Starter {
  name: Key;
  minutes: number;
}

export const STARTERS: readonly { category: Key; services: readonly Starter[] }[] = [
  {
    category: 'ui.starter.nails',
    services: [
      { name: 'ui.starter.manicure', minutes: 60 },
      { name: 'ui.starter.gel', minutes: 105 },
      { name: 'ui.starter.pedicure', minutes: 90 },
      { name: 'ui.starter.extension', minutes: 150 },
    ],
  },
  {
    category: 'ui.starter.hair',
    services: [
      { name: 'ui.starter.haircut', minutes: 60 },
      { name: 'ui.starter.colour', minutes: 150 },
      { name: 'ui.starter.styling', minutes: 45 },
    ],
  },
  {
    category: 'ui.starter.lashes',
    services: [
      { name: 'ui.starter.classic_lashes', minutes: 120 },
      { name: 'ui.starter.refill', minutes: 90 },
      { name: 'ui.starter.lash_lift', minutes: 60 },
    ],
  },
  {
    category: 'ui.starter.brows',
    services: [
      { name: 'ui.starter.brow_shape', minutes: 30 },
      { name: 'ui.starter.brow_tint', minutes: 45 },
      { name: 'ui.starter.brow_lift', minutes: 60 },
    ],
  },
];
