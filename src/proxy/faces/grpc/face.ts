// SPDX-License-Identifier: Apache-2.0

import type { Face } from '../face.ts';
import { deadlineOf, withDeadline } from './deadline.ts';
import { GrpcMessages } from './messages.ts';
import { statusIn, statusOfHttp } from './outcome.ts';
import { say, sayAtEnd } from './own-answer.ts';

export const GRPC: Face = {
  name: 'grpc',
  readsWhileSending: true,
  passesLength: false,
  deadlineOf,
  withDeadline,
  statusIn,
  statusOfHttp,
  say,
  sayAtEnd,
  begin: (metrics, outcome) => new GrpcMessages(metrics, outcome),
};
