// A program as an integrator would write it: every path, query, body and answer is typed by what was generated from the
// API description. It does not compile if the description lacks something that is used here, and it fails if the server
// answers otherwise than described.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

type Client = components['schemas']['Client'];
type Appointment = components['schemas']['Appointment'];

const baseUrl = process.env['SERVER'];
const token = process.env['TOKEN'];
if (!baseUrl || !token) throw new Error('SERVER and TOKEN must be set');
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

function given<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const client: Client = given(
  await api.POST('/api/v1/clients', {
    params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
    body: { name: 'Ольга Петрова', phone: '8 916 123-45-67', tags: ['vip'] },
  }),
);
const service = given(await api.POST('/api/v1/services', { body: { name: 'Маникюр', basePrice: 2500, durationMin: 90 } }));
const visit: Appointment = given(
  await api.POST('/api/v1/appointments', {
    body: { clientId: client.id, serviceId: service.id, startsAt: '2026-12-01T10:00:00+03:00', depositAmount: 1500 },
  }),
);
const taken = await api.POST('/api/v1/appointments', { body: { startsAt: '2026-12-01T10:30:00+03:00', durationMin: 30 } });
if (taken.error?.error.code !== 'slot_taken') throw new Error('the hour should be taken');

const confirmed = given(
  await api.POST('/api/v1/appointments/{id}/confirm', { params: { path: { id: visit.id } } }),
);
if (confirmed.status !== 'confirmed') throw new Error(confirmed.status);

let cursor: string | null = null;
const seen: Appointment[] = [];
do {
  const query = { 'filter[status]': 'confirmed' as const, sort: '-startsAt' as const, limit: 1, ...(cursor && { cursor }) };
  const page: { data: Appointment[]; nextCursor?: string | null } = given(
    await api.GET('/api/v1/appointments', { params: { query } }),
  );
  seen.push(...page.data);
  cursor = page.nextCursor ?? null;
} while (cursor !== null);

const nobody = await api.PATCH('/api/v1/clients/{id}', {
  params: { path: { id: client.id } },
  body: { email: 'olga@' },
});
const problem = nobody.error?.error.fields['email']?.code;
console.log(seen.map((found) => found.id === visit.id), confirmed.price, problem);
