// SPDX-License-Identifier: Apache-2.0
import { IMPLIED_CONTROLLER_NAME } from '../translate/index.ts';
import type { Addressing } from './addressing.ts';
import type { GatewayOptions } from './gateway-options.ts';

/** How a gateway runs that follows a cluster. */
export interface KubernetesOptions extends GatewayOptions {
  /** The kubeconfig file. Default null: the service account of the Pod, else `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string | null;
  /** Default null: the file's current context. */
  readonly context?: string | null;
  /** Only GatewayClasses with this controllerName are ours. Default `daemun.dev/gateway-controller`. */
  readonly controllerName?: string;
  readonly addressing: Addressing;
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
