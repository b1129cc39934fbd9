// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import { DaemunError, messageOf } from '../../errors/index.ts';
import { isObject } from '../plain-object.ts';
import type { KubeAccess, Proof } from './credentials.ts';

/** A plugin may ask a cloud; one that asks a person has no place in a server. */
const EXEC_TIMEOUT_MS = 30_000;
const MAX_CREDENTIAL_BYTES = 1024 * 1024;
/** What it said or how it failed holds for so long, whatever the server says: each kind that is read asks by itself, and a plugin may take a second of CPU. */
const RUN_GAP_MS = 5_000;
/** A credential is renewed this long before it ends; one that lasts for less than twice as long, when half of it is over. */
const EXPIRY_MARGIN_MS = 60_000;

export interface ExecOptions {
  /** Of the kubeconfig beside it, used where the plugin gives none. */
  certificate(isRefused: boolean): Proof['certificate'];
  /** Of the kubeconfig: a command with a slash is found from there. */
  readonly folder: string;
  wallMs(): number;
  /** Until a plugin that does not answer is ended. Default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Proof by a credential plugin (`users[].user.exec`, client.authentication.k8s.io), which is run again when its answer ends or is
 * refused. One run at a time, and one in five seconds.
 */
export function execCredential(exec: Readonly<Record<string, unknown>>, options: ExecOptions): KubeAccess['prove'] {
  let known: Credential | null = null;
  /** Why there is none. */
  let failure: unknown = null;
  let endedMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  const runAnew = async (): Promise<void> => {
    try {
      known = await run(exec, options);
    } catch (error) {
      known = null;
      failure = error;
    }
    endedMs = options.wallMs();
    running = null;
  };
  return async isRefused => {
    const nowMs = options.wallMs();
    const isRecent = Math.abs(nowMs - endedMs) < RUN_GAP_MS;
    const isGood = known !== null && nowMs < known.untilMs && !isRefused;
    if (running === null && !isRecent && !isGood) running = runAnew();
    await running;
    if (known === null) throw failure;
    return known.proof;
  };
}

interface Credential {
  readonly proof: Proof;
  readonly untilMs: number;
}

async function run(exec: Readonly<Record<string, unknown>>, options: ExecOptions): Promise<Credential> {
  const { command, args = [], env = [], apiVersion } = exec;
  if (typeof command !== 'string') throw failure('it has no command');
  const file = command.includes('/') && !isAbsolute(command) ? resolve(options.folder, command) : command;
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const output = await start(file, {
    args: textsOf(args),
    env: { ...process.env, ...variablesOf(env), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    timeoutMs: options.timeoutMs ?? EXEC_TIMEOUT_MS,
  });
  return readCredential(output, options);
}

interface Started {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

function start(file: string, { args, env, timeoutMs }: Started): Promise<string> {
  return new Promise((done, fail) => {
    // One that does not end when it is asked to would keep all requests waiting.
    const limits = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_CREDENTIAL_BYTES } as const;
    const child = execFile(file, [...args], limits, (error, stdout) => {
      if (error === null) done(stdout);
      else fail(failure(messageOf(error), error));
    });
    child.stdin?.end();
  });
}

function readCredential(output: string, { certificate, wallMs }: ExecOptions): Credential {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch (error) {
    throw failure('its answer is not JSON', error);
  }
  const status = isObject(answer) ? answer['status'] : undefined;
  if (!isObject(status)) throw failure('its answer has no status');
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: until } = status;
  const own = typeof cert === 'string' && typeof key === 'string' ? { cert, key } : certificate(false);
  const authorization = typeof token === 'string' && token !== '' ? `Bearer ${token}` : null;
  if (authorization === null && own === null) throw failure('its answer has neither a token nor a certificate');
  const proof = { authorization, certificate: own };
  if (until === undefined || until === null) return { proof, untilMs: Number.POSITIVE_INFINITY };
  const endsMs = Date.parse(String(until));
  if (Number.isNaN(endsMs)) throw failure(`its expirationTimestamp is no time: ${JSON.stringify(until)}`);
  return { proof, untilMs: endsMs - Math.min(EXPIRY_MARGIN_MS, Math.max(0, endsMs - wallMs()) / 2) };
}

function failure(why: string, cause?: unknown): DaemunError {
  return new DaemunError('kubernetes/credentials', `the credential plugin of the kubeconfig failed: ${why}`, { cause });
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function variablesOf(value: unknown): Record<string, string> {
  const items = Array.isArray(value) ? value.filter(isObject) : [];
  return Object.fromEntries(items.map(item => [String(item['name']), String(item['value'])]));
}
