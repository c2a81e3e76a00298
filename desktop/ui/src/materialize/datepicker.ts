// Materialize's calendar, with its words from `Intl`. Everything that it needs to know is passed in; it is gone when told so.
import { Datepicker } from '@materializecss/materialize';

interface Wanted {
  lang: 'ru' | 'en';
  value: string;
  isFarPast: boolean;
  onchoose: (day: string) => void;
}

/** Shows the calendar at a field that nobody sees; returns how to take it away. */
export function show(host: HTMLInputElement, wanted: Wanted): () => void {
  const tag = wanted.lang === 'ru' ? 'ru-RU' : 'en-US';
  const names = (options: Intl.DateTimeFormatOptions, days: Date[]) => {
    const format = new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' });
    return days.map((day) => format.format(day));
  };
  const months = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2024, month, 1)));
  // The seventh of January 2024 was a Sunday.
  const weekdays = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2024, 0, 7 + day)));
  const parts = wanted.value.split('-').map(Number);
  const [year = 0, month = 1, day = 1] = parts;
  const thisYear = new Date().getFullYear();
  const picker = Datepicker.init(host, {
    displayPlugin: null,
    openByDefault: true,
    container: host.parentElement,
    firstDay: wanted.lang === 'ru' ? 1 : 0,
    yearRange: wanted.isFarPast ? [thisYear - 90, thisYear] : [thisYear - 3, thisYear + 3],
    defaultDate: year > 0 ? new Date(year, month - 1, day) : new Date(),
    setDefaultDate: year > 0,
    autoSubmit: true,
    i18n: {
      cancel: '',
      clear: '',
      done: '',
      previousMonth: '‹',
      nextMonth: '›',
      months: names({ month: 'long' }, months),
      monthsShort: names({ month: 'short' }, months),
      weekdays: names({ weekday: 'long' }, weekdays),
      weekdaysShort: names({ weekday: 'short' }, weekdays),
      weekdaysAbbrev: names({ weekday: 'short' }, weekdays),
    },
    onSelect(chosen: Date) {
      // Local parts: as an instant it may be the day before.
      const two = (number: number) => String(number).padStart(2, '0');
      wanted.onchoose(`${chosen.getFullYear()}-${two(chosen.getMonth() + 1)}-${two(chosen.getDate())}`);
    },
  } as never) as unknown as Datepicker;
  return () => picker.destroy();
}
