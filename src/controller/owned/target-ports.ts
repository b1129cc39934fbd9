// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

/** Above ports that need a privilege, and with all of them below those of frontends of a mesh (`DEFAULT_MESH_PORTS`). */
export const FIRST_TARGET_PORT = 10_000;
/** Ports that all Gateways together have in a Pod. */
export const MAX_TARGET_PORTS = 10_000;
/**
 * Of what a Service records: the last port that any version ever chose. It is lowered by none, for in a roll-out a version serves at the ports that the
 * one before wrote, and is sent connections there at once.
 */
export const LAST_RECORDED_PORT = 29_999;

/** Ports of a Gateway, as `socketKey` writes them → the port in daemun's Pods that each leads to. */
export type Targets = ReadonlyMap<string, number>;

const NO_TARGETS: Targets = new Map();

/**
 * Which port in daemun's Pods a port of a Gateway leads to. What stands in the Service of a Gateway is so, in all processes; what does
 * not stand there yet is chosen by the one that writes it: the port that its name stands for, or the next that is free.
 */
export class TargetPorts {
  /** By Gateway (`namespace/name`). */
  #recorded: ReadonlyMap<string, Targets> = new Map();
  /** Those that are not recorded yet. */
  readonly #chosen = new Map<string, Map<string, number>>();
  readonly #taken = new Set<number>();

  /**
   * Takes in what Services say, the oldest first, by Gateway; a port that two of them have is the older one's. `gateways`: all that are
   * ours. A Gateway whose Service is gone keeps what it had, so that a new one leads to the same ports; so does a port of a Service that leads where
   * none can, which is somebody else's doing and is written anew: connections come by EndpointSlices, which still lead where they did.
   */
  assign(records: ReadonlyMap<string, Targets>, gateways: ReadonlySet<string>): void {
    const before = this.#recorded;
    const recorded = new Map<string, Map<string, number>>();
    this.#taken.clear();
    for (const [gateway, targets] of records) recorded.set(gateway, this.#take(targets));
    for (const [gateway, targets] of before)
      if (!recorded.has(gateway) && gateways.has(gateway)) recorded.set(gateway, this.#take(targets));
    for (const [gateway, targets] of records) this.#keep(recorded, { gateway, keys: targets.keys(), before });
    this.#recorded = recorded;
    for (const [gateway, chosen] of this.#chosen) {
      for (const [key, port] of chosen) {
        if (recorded.get(gateway)?.has(key) || this.#taken.has(port)) chosen.delete(key);
        else this.#taken.add(port);
      }
      if (chosen.size === 0 || !gateways.has(gateway)) this.#chosen.delete(gateway);
    }
  }

  /** What stands in the Gateway's Service. */
  of(gateway: string): Targets {
    return this.#recorded.get(gateway) ?? NO_TARGETS;
  }

  /** What should stand there for these ports; one for which no port is left is not in it. What was chosen for others, and never written, is free again. */
  choose(gateway: string, keys: readonly string[]): Targets {
    const recorded = this.of(gateway);
    const chosen = this.#chosen.get(gateway) ?? new Map<string, number>();
    const wanted = new Set(keys);
    for (const [key, port] of chosen) if (!wanted.has(key) && chosen.delete(key)) this.#taken.delete(port);
    const targets = new Map<string, number>();
    for (const key of keys) {
      const port = recorded.get(key) ?? chosen.get(key) ?? this.#next(`${gateway} ${key}`);
      if (port === undefined) continue;
      targets.set(key, port);
      this.#taken.add(port);
      if (!recorded.has(key)) chosen.set(key, port);
    }
    if (chosen.size > 0) this.#chosen.set(gateway, chosen);
    else this.#chosen.delete(gateway);
    return targets;
  }

  #keep(
    recorded: ReadonlyMap<string, Map<string, number>>,
    { gateway, keys, before }: { gateway: string; keys: Iterable<string>; before: ReadonlyMap<string, Targets> },
  ): void {
    const targets = recorded.get(gateway);
    for (const key of keys) {
      const port = before.get(gateway)?.get(key);
      if (port === undefined || targets === undefined || targets.has(key) || this.#taken.has(port)) continue;
      this.#taken.add(port);
      targets.set(key, port);
    }
  }

  #take(targets: Targets): Map<string, number> {
    const taken = new Map<string, number>();
    for (const [key, port] of targets) {
      if (port < FIRST_TARGET_PORT || port > LAST_RECORDED_PORT || this.#taken.has(port)) continue;
      this.#taken.add(port);
      taken.set(key, port);
    }
    return taken;
  }

  #next(name: string): number | undefined {
    const start = createHash('sha256').update(name).digest().readUInt32BE();
    // Each one that is taken is passed at most once.
    for (let step = 0; step <= Math.min(this.#taken.size, MAX_TARGET_PORTS - 1); step++) {
      const port = FIRST_TARGET_PORT + ((start + step) % MAX_TARGET_PORTS);
      if (!this.#taken.has(port)) return port;
    }
    return undefined;
  }
}
