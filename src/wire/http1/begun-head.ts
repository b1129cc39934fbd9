// SPDX-License-Identifier: Apache-2.0

import { HeaderList } from '../head/header-list.ts';
import { latin1 } from '../head/latin1.ts';
import type { FieldSection } from './field-section.ts';
import { SPACE, TARGET, TOKEN } from './octets.ts';

const LINE_END = Buffer.from('\r\n', 'latin1');
export const NOTHING_READ: HeaderList = new HeaderList([], []);

/** What the beginning of a head says that is not taken: method, target, and the fields whose lines are whole. For logs and counters only. */
export function readBegunHead(begun: Buffer, section: FieldSection, maxFields: number): HeaderList {
  const methodEnd = endOfRun(TOKEN, begun, 0);
  if (methodEnd === 0 || begun[methodEnd] !== SPACE) return NOTHING_READ;
  const target = methodEnd + 1;
  const names = [':method', ':path'];
  const values = [latin1(begun, 0, methodEnd), latin1(begun, target, endOfRun(TARGET, begun, target))];
  const lineEnd = begun.indexOf(LINE_END, target);
  const lastEnd = begun.lastIndexOf(LINE_END);
  if (lastEnd > lineEnd) {
    // As if the empty line followed the last whole one.
    section.read(begun, lineEnd + LINE_END.length, lastEnd + 2 * LINE_END.length, maxFields);
    const whole = Math.min(section.names.length, section.values.length);
    names.push(...section.names.slice(0, whole).map(name => (name === 'host' ? ':authority' : name)));
    values.push(...section.values.slice(0, whole));
  }
  return new HeaderList(names, values);
}

function endOfRun(table: Uint8Array, b: Buffer, from: number): number {
  let at = from;
  while (table[b[at] as number] === 1) at++;
  return at;
}
