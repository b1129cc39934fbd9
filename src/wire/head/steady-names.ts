// SPDX-License-Identifier: Apache-2.0

/** Names that are told by others before it is given up to know them one by one: then none varies. */
const MAX_TOLD = 4096;

/** Read or dropped by name wherever heads are, whatever is configured. */
const KNOWN: ReadonlySet<string> = new Set([
  'cdn-loop',
  'accept-encoding', // the static table has a value of it
  'connection',
  'content-type',
  'grpc-status',
  'host',
  'keep-alive',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Names whose fields always stay in the header list, however much their values differ: those that somebody reads there. What rules look at or change
 * is told with `add`, before a rule can; it is never taken back, since requests keep the rules that they began with.
 */
export class SteadyNames {
  readonly #told = new Set<string>();
  /** Grows with what is known: for those who remember an answer. */
  generation = 0;

  has(name: string): boolean {
    if (name.charCodeAt(0) === 0x3a) return name !== ':path';
    if (KNOWN.has(name) || this.#told.has(name) || this.#told.size >= MAX_TOLD) return true;
    return name.startsWith('x-envoy-') || (name.startsWith('x-forwarded-') && name !== 'x-forwarded-for');
  }

  add(names: Iterable<string>): void {
    const before = this.#told.size;
    for (const name of names) if (this.#told.size < MAX_TOLD) this.#told.add(name);
    if (this.#told.size > before) this.generation++;
  }
}
