// @ts-check
// Three hundred invented people. Whoever bears such a name is not meant; the telephones begin with a prefix that is
// given to nobody.

const NAMES = [
  'Анна',
  'Мария',
  'Елена',
  'Ольга',
  'Наталья',
  'Татьяна',
  'Ирина',
  'Светлана',
  'Юлия',
  'Екатерина',
  'Алина',
  'Дарья',
  'Полина',
  'Ксения',
  'Виктория',
  'Марина',
  'Людмила',
  'Вера',
  'Надежда',
  'Любовь',
  'Алёна',
  'Кристина',
  'Диана',
  'Жанна',
  'Зоя',
  'Инна',
  'Лариса',
  'Нина',
  'Оксана',
  'Софья',
  'Ульяна',
  'Яна',
  'Эльвира',
  'Гульнара',
  'Тамара',
  'Варвара',
  'Милана',
  'Регина',
];
const SURNAMES = [
  'Соколова',
  'Морозова',
  'Ветрова',
  'Лебедева',
  'Ёлкина',
  'Берёзкина',
  'Журавлёва',
  'Полякова',
  'Зимина',
  'Родионова',
  'Щукина',
  'Орлова',
  'Белова',
  'Кузьмина',
  'Савельева',
  'Громова',
  'Королёва',
  'Воробьёва',
  'Медведева',
  'Яковлева',
  'Третьякова',
  'Хабибуллина',
  'Нуриева',
  'Саркисян',
  'Гурьева',
  'Дроздова',
  'Ершова',
  'Фомина',
  'Цветкова',
  'Шубина',
  'Юдина',
  'Абрамова',
  'Вяземская',
  'Долгорукова-Преображенская',
  'Ким',
  'Пак',
  'Тихонова',
  'Майорова',
  'Снегирёва',
  'Рябинина',
];
const ALLERGIES = ['латекс', 'акрилаты', 'хна', 'аммиак', 'пчелиный воск', 'эфирные масла', 'гель-лак с HEMA'];
const TAGS = ['утро', 'вечер', 'выходные', 'невеста', 'болтает', 'молчит', 'с ребёнком', 'опаздывает', 'перезвонить'];
const SOURCES = ['instagram', 'подруга', 'карты', 'авито', 'telegram', 'мимо шла'];
const LIKES = [
  ['чай', 'зелёный'],
  ['чай', 'с чабрецом'],
  ['кофе', 'без сахара'],
  ['музыка', 'потише'],
  ['форма', 'мягкий квадрат'],
  ['форма', 'миндаль'],
  ['длина', 'короткая'],
  ['окно', 'место у окна'],
];

/** @typedef {{ code: string, name: string, phone: string, email: string, birthday: string, tags: string[], allergies: string[], likes: string[][], source: string, rhythm: number, taste: string, from: number, until: number }} Person */

/**
 * @param {import('./chance.mjs').Chance} chance
 * @param {number} count
 * @param {number} days how many days of the past there are
 * @returns {Person[]}
 */
export function people(chance, count, days) {
  const seen = new Set();
  return Array.from({ length: count }, (_, at) => {
    let name = '';
    do {
      name = `${chance.one(NAMES)} ${chance.one(SURNAMES)}`;
    } while (seen.has(name));
    seen.add(name);
    const kind = chance.weighted(
      /** @type {const} */ ([
        [54, 'regular'],
        [20, 'rare'],
        [14, 'lost'],
        [12, 'new'],
      ]),
    );
    const day = String(chance.between(1, 28)).padStart(2, '0');
    const month = String(chance.between(1, 12)).padStart(2, '0');
    return {
      code: `К${String(at + 1).padStart(3, '0')}`,
      name,
      phone: `+7 900 ${String(100 + ((at * 37) % 900))}-${String(chance.between(10, 99))}-${String(10 + (at % 90))}`,
      email: chance.is(0.35) ? `client${at + 1}@example.ru` : '',
      birthday: chance.is(0.55) ? `${day}.${month}.${chance.between(1962, 2006)}` : '',
      tags: [...(chance.is(0.1) ? ['vip'] : []), ...(chance.is(0.4) ? [chance.one(TAGS)] : [])],
      allergies: chance.is(0.12) ? [chance.one(ALLERGIES)] : [],
      likes: chance.is(0.3) ? [chance.one(LIKES)] : [],
      source: chance.one(SOURCES),
      rhythm: kind === 'regular' ? chance.between(11, 26) : kind === 'rare' ? chance.between(45, 110) : chance.between(24, 40),
      taste: chance.weighted([
        [46, 'Ногти'],
        [38, 'Брови'],
        [16, 'Ресницы'],
      ]),
      from: kind === 'new' ? -chance.between(2, 60) : kind === 'regular' ? -days + chance.below(50) : -days + chance.below(days - 70),
      until: kind === 'lost' ? -chance.between(75, 220) : 40,
    };
  });
}
