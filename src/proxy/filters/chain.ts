// SPDX-License-Identifier: Apache-2.0

/**
 * The filters of a rule and one of its backends, in the order in which things happen:
 *
 * 1. `requestHead`: changes of request fields, the rule's and then the backend's. Pure: computed once for each list. `rewrite`: the same
 *    of host and path.
 * 2. `steps`: everything else, as written, the rule's and then the backend's. Each may let the request go on, wait, or answer it, and
 *    may watch the body.
 * 3. `responseHead`: changes of response fields, the backend's and then the rule's. Pure. Where there is a CORS filter, the fields of that
 *    are dropped last; the step of the filter adds its own.
 */
import { CORS_RESPONSE_FIELDS, rewriteOf } from '../../match/index.ts';
import type { Filter, HeaderChange } from '../../snapshot/index.ts';
import type { ClusterPool } from '../upstream/index.ts';
import { CorsStep } from './cors.ts';
import type { AuthEnvironment } from './external-auth/auth-environment.ts';
import { authStep } from './external-auth/auth-step.ts';
import { HeaderRewriter } from './header-change.ts';
import { MessageLimitStep } from './message-limit.ts';
import { type MirrorEnvironment, MirrorStep } from './mirror.ts';
import { RedirectStep } from './redirect.ts';
import type { FilterStep } from './step.ts';
import { TargetRewrite } from './target-rewrite.ts';

export interface FilterChain {
  readonly requestHead: HeaderRewriter;
  /** null: host and path pass as they came. */
  readonly rewrite: TargetRewrite | null;
  readonly steps: readonly FilterStep[];
  readonly responseHead: HeaderRewriter;
  /** Whom the steps send requests to: the chain is stale when one of these is. */
  readonly clusters: readonly ClusterPool[];
}

/** What steps are made with. */
export type ChainEnvironment = MirrorEnvironment & AuthEnvironment;

/** Compiles filters. Their order within a rule and within a backend is the user's. */
export function compileChain(
  ofRule: readonly Filter[],
  ofBackend: readonly Filter[],
  environment: ChainEnvironment,
): FilterChain {
  const filters = [...ofRule, ...ofBackend];
  const rewrite = rewriteOf(filters);
  const cors = filters.findLast(({ kind }) => kind === 'cors');
  const clusters: ClusterPool[] = [];
  const steps: FilterStep[] = [];
  for (const filter of filters) {
    if (filter.kind === 'cors' && filter !== cors) continue;
    const step = stepOf(filter, environment, clusters);
    if (step !== null) steps.push(step);
  }
  const ofResponse = changesOf([...ofBackend, ...ofRule], 'response-headers');
  if (cors !== undefined) ofResponse.push({ set: [], add: [], remove: CORS_RESPONSE_FIELDS });
  return {
    requestHead: new HeaderRewriter(changesOf(filters, 'request-headers')),
    rewrite: rewrite === null ? null : new TargetRewrite(rewrite),
    steps,
    responseHead: new HeaderRewriter(ofResponse),
    clusters,
  };
}

/** null: the filter is pure, or its backend is not there, which translation has reported. */
function stepOf(filter: Filter, environment: ChainEnvironment, clusters: ClusterPool[]): FilterStep | null {
  switch (filter.kind) {
    case 'request-headers':
    case 'response-headers':
    case 'rewrite':
      return null;
    case 'cors':
      return new CorsStep(filter.policy);
    case 'redirect':
      return new RedirectStep(filter.redirect);
    case 'mirror': {
      const cluster = environment.upstreams.cluster(filter.target.cluster);
      if (cluster === undefined) return null;
      clusters.push(cluster);
      return new MirrorStep(cluster, filter.share, environment);
    }
    case 'message-limit':
      return new MessageLimitStep(filter.maxBytes);
    case 'external-auth':
      return authStep(filter.auth, environment, clusters);
  }
}

function changesOf(filters: readonly Filter[], kind: 'request-headers' | 'response-headers'): HeaderChange[] {
  const changes: HeaderChange[] = [];
  for (const filter of filters) if (filter.kind === kind) changes.push(filter.change);
  return changes;
}
