import { expect, test } from 'vitest';
import { kindOf, withColumn, withDayForm } from './kinds';

test('cards and calendars say themselves what they are', () => {
  expect(['a.VCF', 'b.ics', 'c.csv'].map(kindOf)).toEqual(['clients', 'appointments', undefined]);
});

test('a field gets another column, or none, and the rest of the map stays', () => {
  const map = { source: 'salon', key: ['Code'], columns: { name: 'Имя', phone: 'Тел' } };
  expect(withColumn(map, 'phone', 'Телефон')).toEqual({ ...map, columns: { name: 'Имя', phone: 'Телефон' } });
  expect(withColumn(map, 'phone', '')).toEqual({ ...map, columns: { name: 'Имя' } });
  expect(withColumn(null, 'name', 'a')).toEqual({ source: 'import', columns: { name: 'a' } });
  expect(withDayForm(map, '%d.%m.%Y').formats).toEqual({ date: '%d.%m.%Y', birthday: '%d.%m.%Y', datetime: '%d.%m.%Y %H:%M' });
});
