// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_SETTLE_MS } from '../store/index.ts';
import { type GatewayOptions, type GatewaySettings, withGatewayDefaults } from './gateway-options.ts';
import type { LoopbackMeshOptions } from './mesh/loopback-frontends.ts';

/** How a standalone gateway runs. */
export interface StandaloneOptions extends GatewayOptions {
  /** Files and folders of manifests; they are watched. */
  readonly paths: readonly string[];
  /** How long what a file no longer holds is served on, where it may come back: see `FileStoreOptions`. Default 5 seconds. */
  readonly settleMs?: number;
  /** Demo backends for Services without endpoints, minted certificates for missing Secrets. Default false. */
  readonly demo?: boolean;
  /** Only GatewayClasses with this controllerName are ours. Default null: all are. */
  readonly controllerName?: string | null;
  /** The one address of all Gateways. Default null: each gets a loopback address of its own. */
  readonly address?: string | null;
  /** Where Services are served whose routes name them as parents. Default: at loopback addresses, to clients of no namespace. */
  readonly mesh?: LoopbackMeshOptions;
  /** `ephemeral`: each listener is bound on a free port, and reported. Default `as-written`. */
  readonly ports?: 'as-written' | 'ephemeral';
}

const NO_MESH_OPTIONS: LoopbackMeshOptions = { addressPool: [], clients: [] };

type StandaloneSettings = GatewaySettings & Required<Omit<StandaloneOptions, keyof GatewayOptions>>;

/** The options with their defaults, except the state directory, which depends on the environment. */
export function withDefaults(options: StandaloneOptions): StandaloneSettings {
  return {
    ...withGatewayDefaults(options),
    paths: options.paths,
    settleMs: options.settleMs ?? DEFAULT_SETTLE_MS,
    demo: options.demo ?? false,
    controllerName: options.controllerName ?? null,
    address: options.address ?? null,
    mesh: options.mesh ?? NO_MESH_OPTIONS,
    ports: options.ports ?? 'as-written',
  };
}
