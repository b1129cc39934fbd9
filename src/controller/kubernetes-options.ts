// SPDX-License-Identifier: Apache-2.0
import { IMPLIED_CONTROLLER_NAME } from '../translate/index.ts';
import type { Addressing } from './addresses/addressing.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { NodeMeshOptions } from './mesh/node-mesh.ts';

/** How a gateway runs that follows a cluster. */
export interface KubernetesOptions extends GatewayOptions {
  /** The kubeconfig file. Default null: the service account of the Pod, else `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string | null;
  /** Default null: the file's current context. */
  readonly context?: string | null;
  /** Only GatewayClasses, and XMeshes, with this controllerName are ours. Default `daemun.dev/gateway-controller`, where no Gateways are served `daemun.dev/mesh-controller`. */
  readonly controllerName?: string;
  readonly addressing: Addressing;
  /** Serves ports of Services for the clients of this node, too. Default null: no. Rejects the start where the kernel does not lead connections. */
  readonly mesh?: NodeMeshOptions | null;
  /**
   * Which of several processes writes statuses is told by a Lease; null: this one does. Default: a Lease in the namespace
   * `daemun-system` if that exists, else in `default`.
   */
  readonly lease?: { readonly namespace: string | null } | null;
  /** Names this process among them. Default: `POD_NAME` or the name of the machine, with what makes it unlike any other. */
  readonly identity?: string;
}

/** The controllerName of those who name none. */
export const DEFAULT_CONTROLLER_NAME: string = IMPLIED_CONTROLLER_NAME;
/** Of those that serve Services alone. */
export const MESH_CONTROLLER_NAME = 'daemun.dev/mesh-controller';
