// SPDX-License-Identifier: Apache-2.0

import type { Face } from '../face.ts';
import { withAttempt } from './attempts.ts';
import { deadlineOf, withDeadline } from './deadline.ts';
import { GrpcMessages, seriesOf } from './messages.ts';
import { statusIn, statusName, statusOfHttp } from './outcome.ts';
import { say, sayAtEnd } from './own-answer.ts';
import { asked, readTarget, refusalOf } from './target.ts';

export const GRPC: Face = {
  name: 'grpc',
  noun: 'call',
  readsWhileSending: true,
  endsWithStatus: true,
  passesLength: false,
  saysDate: false,
  takesTrailers: true,
  readTarget,
  asked,
  refusalOf,
  seriesOf,
  countsByTarget: true,
  deadlineOf,
  withDeadline,
  withAttempt,
  statusIn,
  statusOfHttp,
  statusName,
  say,
  sayAtEnd,
  begin: (metrics, outcome) => new GrpcMessages(metrics, outcome),
};
