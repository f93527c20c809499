import { randomBytes, randomInt } from 'node:crypto';
import { Transform } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** A content coding that this runtime can make. */
export interface Encoder {
  readonly name: string;
  encode(bytes: Buffer): Promise<Buffer>;
  /** The stages that a stream passes, in order. */
  stages(): readonly Transform[];
}

/** What some runtimes have and the types of the oldest one do not. */
type WithZstd = typeof zlib & {
  zstdCompress?(bytes: Buffer, callback: (error: Error | null, result: Buffer) => void): void;
  createZstdCompress?(): Transform;
};

const brotliOptions = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };
const brotli = promisify(zlib.brotliCompress) as (
  bytes: Buffer,
  options: zlib.BrotliOptions,
) => Promise<Buffer>;
const gzip = promisify(zlib.gzip) as (bytes: Buffer) => Promise<Buffer>;
const { zstdCompress, createZstdCompress } = zlib as WithZstd;

const wholeChunks = { flush: zlib.constants.Z_SYNC_FLUSH };

/** The codings by name; those that the runtime lacks are left out. */
export const encoders: ReadonlyMap<string, Encoder> = new Map(
  available().map((encoder) => [encoder.name, encoder]),
);

function available(): Encoder[] {
  const all: Encoder[] = [
    {
      name: 'br',
      encode: (bytes) => brotli(bytes, brotliOptions),
      stages: () => [
        zlib.createBrotliCompress({ ...brotliOptions, flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
      ],
    },
    { name: 'gzip', encode: gzip, stages: () => [zlib.createGzip(wholeChunks)] },
  ];
  if (zstdCompress !== undefined) {
    all.splice(1, 0, {
      name: 'zstd',
      encode: promisify(zstdCompress),
      stages: () => [createZstdCompress!()],
    });
  }
  return all;
}

const HEAD_LENGTH = 10;
const HAS_NAME = 0x08;
const MAX_RANDOM_BYTES = 100;

/**
 * Makes gzip of a length that tells nothing about what was compressed: a name of random length stands in its head.
 *
 * It takes from an attacker who can put words into a page the measure by which to guess its secrets (BREACH).
 */
export const paddedGzip: Encoder = {
  name: 'gzip',
  encode: async (bytes) => pad(await gzip(bytes)),
  stages: () => [zlib.createGzip(wholeChunks), padding()],
};

function padding(): Transform {
  let head: Buffer | undefined = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (head === undefined) return done(null, chunk);
      head = Buffer.concat([head, chunk]);
      if (head.length < HEAD_LENGTH) return done();
      const padded = pad(head);
      head = undefined;
      done(null, padded);
    },
  });
}

function pad(gzipped: Buffer): Buffer {
  const head = Buffer.from(gzipped.subarray(0, HEAD_LENGTH));
  head[3]! |= HAS_NAME;
  // A name ends at the first zero, so that it has none itself.
  const name = randomBytes(randomInt(1, MAX_RANDOM_BYTES + 1)).map((byte) => byte || 1);
  return Buffer.concat([head, name, Buffer.from([0]), gzipped.subarray(HEAD_LENGTH)]);
}
