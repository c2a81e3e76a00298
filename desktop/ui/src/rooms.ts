// Every screen that there is: its address, its file (loaded when she goes there), and its place in the menu. A room appears
// here once it works, and with it in the menu; what her plan lacks is hidden there and explains itself to who has the link.
import {
  mdiAccountGroupOutline,
  mdiCallSplit,
  mdiCashRegister,
  mdiCalendarMonthOutline,
  mdiCogOutline,
  mdiCreditCardOutline,
  mdiHelpCircleOutline,
  mdiHistory,
  mdiShieldCheckOutline,
  mdiHomeOutline,
  mdiCellphoneLink,
  mdiFormatListBulleted,
  mdiNoteTextOutline,
  mdiReceiptTextOutline,
  mdiSwapVertical,
  mdiTagOutline,
} from '@mdi/js';
import type { Component } from 'svelte';
import type { Feature } from './api/types';
import { openConflicts } from './parts/open_conflicts.svelte';
import type { Key } from './shared/i18n.svelte';
import { match } from './shared/router.svelte';

type Screen = Component<Record<string, string>>;

export interface Room {
  path: string;
  load: () => Promise<{ default: Screen }>;
  feature?: Feature;
  /** What only the server does there: on a device without a network it is said before she tries. */
  serverOnly?: Key;
  menu?: {
    name: Key;
    icon: string;
    group: 'work' | 'house';
    /** How many things wait there. */
    waiting?: () => string;
  };
}

const screen = (load: () => Promise<unknown>) => load as Room['load'];

export const rooms: Room[] = [
  {
    path: '/',
    load: screen(() => import('./screens/today/Today.svelte')),
    menu: { name: 'ui.today', icon: mdiHomeOutline, group: 'work' },
  },
  {
    path: '/calendar',
    load: screen(() => import('./screens/calendar/Calendar.svelte')),
    menu: { name: 'ui.calendar', icon: mdiCalendarMonthOutline, group: 'work' },
  },
  {
    path: '/appointments',
    load: screen(() => import('./screens/appointments/Appointments.svelte')),
    menu: { name: 'ui.appointments', icon: mdiFormatListBulleted, group: 'work' },
  },
  {
    path: '/clients',
    load: screen(() => import('./screens/clients/Clients.svelte')),
    menu: { name: 'ui.clients', icon: mdiAccountGroupOutline, group: 'work' },
  },
  { path: '/clients/:id', load: screen(() => import('./screens/clients/ClientCard.svelte')) },
  {
    path: '/services',
    load: screen(() => import('./screens/services/Services.svelte')),
    menu: { name: 'ui.services', icon: mdiTagOutline, group: 'work' },
  },
  {
    path: '/invoices',
    load: screen(() => import('./screens/invoices/Invoices.svelte')),
    serverOnly: 'ui.server_only.invoices',
    menu: { name: 'ui.invoices', icon: mdiReceiptTextOutline, group: 'work' },
  },
  {
    path: '/invoices/:id',
    load: screen(() => import('./screens/invoices/InvoicePage.svelte')),
    serverOnly: 'ui.server_only.invoices',
  },
  {
    path: '/till',
    load: screen(() => import('./screens/till/Till.svelte')),
    serverOnly: 'ui.server_only.invoices',
    menu: { name: 'ui.till', icon: mdiCashRegister, group: 'work' },
  },
  {
    path: '/notes',
    load: screen(() => import('./screens/notes/NotesScreen.svelte')),
    menu: { name: 'ui.notes', icon: mdiNoteTextOutline, group: 'work' },
  },
  {
    path: '/conflicts',
    load: screen(() => import('./screens/conflicts/Conflicts.svelte')),
    menu: { name: 'ui.conflicts', icon: mdiCallSplit, group: 'work', waiting: () => openConflicts.count },
  },
  {
    path: '/changes',
    load: screen(() => import('./screens/changes/AllChanges.svelte')),
    serverOnly: 'ui.server_only.changes',
    menu: { name: 'ui.changes.all', icon: mdiHistory, group: 'house' },
  },
  { path: '/changes/:kind/:id', load: screen(() => import('./screens/changes/Changes.svelte')) },
  {
    path: '/data',
    load: screen(() => import('./screens/imports/DataScreen.svelte')),
    serverOnly: 'ui.server_only.data',
    menu: { name: 'ui.data', icon: mdiSwapVertical, group: 'house' },
  },
  { path: '/data/:id', load: screen(() => import('./screens/imports/ImportScreen.svelte')), serverOnly: 'ui.server_only.data' },
  {
    path: '/devices',
    load: screen(() => import('./screens/devices/Devices.svelte')),
    serverOnly: 'ui.server_only.devices',
    menu: { name: 'ui.devices', icon: mdiCellphoneLink, group: 'house' },
  },
  {
    path: '/settings',
    load: screen(() => import('./screens/settings/Settings.svelte')),
    menu: { name: 'ui.settings', icon: mdiCogOutline, group: 'house' },
  },
  { path: '/settings/:section', load: screen(() => import('./screens/settings/Settings.svelte')) },
  {
    path: '/journal',
    load: screen(() => import('./screens/journal/Journal.svelte')),
    feature: 'security.audit_log',
    menu: { name: 'ui.journal', icon: mdiShieldCheckOutline, group: 'house' },
  },
  {
    path: '/plan',
    load: screen(() => import('./screens/plan/Plan.svelte')),
    serverOnly: 'ui.server_only.plan',
    menu: { name: 'ui.plan', icon: mdiCreditCardOutline, group: 'house' },
  },
  {
    path: '/help',
    load: screen(() => import('./screens/help/Help.svelte')),
    menu: { name: 'ui.help', icon: mdiHelpCircleOutline, group: 'house' },
  },
  { path: '/waiting', load: screen(() => import('./screens/waiting/Waiting.svelte')) },
  { path: '/welcome', load: screen(() => import('./screens/welcome/Welcome.svelte')) },
];

export function roomAt(path: string): { room: Room; params: Record<string, string> } | undefined {
  for (const room of rooms) {
    const params = match(room.path, path);
    if (params) return { room, params };
  }
  return undefined;
}
