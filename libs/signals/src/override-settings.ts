import { Signal } from './signal.js';

export interface SettingChangedPayload {
  readonly setting: string;
  /** What it is now; `undefined` where there is none. */
  readonly value: unknown;
  /** Whether the setting is overridden from now on, or no longer. */
  readonly enter: boolean;
}

/** Sent when a test overrides a setting, and when that ends; the sender is the object of settings. Django: `setting_changed`. */
export const settingChanged = new Signal<SettingChangedPayload, object>('settingChanged');

/**
 * Changes settings for as long as a callback of a test takes; whatever is computed from settings can hear of it.
 *
 * @example
 * await overrideSettings(app.get(ShopSettings), { freeShippingFrom: 0 }, async () => {
 *   expect(await shipping.costOf(cart)).toBe(0);
 * });
 *
 * Django: `override_settings`.
 */
export async function overrideSettings<Settings extends object, T>(
  settings: Settings,
  changes: Partial<Settings>,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  const before = new Map(
    Object.keys(changes).map((name) => [name, Object.getOwnPropertyDescriptor(settings, name)] as const),
  );
  const tell = async (enter: boolean) => {
    for (const setting of before.keys())
      await settingChanged.send(settings, { setting, value: Reflect.get(settings, setting), enter });
  };
  try {
    Object.assign(settings, changes);
    await tell(true);
    return await fn();
  } finally {
    for (const [name, descriptor] of before) {
      Reflect.deleteProperty(settings, name);
      if (descriptor) Object.defineProperty(settings, name, descriptor);
    }
    await tell(false);
  }
}
