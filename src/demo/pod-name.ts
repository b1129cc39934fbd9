// SPDX-License-Identifier: Apache-2.0

/** The characters Kubernetes makes random names of: no vowels, so that no words come out (apimachinery `rand`). */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The name of the pod with an index (from 0) of a Deployment: `NAME-HASH-ID`, as the Deployment and its ReplicaSet would
 * name it. Always the same for the same arguments. A name too long for a DNS label is cut as Kubernetes cuts it.
 */
export function podName(namespace: string, deployment: string, index: number): string {
  const hash = safeText(`${namespace}/${deployment}`, 9);
  const id = safeText(`${namespace}/${deployment}/${index}`, 5);
  return `${deployment.slice(0, 63 - 16)}-${hash}-${id}`;
}

/** `length` safe characters that follow from `seed` (FNV-1a, 64 bits). */
function safeText(seed: string, length: number): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(seed)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  let text = '';
  for (let i = 0; i < length; i++) {
    text += SAFE[Number(hash % 27n)];
    hash /= 27n;
  }
  return text;
}
