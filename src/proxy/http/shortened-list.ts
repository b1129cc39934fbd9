// SPDX-License-Identifier: Apache-2.0

import { HeaderList, type MessageStream, type VolatileFields } from '../../wire/index.ts';

/** What stays of an end that is larger than its client says that it takes: what it is, and how the call ended. */
const KEPT: ReadonlySet<string> = new Set([':status', 'content-type', 'grpc-status', 'server', 'date']);
const MESSAGE = 'grpc-message';
const LEFT_OUT = 'the message and the details of this status are larger than the client says that it takes';

/**
 * The last header list of a response for a client that says that it does not take all of it (RFC 9113 §6.5.2): clients reset the
 * call for such a list, or end their connection with all calls on it, and nobody learns the status. The message stays if it fits.
 * null: it says no status, so that nothing is left to save.
 */
export function shortenedList(to: MessageStream, list: HeaderList, fields: VolatileFields): HeaderList | null {
  const names: string[] = [];
  const values: string[] = [];
  let message: string | null = null;
  const look = (name: string, value: string): void => {
    if (name === MESSAGE) message = value;
    if (!KEPT.has(name)) return;
    names.push(name);
    values.push(value);
  };
  for (const [at, name] of list.names.entries()) look(name, list.values[at] ?? '');
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) look(fields[at] ?? '', fields[at + 1] ?? '');
  if (!names.includes('grpc-status')) return null;
  const told = new HeaderList([...names, MESSAGE], [...values, message ?? LEFT_OUT]);
  return to.takesList(told, null) ? told : new HeaderList([...names, MESSAGE], [...values, LEFT_OUT]);
}
