import { createHash } from "node:crypto";

const BUFFER_BYTES = 64 * 1024;
const LONGEST_RECORD = 48;

/** Kinds of records, as their first word. */
const RecordKind = { requestEnd: 1, attemptEnd: 2, ejection: 3, healthChange: 4, change: 5 } as const;

/**
 * SHA-256 over the ordered outcome of a run: fixed-width little-endian records, each a multiple of eight bytes;
 * times are doubles (exact whole nanoseconds), everything else 32-bit words.
 */
export class Digest {
  private readonly hash = createHash("sha256");
  private readonly bytes = new Uint8Array(BUFFER_BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  private used = 0;

  requestEnd(
    wantedAt: number,
    endedAt: number,
    client: number,
    ordinal: number,
    status: number,
    flags: number,
    attempts: number,
    lastHost: number,
  ): void {
    const { view, used: at } = this;
    view.setUint32(at, RecordKind.requestEnd, true);
    view.setUint32(at + 4, client, true);
    view.setFloat64(at + 8, wantedAt, true);
    view.setFloat64(at + 16, endedAt, true);
    view.setUint32(at + 24, ordinal, true);
    view.setUint32(at + 28, status, true);
    view.setUint32(at + 32, flags, true);
    view.setUint32(at + 36, attempts, true);
    view.setInt32(at + 40, lastHost, true);
    view.setUint32(at + 44, 0, true);
    this.advance(48);
  }

  /** `result` is the answer's status, or the index of a reset reason. */
  attemptEnd(host: number, result: number): void {
    const { view, used: at } = this;
    view.setUint32(at, RecordKind.attemptEnd, true);
    view.setUint32(at + 4, result, true);
    view.setInt32(at + 8, host, true);
    view.setUint32(at + 12, 0, true);
    this.advance(16);
  }

  ejection(now: number, proxy: number, host: number, isEjected: boolean): void {
    const { view, used: at } = this;
    view.setUint32(at, RecordKind.ejection, true);
    view.setUint32(at + 4, isEjected ? 1 : 0, true);
    view.setFloat64(at + 8, now, true);
    view.setUint32(at + 16, proxy, true);
    view.setInt32(at + 20, host, true);
    this.advance(24);
  }

  /** `flags`: Envoy's health flags of the host, as they are from now on. */
  healthChange(now: number, proxy: number, host: number, flags: number): void {
    const { view, used: at } = this;
    view.setUint32(at, RecordKind.healthChange, true);
    view.setUint32(at + 4, flags, true);
    view.setFloat64(at + 8, now, true);
    view.setUint32(at + 16, proxy, true);
    view.setInt32(at + 20, host, true);
    this.advance(24);
  }

  /** An operator has changed a proxy; `change`: which one of the scenario. */
  change(now: number, proxy: number, change: number): void {
    const { view, used: at } = this;
    view.setUint32(at, RecordKind.change, true);
    view.setUint32(at + 4, change, true);
    view.setFloat64(at + 8, now, true);
    view.setUint32(at + 16, proxy, true);
    view.setUint32(at + 20, 0, true);
    this.advance(24);
  }

  /** The final value, such as `sha256:9f86d0...`; nothing may be added afterwards. */
  finish(): string {
    this.flush();
    return `sha256:${this.hash.digest("hex")}`;
  }

  private advance(length: number): void {
    this.used += length;
    if (this.used > BUFFER_BYTES - LONGEST_RECORD) this.flush();
  }

  private flush(): void {
    this.hash.update(this.bytes.subarray(0, this.used));
    this.used = 0;
  }
}
