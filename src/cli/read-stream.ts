// SPDX-License-Identifier: Apache-2.0
import { fileFault } from '../errors/index.ts';
import { couldNotRun } from './exit-code.ts';

/** As much as a file of manifests may have; `/dev/zero` has no end. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** All bytes of what can be read only once. `name`: for the message when there are too many, or it breaks: exit code 3. */
export async function readStream(stream: AsyncIterable<Uint8Array>, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > MAX_INPUT_BYTES) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw couldNotRun(`${name} cannot be read: ${fileFault(error)}`);
  }
  if (length <= MAX_INPUT_BYTES) return Buffer.concat(chunks);
  throw couldNotRun(`${name} has more than ${MAX_INPUT_BYTES / 1024 / 1024} MiB, and is not read`);
}
