// FullCalendar, and nothing else that knows it. It is told walls of the business's zone as if they were UTC, so the zone of the
// browser never matters. Fetched when she opens the calendar, and not before.
import { Calendar, type CalendarOptions } from 'fullcalendar';
import dayGrid from 'fullcalendar/daygrid';
import interaction from 'fullcalendar/interaction';
import ru from 'fullcalendar/locales/ru';
import classic from 'fullcalendar/themes/classic';
import timeGrid from 'fullcalendar/timegrid';
import 'fullcalendar/skeleton.css';
import 'fullcalendar/themes/classic/theme.css';
import 'fullcalendar/themes/classic/palette.css';
import type { Shape } from './shapes';

export type View = 'day' | 'three' | 'week' | 'month';

const NAMES: Record<View, string> = { day: 'timeGridDay', three: 'timeGridThree', week: 'timeGridWeek', month: 'dayGridMonth' };

export interface Wanted {
  view: View;
  date: string;
  lang: 'ru' | 'en';
  /** Now, by the wall of the business. */
  now: () => string;
  scrollTime: string;
  onrange: (from: string, to: string, title: string) => void;
  /** What stands in a stretch of days, as far as it is known; `show` says when more is. */
  shapes: (from: string, to: string) => readonly Shape[];
  /** A free place was pressed; `time` is missing in the month. */
  onplace: (date: string, time: string | undefined, durationMin: number | undefined) => void;
  onvisit: (id: string) => void;
  onmove: (id: string, startsAt: string, durationMin: number, revert: () => void) => void;
}

export interface Engine {
  /** What stands there has changed. */
  show(): void;
  go(view: View, date: string): void;
  speak(lang: 'ru' | 'en'): void;
  destroy(): void;
}

/** A press means the quarter of an hour in which it falls; only dragging goes by five minutes. */
const quarter = (date: Date) => new Date(Math.floor(date.getTime() / (15 * 60_000)) * 15 * 60_000);
const wall = (date: Date) => date.toISOString().slice(0, 16);
const MINUTE = 60_000;
const two = (number: number) => String(number).padStart(2, '0');
const hourOf = ({ hour, minute }: { hour: number; minute: number }) => `${two(hour)}:${two(minute)}`;

export function start(node: HTMLElement, wanted: Wanted): Engine {
  const options: CalendarOptions = {
    plugins: [classic, dayGrid, timeGrid, interaction],
    views: { timeGridThree: { type: 'timeGrid', duration: { days: 3 } } },
    initialView: NAMES[wanted.view],
    initialDate: wanted.date,
    timeZone: 'UTC',
    now: wanted.now,
    locales: [ru],
    locale: wanted.lang,
    firstDay: 1,
    headerToolbar: false,
    height: '100%',
    allDaySlot: false,
    nowIndicator: true,
    navLinks: false,
    slotDuration: '00:30:00',
    snapDuration: '00:05:00',
    slotHeaderFormat: ({ date }) => hourOf(date),
    // By hand: a formatter of `Intl` for each visit and each drawing was a third of the time that a step took.
    eventTimeFormat: ({ start: from, end: to }) => [from, to].flatMap((when) => (when ? hourOf(when) : [])).join('–'),
    // A step changes the week, its visits and its hours: drawn once and not one after the other.
    rerenderDelay: 0,
    dayHeaderFormat: { weekday: 'short', day: 'numeric' },
    scrollTime: wanted.scrollTime,
    scrollTimeReset: false,
    editable: true,
    selectable: true,
    selectMirror: true,
    longPressDelay: 300,
    eventInteractive: true,
    dayMaxEvents: 4,
    eventTitleClass: 'visit-title',
    eventTimeClass: 'visit-time',
    expandRows: true,
    // Another week is drawn once, with what is known of it, and not first with that of the last one.
    lazyFetching: false,
    events: ({ start: from, end: to }, done) => done(wanted.shapes(wall(from), wall(to)) as never),
    datesSet: ({ start: from, end: to, view }) => wanted.onrange(wall(from), wall(to), view.title),
    dateClick: ({ date, allDay }) => wanted.onplace(wall(date).slice(0, 10), allDay ? undefined : wall(quarter(date)).slice(11), undefined),
    select: ({ start: from, end: to, allDay, jsEvent }) => {
      const length = (to.getTime() - from.getTime()) / MINUTE;
      // A press is told as a place; only what was drawn is a stretch.
      if (allDay || !jsEvent || length <= 30) return;
      wanted.onplace(wall(from).slice(0, 10), wall(from).slice(11), length);
    },
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      if (event.display !== 'background') wanted.onvisit(event.id);
    },
    eventDrop: ({ event, revert }) => moved(event, revert),
    eventResize: ({ event, revert }) => moved(event, revert),
  };

  function moved(event: { id: string; start: Date | null; end: Date | null }, revert: () => void): void {
    if (!event.start) return revert();
    const end = event.end ?? new Date(event.start.getTime() + 60 * MINUTE);
    wanted.onmove(event.id, wall(event.start), (end.getTime() - event.start.getTime()) / MINUTE, revert);
  }

  const calendar = new Calendar(node, options);
  calendar.render();
  return {
    show: () => calendar.refetchEvents(),
    go(view, date) {
      if (calendar.view.type === NAMES[view]) calendar.gotoDate(date);
      else calendar.changeView(NAMES[view], date);
    },
    speak: (lang) => calendar.setOption('locale', lang),
    destroy: () => calendar.destroy(),
  };
}
