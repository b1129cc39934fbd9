// SPDX-License-Identifier: Apache-2.0
import type { AdminServer, AdminSource, startAdminServer } from '../admin/index.ts';
import type { Clock, Timer } from '../time/index.ts';
import { isLoopback } from '../values/index.ts';
import type { GatewayLog } from './log/log.ts';
import { type AdminAddress, besideOf, findSiblings, type ProcessIdentity } from './ports/siblings.ts';

/** While an older process has the admin address, it is tried again this often. */
const TAKE_OVER_MS = 250;
const EXPOSED = {
  message: 'the admin address can be reached from other machines, and asks nobody who they are',
  fix: 'let a firewall or NetworkPolicy pass only those who need it, and say so with --admin-guarded',
};

/** Where the admin server should be. */
export interface WantedAdmin extends AdminAddress {
  /** Something else lets only those reach it who may: nobody need be warned. Default false. */
  readonly isGuarded?: boolean;
}

export interface AdminPlaceParts {
  readonly wanted: WantedAdmin;
  readonly source: AdminSource;
  readonly own: ProcessIdentity;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly listen: typeof startAdminServer;
}

/**
 * The admin server and where it is: at the wanted address; while an older process with the same manifests has that (until
 * the end of its drain), at the next port, and at a free one where that is taken too. Owns the server and the timer.
 */
export class AdminPlace {
  readonly #parts: AdminPlaceParts;
  #server: AdminServer | null = null;
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(parts: AdminPlaceParts) {
    this.#parts = parts;
  }

  /** `host:port`; null before `start`. */
  get address(): string | null {
    return this.#server?.address ?? null;
  }

  /** Rejects with EADDRINUSE when somebody else has the address. */
  async start(): Promise<void> {
    const { wanted, own } = this.#parts;
    try {
      this.#server = await this.#listen(wanted);
    } catch (error) {
      if (!isInUse(error)) throw error;
      const [older] = await findSiblings(own, [wanted]);
      if (older === undefined) throw error;
      this.#server = await this.#listenBeside();
      this.#parts.log.info('an older process has the admin address; this one answers beside it until then', {
        pid: older.pid,
        admin: this.#server.address,
      });
      this.#tryLater();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#server?.close();
  }

  async #listen(address: AdminAddress): Promise<AdminServer> {
    const { source, log, listen, wanted } = this.#parts;
    const { host, port } = address;
    const server = await listen({ host, port, source });
    const isOpen = host !== 'localhost' && !isLoopback(host) && wanted.isGuarded !== true;
    if (isOpen) log.warn(EXPOSED.message, { admin: server.address, fix: EXPOSED.fix });
    return server;
  }

  async #listenBeside(): Promise<AdminServer> {
    const { wanted } = this.#parts;
    try {
      return await this.#listen(besideOf(wanted));
    } catch (error) {
      if (!isInUse(error)) throw error;
      return this.#listen({ host: wanted.host, port: 0 });
    }
  }

  #tryLater(): void {
    this.#timer = this.#parts.clock.after(TAKE_OVER_MS, () => void this.#takeOver());
  }

  async #takeOver(): Promise<void> {
    let taken: AdminServer;
    try {
      taken = await this.#listen(this.#parts.wanted);
    } catch {
      if (!this.#isClosed) this.#tryLater();
      return;
    }
    const beside = this.#server;
    this.#server = taken;
    if (this.#isClosed) await taken.close();
    else
      this.#parts.log.info('the older process has ended; this one has the admin address now', { admin: taken.address });
    await beside?.close();
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
