// A section of the settings, read with its version and written back whole. Whoever was faster is not overwritten unseen.
import { api } from '../../api/client';
import type { Section } from '../../api/types';
import { resource, type Resource } from '../../shared/resource.svelte';

export interface Versioned<T> {
  value: T;
  etag: string | undefined;
}

export function setting<T>(section: Section): Resource<Versioned<T>> {
  return resource((signal) => readSetting<T>(section, signal));
}

export async function readSetting<T>(section: Section, signal: AbortSignal): Promise<Versioned<T>> {
  const { value, etag } = await api.tagged('/api/v1/settings/{section}', { path: { section }, signal });
  return { value: value.value as T, etag };
}

export async function putSetting<T>(section: Section, value: T, etag: string | undefined): Promise<void> {
  await api.put('/api/v1/settings/{section}', { path: { section }, json: value as never, ifMatch: etag });
}
