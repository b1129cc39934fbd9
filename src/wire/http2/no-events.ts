// SPDX-License-Identifier: Apache-2.0

import type { MessageEvents } from '../message/message-stream.ts';

/** For streams without a user: before `onStream` returned, or answered by the connection itself. */
export const NO_EVENTS: MessageEvents = {
  onHead() {},
  onInformational() {},
  onData() {},
  onTrailers() {},
  onWritable() {},
  onEnded() {},
};
