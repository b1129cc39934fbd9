// SPDX-License-Identifier: Apache-2.0

/**
 * Drives a gateway with the clients that are installed: grpcurl, Python grpcio, grpc-go. Not part of `npm test`, because
 * the clients come from elsewhere: `node test/interop/run.ts [grpcurl|python|go …]`. A client whose tool is missing is
 * skipped. Each one gets CLEARTEXT, TLS, AUTHORITY and CA in its environment, prints one line per check, and fails with a
 * non-zero exit code. Exit code 1 when one fails.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startInteropGateway } from './interop-gateway.test-support.ts';

interface InteropClient {
  readonly name: string;
  readonly needs: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
}

const here = import.meta.dirname;

const clients: readonly InteropClient[] = [
  { name: 'grpcurl', needs: 'grpcurl', command: ['sh', 'grpcurl.sh'], folder: here },
  { name: 'python', needs: 'python3', command: ['python3', 'client.py'], folder: join(here, 'python') },
  { name: 'go', needs: 'go', command: ['go', 'run', '.'], folder: join(here, 'go') },
];

const SKIPPED = 77; // as automake's tests say it: a library is missing

const path = [process.env['PATH'] ?? '', join(homedir(), 'go', 'bin'), '/usr/local/go/bin'].join(delimiter);

function isInstalled(tool: string): boolean {
  return path.split(delimiter).some(folder => existsSync(join(folder, tool)));
}

function run(client: InteropClient, environment: Readonly<Record<string, string>>): Promise<number> {
  const [program, ...args] = client.command;
  const env = { ...process.env, PATH: path, ...environment };
  const child = spawn(program, args, { cwd: client.folder, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

const wanted = process.argv.slice(2);
const gateway = await startInteropGateway();
const environment = {
  CLEARTEXT: gateway.cleartext,
  TLS: gateway.tls,
  AUTHORITY: gateway.authority,
  CA: gateway.caFile,
  PROTO: join(here, '../../src/demo/proto'),
};
const results: string[] = [];
for (const client of clients.filter(each => wanted.length === 0 || wanted.includes(each.name))) {
  const code = isInstalled(client.needs) ? await run(client, environment) : SKIPPED;
  results.push(`${client.name}: ${code === 0 ? 'passed' : code === SKIPPED ? 'skipped' : `failed (${code})`}`);
  if (code !== 0 && code !== SKIPPED) process.exitCode = 1;
}
await gateway.close();
process.stdout.write(`${results.join('\n')}\n`);
