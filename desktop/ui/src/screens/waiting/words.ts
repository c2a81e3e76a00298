// What waits to be sent, in her words.
import type { Asked } from '../../api/shell';
import { dayAndClock, money, zoned } from '../../shared/format';
import { find, type Key, t } from '../../shared/i18n.svelte';

const SECTIONS: Record<string, Key> = {
  profile: 'ui.settings.business',
  'business-hours': 'ui.settings.hours',
  'cancel-policy': 'ui.settings.policies',
  'deposit-policy': 'ui.settings.policies',
  'notification-prefs': 'ui.settings.notify',
  channels: 'ui.settings.notify',
  branding: 'ui.settings.brand',
};

/** «Новая услуга: Стрижка», «Настройки: Бренд», «Оплата: 1 500 ₽». */
export function what(asked: Asked): string {
  const word = find(`word.${asked.action}`) ?? asked.action;
  const name = word.charAt(0).toLocaleUpperCase() + word.slice(1);
  const section = asked.about === undefined ? undefined : SECTIONS[asked.about];
  const about = asked.amount !== undefined ? money(asked.amount) : section ? t(section) : asked.about;
  return about ? `${name}: ${about}` : name;
}

/** How it stands, and until when. */
export function how(asked: Asked): string {
  const until = asked.deadline ? dayAndClock(zoned(asked.deadline)) : '';
  const why = asked.code ? (find(`error.${asked.code}`) ?? asked.code) : '';
  switch (asked.state) {
    case 'pending':
      return !asked.deadline ? t('intent.pending') : t(asked.overdue ? 'intent.overdue' : 'intent.pending_until', { until });
    case 'sent':
      return !asked.deadline ? t('intent.sent') : t(asked.overdue ? 'intent.overdue_sent' : 'intent.sent_until', { until });
    case 'expired':
      return t('intent.expired', { until });
    case 'refused':
      return t('intent.refused', { why });
  }
}

export const since = (asked: Asked): string =>
  asked.createdAt ? t('ui.waiting.since', { when: dayAndClock(zoned(asked.createdAt)) }) : '';
