// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run bench`: daemun beside every proxy that is installed, one worker or thread each, in one run.
 *
 *     npm run bench -- [--rounds 2] [--only TEXT] [--peers envoy,haproxy] [--scale 0.2] [--before CHECKOUT]
 *
 * `--before`: a checkout of another commit is measured in the same run; `git worktree add` makes one, `npm ci` completes it.
 * Prints, as Markdown: CPU µs (user + system of the proxy's processes, from the OS) per call, RSS per idle connection,
 * cost against the number of routes, time from a file change to the first call served by it, and the ratios.
 */
import { parseArgs } from 'node:util';
import { type Bed, cpuPerCall, makeBed, withPeer } from './bed.ts';
import { idleMemory } from './cases/idle-memory.ts';
import type { LoadCase } from './cases/load-case.ts';
import { loadCases } from './cases/load-cases.ts';
import { changeToLive, costOfRoutes } from './cases/many-routes.ts';
import { handshakeCases, idleTlsMemory } from './cases/tls-cases.ts';
import { daemun, otherCheckout } from './peers/daemun.ts';
import { envoy } from './peers/envoy.ts';
import { haproxy } from './peers/haproxy.ts';
import { nghttpx } from './peers/nghttpx.ts';
import { nginx } from './peers/nginx.ts';
import type { Peer } from './peers/peer.ts';
import { firstLine } from './peers/peer.ts';
import { type Figure, medians, table } from './report.ts';

const IDLE_CONNECTIONS = 4000;
const IDLE_TLS_CONNECTIONS = 2000;

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
const wanted = (name: string): boolean => name.includes(values.only);

async function measurePeer(bed: Bed, peer: Peer): Promise<Figure[]> {
  const figures: Figure[] = [];
  const note = (name: string, unit: string, value: number): void => {
    figures.push({ case: name, unit, program: peer.name, value });
    process.stderr.write(`${peer.name}: ${name}: ${value.toFixed(2)} ${unit}\n`);
  };
  const measure = async (load: LoadCase, where: Bed, unit: string): Promise<void> => {
    const calls = Math.ceil(load.calls * Number(values.scale));
    try {
      const cost = await withPeer(where, peer, running => cpuPerCall(running, calls, n => load.run(bed, running, n)));
      note(load.name, unit, cost);
    } catch (error) {
      process.stderr.write(`${peer.name}: ${load.name}: left out: ${error}\n`);
    }
  };
  for (const load of loadCases()) if (wanted(load.name)) await measure(load, bed, 'CPU µs per call');
  for (const load of handshakeCases()) {
    if (wanted(load.name)) await measure(load, load.bedOf(bed), 'CPU µs each');
  }
  if (wanted('idle TLS')) {
    const memory = await withPeer(bed, peer, running => idleTlsMemory(running, IDLE_TLS_CONNECTIONS));
    note('idle TLS connection', 'KiB RSS', memory);
  }
  if (wanted('idle connection')) {
    const memory = await withPeer(bed, peer, running => idleMemory(running, IDLE_CONNECTIONS));
    note('idle connection', 'KiB RSS', memory);
  }
  return figures;
}

async function main(): Promise<void> {
  if (firstLine('h2load', ['--version']) === undefined) throw new Error('h2load is needed (Debian: nghttp2-client)');
  const names = values.peers.toLowerCase();
  const others = [envoy, haproxy, nginx, nghttpx].filter(
    peer => (names === '' || names.includes(peer.name.toLowerCase())) && peer.version() !== undefined,
  );
  const before = values.before === '' ? [] : [otherCheckout(values.before)];
  const peers = [daemun, ...before, ...others];
  say(`${peers.map(peer => `${peer.name} ${peer.version()}`).join(', ')}; ${values.rounds} rounds\n`);
  const bed = await makeBed();
  const figures: Figure[] = [];
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const peer of peers) figures.push(...(await measurePeer(bed, peer)));
      if (!wanted('routes')) continue;
      figures.push(...(await costOfRoutes(bed, 1)), ...(await costOfRoutes(bed, 10_000)));
      figures.push(...(await changeToLive(bed, 10_000)));
    }
  } finally {
    await bed.close();
  }
  say(table(medians(figures)));
}

await main();
