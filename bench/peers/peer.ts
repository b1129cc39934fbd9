// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import type { Wiring } from './wiring.ts';

/** Where a proxy under test listens and what it forwards to. */
export interface Setup {
  /** Cleartext, for clients that speak `wiring.client`. */
  readonly port: number;
  /** HTTP/2 over TLS. */
  readonly tlsPort: number;
  readonly wiring: Wiring;
  /** Of the backend, which speaks `wiring.backend`. */
  readonly backendPort: number;
  /**
   * 1: one route takes everything. More: as many routes, of gRPC each with a method of its own, `/bench.s0/Unary` and so
   * on, of plain HTTP as `httpRoutes` says. A peer without `rewriteRoutes` is never asked for more.
   */
  readonly routes: number;
  /** Who gets the calls of the last of several routes of gRPC, by weights of 1 and 0: the backend, or the one at `otherPort`. */
  readonly lastRouteTo: 'backend' | 'other';
  readonly otherPort: number;
  /**
   * The one route has the server at `otherPort` asked about each request, by Envoy's `Check` over gRPC; it says yes. A peer
   * without `doesExternalAuth` is never asked to.
   */
  readonly isAuthorized: boolean;
  /**
   * Datagrams to UDP port `port` go to the backend's UDP port `datagramPort`. A peer without `carriesDatagrams` is never asked to.
   */
  readonly carriesDatagrams: boolean;
  readonly datagramPort: number;
  /**
   * No requests: connections to `port` are passed on to `streamPort`, those to `tlsPort`, which are TLS for localhost, to `tlsStreamPort`. A peer
   * without `carriesStreams` is never asked to.
   */
  readonly carriesStreams: boolean;
  readonly streamPort: number;
  readonly tlsStreamPort: number;
  /** The backend is spoken to in TLS; its certificate is `certificateFile`, for localhost. A peer without `doesBackendTls` is never asked to. */
  readonly encrypts: boolean;
  /** Worker threads. A peer without `rewriteRoutes` is never asked for more than one. */
  readonly workers: number;
  /** PEM files of the TLS listener. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** A folder of its own, for configuration. */
  readonly folder: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** → a time of `performance.now`. */
export type RewriteRoutes = (setup: Setup) => number;

/** A proxy that takes part: one worker or thread, access log off, otherwise as it comes. */
export interface Peer {
  readonly name: string;
  /** How to get it. */
  readonly install: string;
  /** Left out where it cannot ask a server about each request by Envoy's protocol. */
  readonly doesExternalAuth?: true;
  /** Left out where it does not. */
  readonly carriesDatagrams?: true;
  /** Left out where it does not pass streams on. */
  readonly carriesStreams?: true;
  /** Left out where it does not speak TLS to backends. */
  readonly doesBackendTls?: true;
  /** Undefined when it is not installed. */
  version(): string | undefined;
  /** Writes what it needs into `setup.folder` and says how to start it. Undefined when it cannot do `setup.wiring`. */
  command(setup: Setup): Command | undefined;
  /**
   * Writes the file of routes anew while the proxy runs and watches it, all of it in one step. Returns when that step began. Left out where it
   * watches none.
   */
  rewriteRoutes?: RewriteRoutes;
}

/** The method that only the first of several routes takes, which the server at `otherPort` gets. */
export const FIRST_METHOD = '/bench.s0/Unary';

/** The method that only the last of the routes takes. */
export function lastMethod(setup: Setup): string {
  return `/bench.s${setup.routes - 1}/Unary`;
}

/** The first line that a program prints, undefined when it cannot be started. */
export function firstLine(command: string, args: readonly string[]): string | undefined {
  try {
    const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return text
      .trim()
      .split('\n')
      .find(line => line !== '');
  } catch {
    return undefined;
  }
}
