// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { quote, refuse } from './vocabulary.ts';

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

/** A point in time as metadata has it: RFC 3339, with what Go's parser lets pass (one digit for the hour, a comma). */
export const timestamp = z.string().check(context => {
  if (isTime(context.value)) return;
  refuse(context, {
    code: 'schema/metadata-time',
    message: `${quote(context.value)} is not a time`,
    help: 'write it as 2026-01-31T12:00:00Z, or leave it out',
  });
});

function isTime(value: string): boolean {
  const match = TIME.exec(value);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = match
    .slice(1)
    .map(part => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return false;
  return hour <= 23 && minute <= 59 && second <= 59 && zoneHour <= 24 && zoneMinute <= 60;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
