// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../../admin/index.ts';
import { Redirector } from '../../redirect/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { MeshEnvironment } from '../../translate/index.ts';
import type { GatewayLog } from '../log/log.ts';
import type { Trouble } from '../shown/trouble.ts';
import type { View } from '../shown/view.ts';
import { FrontendPlaces, type PortRange } from './frontend-places.ts';
import { type MeshReport, meshReport } from './mesh-report.ts';
import { NodeGate } from './node-gate.ts';

/** How a process serves the ports of Services for the clients of its node. */
export interface NodeMeshOptions {
  /** Addresses of the node, as `normalAddress` gives them: connections are led to the first of their family. */
  readonly nodeAddresses: readonly string[];
  /** Ports of the node for frontends. */
  readonly ports: PortRange;
}

/** Below what Linux gives to connections (32768) and Kubernetes to NodePorts (30000). */
export const DEFAULT_MESH_PORTS: PortRange = { first: 20_000, last: 29_999 };

export interface NodeMeshParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: GatewayLog;
}

/** The mesh on one node: where frontends are, what leads connections there, and what there is to say of it. */
export class NodeMesh {
  readonly gate: NodeGate;
  readonly #places: FrontendPlaces;
  #environment: { readonly version: number; readonly value: MeshEnvironment } | null = null;

  constructor({ nodeAddresses, ports }: NodeMeshOptions, { clock, random, log }: NodeMeshParts) {
    this.#places = new FrontendPlaces(nodeAddresses, ports, random);
    this.gate = new NodeGate({
      places: this.#places,
      redirect: onState => new Redirector({ clock, exemptGroup: ownGroup(), onState }),
      clock,
      log,
    });
  }

  /** For translation; another one when a frontend has another place. */
  get environment(): MeshEnvironment {
    const { version } = this.#places;
    if (this.#environment?.version === version) return this.#environment.value;
    const value: MeshEnvironment = {
      // The API server gave addresses to all that have one.
      addressOf: () => null,
      closure: frontend => this.#places.closure(frontend),
      entranceOf: frontend => this.#places.placeOf(frontend),
      clients: [],
    };
    this.#environment = { version, value };
    return value;
  }

  metrics(): readonly MetricFamily[] {
    return this.gate.metrics();
  }

  troubles(): readonly Trouble[] {
    return this.gate.troubles();
  }

  /** Asks the kernel how many connections each redirection took. */
  async report(view: View): Promise<MeshReport> {
    const { state } = this.gate;
    const counts = await this.gate.counts();
    return meshReport(view, { state, counts, closure: frontend => this.#places.closure(frontend) });
  }
}

/** Of root it says nothing: other processes of the node are root's, too. */
function ownGroup(): number | null {
  return process.getegid?.() || null;
}
