// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about what is valid, though probably not meant. */
export const LINT_CODES = {
  'lint/broken': {
    severity: 'error',
    summary:
      'a check for what is probably not meant broke, by a fault of daemun; it says nothing, and all else goes on',
    help: 'report it, with what `daemun bundle` collects',
  },
  'lint/core-group': {
    severity: 'warning',
    summary: 'group: core is not the name of an API group; in a ReferenceGrant it permits nothing',
    help: 'write group: ""',
  },
  'lint/cluster-zone': {
    severity: 'warning',
    summary: 'a name ends in service.cluster.local, but the zone of Services is svc.cluster.local',
    help: 'write svc instead of service',
  },
  'lint/hostname-never-matches': {
    severity: 'warning',
    summary: "a route's hostname belongs to another listener on the port, or to none that it is attached to",
    help: 'attach the route to a listener that has it, or remove it',
  },
  'lint/hidden-by-health-endpoint': {
    severity: 'warning',
    summary: "a Gateway's health endpoint takes all requests of a match",
    help: 'remove the match, or change the path in daemun.dev/health-endpoint',
  },
  'lint/cors-any-origin': {
    severity: 'warning',
    summary: 'a CORS filter allows every origin with credentials',
    help: 'list the origins, or leave allowCredentials out',
  },
  'lint/cors-no-effect': {
    severity: 'warning',
    summary: 'a part of a CORS filter allows nothing',
    help: 'see what the finding says to write',
  },
  'lint/cors-no-preflight': {
    severity: 'warning',
    summary: 'preflights do not reach the CORS filter of a rule, or are refused before',
    help: 'let the rule take OPTIONS, and write the CORS filter first',
  },
  'lint/redirect-loop': {
    severity: 'warning',
    summary: 'a rule redirects clients to itself',
    help: 'change scheme, hostname, port or path, or add a rule for where it leads',
  },
  'lint/backend-loop': {
    severity: 'warning',
    summary: 'an endpoint of a rule is the Gateway itself, which gives what comes there to the same rule',
    help: 'correct the endpoints of the Service, or name another Service',
  },
  'lint/no-parents': {
    severity: 'warning',
    summary: 'a route has no parentRefs',
    help: 'add parentRefs',
  },
  'lint/no-rules': {
    severity: 'warning',
    summary: 'a route has no rules',
    help: 'add rules with backendRefs',
  },
  'lint/no-backends': {
    severity: 'warning',
    summary: 'a rule has no backendRefs, so all that it takes fails',
    help: 'add backendRefs',
  },
  'lint/weights-zero': {
    severity: 'warning',
    summary: "a rule's weights add up to 0, so all that it takes fails",
    help: 'give at least one backend a weight above 0',
  },
  'lint/faint-weight': {
    severity: 'warning',
    summary: 'a backend gets less than 0.1 % of what its rule takes',
    help: 'write the weights of a rule in one scale, or 0 for none',
  },
  'lint/cleartext-too': {
    severity: 'warning',
    summary: 'a route without hostnames serves plain and TLS listeners alike',
    help: 'add sectionName, if it should be reached over TLS only',
  },
  'lint/public-reflection': {
    severity: 'warning',
    summary: 'server reflection is exposed to other machines, or to all hosts and namespaces',
    help: 'keep it for development, or attach it to an internal listener',
  },
  'lint/no-reflection': {
    severity: 'info',
    summary: 'no route of a Gateway takes server reflection, so grpcurl needs -proto',
    help: 'add a reflection rule for development',
  },
  'lint/service-looks-like-package': {
    severity: 'warning',
    summary: "a match's service looks like a package",
    help: 'write the full name, package.Service',
  },
  'lint/unreachable-match': {
    severity: 'warning',
    summary: 'a match is hidden by an earlier one of the same route',
    help: 'remove one, or tell them apart',
  },
  'lint/identical-match': {
    severity: 'warning',
    summary: 'a match is hidden by the same match of another route',
    help: 'tell them apart by hostname, method or headers',
  },
  'lint/unreachable-rule': {
    severity: 'warning',
    summary: 'a rule of a route without matches is never reached, because its first rule takes everything',
    help: 'keep one rule',
  },
  'lint/superseded-route': {
    severity: 'warning',
    summary: 'a TLSRoute, TCPRoute or UDPRoute gets nothing at a listener, because another route takes it all',
    help: 'attach one of the two elsewhere, or use weights in one route',
  },
  'lint/duplicate-header': {
    severity: 'info',
    summary: 'a match names a header twice; the first counts',
    help: 'remove one',
  },
  'lint/header-never-matches': {
    severity: 'warning',
    summary: 'a match names a header that is dropped when a client sends it, so it takes no request',
    help: 'match a header of your own',
  },
  'lint/path-never-matches': {
    severity: 'warning',
    summary: 'a match asks for a path that no request has',
    help: 'begin a pattern with a slash; match the query by queryParams',
  },
  'lint/method-never-matches': {
    severity: 'warning',
    summary:
      'a match asks for a gRPC service or method whose name has a slash, which none has, or for CONNECT, which is not served',
    help: 'write service and method apart; match upgrades as GET',
  },
  'lint/hostnames-of-service': {
    severity: 'info',
    summary: 'a route whose parents are Services names hosts, which has no effect',
    help: 'remove hostnames',
  },
  'lint/consumers-without-clients': {
    severity: 'warning',
    summary: 'a route is for the clients of its namespace at a Service, and no client is known to be of that namespace',
    help: 'say whose addresses those are',
  },
  'lint/timeout-never-fires': {
    severity: 'warning',
    summary: 'the timeout of a try is not shorter than that of the whole request',
    help: 'shorten it, or leave it out',
  },
  'lint/retry-never-happens': {
    severity: 'warning',
    summary: 'the pause before a further try is as long as the whole request may take',
    help: 'shorten the backoff, or allow the request more time',
  },
  'lint/mirror-without-share': {
    severity: 'info',
    summary: 'a mirror gets 0 % of the requests',
    help: 'raise percent, or remove the mirror',
  },
  'lint/app-protocol-not-defined': {
    severity: 'info',
    summary: 'an appProtocol is not a value that Kubernetes defines; it is taken as HTTP/2 in cleartext',
    help: 'write kubernetes.io/h2c',
  },
  'lint/unused-annotation': {
    severity: 'warning',
    summary: 'an annotation that begins with daemun.dev/ is misspelt or on the wrong kind, and has no effect',
    help: 'correct the name, or put it on the kind that the README says',
  },
  'lint/unused-policy': {
    severity: 'warning',
    summary: 'a policy is for Services that no Gateway sends to; told of files only',
    help: 'name the Service in a route, or correct targetRefs',
  },
  'lint/old-api-version': {
    severity: 'info',
    summary: 'an object is written in an old version of its API',
    help: 'write the current version',
  },
} as const satisfies Record<`lint/${string}`, CatalogueEntry>;
