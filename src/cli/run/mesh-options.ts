// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { DEFAULT_MESH_PORTS, type NodeMeshOptions } from '../../controller/index.ts';
import { isLoopback, normalAddress } from '../../values/index.ts';
import { usageError } from '../exit-code.ts';

/** The flags of `run --mesh`, as commander hands them over. */
export interface MeshFlags {
  readonly mesh: boolean;
  readonly nodeIp?: string;
  readonly meshPorts?: string;
}

const FLAGS = { nodeIp: '--node-ip', meshPorts: '--mesh-ports' } as const;

/** Below: ports of the system. Above: those that the system gives to connections, and Kubernetes to NodePorts. */
const FIRST_PORT = 1_024;
const LAST_PORT = 65_535;

/** What is said of the mesh; null: this is no agent of one. Throws a usage error. */
export function readMesh(flags: MeshFlags, environment: NodeJS.ProcessEnv): NodeMeshOptions | null {
  if (!flags.mesh) {
    const stray = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).find(name => flags[name] !== undefined);
    if (stray !== undefined) throw usageError(`${FLAGS[stray]} is for --mesh`, 'leave it out, or add --mesh');
    return null;
  }
  const ports = flags.meshPorts === undefined ? DEFAULT_MESH_PORTS : readPorts(flags.meshPorts);
  return { nodeAddresses: readAddresses(flags.nodeIp, environment), ports };
}

function readAddresses(flag: string | undefined, environment: NodeJS.ProcessEnv): readonly string[] {
  const text = flag ?? environment['NODE_IPS'] ?? environment['NODE_IP'] ?? '';
  const [from, example] = [
    '--node-ip',
    'Example: --node-ip 192.0.2.10,2001:db8::10; in a Pod: NODE_IPS from status.hostIPs',
  ];
  const parts = text.split(',').map(part => part.trim());
  if (text.trim() === '')
    throw usageError(`--mesh needs ${from}: the addresses of this node, where connections are led to`, example);
  const addresses = parts.map(part => (isIP(part) === 0 ? undefined : normalAddress(part)));
  const wrong = parts.find((_, index) => addresses[index] === undefined);
  if (wrong !== undefined) throw usageError(`${from} ${text}: "${wrong}" is no IP address`, example);
  const known = addresses.filter(address => address !== undefined);
  const loopback = known.find(isLoopback);
  if (loopback !== undefined)
    throw usageError(`${from} ${loopback}: connections of Pods cannot be led to a loopback address`, example);
  return known;
}

function readPorts(text: string): NodeMeshOptions['ports'] {
  const [, first = '', last = ''] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  const ports = { first: Number(first), last: Number(last) };
  if (first !== '' && ports.first >= FIRST_PORT && ports.first <= ports.last && ports.last <= LAST_PORT) return ports;
  throw usageError(
    `--mesh-ports ${text}: two ports from ${FIRST_PORT} to ${LAST_PORT} are needed, the lower one first`,
    'Example: --mesh-ports 20000-29999',
  );
}
