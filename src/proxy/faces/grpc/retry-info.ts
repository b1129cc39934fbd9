// SPDX-License-Identifier: Apache-2.0

/** Clients should wait this long before they try again. */
const RETRY_DELAY_SECONDS = 1;
const TYPE_URL = 'type.googleapis.com/google.rpc.RetryInfo';

/** `grpc-status-details-bin`: a `google.rpc.Status` with one `google.rpc.RetryInfo`, as base64. */
export function retryInfo(code: number, message: string): string {
  const delay = Buffer.from([0x08, RETRY_DELAY_SECONDS]);
  const info = bytesField(1, delay);
  const any = Buffer.concat([bytesField(1, Buffer.from(TYPE_URL)), bytesField(2, info)]);
  const status = Buffer.concat([Buffer.from([0x08, code]), bytesField(2, Buffer.from(message)), bytesField(3, any)]);
  return status.toString('base64').replace(/=+$/, '');
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  while (left > 0x7f) {
    bytes.push((left & 0x7f) | 0x80);
    left >>>= 7;
  }
  return [...bytes, left];
}
