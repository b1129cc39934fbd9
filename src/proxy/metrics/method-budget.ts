// SPDX-License-Identifier: Apache-2.0

/** Service and method of calls that are counted together. */
export const OTHER = { grpc_service: 'other', grpc_method: 'other' } as const;

/** Methods that rules name, per process; further ones are counted as `other`. 4,000 are a scrape of some 10 MB. */
const MAX_CONFIGURED = 4_000;
/** Methods that only endpoints told of: of one Gateway … */
const MAX_LEARNED_PER_GATEWAY = 1_000;
/** … and of all. A budget of their own: whoever fills it hides nothing that a rule names. */
const MAX_LEARNED = 2_000;
/** Of a path. Names of real methods are far shorter, and every series repeats it some twenty times. */
const MAX_PATH_LENGTH = 160;
/** Visible ASCII: what a name of a method can be made of, and nothing that a terminal obeys. */
const PLAIN = /^[\x21-\x7e]+$/;

/** Which methods get labels of their own: names come from clients, and whoever reads metrics pays for each. */
export class MethodBudget {
  readonly #configured = new Set<string>();
  readonly #learned = new Map<string, Set<string>>();
  #learnedCount = 0;

  /** `path`: `/service/method` that a rule names. True: it has labels of its own. */
  admitConfigured(gateway: string, path: string): boolean {
    return admit(this.#configured, `${gateway} ${path}`, MAX_CONFIGURED);
  }

  /** `path`: `/service/method` that an endpoint answered. True: it has labels of its own. */
  admitLearned(gateway: string, path: string): boolean {
    const known = this.#learned.get(gateway) ?? new Set<string>();
    if (known.has(path)) return true;
    if (!this.#hasRoom(known.size) || path.length > MAX_PATH_LENGTH || !PLAIN.test(path)) return false;
    known.add(path);
    this.#learned.set(gateway, known);
    this.#learnedCount++;
    return true;
  }

  /** Whether `admitLearned` says yes to any path that is new. Never again once it does not: then names of new calls need not be told apart. */
  mayLearn(gateway: string): boolean {
    return this.#hasRoom(this.#learned.get(gateway)?.size ?? 0);
  }

  #hasRoom(ofGateway: number): boolean {
    return ofGateway < MAX_LEARNED_PER_GATEWAY && this.#learnedCount < MAX_LEARNED;
  }
}

function admit(known: Set<string>, name: string, most: number): boolean {
  if (known.has(name)) return true;
  if (known.size >= most) return false;
  known.add(name);
  return true;
}
