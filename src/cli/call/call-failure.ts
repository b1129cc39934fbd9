// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { defaultStateDirectory } from '../../values/index.ts';
import { CommandFailure, couldNotRun, EXIT } from '../exit-code.ts';
import type { CallTarget } from './call-target.ts';
import { isUnservedHost } from './failure-reason.ts';
import { grpcCodeName } from './grpc-code.ts';

/** What was asked, for the hint. */
export interface CallSubject {
  readonly target: CallTarget;
  /** `package.Service/Method`. */
  readonly method: string;
  readonly program: string;
}

export function unservedHostHint({ authority, address }: CallTarget): string {
  return `Nothing is served for :authority ${authority ?? address}: name the host of a route with --authority.`;
}

/** True for the errors that grpc-js ends a call with. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

/**
 * The end of a call that was not OK: exit code 1 with the code's name, the server's message and what to do next; exit
 * code 3 when no connection came about.
 */
export function callFailure(error: ServiceError, subject: CallSubject): CommandFailure {
  if (error.code === status.UNAVAILABLE && /no connection established|name resolution failed/i.test(error.details)) {
    return connectionFailure(error.details, subject);
  }
  const message = `${grpcCodeName(error.code)} (${error.code}): ${error.details || 'the server gave no message'}`;
  return new CommandFailure(EXIT.refused, message, hintFor(error, subject));
}

function connectionFailure(details: string, subject: CallSubject): CommandFailure {
  const told = details
    .replace(/^.*Last error: /, '')
    .replace(/^Error: /, '')
    .replace(/\. Resolution note:.*$/, '')
    .replace(/ \(\d{4}-\S+Z\)$/, '');
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(told)?.[1] ?? told.trim(); // OpenSSL tells file and line too
  return couldNotRun(`no connection to ${subject.target.address}: ${reason}`, connectionHint(reason, subject));
}

function connectionHint(reason: string, { target }: CallSubject): string {
  const ca = join(defaultStateDirectory(process.env, homedir()), 'ca', 'ca.crt');
  if (/self.signed|unable to (get|verify)|certificate/i.test(reason)) {
    const own = existsSync(ca) ? ` The development CA is ${ca}.` : '';
    return `Trust the server's CA with --cacert FILE, name the host with --authority, or skip the check with --insecure.${own}`;
  }
  if (target.secure && /wrong version number|packet length too long|EPROTO|before secure TLS/i.test(reason))
    return 'The port speaks cleartext: use --plaintext or http://.';
  if (/unrecognized.name/i.test(reason))
    return 'No listener there has a certificate for this name: give the host of a route with --authority.';
  if (/ECONNREFUSED/.test(reason))
    return 'Is it running, and is the port the right one? `daemun run` prints its addresses.';
  if (!target.secure && /closed|reset|protocol|failed to connect/i.test(reason))
    return 'Perhaps the port speaks TLS: use https:// or leave out --plaintext.';
  return '';
}

function hintFor(error: ServiceError, { target, method, program }: CallSubject): string {
  const host = target.authority ?? target.address.replace(/:\d+$/, '');
  switch (error.code) {
    case status.UNIMPLEMENTED:
      if (isUnservedHost(error)) return unservedHostHint(target);
      return `No route takes the method, or no server has it. To see which: ${program} explain --grpc ${method} --host ${host}`;
    case status.UNAVAILABLE:
      return `No endpoint answered. To see them: ${program} proxy-config endpoint`;
    case status.DEADLINE_EXCEEDED:
      return 'No answer in time: allow more with --max-time, or look at the timeouts of the route.';
    case status.RESOURCE_EXHAUSTED:
      return 'A limit was reached; wait, then try again.';
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return "Send credentials with -H 'authorization: …'.";
    default:
      return '';
  }
}
