import type { EventBus, Topics } from '../../ports/event-bus.ts';

type Listener = (event: never) => void;

/** Delivery by plain calls: synchronous, in order, to everybody who had subscribed before. */
export function inProcessBus(): EventBus {
  const listeners = new Map<keyof Topics, readonly Listener[]>();
  return {
    publish(topic, event) {
      for (const listener of listeners.get(topic) ?? [])
        (listener as (e: typeof event) => void)(event);
    },
    subscribe(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
      return () => {
        const others = (listeners.get(topic) ?? []).filter((other) => other !== listener);
        listeners.set(topic, others);
      };
    },
  };
}
