// What people ask, in the order in which a first week brings it up.
import type { Key } from '../../shared/i18n.svelte';

export const TOPICS: readonly { title: Key; text: Key; href: string }[] = [
  { title: 'ui.help.book.title', text: 'ui.help.book.text', href: '/calendar' },
  { title: 'ui.help.line.title', text: 'ui.help.line.text', href: '/calendar' },
  { title: 'ui.help.move.title', text: 'ui.help.move.text', href: '/calendar' },
  { title: 'ui.help.finish.title', text: 'ui.help.finish.text', href: '/' },
  { title: 'ui.help.client.title', text: 'ui.help.client.text', href: '/clients' },
  { title: 'ui.help.allergy.title', text: 'ui.help.allergy.text', href: '/clients' },
  { title: 'ui.help.import.title', text: 'ui.help.import.text', href: '/data' },
  { title: 'ui.help.hours.title', text: 'ui.help.hours.text', href: '/settings/hours' },
  { title: 'ui.help.devices.title', text: 'ui.help.devices.text', href: '/devices' },
  { title: 'ui.help.offline.title', text: 'ui.help.offline.text', href: '/devices' },
  { title: 'ui.help.plan.title', text: 'ui.help.plan.text', href: '/plan' },
  { title: 'ui.help.security.title', text: 'ui.help.security.text', href: '/settings/security' },
];
