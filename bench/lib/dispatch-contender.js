import { EventEmitter2 } from '@nestjs/event-emitter';
import { Signal } from '@nest-quintet/signals';

const payload = { order: 1 };

/**
 * @param {number} count Of receivers.
 * @param {boolean} isAsync
 */
export async function signalsContender(count, isAsync) {
  const signal = new Signal('orderPlaced');
  for (let n = 0; n < count; n++) signal.connect(receiver(isAsync));
  return contender(() => signal.send('shop', payload));
}

/**
 * @param {'emit' | 'emitAsync'} method
 * @param {number} count
 * @param {boolean} isAsync
 */
export async function emitterContender(method, count, isAsync) {
  const emitter = new EventEmitter2({ maxListeners: 0 });
  for (let n = 0; n < count; n++) emitter.on('orderPlaced', receiver(isAsync));
  return contender(() => emitter[method]('orderPlaced', payload));
}

let calls = 0;

/** @param {boolean} isAsync */
function receiver(isAsync) {
  return isAsync ? async () => void calls++ : () => void calls++;
}

/** @param {() => unknown} send */
function contender(send) {
  return {
    /** @param {number} seconds */
    async measure(seconds) {
      const end = performance.now() + seconds * 1000;
      const start = performance.now();
      let sent = 0;
      while (performance.now() < end) {
        for (let n = 0; n < 500; n++) await send();
        sent += 500;
      }
      return sent / ((performance.now() - start) / 1000);
    },
    close: () => Promise.resolve(),
  };
}
