// SPDX-License-Identifier: Apache-2.0

/**
 * Proxies that a request came through are counted by `x-forwarded-for`, to which each appends. Where that is not passed on, a mark in `cdn-loop`
 * (RFC 8586) counts instead: when a filter or another server changes either field, and in questions to authorization servers. Nobody's word takes the
 * marks away.
 */
import { crossesMore, goesRound } from '../../values/index.ts';
import type { HeaderList } from '../../wire/index.ts';
import type { FieldChange } from './field-change.ts';

/** It always stays in header lists (`SteadyNames`). */
export const LOOP_MARKS = 'cdn-loop';
/** Fields that say how many proxies there were. */
export const HOP_FIELDS: readonly string[] = ['x-forwarded-for', LOOP_MARKS];
const OWN_MARK = 'daemun';

/** The marks of a head, with ours behind them. */
export function withOwnMark(head: HeaderList): string {
  return [...marksIn(head), OWN_MARK].join(', ');
}

/** By its marks, a request went through more than any chain has. */
export function isMarkedOften(head: HeaderList): boolean {
  return goesRound(marksIn(head).join());
}

/** The same for more than `hops`. */
export function isMarkedMore(head: HeaderList, hops: number): boolean {
  return crossesMore(marksIn(head).join(), hops);
}

/** `change`, of a request that came with `head`, with our mark where it may hide hops. */
export function markedChange(change: FieldChange, head: HeaderList): FieldChange {
  const { puts, removes } = change;
  const hidesHops = removes.some(isHopField) || puts.some(({ name, how }) => how !== 'append' && isHopField(name));
  if (!hidesHops) return change;
  return { ...change, puts: [...puts, { name: LOOP_MARKS, value: withOwnMark(head), how: 'set' }] };
}

function isHopField(name: string): boolean {
  return HOP_FIELDS.includes(name);
}

function marksIn({ names, values }: HeaderList): readonly string[] {
  return names.includes(LOOP_MARKS) ? values.filter((_, at) => names[at] === LOOP_MARKS) : NONE;
}

const NONE: readonly string[] = [];
