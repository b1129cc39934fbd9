// SPDX-License-Identifier: Apache-2.0
import type { ConfigDump, LocatedFinding, MeshReport, ResourceObject, StatusPage } from '../controller/index.ts';
import { messageOf } from '../errors/index.ts';
import type { Explanation, StreamExplanation } from '../match/index.ts';
import { nodeHttp } from '../node/index.ts';
import { ADMIN_MARK } from '../values/index.ts';
import { DEFAULT_ADMIN } from './default-admin.ts';
import { couldNotRun, usageError } from './exit-code.ts';
import type { ResourceSource } from './resource-source.ts';

const TIMEOUT_MS = 10_000;
/** A support bundle takes 3 s of a thread for 10,000 routes, and is asked for when the machine is busy. */
const BUNDLE_TIMEOUT_MS = 60_000;
/** The dump of 100,000 routes takes about a quarter of it; whoever sends more is no daemun. */
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

const WHOSE = 'Is it the admin address of a daemun of this version? Name another one with --admin';
/** What to do about an answer that is none, by its status. */
const HELP: ReadonlyMap<number, string> = new Map([
  [404, WHOSE],
  [503, 'Ask again in a moment; `daemun status` says what it waits for'],
]);

/** Asks a running process over its admin address. */
export class AdminClient implements ResourceSource {
  readonly #address: string;
  readonly #help: string;
  readonly #timeoutMs: number;

  /**
   * `address`: `host:port`, `[v6]:port` or `:port`. `otherwise`: what else whoever asks may do where nobody answers; null: nothing.
   * Throws a usage error.
   */
  constructor(address: string, otherwise: string | null, timeoutMs: number = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
    const bare = address
      .replace(/^http:\/\//, '')
      .replace(/\/$/, '')
      .replace(/^:/, '127.0.0.1:');
    if (!/^[^/@]+:\d+$/.test(bare) || !URL.canParse(`http://${bare}`)) {
      throw usageError(`admin address "${address}": host:port is needed`, `Example: --admin ${DEFAULT_ADMIN}`);
    }
    this.#address = bare;
    const [start, name] = ['Start one with `daemun run`', 'name its address with --admin'];
    this.#help = otherwise === null ? `${start}, or ${name}` : `${start}, ${name}, or ${otherwise}`;
  }

  /** `host:port`. */
  get address(): string {
    return this.#address;
  }

  list(kind: string): Promise<readonly ResourceObject[]> {
    return this.#get(`/resources/${encodeURIComponent(kind)}`);
  }

  findings(): Promise<readonly LocatedFinding[]> {
    return this.#get('/findings');
  }

  explain(question: URLSearchParams): Promise<Explanation | StreamExplanation> {
    return this.#get(`/explain?${question}`);
  }

  status(): Promise<StatusPage> {
    return this.#get('/status');
  }

  /** Files of a support bundle, not looked at. */
  bundle(): Promise<unknown> {
    return this.#get('/bundle', BUNDLE_TIMEOUT_MS);
  }

  mesh(): Promise<MeshReport> {
    return this.#get('/mesh');
  }

  config(): Promise<ConfigDump> {
    return this.#get('/config');
  }

  /** The answer is ours, of the same version: its shape is taken as documented. */
  async #get<T>(path: string, timeoutMs: number = this.#timeoutMs): Promise<T> {
    const { status, body, isOurs } = await this.#ask(path, timeoutMs);
    if (status === 200) return this.#parse(body, isOurs);
    const error = ownError(body);
    if (status === 400 && error !== null) throw usageError(error);
    const [line = ''] = body.trim().split('\n', 1);
    throw couldNotRun(
      `${this.#address} answers ${status}: ${error ?? line}`,
      HELP.get(status) ?? (error === null ? WHOSE : ''),
    );
  }

  /** Others answer with JSON, too: an empty list of theirs would mean that there is nothing. */
  #parse<T>(body: string, isOurs: boolean): T {
    try {
      if (isOurs) return JSON.parse(body);
    } catch {
      // Cut short, or somebody's who calls himself so.
    }
    throw couldNotRun(`what answers at ${this.#address} is no admin interface of daemun`, WHOSE);
  }

  async #ask(path: string, timeoutMs: number): Promise<Answer> {
    try {
      return await ask(new URL(path, `http://${this.#address}`), timeoutMs);
    } catch (error) {
      throw couldNotRun(`no daemun answers at ${this.#address}${reasonOf(error, timeoutMs)}`, this.#help);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** It comes from the admin interface of a daemun. */
  readonly isOurs: boolean;
}

/** `node:http`, since `fetch` refuses ports that browsers must not reach. */
function ask(url: URL, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = nodeHttp().get(url, { agent: false, signal }, response => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) response.destroy(new Error('its answer does not end'));
        else chunks.push(chunk);
      });
      const isOurs = ADMIN_MARK.name in response.headers;
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), isOurs }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/** Null: what answers is none of ours. */
function ownError(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'error' in value ? String(value.error) : null;
  } catch {
    return null;
  }
}

/** Refused means that nobody is there, which the message says; a timeout, or somebody who speaks otherwise, is worth a word. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'AbortError') return ` within ${timeoutMs / 1000} s`;
  return 'code' in error && error.code === 'ECONNREFUSED' ? '' : ` (${messageOf(error)})`;
}
