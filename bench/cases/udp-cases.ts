// SPDX-License-Identifier: Apache-2.0
import { datagrams, questions } from '../load/datagrams.ts';
import type { LoadCase } from './bench-case.ts';

const DATAGRAMS = { each: 'datagram', inACall: 2, setup: { carriesDatagrams: true } } as const;

/** Datagrams and their echoes, and a client for each question, as resolvers of names are: there a session is what costs. */
export function udpCases(): LoadCase[] {
  return [
    {
      ...DATAGRAMS,
      name: 'UDP 64×1, 64 bytes',
      calls: 400_000,
      run: (_bed, { setup }, n) => datagrams(setup.port, { clients: 64, window: 1, bytes: 64 }, n),
    },
    {
      ...DATAGRAMS,
      name: 'UDP 8×16, 1200 bytes',
      calls: 400_000,
      run: (_bed, { setup }, n) => datagrams(setup.port, { clients: 8, window: 16, bytes: 1_200 }, n),
    },
    {
      name: 'UDP, a client each question',
      calls: 50_000,
      each: 'question',
      setup: { carriesDatagrams: true },
      run: (_bed, { setup }, n) => questions(setup.port, n),
    },
  ];
}
