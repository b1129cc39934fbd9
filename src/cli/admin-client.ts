// SPDX-License-Identifier: Apache-2.0
import type { ConfigDump, LocatedFinding, ResourceObject } from '../controller/index.ts';
import type { Explanation } from '../match/index.ts';
import { CommandFailure, couldNotRun, usageError } from './exit-code.ts';
import type { ResourceSource } from './resource-source.ts';

/** Where `run` listens for these commands unless told otherwise. */
export const DEFAULT_ADMIN = '127.0.0.1:9900';

const TIMEOUT_MS = 10_000;

/** Asks a running process over its admin address. */
export class AdminClient implements ResourceSource {
  readonly #address: string;

  /** `address`: `host:port`. */
  constructor(address: string) {
    this.#address = address;
  }

  list(kind: string): Promise<readonly ResourceObject[]> {
    return this.#get(`/resources/${encodeURIComponent(kind)}`);
  }

  findings(): Promise<readonly LocatedFinding[]> {
    return this.#get('/findings');
  }

  explain(question: URLSearchParams): Promise<Explanation> {
    return this.#get(`/explain?${question}`);
  }

  config(): Promise<ConfigDump> {
    return this.#get('/config');
  }

  /** The answer is ours, of the same version: its shape is taken as documented. */
  async #get<T>(path: string): Promise<T> {
    const response = await this.#fetch(path);
    const body = await response.text();
    if (response.ok) return JSON.parse(body);
    const message = errorOf(body);
    if (response.status === 400) throw usageError(message);
    throw couldNotRun(`${this.#address} answers ${response.status}: ${message}`);
  }

  async #fetch(path: string): Promise<Response> {
    try {
      return await fetch(new URL(path, `http://${this.#address}`), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      throw couldNotRun(
        `no daemun answers at ${this.#address}`,
        'Start one with `daemun run`, name its address with --admin, or read manifests with -f',
      );
    }
  }
}

function errorOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'error' in value) return String(value.error);
  } catch {
    // Not ours: shown as it is.
  }
  return body.trim().split('\n', 1)[0] ?? '';
}
