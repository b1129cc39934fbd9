// SPDX-License-Identifier: Apache-2.0
import type { Setup } from './peer.ts';

/** What a rule of a route takes. Prefixes are by element. */
export interface RuleShape {
  readonly path: { readonly kind: 'exact' | 'prefix'; readonly value: string };
  readonly header: { readonly name: string; readonly value: string } | null;
  readonly query: { readonly name: string; readonly value: string } | null;
}

/** One of many routes of plain HTTP. */
export interface RouteShape {
  readonly name: string;
  /** null: any. */
  readonly host: string | null;
  readonly rules: readonly RuleShape[];
}

/** Hostnames that every other route has one of. */
const HOSTS = 100;

/** The routes of a setup of several: each has a path of its own, and a rule for a prefix, for a header, for a parameter. */
export function httpRoutes({ routes }: Pick<Setup, 'routes'>): RouteShape[] {
  return Array.from({ length: routes }, (_, at) => {
    const root = `/bench/s${at}`;
    return {
      name: `s${at}`,
      host: at % 2 === 0 ? `h${(at / 2) % HOSTS}.example.com` : null,
      rules: [
        { path: { kind: 'prefix', value: root }, header: null, query: null },
        { path: { kind: 'prefix', value: root }, header: { name: 'x-tenant', value: `t${at % 7}` }, query: null },
        { path: { kind: 'exact', value: `${root}/item` }, header: null, query: { name: 'id', value: String(at) } },
      ],
    };
  });
}

/** A path that the route at this place takes by its prefix; whatever the host, if the place is an odd number. */
export function prefixedPath(at: number): string {
  return `/bench/s${at}/x/y`;
}

/** The same by the path and the parameter. */
export function itemPath(at: number): string {
  return `/bench/s${at}/item?id=${at}`;
}
