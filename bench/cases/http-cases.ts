// SPDX-License-Identifier: Apache-2.0

/** Plain HTTP: HTTP/1.1 on one side or on both. */
import { type Bed, GIB, MIB, withPeer } from '../bed.ts';
import { h2load, type Shape, text } from '../load/h2load.ts';
import { readSlowly } from '../load/slow-reader.ts';
import { H1_TO_H1, H1_TO_H2, H2_TO_H1, H2_TO_H2, type Wiring } from '../peers/wiring.ts';
import { rssBytes } from '../processes.ts';
import type { BenchCase, LoadCase } from './bench-case.ts';

interface Requests {
  readonly wiring: Wiring;
  readonly shape: Shape;
  readonly calls: number;
  readonly path: string;
  readonly encrypts?: boolean;
  bodyFile?(bed: Bed): string;
}

function requests(name: string, { wiring, shape, calls, path, encrypts = false, bodyFile }: Requests): LoadCase {
  return {
    name: `${name} ${text(shape)}`,
    calls,
    setup: { wiring, encrypts },
    run: (bed, { setup }, n) =>
      h2load(setup, { path, shape, calls: n, ...(bodyFile === undefined ? {} : { bodyFile: bodyFile(bed) }) }),
  };
}

/** Kept-alive connections with one request each, as a browser's or another proxy's. */
const KEPT_ALIVE: Shape = { connections: 50, streams: 1 };
const BUSY: Shape = { connections: 10, streams: 20 };

/** One stream after the other, so that what is measured is the copying. */
function gigabytes(name: string, path: string, bodyFile?: (bed: Bed) => string): LoadCase {
  return {
    name,
    calls: 2,
    each: 'MiB',
    inACall: GIB / MIB,
    setup: { wiring: H1_TO_H1 },
    run: (bed, { setup }, n) =>
      h2load(setup, {
        path,
        shape: { connections: 1, streams: 1 },
        calls: n,
        ...(bodyFile === undefined ? {} : { bodyFile: bodyFile(bed) }),
      }),
  };
}

/** A server is asked about each request, over gRPC. */
const externalAuth: LoadCase = {
  name: `external authorization ${text(BUSY)}`,
  calls: 100_000,
  setup: { wiring: H2_TO_H2, isAuthorized: true },
  run: (_bed, { setup }, n) => h2load(setup, { path: '/', shape: BUSY, calls: n }),
};

export function httpCases(): LoadCase[] {
  return [
    requests('HTTP/1.1 keep-alive', { wiring: H1_TO_H1, shape: KEPT_ALIVE, calls: 100_000, path: '/' }),
    requests('h2 → h1', { wiring: H2_TO_H1, shape: BUSY, calls: 100_000, path: '/' }),
    requests('h1 → h2', { wiring: H1_TO_H2, shape: KEPT_ALIVE, calls: 100_000, path: '/' }),
    requests('h1 → TLS h1', { wiring: H1_TO_H1, shape: KEPT_ALIVE, calls: 100_000, path: '/', encrypts: true }),
    requests('h2 → TLS h2', { wiring: H2_TO_H2, shape: BUSY, calls: 100_000, path: '/', encrypts: true }),
    externalAuth,
    requests('HTTP/1.1, 64 KiB each way', {
      wiring: H1_TO_H1,
      shape: { connections: 20, streams: 1 },
      calls: 10_000,
      path: '/Echo',
      bodyFile: bed => bed.largeBody,
    }),
    gigabytes('1 GiB response', `/bytes/${GIB}`),
    gigabytes('1 GiB request', '/', bed => bed.endlessBody),
  ];
}

/** How slow the client is, for how long, and how many of them there are. */
const SLOW = { bytesPerSecond: MIB, seconds: 5, clients: 10 } as const;

const SLOW_READERS = `slow readers of 1 GiB, ${SLOW.clients} at once`;

/** MiB of resident memory that the proxy has more, at its worst, while clients read a GiB each slowly. */
export const slowReaders: BenchCase = {
  name: SLOW_READERS,
  measure: stand =>
    withPeer(stand, { wiring: H1_TO_H1 }, async ({ setup, pid }) => {
      await h2load(setup, { path: `/bytes/${GIB / 16}`, shape: { connections: 10, streams: 1 }, calls: 10 });
      const before = rssBytes(pid);
      const peak = await readSlowly(setup.port, `/bytes/${GIB}`, SLOW, () => rssBytes(pid));
      return [{ name: SLOW_READERS, unit: 'MiB RSS more', value: (peak - before) / MIB }];
    }),
};
