// SPDX-License-Identifier: Apache-2.0

import type { Face } from '../face.ts';
import { deadlineOf, withDeadline } from './deadline.ts';
import { HttpMessages } from './messages.ts';
import { statusIn, statusOfHttp } from './outcome.ts';
import { say, sayAtEnd } from './own-answer.ts';

export const HTTP: Face = {
  name: 'http',
  readsWhileSending: false,
  passesLength: true,
  deadlineOf,
  withDeadline,
  statusIn,
  statusOfHttp,
  say,
  sayAtEnd,
  begin: (metrics, outcome) => new HttpMessages(metrics, outcome),
};
