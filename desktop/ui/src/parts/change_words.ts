// What a change says, in her words: the document's own way of writing is nobody's to read.
import type { Change } from '../api/types';
import { dayWritten } from '../materialize/dates';
import { clock, day, dayAndClock, duration, money, phone, Temporal, zoned } from '../shared/format';
import { i18n, type Key, t } from '../shared/i18n.svelte';
import { statusName } from '../shared/words';
import { people } from './people.svelte';
import { prices } from './prices.svelte';

type Field = Change['fields'][number];

const DEEDS: Record<string, Key> = {
  add: 'ui.changes.create',
  book: 'ui.changes.book',
  book_again: 'ui.changes.book_again',
  cancel: 'ui.changes.cancel',
  complete: 'ui.changes.complete',
  confirm: 'ui.changes.confirm',
  consent: 'ui.changes.consent',
  create: 'ui.changes.create',
  edit: 'ui.changes.edit',
  import: 'ui.changes.import',
  // What an import writes beside what it brings: whose it is, and that a row is here already.
  mark: 'ui.changes.import',
  merge: 'ui.changes.merge',
  merged: 'ui.changes.import',
  move: 'ui.changes.move',
  no_show: 'ui.changes.no_show',
  redo: 'ui.changes.import',
  remove: 'ui.changes.remove',
  settle: 'ui.changes.settle',
  tell: 'ui.changes.tell',
  undo: 'ui.changes.undo',
};

const FIELDS: Record<string, Key> = {
  allergies: 'ui.field.allergies',
  birthday: 'ui.client.birthday',
  body: 'ui.field.body',
  clientId: 'ui.client',
  consents: 'ui.changes.consent',
  contacts: 'ui.field.contacts',
  deletedAt: 'ui.field.deleted',
  depositAmount: 'ui.visit.deposit',
  email: 'ui.email',
  events: 'ui.field.status',
  locale: 'ui.client.locale',
  media: 'ui.field.media',
  name: 'ui.client.name',
  note: 'ui.visit.note',
  notes: 'ui.client.about',
  phone: 'ui.client.phone',
  price: 'ui.services.price',
  serviceId: 'ui.service',
  source: 'ui.client.source',
  tags: 'ui.client.tags',
  time: 'ui.field.time',
};

const PURPOSES: Record<string, Key> = {
  data: 'ui.consents.data',
  marketing: 'ui.consents.marketing',
  photo: 'ui.consents.photo',
  service: 'ui.consents.service',
};

/** What was done: `appointment.move` is «Запись перенесена». */
export function deedName(command: string): string {
  const [first, last] = [command.split('.').at(0), command.split('.').at(-1)];
  // `undo.change`, `undo.create`: what was taken back stands in the fields.
  const deed = DEEDS[first === 'undo' ? first : (last ?? '')];
  return deed ? t(deed) : command;
}

export function fieldName(field: string): string {
  if (isMerging(field)) return t('ui.changes.merged_from');
  const known = FIELDS[root(field)];
  return known ? t(known) : t('ui.field.other', { name: root(field) });
}

/** What only the program reads: kinds and ids that say nothing to her. */
export function isShown({ field }: Field, command: string): boolean {
  if (isMerging(field)) return true;
  if (['kind', 'meta', 'decisions', 'items'].includes(root(field))) return false;
  // Where a client came from is hers to know; through which door a visit came is the program's.
  return root(field) !== 'source' || command.startsWith('client.');
}

/** The mark on the card of who stays; its value is the name of who went. */
function isMerging(field: string): boolean {
  return field.startsWith('meta.mergedFrom:');
}

function root(field: string): string {
  return field.split('.')[0] ?? field;
}

/** One side of a field. */
export function valueOf(field: string, value: unknown): string {
  const name = root(field);
  if (value === null || value === undefined || value === '') return t('ui.changes.nothing');
  // Of a set, the entry is the name and the value only says that it is there.
  if (['tags', 'allergies'].includes(name)) return value === true ? rest(field) : t('ui.changes.nothing');
  if (name === 'contacts') return rest(field);
  if (name === 'media') return t('ui.changes.yes');
  if (typeof value === 'object') return thing(name, value as Record<string, unknown>);
  if (typeof value === 'boolean') return value ? t('ui.changes.yes') : t('ui.changes.no');
  const text = String(value);
  if (name === 'time') return timeWritten(text);
  if (['price', 'depositAmount', 'cost'].includes(name)) return amountWritten(text);
  if (name === 'phone') return phone(text);
  if (name === 'deletedAt') return dayAndClock(zoned(Temporal.Instant.fromEpochMilliseconds(Number(text)).toString()));
  if (name === 'birthday') return dayWritten(text, i18n.lang);
  if (name === 'clientId') return people.find(text)?.name ?? t('ui.client.gone');
  if (name === 'serviceId') return prices.find(text)?.name ?? t('ui.service');
  return text;
}

function rest(field: string): string {
  return field.slice(field.indexOf('.') + 1);
}

/** An event of a visit, or a line of the ledger of consents. */
function thing(name: string, value: Record<string, unknown>): string {
  if (name === 'events') {
    const type = String(value['type']);
    const known = ['requested', 'booked', 'confirmed', 'cancelled', 'no_show', 'completed'] as const;
    const status = known.find((word) => word === type);
    return status ? statusName(status) : type;
  }
  if (name === 'consents') {
    const purpose = PURPOSES[String(value['purpose'])];
    return `${purpose ? t(purpose) : String(value['purpose'])}: ${value['given'] === true ? t('ui.changes.yes') : t('ui.changes.no')}`;
  }
  return JSON.stringify(value);
}

/** `2026-12-01T10:00[Europe/Moscow]/PT90M` */
function timeWritten(text: string): string {
  const found = /^([^[]+)\[([^\]]+)\]\/PT(\d+)M$/.exec(text);
  if (!found?.[1]) return text;
  const wall = Temporal.PlainDateTime.from(found[1]);
  return `${day(wall.toPlainDate())}, ${clock(wall)}, ${duration(Number(found[3]))}`;
}

/** `250000 RUB`, in hundredths. */
function amountWritten(text: string): string {
  const [hundredths = '', currency] = text.split(' ');
  return currency ? money(Number(hundredths) / 100, currency) : text;
}
