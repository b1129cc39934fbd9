// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about routes and what they refer to. */
export const ROUTE_CODES = {
  'route/broken': {
    severity: 'error',
    summary:
      'translating the route broke, by a fault of daemun; it is served as it was before, if it was, and all else goes on',
    help: 'report it, with what `daemun bundle` collects',
  },
  'route/parent-not-attached': {
    severity: 'error',
    summary: 'the ListenerSet that a route names is attached to no Gateway',
    help: 'see the findings of the ListenerSet',
  },
  'route/parent-not-found': {
    severity: 'error',
    summary: 'a parentRef names a Gateway that does not exist',
    help: 'create it, or correct name and namespace',
  },
  'route/no-default-gateway': {
    severity: 'warning',
    summary: 'a route uses default Gateways, and there is none',
    help: 'set spec.defaultScope: All on a Gateway, or name a Gateway in parentRefs',
  },
  'route/no-matching-parent': {
    severity: 'error',
    summary: 'a parentRef names a listener or port that the Gateway does not have',
    help: 'use one of the listeners that the finding lists',
  },
  'route/kind-not-allowed': {
    severity: 'error',
    summary: 'no listener of the parent takes routes of this kind',
    help: 'allow the kind, or attach to another listener',
  },
  'route/not-allowed-by-listeners': {
    severity: 'error',
    summary: "the parent's listeners take no routes of this namespace",
    help: 'set allowedRoutes as the finding spells out',
  },
  'route/no-matching-listener-hostname': {
    severity: 'error',
    summary: "none of the route's hostnames matches a listener",
    help: 'use a hostname that the listener takes',
  },
  'route/no-working-listener': {
    severity: 'info',
    summary: 'a route is attached only to listeners that carry no traffic',
    help: 'see the findings of the Gateway',
  },
  'route/service-not-served-here': {
    severity: 'info',
    summary: 'a route names a Service as parent, whose traffic does not pass this process',
    help: 'run the node agent for it',
  },
  'route/service-without-frontend': {
    severity: 'error',
    summary: 'a route names a Service as parent that has no ClusterIP: a headless one, or one of type ExternalName',
    help: 'name a Service of type ClusterIP',
  },
  'route/frontend-not-reached': {
    severity: 'warning',
    summary: 'connections to the ClusterIP of a parent do not come to this process',
    help: 'write a clusterIP that this machine has, or leave it out',
  },
  'route/kind-not-for-port': {
    severity: 'error',
    summary: 'no port of a Service takes routes of this kind',
    help: 'correct the appProtocol of the port, or name another one',
  },
  'route/port-of-another-kind': {
    severity: 'info',
    summary: 'of the ports of a Service that a route is for, one has routes of another kind, which are applied there',
    help: 'name the ports that the route is for',
  },
  'route/kind-conflict': {
    severity: 'error',
    summary: 'a port of a Service has routes of several kinds, and those of another kind are applied',
    help: 'use one kind of routes for the port',
  },
  'route/parent-kind': {
    severity: 'info',
    summary: 'a parentRef names a kind that has no effect in this version',
    help: 'name a Gateway, a ListenerSet or a Service as parent',
  },
  'route/invalid-regex': {
    severity: 'error',
    summary:
      'a regular expression is not one that RE2 can read, or repeats too much, or is one too many for a route; its rule is dropped',
    help: 'use RE2 syntax, with + or * in the place of large counts and fewer patterns in a route, or type Exact',
  },
  'route/rules-dropped': {
    severity: 'error',
    summary: 'some rules of a route were dropped, the others work',
    help: 'see the finding of each dropped rule',
  },
  'route/external-auth-body': {
    severity: 'warning',
    summary: 'an ExternalAuth filter would forward larger bodies than the gateway keeps; those are refused',
    help: 'lower forwardBody.maxSize',
  },
  'route/backend-kind': {
    severity: 'error',
    summary: 'a backendRef names a kind of backend that is not supported',
    help: 'refer to a Service or an XBackend',
  },
  'route/backend-not-found': {
    severity: 'error',
    summary: 'a backendRef names a Service or port that does not exist',
    help: 'create it, or correct the reference',
  },
  'route/ref-not-permitted': {
    severity: 'error',
    summary: 'a backendRef crosses namespaces without a ReferenceGrant',
    help: 'create the ReferenceGrant that the finding spells out',
  },
  'route/backend-protocol': {
    severity: 'error',
    summary: 'a backendRef names a port whose appProtocol does not carry gRPC',
    help: 'set appProtocol: kubernetes.io/h2c, or leave it out',
  },
  'route/filter-unresolved': {
    severity: 'error',
    summary: 'a filter cannot be resolved; requests that it would filter are answered with an error',
    help: 'remove the filter',
  },
  'route/header-not-changeable': {
    severity: 'warning',
    summary: 'a filter changes a header that belongs to the connection; it is left as it is',
    help: 'remove it from the filter',
  },
  'route/session-name': {
    severity: 'warning',
    summary: 'the header of a session means something else already; the rule keeps no sessions',
    help: 'choose another name',
  },
  'route/session-cookie-path': {
    severity: 'warning',
    summary: "the path of a session's cookie is none; the cookie is for all paths",
    help: 'begin it with a slash, and leave out semicolons and control characters',
  },
  'route/header-value': {
    severity: 'warning',
    summary: 'a filter sets a header to a value that cannot be sent; it is left out',
    help: 'remove control characters',
  },
  'route/path-value': {
    severity: 'warning',
    summary: 'a filter sets a path that cannot be sent as it is written',
    help: 'write it as the finding says',
  },
  'route/prefix-unknown': {
    severity: 'error',
    summary:
      'a filter replaces a prefix in a rule whose matches are not one prefix; its requests are answered with an error',
    help: 'make a rule for each prefix, or replace the full path',
  },
  'backend/no-endpoints': {
    severity: 'warning',
    summary: 'a Service that a route uses has no endpoints',
    help: 'add an EndpointSlice, or the annotation daemun.dev/endpoints',
  },
  'backend/invalid-address': {
    severity: 'error',
    summary: 'an EndpointSlice has an address that is not an IP address; the endpoint is left out',
    help: 'write an IP address, or use the annotation daemun.dev/endpoints',
  },
  'backend/local-address': {
    severity: 'error',
    summary: "in a cluster a Service or XBackend names an address of the gateway's own machine; nothing is sent there",
    help: 'name an address that is the same from everywhere',
  },
  'backend/fqdn-slice': {
    severity: 'info',
    summary: 'an EndpointSlice of type FQDN is not used',
    help: 'use a Service of type ExternalName',
  },
  'annotation/invalid-value': {
    severity: 'warning',
    summary: "an annotation's value cannot be read; the default is used",
    help: 'write the value as the finding says',
  },
  'annotation/no-effect': {
    severity: 'warning',
    summary: 'an annotation cannot do here what it says: health of endpoints is asked for by gRPC, which needs HTTP/2',
    help: 'set appProtocol: kubernetes.io/h2c on the port of the Service, or remove the annotation',
  },
} as const satisfies Record<`route/${string}` | `backend/${string}` | `annotation/${string}`, CatalogueEntry>;
