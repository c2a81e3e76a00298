// Light, dark, or as the system has it. Materialize reads the attribute `theme`.

export type Theme = 'light' | 'dark' | 'system';

const remembered = 'veloria.theme';
const system = () => matchMedia('(prefers-color-scheme: dark)');
let chosen = $state<Theme>('system');

export const theme = {
  get chosen(): Theme {
    return chosen;
  },
  get isDark(): boolean {
    return chosen === 'dark' || (chosen === 'system' && system().matches);
  },
};

function show(): void {
  document.documentElement.setAttribute('theme', theme.isDark ? 'dark' : 'light');
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', theme.isDark ? '#1a1416' : '#fbf6f3');
}

export function choose(next: Theme): void {
  chosen = next;
  localStorage.setItem(remembered, next);
  show();
}

export function startTheme(): void {
  const stored = localStorage.getItem(remembered);
  if (stored === 'light' || stored === 'dark') chosen = stored;
  system().addEventListener('change', show);
  show();
}
