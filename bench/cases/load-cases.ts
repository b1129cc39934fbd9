// SPDX-License-Identifier: Apache-2.0
import { findGhz, ghz } from '../load/ghz.ts';
import { h2load, type Shape, text } from '../load/h2load.ts';
import { streams } from '../load/streams.ts';
import { type Difference, varying } from '../load/varying.ts';
import type { LoadCase } from './bench-case.ts';

const UNARY = '/bench.Bench/Unary';

/** Connections × streams: a few busy clients, many clients with one call each, two very busy ones. */
const SHAPES: readonly Shape[] = [
  { connections: 10, streams: 20 },
  { connections: 50, streams: 1 },
  { connections: 2, streams: 100 },
];

function staticHeaders(shape: Shape, calls: number): LoadCase {
  return {
    name: `static headers ${text(shape)}`,
    calls,
    run: (bed, { setup }, n) => h2load(setup, { path: UNARY, shape, calls: n, bodyFile: bed.smallBody }),
  };
}

function overTls(shape: Shape, calls: number): LoadCase {
  return {
    name: `TLS ${text(shape)}`,
    calls,
    run: (bed, { setup }, n) => h2load(setup, { path: UNARY, isTls: true, shape, calls: n, bodyFile: bed.smallBody }),
  };
}

/** The same client for all: what differs is what costs. */
function differing(name: string, difference: Difference): LoadCase {
  return {
    name: `${name} 10×20`,
    calls: 300_000,
    run: (_bed, { setup }, n) => varying(setup.port, { connections: 10, streams: 20 }, n, difference),
  };
}

const largeMessages: LoadCase = {
  name: '64 KiB each way 10×2',
  calls: 10_000,
  run: (bed, { setup }, n) =>
    h2load(setup, {
      path: '/bench.Bench/Echo',
      shape: { connections: 10, streams: 2 },
      calls: n,
      bodyFile: bed.largeBody,
    }),
};

const STREAMS: Shape = { connections: 10, streams: 10 };
const longStreams: LoadCase = {
  name: 'long streams 10×10, a message and its echo',
  calls: 300_000,
  run: (_bed, { setup }, n) => streams(setup.port, STREAMS, Math.ceil(n / (STREAMS.connections * STREAMS.streams))),
};

/** grpc-go clients; left out when ghz is not installed. */
function grpcGo(): LoadCase[] {
  const program = findGhz();
  if (program === undefined) return [];
  return [{ name: 'grpc-go 8×5', calls: 40_000, run: (bed, { setup }, n) => ghz(program, setup.port, n, bed.folder) }];
}

export function loadCases(): LoadCase[] {
  return [
    ...SHAPES.map(shape => staticHeaders(shape, shape.streams === 1 ? 100_000 : 500_000)),
    differing('equal heads', 'nothing'),
    differing('varying headers', 'ids'),
    differing('unique paths', 'paths'),
    differing('unique tokens', 'tokens'),
    ...grpcGo(),
    ...SHAPES.map(shape => overTls(shape, shape.streams === 1 ? 100_000 : 500_000)),
    largeMessages,
    longStreams,
  ];
}
