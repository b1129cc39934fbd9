// SPDX-License-Identifier: Apache-2.0

import type { StreamEvents } from './stream.ts';

/** For streams without a user: before `onStream` returned, or answered by the connection itself. */
export const NO_EVENTS: StreamEvents = {
  onHead() {},
  onInformational() {},
  onData() {},
  onTrailers() {},
  onReset() {},
  onWritable() {},
};
