/** The first half of a WebSocket frame from a server: what a client has read when the line is cut in the middle of it. */
export function halfFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]); // a whole text message, its length in eight bytes
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload.subarray(0, Math.ceil(payload.length / 2))]);
}
