// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { nodeHttp } from '../../node/index.ts';
import type { GatewayLog } from '../log/log.ts';

/** Who a running gateway is, as `/status` says it. */
export interface ProcessIdentity {
  /** Its own, so that it can tell itself from another one. */
  readonly instance: string;
  readonly pid: number;
  /** What it serves: absolute paths, or a cluster; sorted. Two processes with the same ones are one gateway, of which the newer replaces the older. */
  readonly paths: readonly string[];
}

/** A running gateway with the same manifests. */
export interface Sibling extends ProcessIdentity {
  /** Ids of the sockets that it has bound. */
  readonly sockets: readonly string[];
}

export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

/** The admin server is on this machine: it answers at once or not at all. */
const TIMEOUT_MS = 1_000;
/** Who sends a byte now and then is no daemun. */
const ANSWER_TIMEOUT_MS = 3_000;
const MAX_ANSWER_LENGTH = 4 * 1024 * 1024;

/** The identity of this process. `names`: what it serves, by names that another process has too. */
export function identityOf(names: readonly string[]): ProcessIdentity {
  return { instance: randomUUID(), pid: process.pid, paths: [...new Set(names)].sort() };
}

/** Where a process answers while another one has `address`: at the next port. */
export function besideOf({ host, port }: AdminAddress): AdminAddress {
  return { host, port: port === 65_535 ? port - 1 : port + 1 };
}

/**
 * Asks these admin addresses for other processes with the same manifests. Who does not answer, or has others, is none.
 */
export async function findSiblings(
  own: ProcessIdentity,
  addresses: readonly AdminAddress[],
  answerTimeoutMs: number = ANSWER_TIMEOUT_MS,
): Promise<Sibling[]> {
  const answers = await Promise.all(addresses.map(address => ask(address, answerTimeoutMs)));
  return answers.flatMap(answer => {
    const found = readSibling(answer);
    if (found === null || found.instance === own.instance) return [];
    return found.paths.join('\n') === own.paths.join('\n') ? [found] : [];
  });
}

function ask({ host, port }: AdminAddress, answerTimeoutMs: number): Promise<unknown> {
  return new Promise(done => {
    const signal = AbortSignal.timeout(answerTimeoutMs);
    const options = { host, port, path: '/status', agent: false, timeout: TIMEOUT_MS, signal };
    const request = nodeHttp().get(options, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > MAX_ANSWER_LENGTH) request.destroy();
      });
      response.on('end', () => done(parseJson(text)));
      response.on('error', () => done(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(null));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readSibling(answer: unknown): Sibling | null {
  if (typeof answer !== 'object' || answer === null || !('process' in answer) || !('sockets' in answer)) return null;
  const { process: told, sockets } = answer;
  if (typeof told !== 'object' || told === null || !isTexts(sockets)) return null;
  if (!('instance' in told) || !('pid' in told) || !('paths' in told)) return null;
  const { instance, pid, paths } = told;
  if (typeof instance !== 'string' || typeof pid !== 'number' || !isTexts(paths)) return null;
  return { instance, pid, paths, sockets };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

/** Which sockets of this process are shared with its siblings. */
export class SharedSockets {
  readonly #own: ProcessIdentity;
  readonly #addresses: readonly AdminAddress[];
  readonly #log: Pick<GatewayLog, 'info'>;
  #pids: readonly number[] = [];

  /** `admin`: where this process answers, or would; siblings are looked for there and beside it. null: there are none. */
  constructor(own: ProcessIdentity, admin: AdminAddress | null, log: Pick<GatewayLog, 'info'>) {
    this.#own = own;
    this.#addresses = admin === null || admin.port === 0 ? [] : [admin, besideOf(admin)];
    this.#log = log;
  }

  /** Processes that were found to share sockets with this one. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  /** Of sockets in use, those that a sibling has: it is there to be replaced. */
  async mayShare(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const siblings = await findSiblings(this.#own, this.#addresses);
    const shared = ids.filter(id => siblings.some(sibling => sibling.sockets.includes(id)));
    if (shared.length === 0) return new Set();
    this.#pids = siblings.map(sibling => sibling.pid);
    this.#log.info(
      'a process with the same manifests has these sockets too; both get connections until it is stopped',
      {
        pids: this.#pids,
        sockets: shared,
      },
    );
    return new Set(shared);
  }
}
