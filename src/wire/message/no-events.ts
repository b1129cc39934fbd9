// SPDX-License-Identifier: Apache-2.0

import type { MessageEvents } from './message-stream.ts';

/** For streams without a user: before `onStream` returned, or answered by the connection itself. */
export const NO_EVENTS: MessageEvents = {
  onHead() {},
  onInformational() {},
  onUpgraded() {},
  onData() {},
  onTrailers() {},
  onWritable() {},
  onEnded() {},
};
