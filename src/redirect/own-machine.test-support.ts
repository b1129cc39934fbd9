// SPDX-License-Identifier: Apache-2.0
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { nftEnvironment } from './nft-environment.ts';

/** Set for tests that run on a machine of their own. */
const INSIDE = 'DAEMUN_TEST_OWN_MACHINE';

/** The machine's addresses, the Pod's, and those of no machine: Services have them. */
export const NODE = { ipv4: '172.18.0.2', ipv6: 'fd00:9::2' };
export const POD = { ipv4: '10.244.0.5', ipv6: 'fd00:1::5' };
export const SERVICE = { ipv4: '10.96.0.1', ipv6: 'fd00:96::1' };

/** A network of its own with one Pod on a veth of its own, as the CNI plugin `ptp` lays it. Goes with the last process in it. */
const SETUP = `set -e
mount -t tmpfs none /run; mkdir -p /run/netns
ip link set lo up; ip netns add pod
ip link add veth0 type veth peer name eth0 netns pod
ip addr add 10.244.0.1/32 dev veth0; ip link set veth0 up; ip route add ${POD.ipv4}/32 dev veth0
ip -6 addr add fd00:1::1/64 dev veth0 nodad
ip addr add ${NODE.ipv4}/32 dev lo; ip -6 addr add ${NODE.ipv6}/128 dev lo nodad
ip route add default dev lo; ip -6 route add default dev lo
ip netns exec pod sh -ec 'ip link set lo up; ip addr add ${POD.ipv4}/32 dev eth0; ip link set eth0 up
ip route add 10.244.0.1 dev eth0; ip route add default via 10.244.0.1
ip -6 addr add ${POD.ipv6}/64 dev eth0 nodad; ip -6 route add default via fd00:1::1'
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
exec "$@"`;

/** Runs the tests of a file on a machine of their own: in a network namespace, as root. Skipped where that cannot be had. */
export function onOwnMachine(file: string, tests: () => void): void {
  if (process.env[INSIDE] === '1') {
    tests();
    return;
  }
  it('on a machine of its own', { skip: whyNot() }, () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const inside = ['--net', '--mount', 'sh', '-c', SETUP, 'sh', process.execPath, '--test-reporter=spec', file];
    const { status, stdout, stderr } = spawnSync('unshare', inside, {
      env: { ...env, [INSIDE]: '1' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
  });
}

function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  const env = nftEnvironment();
  const missing = ['nft', 'ip', 'unshare'].find(
    program => spawnSync(program, ['--version'], { env }).error !== undefined,
  );
  if (missing !== undefined) return `needs ${missing}`;
  return spawnSync('unshare', ['--net', '--mount', 'ip', 'link', 'add', 'type', 'veth']).status === 0
    ? false
    : 'needs the right to make network namespaces';
}

/** Runs a program on this machine that is there on every one of its kind. */
export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { env: nftEnvironment(), encoding: 'utf8' });
}

const CONNECT = `
const socket = require('node:net').connect(Number(process.argv[2]), process.argv[1]);
socket.setTimeout(30_000, () => socket.destroy(new Error('ETIMEDOUT')));
socket.on('data', data => process.stdout.write(data)).on('error', error => process.stdout.write(error.code ?? error.message));`;

/** What a connection is told first, or the code of its error. `group`: of the process that connects. */
export function connect(
  from: 'pod' | 'node',
  { address, port, group }: { readonly address: string; readonly port: number; readonly group?: number },
): Promise<string> {
  const node = [process.execPath, '-e', CONNECT, address, String(port)];
  const command = from === 'pod' ? ['ip', 'netns', 'exec', 'pod', ...node] : node;
  const [program = '', ...args] = command;
  const options = group === undefined ? {} : { gid: group };
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: nftEnvironment(), ...options }, (error, told) =>
      error === null ? resolve(told) : reject(error),
    );
  });
}
