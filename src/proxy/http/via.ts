// SPDX-License-Identifier: Apache-2.0

import type { MessageStream, VolatileFields } from '../../wire/index.ts';

/**
 * `fields` with `via` (RFC 9110 §7.6.3): the version in which the message was `received`, and the name that we go by. One that came stays
 * where it is, and ours behind it: fields of one name are a list in their order.
 */
export function withVia(fields: VolatileFields, name: string, received: MessageStream['version']): VolatileFields {
  return [...(fields ?? []), 'via', `${received.slice(received.indexOf('/') + 1)} ${name}`];
}
