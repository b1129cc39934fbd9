// SPDX-License-Identifier: Apache-2.0

/** A route under steady calls, and what is looked at while the cluster is not as it should be. */
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Api } from '../../../bench/cluster/api.ts';
import { hostOf, NAMESPACE, ROUTES, route, surroundings } from '../../../bench/cluster/objects.ts';
import { type Caller, httpCaller } from '../../../bench/load/callers.ts';
import { SteadyLoad } from '../../../bench/load/steady.ts';
import type { Follower, LogLine } from './follower.ts';

export const CONTROLLER = `daemun.dev/${NAMESPACE}`;
/** Of the process that is there from first to last. */
export const ADMIN_PORT = 9931;
export const POOL = '10.200.125.0/24';
export const ADDRESS = '10.200.125.11';
const BACKEND = '10.200.125.201';
const RATE = 20;
const POLL_MS = 250;
/** What is refused is tried again each minute. */
const DEADLINE_MS = 90_000;
/** What is done once a minute, as the look at the kinds and the tries of what is refused, is in it once. */
const CALM_MS = 60_000;
/** What an idle process asks, the Lease and the kinds that are served among it, is less than half of that. */
const CALM_PER_SECOND = 2;

export class Bed {
  readonly api: Api;
  readonly #backend: Server;
  readonly #port: number;
  #load: SteadyLoad | null = null;
  failures = 0;

  private constructor(api: Api, backend: Server, port: number) {
    this.api = api;
    this.#backend = backend;
    this.#port = port;
  }

  static async open(): Promise<Bed> {
    const api = await Api.open(process.env['KUBECONFIG'] ?? '');
    const backend = createServer((_, answer) => answer.end('ok')).listen(0, BACKEND);
    await once(backend, 'listening');
    const place = backend.address();
    if (place === null || typeof place === 'string') throw new Error('the backend has no port');
    return new Bed(api, backend, place.port);
  }

  /** The class, the Gateway and the first route. */
  async makeWorld(): Promise<void> {
    for (const [path, object] of surroundings(ADDRESS, { address: BACKEND, port: this.#port }))
      await this.api.apply(path, object);
    await this.api.apply(`${ROUTES}/route-0`, route(0, '/'));
  }

  /** Calls from now on, until the end. */
  async call(): Promise<void> {
    await this.eventually('the route is served', async () => (await this.statusOf(0, '/')) === 200);
    this.#load = new SteadyLoad([caller(true), caller(false)], RATE);
  }

  /** One thing that is not as it should be: no call may fail meanwhile. What breaks in it is told, and the next begins. */
  async step(what: string, work: () => Promise<void>): Promise<void> {
    const before = { answered: this.#load?.answered ?? 0, failed: this.#load?.failed ?? 0 };
    const startedMs = performance.now();
    try {
      await work();
    } catch (error) {
      this.check(what, false, error instanceof Error ? error.message : String(error));
    }
    if (this.#load === null) return;
    const { answered, failed } = this.#load;
    const tookS = ((performance.now() - startedMs) / 1_000).toFixed(0);
    const calls = `${answered - before.answered} calls answered, ${failed - before.failed} failed in ${tookS} s`;
    this.check(`${what}: ${calls}`, failed === before.failed, this.#load.tallies.flatMap(one => one.failures).join());
  }

  check(what: string, isGood: boolean, found: string): void {
    if (!isGood) this.failures += 1;
    process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} troubles: ${what}${isGood ? '' : `: ${found}`}\n`);
  }

  /** @throws Error when it does not become so. */
  async eventually(what: string, isSo: () => boolean | Promise<boolean>, deadlineMs = DEADLINE_MS): Promise<void> {
    const untilMs = performance.now() + deadlineMs;
    while (!(await isSo())) {
      if (performance.now() > untilMs) throw new Error(`waited too long: ${what}`);
      await wait(POLL_MS);
    }
  }

  /** Becomes so, or is a failure that the rest is looked at in spite of. */
  async becomes(
    what: string,
    isSo: () => boolean | Promise<boolean>,
    found: () => string,
    deadlineMs = DEADLINE_MS,
  ): Promise<void> {
    const isGood = await this.eventually(what, isSo, deadlineMs).then(
      () => true,
      () => false,
    );
    this.check(what, isGood, isGood ? '' : found());
  }

  /** For a while nothing is asked of the API server time and again, and each line of the log is there once. `since`: how many lines there were. */
  async calm(what: string, follower: Follower, since: number): Promise<void> {
    const before = await follower.requests();
    await wait(CALM_MS);
    const asked = Array.from(
      await follower.requests(),
      ([labels, count]) => [labels, count - (before.get(labels) ?? 0)] as const,
    );
    const perSecond = asked.reduce((sum, [, count]) => sum + count, 0) / (CALM_MS / 1_000);
    const told = linesOf(follower.lines.slice(since));
    const again = [...told].filter(([, count]) => count > 1).map(([line]) => line);
    this.check(
      `${what}: ${perSecond.toFixed(1)} requests a second`,
      perSecond <= CALM_PER_SECOND,
      JSON.stringify(asked),
    );
    this.check(`${what}: each line is told once, ${told.size} in all`, again.length === 0, again.join('; '));
  }

  /** What a call of a route is answered with; 0: not at all. */
  statusOf(index: number, path: string, address = ADDRESS): Promise<number> {
    return new Promise(resolve => {
      const asked = get({ host: address, port: 80, path, agent: false, headers: { host: hostOf(index) } }, answer => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      });
      asked.once('error', () => resolve(0));
    });
  }

  /** Ends the calls: who answers them may go. */
  async endCalls(): Promise<void> {
    await this.#load?.stop();
    this.#load = null;
  }

  async close(): Promise<void> {
    await this.api.delete(`/api/v1/namespaces/${NAMESPACE}`);
    this.api.close();
    this.#backend.close();
    this.#backend.closeAllConnections();
  }
}

/** Warnings and errors, by what makes them differ for those who read them. */
function linesOf(lines: readonly LogLine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { level, msg, kind, object, code } of lines) {
    if (level !== 'warn' && level !== 'error') continue;
    const line = [level, msg, kind, object, code].filter(part => part !== undefined).join(' ');
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

function caller(keepAlive: boolean): Caller {
  const place = { host: ADDRESS, port: 80, authority: hostOf(0), ca: null };
  return httpCaller(keepAlive ? 'HTTP/1.1' : 'HTTP/1.1, a connection each', place, { keepAlive, body: null });
}
