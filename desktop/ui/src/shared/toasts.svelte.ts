// Short words at the edge of the screen, some with a way back.

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
  action?: { label: string; run: () => void };
}

let shown = $state<Toast[]>([]);
let next = 1;

export const toasts = {
  get shown(): Toast[] {
    return shown;
  },
};

const USUAL_MS = 4_000;

export function say(text: string, more: Partial<Pick<Toast, 'tone' | 'action'>> & { ms?: number } = {}): number {
  const id = next++;
  const toast: Toast = { id, text, tone: more.tone ?? 'plain', ...(more.action && { action: more.action }) };
  shown = [...shown.slice(-2), toast];
  window.setTimeout(() => hush(id), more.ms ?? (more.tone === 'bad' ? 7_000 : USUAL_MS));
  return id;
}

export function hush(id: number): void {
  shown = shown.filter((toast) => toast.id !== id);
}
