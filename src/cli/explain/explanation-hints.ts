// SPDX-License-Identifier: Apache-2.0
import type { ExplainedPlace, ExplainedRequest, Explanation } from '../../match/index.ts';
import { similarNames } from '../../values/index.ts';

/** Hosts named at most. */
const MAX_HOSTS = 3;
const WRONG_ZONE = /\.service\.cluster\.local$/;
const REFLECTION = /^\/grpc\.reflection\.v1(alpha)?\.ServerReflection\//;

/** A field by which load balancers' checks are told, where rules stand in for a health endpoint. */
const PROBE = 'x-envoy-livenessprobe';
const PROBE_HINT =
  'For the checks of a load balancer no rule is needed: annotate the Gateway with daemun.dev/health-endpoint, "/healthz; x-envoy-livenessprobe: healthz".';

/** What is probably wrong with a request that nothing takes, one sentence each. */
export function explanationHints({ request, places }: Explanation): readonly string[] {
  const refused = places.filter(place => place.answer.kind === 'refused');
  if (refused.length === 0 || refused.length < places.length) return [];
  return [...new Set(refused.flatMap(place => hintsOf(place, request)))];
}

function hintsOf(place: ExplainedPlace, request: ExplainedRequest): string[] {
  const { host, isHostAssumed, candidates } = place;
  const hints: string[] = [];
  const isHostServed = candidates.length > 0;
  if (!isHostServed && WRONG_ZONE.test(host)) {
    hints.push(`The zone of Services is svc: did you mean ${host.replace(WRONG_ZONE, '.svc.cluster.local')}?`);
  }
  if (!isHostServed && !isHostAssumed) hints.push(...hostHint(place));
  if (isHostServed && REFLECTION.test(request.path) && candidates.every(({ verdict }) => verdict === 'refused')) {
    hints.push(
      'The host is served, but no rule takes server reflection: add one for grpc.reflection.v1.ServerReflection, or call with --proto.',
    );
  }
  if (candidates.some(({ match, verdict }) => verdict === 'refused' && match.includes(PROBE))) hints.push(PROBE_HINT);
  return hints;
}

/** The host is the mistake, whatever the method: the :authority of the client is not what the routes have. */
function hostHint({ host, otherHosts, otherListeners }: ExplainedPlace): string[] {
  const served = [...otherHosts.map(other => other.host), ...otherListeners.map(({ hostname }) => hostname)];
  const names = [...new Set(served)].filter(name => name !== '*');
  if (names.length === 0) return [];
  const said = `No route is for host ${host}: the client's Host (:authority) must be a host that is served`;
  const near = similarNames(host, names, MAX_HOSTS);
  if (near.length > 0) return [`${said}; did you mean ${near.join(' or ')}?`];
  return [`${said}, such as ${names.slice(0, MAX_HOSTS).join(', ')}${names.length > MAX_HOSTS ? ', …' : ''}.`];
}
