// SPDX-License-Identifier: Apache-2.0

/** What daemun promises of its figures. */
import type { Figure, LeftOut } from './report.ts';

/** `most`: of daemun's figure itself, or of its ratio to another figure. */
export interface Bound {
  readonly case: string;
  readonly most: number;
  /** What it is divided by: the same case of another program, or another case of daemun. Left out: nothing. */
  readonly to?: { readonly program: string } | { readonly case: string };
}

function ofPeer(program: string, rows: Readonly<Record<string, number>>): Bound[] {
  return Object.entries(rows).map(([name, most]) => ({ case: name, most, to: { program } }));
}

export const BOUNDS: readonly Bound[] = [
  ...ofPeer('Envoy', {
    'static headers 10×20': 0.15,
    'static headers 50×1': 0.4,
    'static headers 2×100': 0.1,
    'grpc-go 8×5': 0.45,
    'unique paths 10×20': 0.3,
    'unique tokens 10×20': 0.3,
    '64 KiB each way 10×2': 1,
    'TLS handshakes full, TLSv1.3, ECDSA P-256': 2,
    'TLS handshakes full, TLSv1.2, ECDSA P-256': 2,
    'idle TLS connection': 1.2,
    'open loop, p50': 1,
    'open loop, p99.9': 1,
    'HTTP/1.1 keep-alive 50×1': 0.75,
    'h2 → h1 10×20': 0.8,
    'h1 → TLS h1 50×1': 0.85,
    'h2 → TLS h2 10×20': 0.45,
    'external authorization 10×20': 0.4,
    '10000 HTTPRoutes, a new one to live': 0.25,
    'UDP 64×1, 64 bytes': 1.5,
    'UDP 8×16, 1200 bytes': 1.5,
  }),
  ...ofPeer('nghttpx', { 'static headers 10×20': 0.6, 'static headers 50×1': 0.9, 'static headers 2×100': 0.45 }),
  // 0.6 of its throughput for each second of CPU.
  ...ofPeer('HAProxy', {
    'HTTP/1.1 keep-alive 50×1': 1.7,
    '1 GiB response': 1 / 0.6,
    '1 GiB request': 1 / 0.6,
    'TCP download': 1 / 0.6,
    'TLS passthrough download': 1 / 0.6,
  }),
  { case: 'unique paths 10×20', most: 1.3, to: { case: 'equal heads 10×20' } },
  { case: 'unique tokens 10×20', most: 1.3, to: { case: 'equal heads 10×20' } },
  { case: 'idle connection', most: 7 },
  { case: 'idle WebSocket', most: 12 },
  { case: 'idle WebSocket over HTTP/2', most: 12 },
  { case: 'idle WebSocket, HTTP/2 to the backend', most: 12 },
  { case: 'idle TCP stream', most: 8 },
  { case: '10000 routes, first change to live', most: 1, to: { case: '10000 routes, tenth change to live' } },
  ...['GRPCRoutes', 'HTTPRoutes'].flatMap((routes): Bound[] => [
    { case: `10000 ${routes}, added with one worker`, most: 100 },
    { case: `10000 ${routes}, added in a further worker`, most: 20 },
  ]),
  { case: '10000 HTTPRoutes, paths of 1,000', most: 1.1, to: { case: '1 HTTPRoute, paths of 1,000' } },
  // Flat: less than one copy of what each client has in flight.
  { case: 'slow readers of 1 GiB, 10 at once', most: 8 },
];

/** A Markdown table: each bound, what was measured, and whether it holds. */
export function boundsTable(bounds: readonly Bound[], figures: readonly Figure[], leftOut: readonly LeftOut[]): string {
  const rows = bounds.map(bound => {
    const measured = measure(bound, figures);
    return `| ${nameOf(bound, figures)} | ${measured?.toFixed(2) ?? '–'} | ${rounded(bound.most)} | ${verdictOf(bound, measured, leftOut)} |`;
  });
  return ['| daemun | measured | at most | |', '|---|--:|--:|---|', ...rows].join('\n');
}

/** Whether what was measured is over it; what was not measured breaks nothing. */
export function isBroken(bound: Bound, figures: readonly Figure[]): boolean {
  return isOver(bound, measure(bound, figures));
}

/** What is no number, as the median of nothing, is over any bound. */
function isOver({ most }: Bound, measured: number | undefined): boolean {
  return measured !== undefined && !(measured <= most);
}

function verdictOf(bound: Bound, measured: number | undefined, leftOut: readonly LeftOut[]): string {
  if (measured !== undefined) return isOver(bound, measured) ? 'NOT' : 'ok';
  return leftOut.some(one => one.case === bound.case && one.program === 'daemun') ? 'NOT served' : 'not measured';
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function nameOf({ case: name, to }: Bound, figures: readonly Figure[]): string {
  if (to === undefined) {
    const unit = figures.find(figure => figure.case === name)?.unit;
    return unit === undefined ? name : `${name}, ${unit}`;
  }
  return `${name} ÷ ${'program' in to ? `${to.program}'s` : to.case}`;
}

function measure({ case: name, to }: Bound, figures: readonly Figure[]): number | undefined {
  const value = (caseName: string, program: string): number | undefined =>
    figures.find(figure => figure.case === caseName && figure.program === program)?.value;
  const own = value(name, 'daemun');
  if (to === undefined || own === undefined) return own;
  const other = 'program' in to ? value(name, to.program) : value(to.case, 'daemun');
  return other === undefined ? undefined : own / other;
}
