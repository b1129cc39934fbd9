// SPDX-License-Identifier: Apache-2.0

import { isDnsLabel, isDnsSubdomain } from '../../resources/index.ts';
import { isControllerName, parseDuration } from '../../values/index.ts';
import { notAControllerName, usageError } from '../exit-code.ts';
import type { Installation } from './install-manifests.ts';

/** Images of this size are fetched, and Pods ready, in a fraction of it. */
const USUAL_WAIT_MS = 180_000;
const MAX_WAIT_MS = 86_400_000;

/** As the command line gives them. */
export interface InstallOptions {
  readonly namespace: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly class: string;
  readonly controllerName: string;
  readonly mesh: boolean;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  /** true: as long as is usual. */
  readonly wait?: string | true;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What is chosen. Throws a usage error for what makes no sense. */
export function readInstallation(options: InstallOptions): Installation {
  const { namespace, image = null, replicas = null, controllerName, mesh } = options;
  refuseFlags(options);
  if (!isDnsLabel(namespace)) throw usageError(`--namespace ${namespace}: no name of a namespace`);
  if (!isDnsSubdomain(options.class)) throw usageError(`--class ${options.class}: no name of a GatewayClass`);
  if (!isControllerName(controllerName)) throw notAControllerName(controllerName);
  if (image !== null && !/^\S+$/.test(image)) throw usageError(`--image ${image}: no name of an image`);
  const className = options.class === 'none' ? null : options.class;
  return { namespace, image, replicas, className, controllerName, mesh };
}

/** How long to wait until what was applied serves; null: not at all. */
export function readWait({ wait }: InstallOptions): number | null {
  if (wait === undefined) return null;
  const waitMs = wait === true ? USUAL_WAIT_MS : parseDuration(wait);
  if (waitMs !== undefined && waitMs <= MAX_WAIT_MS) return waitMs;
  throw usageError(`--wait ${wait}: a duration of at most 24h is needed`, 'Example: --wait 5m');
}

function refuseFlags({ apply, dryRun, force, wait, kubeconfig, context }: InstallOptions): void {
  if (!apply && (dryRun || force || wait !== undefined || kubeconfig !== undefined || context !== undefined))
    throw usageError(
      '--dry-run, --force, --wait, --kubeconfig and --context are for --apply',
      'Add --apply, or leave them out',
    );
  if (dryRun && wait !== undefined)
    throw usageError('--wait: nothing is made in a --dry-run that could be waited for', 'Leave out one of them');
}
