// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about GatewayClasses, Gateways and their listeners. */
export const GATEWAY_CODES = {
  'gateway-class/invalid-parameters': {
    severity: 'error',
    summary:
      'a GatewayClass names parameters that are not there, of another kind than ConfigMap, or faulty; its Gateways stay as they are',
    help: 'mend the ConfigMap, or remove parametersRef',
  },
  'gateway-class/unsupported-version': {
    severity: 'warning',
    summary: 'the definitions of the Gateway API in the cluster are of another version than daemun knows',
    help: 'install those of v1.7; until then fields that both know are served',
  },
  'gateway-class/parameters-ignored': {
    severity: 'info',
    summary: 'a GatewayClass names parameters of another implementation; they have no effect',
    help: 'nothing needs to be done',
  },
  'gateway/implied-class': {
    severity: 'info',
    summary: 'a Gateway names a GatewayClass that is not defined; it is implied',
    help: 'define the class when the manifests go to a cluster',
  },
  'gateway/certificate-kind': {
    severity: 'error',
    summary: 'a certificateRef names something other than a Secret',
    help: 'use kind: Secret',
  },
  'gateway/certificate-not-permitted': {
    severity: 'error',
    summary: 'a certificateRef crosses namespaces without a ReferenceGrant',
    help: 'create the ReferenceGrant that the finding spells out',
  },
  'gateway/certificate-not-found': {
    severity: 'error',
    summary: 'a certificateRef names a Secret that does not exist',
    help: 'create it with daemun cert or kubectl create secret tls',
  },
  'gateway/certificate-invalid': {
    severity: 'error',
    summary: 'a Secret holds no usable certificate and key',
    help: 'put a PEM chain, leaf first, under tls.crt and its key under tls.key',
  },
  'gateway/certificate-missing': {
    severity: 'error',
    summary: 'an HTTPS listener names no certificate',
    help: 'add tls.certificateRefs',
  },
  'gateway/certificate-expired': {
    severity: 'warning',
    summary: 'a certificate in use has expired',
    help: 'renew the Secret',
  },
  'gateway/certificate-expires-soon': {
    severity: 'warning',
    summary: 'a certificate in use expires within 30 days',
    help: 'renew the Secret',
  },
  'gateway/certificate-name-mismatch': {
    severity: 'warning',
    summary: 'no certificate of a listener is for its hostname',
    help: 'use a certificate for the hostname',
  },
  'gateway/invalid-route-kinds': {
    severity: 'error',
    summary: 'a listener allows a kind of route that cannot attach to it',
    help: 'allow only the kinds that the protocol carries',
  },
  'gateway/invalid-selector': {
    severity: 'error',
    summary: "a listener's namespace selector cannot be used",
    help: 'write matchLabels, or matchExpressions with In, NotIn, Exists or DoesNotExist',
  },
  'gateway/unsupported-protocol': {
    severity: 'error',
    summary: 'a listener has a protocol that is not served',
    help: 'use HTTP, HTTPS, TLS, TCP or UDP',
  },
  'gateway/unsupported-tls': {
    severity: 'error',
    summary: 'a listener asks for TLS settings that are not served',
    help: 'HTTPS is terminated by the gateway; to pass TLS on, use protocol TLS with mode: Passthrough',
  },
  'gateway/insecure-client-validation': {
    severity: 'warning',
    summary: 'a Gateway lets clients in whose certificates fail, or who show none',
    help: 'set mode: AllowValidOnly',
  },
  'gateway/tls-option-ignored': {
    severity: 'info',
    summary: 'a TLS option is not known and has no effect',
    help: 'remove it, or keep it for another implementation',
  },
  'gateway/hostname-conflict': {
    severity: 'error',
    summary: 'two listeners have the same port and hostname',
    help: 'give them different ports or hostnames',
  },
  'gateway/protocol-conflict': {
    severity: 'error',
    summary: 'two listeners of different protocols share a port',
    help: 'give them different ports',
  },
  'gateway/port-unavailable': {
    severity: 'error',
    summary: "a listener's port cannot be bound",
    help: 'free the port, or choose another port or address',
  },
  'gateway/overlapping-tls': {
    severity: 'warning',
    summary: 'TLS listeners of one port have overlapping hostnames or certificates',
    help: 'use separate ports or certificates',
  },
  'gateway/unsupported-address': {
    severity: 'error',
    summary: 'a Gateway asks for an address of a type that is not supported',
    help: 'use IPAddress, or leave spec.addresses out',
  },
  'gateway/unusable-address': {
    severity: 'error',
    summary: 'a Gateway asks for an address that daemun may not bind; its other addresses are served',
    help: 'name an address of the pool, or leave value out',
  },
  'gateway/unsupported-routability': {
    severity: 'error',
    summary:
      'a Gateway asks for an address that can be reached from somewhere that daemun cannot promise; its other addresses are served',
    help: 'remove routability',
  },
  'gateway/cluster-address': {
    severity: 'error',
    summary: 'a Gateway asks for a ClusterIP that the cluster does not give; its other addresses are served',
    help: 'name a free address of the range of Services, or leave value out',
  },
  'gateway/cluster-address-pending': {
    severity: 'info',
    summary: 'a Gateway asks for a ClusterIP that the cluster has not given yet',
    help: 'wait; if it lasts, the log of the process that leads says why',
  },
  'gateway/service-address-pending': {
    severity: 'warning',
    summary: 'the Service through which a Gateway is reached has no address yet',
    help: 'wait; if it lasts, see the Events of the Service: a cluster without load balancers wants another type of Service',
  },
  'gateway/service-address-type': {
    severity: 'error',
    summary: 'a Gateway asks for an address of a type that its Service has not, or for more than it has',
    help: 'remove the entry, or ask for the other type',
  },
  'gateway/service-port-pending': {
    severity: 'info',
    summary: 'a port of a Gateway does not stand in its Service yet',
    help: 'wait; if it lasts, the log of the process that leads says why',
  },
  'gateway/no-address': {
    severity: 'error',
    summary: 'every address of the pool belongs to another Gateway',
    help: 'give daemun a larger pool (--address-pool)',
  },
  'gateway/invalid-parameters': {
    severity: 'error',
    summary:
      'a Gateway or its class names parameters that are not there, of another kind than ConfigMap, or faulty; its Service stays as it is',
    help: 'mend the ConfigMap, or remove parametersRef',
  },
  'gateway/listener-filters': {
    severity: 'error',
    summary: 'a listener has a filter that is not known or cannot run, and takes no traffic without it',
    help: 'remove the filter',
  },
  'gateway/parameters-ignored': {
    severity: 'info',
    summary: 'a Gateway names parameters that have no effect: they are of another implementation, or it has no Service',
    help: 'nothing needs to be done',
  },
  'gateway/no-valid-listener': {
    severity: 'error',
    summary: 'no listener of a Gateway is valid',
    help: 'see the findings of its listeners',
  },
} as const satisfies Record<`gateway-class/${string}` | `gateway/${string}`, CatalogueEntry>;
