// SPDX-License-Identifier: Apache-2.0

import type { Face } from '../face.ts';
import { withAttempt } from './attempts.ts';
import { deadlineOf, withDeadline } from './deadline.ts';
import { HttpMessages, seriesOf } from './messages.ts';
import { statusIn, statusName, statusOfHttp } from './outcome.ts';
import { say, sayAtEnd } from './own-answer.ts';
import { asked, readTarget, refusalOf } from './target.ts';

export const HTTP: Face = {
  name: 'http',
  noun: 'request',
  readsWhileSending: false,
  endsWithStatus: false,
  passesLength: true,
  saysDate: true,
  takesTrailers: false,
  readTarget,
  asked,
  refusalOf,
  seriesOf,
  countsByTarget: false,
  deadlineOf,
  withDeadline,
  withAttempt,
  statusIn,
  statusOfHttp,
  statusName,
  say,
  sayAtEnd,
  begin: (metrics, outcome) => new HttpMessages(metrics, outcome),
};
