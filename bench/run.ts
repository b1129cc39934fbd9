// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run bench`: daemun beside every proxy that is installed, one worker or thread each, in one run.
 *
 *     npm run bench -- [--rounds 2] [--only TEXT] [--peers envoy,haproxy] [--scale 0.2] [--before CHECKOUT]
 *
 * `--before`: a checkout of another commit is measured in the same run; `git worktree add` makes one, `npm ci` completes it.
 * Prints, as Markdown: the figures of each program and their ratios; what was left out and why; and what daemun promises of
 * its figures beside what was measured.
 */
import { parseArgs } from 'node:util';
import { type Bed, makeBed } from './bed.ts';
import { BOUNDS, boundsTable } from './bounds.ts';
import { type BenchCase, costCase } from './cases/bench-case.ts';
import { httpCases, slowReaders } from './cases/http-cases.ts';
import {
  idleMemory,
  idleStreams,
  idleWebSockets,
  idleWebSocketsOverHttp2,
  idleWebSocketsToHttp2,
} from './cases/idle-memory.ts';
import { loadCases } from './cases/load-cases.ts';
import { costOfHttpRoutes, newHttpRoute } from './cases/many-http-routes.ts';
import { changeToLive, costOfRoutes, memoryOfRoutes } from './cases/many-routes.ts';
import { openLoopCase, openLoopRate } from './cases/open-loop.ts';
import { streamCases } from './cases/stream-cases.ts';
import { handshakeCases, idleTlsMemory } from './cases/tls-cases.ts';
import { udpCases } from './cases/udp-cases.ts';
import { warmUp } from './cases/warm-up.ts';
import { caddy } from './peers/caddy.ts';
import { daemun, otherCheckout } from './peers/daemun.ts';
import { envoy } from './peers/envoy.ts';
import { haproxy } from './peers/haproxy.ts';
import { nghttpx } from './peers/nghttpx.ts';
import { nginx } from './peers/nginx.ts';
import { firstLine, type Peer } from './peers/peer.ts';
import { pingora } from './peers/pingora.ts';
import { GRPC, H1_TO_H1 } from './peers/wiring.ts';
import { type Figure, type LeftOut, medians, table } from './report.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    before: { type: 'string', default: '' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);
const wanted = (name: string): boolean => name.includes(values.only);

function choosePeers(): Peer[] {
  const names = values.peers.toLowerCase();
  const asked = [envoy, haproxy, nginx, nghttpx, caddy, pingora].filter(
    peer => names === '' || names.includes(peer.name.toLowerCase()),
  );
  const missing = asked.filter(peer => peer.version() === undefined);
  for (const peer of missing) say(`${peer.name} is not installed and left out: ${peer.install}`);
  const before = values.before === '' ? [] : [otherCheckout(values.before)];
  return [daemun, ...before, ...asked.filter(peer => !missing.includes(peer))];
}

async function chooseCases(bed: Bed, peers: readonly Peer[]): Promise<BenchCase[]> {
  const cases = [
    ...[...loadCases(), ...httpCases(), ...handshakeCases(), ...udpCases(), ...streamCases()].map(costCase),
    warmUp,
    idleMemory,
    idleWebSockets,
    idleWebSocketsOverHttp2,
    idleWebSocketsToHttp2,
    idleStreams,
    idleTlsMemory,
    slowReaders,
    costOfRoutes,
    changeToLive,
    costOfHttpRoutes,
    newHttpRoute,
    memoryOfRoutes('GRPCRoutes', GRPC),
    memoryOfRoutes('HTTPRoutes', H1_TO_H1),
  ].filter(({ name }) => wanted(name));
  return wanted('open loop') ? [...cases, openLoopCase(await openLoopRate(bed, peers))] : cases;
}

async function main(): Promise<void> {
  if (firstLine('h2load', ['--version']) === undefined) throw new Error('h2load is needed (Debian: nghttp2-client)');
  const peers = choosePeers();
  say(`${peers.map(peer => `${peer.name} ${peer.version()}`).join(', ')}; ${values.rounds} rounds\n`);
  const bed = await makeBed();
  const figures: Figure[] = [];
  const leftOut: LeftOut[] = [];
  try {
    const cases = await chooseCases(bed, peers);
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const peer of peers) {
        for (const one of cases) {
          try {
            for (const { name, unit, value } of await one.measure({ bed, peer, scale: Number(values.scale) })) {
              figures.push({ case: name, unit, program: peer.name, value });
              note(`${peer.name}: ${name}: ${value.toFixed(2)} ${unit}`);
            }
          } catch (error) {
            leftOut.push({ case: one.name, program: peer.name, why: oneLine(error) });
          }
        }
      }
    }
  } finally {
    await bed.close();
  }
  report(
    peers.map(peer => peer.name),
    medians(figures),
    leftOut,
  );
}

function report(programs: readonly string[], figures: readonly Figure[], leftOut: readonly LeftOut[]): void {
  say(table(programs, figures, leftOut));
  const lines = new Set(leftOut.map(one => `- ${one.program}: ${one.case}: ${one.why}`));
  if (lines.size > 0) say(`\nNot served:\n\n${[...lines].join('\n')}`);
  const bounds = BOUNDS.filter(bound => [...figures, ...leftOut].some(one => one.case === bound.case));
  if (bounds.length > 0) say(`\nBounds:\n\n${boundsTable(bounds, figures, leftOut)}`);
}

/** The first line says what failed, the last of a program's output why. */
function oneLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return lines.length === 1 ? (lines[0] ?? '') : `${lines[0]} … ${lines.at(-1)?.slice(-200)}`;
}

await main();
