// What can be imported, and what its fields are called. Pure.
import type { Key } from '../../shared/i18n.svelte';

export type ImportKind = 'clients' | 'appointments' | 'services' | 'payments' | 'all';

/** Contact cards are people and calendars are visits, whatever was chosen. */
export function kindOf(filename: string): ImportKind | undefined {
  const name = filename.toLowerCase();
  if (name.endsWith('.vcf')) return 'clients';
  if (name.endsWith('.ics')) return 'appointments';
  return undefined;
}

export const FIELDS: Record<string, readonly { field: string; name: Key }[]> = {
  clients: [
    { field: 'name', name: 'ui.client.name' },
    { field: 'phone', name: 'ui.client.phone' },
    { field: 'email', name: 'ui.email' },
    { field: 'birthday', name: 'ui.client.birthday' },
    { field: 'tags', name: 'ui.client.tags' },
    { field: 'allergies', name: 'ui.client.allergies' },
    { field: 'notes', name: 'ui.client.about' },
    { field: 'source', name: 'ui.client.source' },
  ],
  services: [
    { field: 'name', name: 'ui.services.name' },
    { field: 'category', name: 'ui.services.category' },
    { field: 'price', name: 'ui.services.price' },
    { field: 'cost', name: 'ui.services.cost' },
    { field: 'duration', name: 'ui.services.duration' },
  ],
  appointments: [
    { field: 'client', name: 'ui.client' },
    { field: 'service', name: 'ui.service' },
    { field: 'starts', name: 'ui.import.starts' },
    { field: 'date', name: 'ui.book.date' },
    { field: 'time', name: 'ui.book.time' },
    { field: 'duration', name: 'ui.services.duration' },
    { field: 'price', name: 'ui.services.price' },
    { field: 'status', name: 'ui.import.status' },
    { field: 'note', name: 'ui.visit.note' },
  ],
  payments: [
    { field: 'client', name: 'ui.client' },
    { field: 'date', name: 'ui.book.date' },
    { field: 'amount', name: 'ui.import.amount' },
    { field: 'description', name: 'ui.import.description' },
    { field: 'receipt', name: 'ui.import.receipt' },
  ],
};

/** How days are written in files, by an example that nobody can misread. */
export const DAY_FORMS: readonly { value: string; label: string }[] = [
  { value: '%d.%m.%Y', label: '31.12.2026' },
  { value: '%Y-%m-%d', label: '2026-12-31' },
  { value: '%m/%d/%Y', label: '12/31/2026' },
  { value: '%d/%m/%Y', label: '31/12/2026' },
  { value: '%d-%m-%Y', label: '31-12-2026' },
  { value: '%d.%m.%y', label: '31.12.26' },
];

export interface ImportMap {
  source?: string;
  key?: string[];
  columns?: Record<string, string | string[]>;
  formats?: Record<string, unknown>;
  [other: string]: unknown;
}

/** The map with a field read from another column, or from none. */
export function withColumn(map: ImportMap | null | undefined, field: string, column: string): ImportMap {
  const columns = { ...map?.columns };
  if (column) columns[field] = column;
  else delete columns[field];
  return { source: 'import', ...map, columns };
}

export function withDayForm(map: ImportMap | null | undefined, form: string): ImportMap {
  return { source: 'import', ...map, formats: { ...map?.formats, date: form, birthday: form, datetime: `${form} %H:%M` } };
}
