import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { readQuickLine } from './quick_line';

// A Sunday.
const known = {
  today: Temporal.PlainDate.from('2026-11-22'),
  services: [
    { id: 'manicure', name: 'Маникюр' },
    { id: 'gel', name: 'Маникюр с покрытием' },
    { id: 'brows', name: 'Коррекция бровей' },
    { id: 'hair', name: 'Haircut' },
  ],
};
const read = (text: string) => readQuickLine(text, known);

test('day, hour, name and service in any order', () => {
  const expected = { date: '2026-11-23', time: '15:00', name: 'Аня', serviceId: 'manicure' };
  expect(read('завтра 15 Аня маникюр')).toEqual(expected);
  expect(read('Аня маникюр завтра в 15')).toEqual(expected);
  expect(read('маникюр, Аня, 23.11 15:00')).toEqual(expected);
});

test('days are said in many ways', () => {
  const days: [string, string][] = [
    ['сегодня', '2026-11-22'],
    ['послезавтра', '2026-11-24'],
    ['в среду', '2026-11-25'],
    ['вс', '2026-11-29'],
    ['on friday', '2026-11-27'],
    ['5 декабря', '2026-12-05'],
    ['5 dec', '2026-12-05'],
    ['1.02', '2027-02-01'],
    ['1.02.2028', '2028-02-01'],
    ['31/12/26', '2026-12-31'],
  ];
  for (const [text, date] of days) expect(read(`${text} Аня`), text).toEqual({ date, name: 'Аня' });
});

test('a day that does not exist is left as it was typed', () => {
  expect(read('31.02 Аня').date).toBeUndefined();
  expect(read('30 февраля Аня').date).toBeUndefined();
});

test('hours are said in many ways', () => {
  const hours: [string, string][] = [
    ['в 9', '09:00'],
    ['9:30', '09:30'],
    ['15.30', '15:30'],
    ['1530', '15:30'],
    ['3pm', '15:00'],
    ['3 pm', '15:00'],
    ['7 вечера', '19:00'],
    ['10 утра', '10:00'],
    ['12am', '00:00'],
  ];
  for (const [text, time] of hours) expect(read(`Аня ${text}`), text).toEqual({ time, name: 'Аня' });
  expect(read('Аня 25').time).toBeUndefined();
});

test('the service of which more words are named wins, and a beginning is enough', () => {
  expect(read('Аня маникюр покрытием').serviceId).toBe('gel');
  expect(read('Аня бровей').serviceId).toBe('brows');
  expect(read('Аня маник').serviceId).toBe('manicure');
  expect(read('Ann haircut tomorrow 11')).toEqual({ date: '2026-11-23', time: '11:00', name: 'Ann', serviceId: 'hair' });
});

test('a telephone is no hour, and a length is no hour either', () => {
  expect(read('завтра 15 Аня 8 916 123-45-67')).toEqual({
    date: '2026-11-23',
    time: '15:00',
    name: 'Аня',
    phone: '8 916 123-45-67',
  });
  expect(read('Аня 14:00 90 мин')).toEqual({ time: '14:00', name: 'Аня', durationMin: 90 });
  expect(read('Аня 14:00 2ч')).toEqual({ time: '14:00', name: 'Аня', durationMin: 120 });
});

test('names of two words stay whole, and nothing makes it fall over', () => {
  expect(read('Анна Петрова-Водкина').name).toBe('Анна Петрова-Водкина');
  for (const text of ['', '   ', '😀', '12.', 'в в в', '99:99', '<script>', 'ا ب']) expect(() => read(text)).not.toThrow();
});
