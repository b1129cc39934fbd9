// SPDX-License-Identifier: Apache-2.0

/**
 * What clients say of traces, as the text of the input, and what collectors answer, as its bytes. Promised: no exception; a trace that was read
 * is read again from what is written of it; a state that may go on is of bounded length and has no control characters.
 */
import { readPartialSuccess, readRetryDelay } from '../../../src/proxy/tracing/otlp-messages.ts';
import { formatTraceParent, isTraceState, parseTraceParent } from '../../../src/values/index.ts';
import { type FuzzTarget, promise } from '../target.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
/** `RetryInfo` of 5 s in a status, and a partial success: two spans are rejected. */
const DETAILS = 'CAgaMAoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIECgIIBQ==';

export const tracesTarget: FuzzTarget = {
  name: 'traces',
  dictionary: ['00', 'ff', '01', '-', ',', '=', '@', ' ', '\t', 'a=1', '0'.repeat(16), 'RetryInfo'].map(text =>
    Buffer.from(text),
  ),
  seeds: [PARENT, `cc${PARENT.slice(2)}-more`, 'a=1,b@c=x y', ' a=1 ,\tb=2 ,,', DETAILS]
    .map(text => Buffer.from(text))
    .concat(Buffer.from(DETAILS, 'base64'), Buffer.from('0a0708021203746f6f', 'hex')),
  run(input) {
    const text = input.toString('latin1');
    const parent = parseTraceParent(text);
    if (parent !== null) {
      const again = parseTraceParent(formatTraceParent(parent));
      promise(JSON.stringify(again) === JSON.stringify(parent), 'a trace survives');
      promise(text.startsWith(`-${parent.traceId}-${parent.spanId}-`, 2), 'ids are those that came');
    }
    if (isTraceState(text)) promise(text.length <= 4_096 && /^[\t\x20-\x7e]*$/.test(text), 'a state is a field value');
    const delayMs = readRetryDelay(text);
    promise(delayMs === null || delayMs >= 0, 'a pause is no time that is past');
    const { rejected } = readPartialSuccess(input);
    promise(rejected >= 0, 'no fewer than no spans are rejected');
  },
};
