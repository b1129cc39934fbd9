// SPDX-License-Identifier: Apache-2.0

/** The kinds of names that the Gateway API's CRDs know, with their patterns and bounds. */
import { text } from './vocabulary.ts';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The pattern of a host name with an optional `*.` in front. */
export const HOSTNAME_PATTERN = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** The pattern of a path: RFC 3986 §3.3. */
export const PATH_PATTERN = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;
const KIND = /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$/;
// The CRD writes ^[!-~]+([\t ]?[!-~]+)*$, which takes exponential time in a backtracking engine.
const HEADER_VALUE = /^[!-~]+(?:[\t ][!-~]+)*$/;
const CONTROLLER = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** An API group; '' is the core group. */
export const group = text({
  max: 253,
  pattern: /^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  is: 'an API group such as gateway.networking.k8s.io, or "" for the core group',
});

/** A kind such as `Service`. */
export const kind = text({ min: 1, max: 63, pattern: KIND, is: 'a kind such as Service' });

/** The name of an object that is referred to: any text. */
export const objectName = text({ min: 1, max: 253, is: 'the name of an object' });

/** A namespace. */
export const namespace = text({
  min: 1,
  max: 63,
  pattern: DNS_LABEL,
  is: 'a namespace: lower case letters, digits and "-", such as team-a',
});

/** The name of a listener or of a route's rule. */
export const sectionName = text({
  min: 1,
  max: 253,
  pattern: DNS_SUBDOMAIN,
  is: 'a name of lower case letters, digits, "-" and ".", such as https-1',
});

/** A host name, or a wildcard such as `*.example.com`. */
export const hostname = text({
  min: 1,
  max: 253,
  pattern: HOSTNAME_PATTERN,
  is: 'a host name in lower case such as api.example.com or *.example.com',
});

/** A host name without wildcard (PreciseHostname). */
export const preciseHostname = text({
  min: 1,
  max: 253,
  pattern: DNS_SUBDOMAIN,
  is: 'a host name in lower case such as api.example.com',
});

/** The text of a GEP-2257 duration. */
export const durationText = text({ pattern: /^([0-9]{1,5}(h|m|s|ms)){1,4}$/, is: 'a duration such as 1h30m or 500ms' });

/** A header's name. */
export const headerName = text({ min: 1, max: 256, pattern: HEADER_NAME, is: 'a header name such as x-user' });

/** A header's value as filters write it. */
export const headerValue = text({
  min: 1,
  max: 4096,
  pattern: HEADER_VALUE,
  is: 'a header value: printable ASCII with single spaces inside',
});

/** A controller's name such as `example.com/gateway`. */
export const controllerName = text({
  min: 1,
  max: 253,
  pattern: CONTROLLER,
  is: 'a domain and a path such as example.com/gateway-controller',
});

/** True for a DNS-1123 label. */
export function isDnsLabel(value: string): boolean {
  return value.length <= 63 && DNS_LABEL.test(value);
}

/** True for a DNS-1123 subdomain. */
export function isDnsSubdomain(value: string): boolean {
  return value.length <= 253 && DNS_SUBDOMAIN.test(value);
}
