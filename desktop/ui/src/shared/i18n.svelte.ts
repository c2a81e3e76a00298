// The words of the app in the language that she chose; the same files that server and devices speak from (`domain/lang`).
//
// A key that does not exist does not compile. One language is loaded at a time; switching needs no reload.
import type catalogue from '../../../../domain/lang/ru.json';

export type Lang = 'ru' | 'en';
export type Key = keyof typeof catalogue;
/** A key that has a form for each count. */
export type Counted = Key extends infer K ? (K extends `${infer Base}_other` ? Base : never) : never;

type Texts = Record<string, string>;

const load: Record<Lang, () => Promise<{ default: Texts }>> = {
  ru: () => import('../../../../domain/lang/ru.json') as Promise<{ default: Texts }>,
  en: () => import('../../../../domain/lang/en.json') as Promise<{ default: Texts }>,
};

const remembered = 'veloria.lang';
let texts = $state.raw<Texts>({});
let current = $state<Lang>('ru');
let wanted: Lang | undefined;

export const i18n = {
  get lang(): Lang {
    return current;
  },
  /** The tag by which `Intl` writes dates and numbers. */
  get tag(): string {
    return current === 'ru' ? 'ru-RU' : 'en-US';
  },
};

/** Chosen by her, or, where she has not chosen in this browser, only assumed. */
export async function speak(lang: Lang, how: 'chosen' | 'assumed' = 'chosen'): Promise<void> {
  wanted = lang;
  const next = (await load[lang]()).default;
  // Another language was asked for while this one was on its way.
  if (wanted !== lang) return;
  texts = next;
  current = lang;
  document.documentElement.lang = lang;
  if (how === 'chosen') localStorage.setItem(remembered, lang);
}

/** The language of her account, unless she chose one in this browser. */
export async function speakFor(locale: string): Promise<void> {
  if (localStorage.getItem(remembered) !== null || locale === wanted) return;
  if (locale === 'ru' || locale === 'en') await speak(locale, 'assumed');
}

/** What she chose in this browser, or what the browser asks for. */
export function firstLang(): Lang {
  const chosen = localStorage.getItem(remembered);
  if (chosen === 'ru' || chosen === 'en') return chosen;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith('ru')) ? 'ru' : 'en';
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(texts[key] ?? key, values);
}

/** The form that goes with a count: «2 визита», «5 визитов». */
export function count(key: Counted, number: number): string {
  const form = new Intl.PluralRules(i18n.tag).select(number);
  return fill(texts[`${key}_${form}`] ?? texts[`${key}_other`] ?? key, { count: number.toLocaleString(i18n.tag) });
}

/** A text whose key is only known when the program runs, or nothing. */
export function find(key: string): string | undefined {
  return texts[key];
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
