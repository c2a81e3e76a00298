// Where she is: the path of the page, without reloading it. Links are plain `<a href>`; one listener takes their clicks.

export interface Place {
  path: string;
  query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

let place = $state.raw<Place>(here());

export const router = {
  get path(): string {
    return place.path;
  },
  get query(): URLSearchParams {
    return place.query;
  },
};

export function go(href: string, how: { replace?: boolean } = {}): void {
  const before = place.path;
  if (how.replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  place = here();
  if (before !== place.path) window.scrollTo(0, 0);
}

/** Listens to clicks on links of ours and to the browser's back button. */
export function startRouter(): void {
  window.addEventListener('popstate', () => (place = here()));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link?.href || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/') || url.pathname.startsWith('/docs')) return;
    if (url.pathname === location.pathname && url.hash) return;
    event.preventDefault();
    go(url.pathname + url.search + url.hash);
  });
}

/** The pieces that a path has in the places of a pattern such as `/clients/:id`, or nothing. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern, path].map((text) => text.split('/').filter(Boolean)) as [string[], string[]];
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const piece = given[index] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = decodeURIComponent(piece);
    else if (part !== piece) return undefined;
  }
  return found;
}
