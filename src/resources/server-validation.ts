// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { hostname, preciseHostname } from './names.ts';
import { localReference } from './references.ts';
import { list, onlyWith, refuse, text } from './vocabulary.ts';

const URI = /^[^:/?#]+:\/\//;
const WELL_KNOWN =
  /^(System|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$/;

/** A name that a certificate must have (SubjectAltName): `type` tells which field it has. */
const subjectAltName = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('Hostname'),
    hostname,
    uri: onlyWith('type', 'URI', 'schema/subject-alt-name'),
  }),
  z.strictObject({
    type: z.literal('URI'),
    uri: text({ min: 1, max: 253, pattern: URI, is: 'a URI such as spiffe://example.com/service' }),
    hostname: onlyWith('type', 'Hostname', 'schema/subject-alt-name'),
  }),
]);

/** How the certificate of a backend is judged: who signed it, and which names it must have (BackendTLSPolicyValidation). */
export const serverValidation = z
  .strictObject({
    hostname: preciseHostname,
    subjectAltNames: list(subjectAltName, { max: 5 }).exactOptional(),
    caCertificateRefs: list(localReference, { min: 1, max: 8 }).exactOptional(),
    wellKnownCACertificates: text({
      min: 1,
      max: 253,
      pattern: WELL_KNOWN,
      is: 'System, or a domain and a name such as example.com/roots',
    }).exactOptional(),
  })
  .check(context => {
    const { caCertificateRefs, wellKnownCACertificates } = context.value;
    if ((caCertificateRefs === undefined) !== (wellKnownCACertificates === undefined)) return;
    const isMissing = caCertificateRefs === undefined;
    refuse(context, {
      code: 'schema/ca-source',
      message: isMissing ? 'names no CA certificates' : 'has both caCertificateRefs and wellKnownCACertificates',
      help: isMissing
        ? 'add caCertificateRefs: with the name of a ConfigMap, or wellKnownCACertificates: System'
        : 'keep one of them',
    });
  });
export type ServerValidation = Immutable<z.output<typeof serverValidation>>;
