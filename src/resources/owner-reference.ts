// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { quote, refuse } from './vocabulary.ts';

// An empty text is what the API server makes of a missing one; it is refused below.
const needed = z.string().default('');

const ownerReference = z
  .strictObject({
    apiVersion: needed,
    kind: needed,
    name: needed,
    uid: needed,
    controller: z.boolean().exactOptional(),
    blockOwnerDeletion: z.boolean().exactOptional(),
  })
  .check(context => {
    const reference = context.value;
    const reject = (field: string, message: string, help: string) =>
      refuse(context, { code: 'schema/metadata-owner', path: [field], message, help });
    for (const field of ['kind', 'name', 'uid'] as const) {
      if (reference[field] === '') reject(field, `${field} of the owner is missing`, `add ${field}:`);
    }
    if (!/^([^/]*\/)?[^/]+$/.test(reference.apiVersion)) {
      reject('apiVersion', `${quote(reference.apiVersion)} is not an apiVersion`, 'write it as the owner does');
    }
    if (/^\/?v1$/.test(reference.apiVersion) && reference.kind === 'Event') {
      reject('kind', 'an Event cannot own anything', 'remove the reference');
    }
  });

/** The owners of an object; one of them at most is its controller. Equal references count once. */
export const ownerReferences = z.array(z.preprocess(value => value ?? {}, ownerReference)).check(context => {
  const controllers = context.value.filter(reference => reference.controller === true);
  const [first] = controllers;
  const second = controllers.find(reference => JSON.stringify(reference) !== JSON.stringify(first));
  if (second === undefined) return;
  refuse(context, {
    code: 'schema/metadata-owner',
    path: [context.value.indexOf(second), 'controller'],
    message: 'a second owner is the controller',
    help: 'set controller: true for one owner only',
  });
});
