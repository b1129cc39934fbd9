// SPDX-License-Identifier: Apache-2.0
import { download, visits } from '../load/passed-streams.ts';
import type { LoadCase } from './bench-case.ts';

const STREAMS = { setup: { carriesStreams: true } } as const;

/** Streams that are passed on as they come: large ones, of TCP and of TLS that the backend ends, and short ones, where connecting costs most. */
export function streamCases(): LoadCase[] {
  return [
    {
      ...STREAMS,
      name: 'TCP download',
      calls: 4_096,
      each: 'MiB',
      run: (_bed, { setup }, n) => download(setup.port, false, n),
    },
    {
      ...STREAMS,
      name: 'TLS passthrough download',
      calls: 2_048,
      each: 'MiB',
      run: (_bed, { setup }, n) => download(setup.tlsPort, true, n),
    },
    {
      ...STREAMS,
      name: 'TCP connections',
      calls: 20_000,
      each: 'connection',
      run: (_bed, { setup }, n) => visits(setup.port, n),
    },
  ];
}
