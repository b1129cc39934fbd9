// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import type { Addressing } from '../../controller/index.ts';
import { type NamespacedName, parseRange } from '../../values/index.ts';
import { usageError } from '../exit-code.ts';

/** The flags that say how Gateways of a cluster get addresses, as commander hands them over. */
export interface AddressingFlags {
  readonly addressMode?: string;
  readonly addressPool?: string;
  readonly podIp?: string;
  readonly podsService?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads them; what a Pod is told of itself stands in `environment`. Throws a usage error for what makes no sense. */
export function readAddressing(flags: AddressingFlags, environment: Environment): Addressing {
  const { addressPool, addressMode = addressPool === undefined ? 'service' : 'host' } = flags;
  switch (addressMode) {
    case 'host':
      return { mode: 'host', pool: readPool(flags) };
    case 'service':
      return { mode: 'service', pods: readPods(flags, environment) };
    default:
      throw usageError(`--address-mode ${addressMode}: use service or host`);
  }
}

function readPool({ addressPool, podIp, podsService }: AddressingFlags): string {
  if (podIp !== undefined || podsService !== undefined)
    throw usageError('--pod-ip and --pods-service are for --address-mode service', 'leave them out');
  const pool = addressPool === undefined ? undefined : parseRange(addressPool);
  if (pool !== undefined) return pool;
  throw usageError(
    addressPool === undefined
      ? '--address-mode host needs --address-pool: the addresses of this machine that Gateways get'
      : `--address-pool ${addressPool}: a range of addresses is needed`,
    'Example: --address-pool 192.0.2.0/28',
  );
}

function readPods(flags: AddressingFlags, environment: Environment): Extract<Addressing, { mode: 'service' }>['pods'] {
  if (flags.addressPool !== undefined)
    throw usageError('--address-pool is for --address-mode host', 'leave one of them out');
  const { podIp = environment['POD_IPS'] || environment['POD_IP'] || '' } = flags;
  const addresses = podIp.split(/[\s,]+/).filter(Boolean);
  const wrong = addresses.find(address => isIP(address) === 0);
  if (wrong !== undefined) throw usageError(`${wrong}: not an IP address, as --pod-ip, POD_IPS and POD_IP want`);
  if (addresses.length === 0)
    throw usageError(
      '--kubernetes needs to know at which addresses Services reach this process: its Pod’s',
      'set POD_IPS from status.podIPs in the Pod’s manifest, or --pod-ip; on a machine with addresses for Gateways, --address-pool',
    );
  const service = flags.podsService === undefined ? null : readName(flags.podsService, environment);
  return { addresses, nodeName: environment['NODE_NAME'] || null, service };
}

/** `NAMESPACE/NAME`, or a name in the namespace of the Pod. */
function readName(text: string, environment: Environment): NamespacedName {
  const [, namespace = environment['POD_NAMESPACE'] ?? '', name = ''] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (namespace !== '' && name !== '') return { namespace, name };
  throw usageError(
    `--pods-service ${text}: the name of a Service with its namespace is needed`,
    'Example: --pods-service daemun-system/daemun-pods',
  );
}
