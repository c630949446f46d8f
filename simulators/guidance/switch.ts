import type { Guide } from '../town/guide.ts';

/** Drivers remembered; one who never reports is forgotten. */
const mostDrivers = 5_000;

/**
 * The past is guided by the product's code, the present by its API. A driver stays with the guide that
 * he asked last. What was answered before a restart is not asked again: `answeredUntilS`.
 */
export function createGuideSwitch(deps: {
  readonly past: Guide;
  readonly live: Guide;
  readonly isLive: () => boolean;
  readonly answeredUntilS: number;
}): Guide {
  const { past, live, isLive, answeredUntilS } = deps;
  const asked = new Map<number, Guide>();
  const leave = (driver: number): Guide | undefined => {
    const guide = asked.get(driver);
    asked.delete(driver);
    return guide;
  };
  return {
    ask(question) {
      if (question.atS <= answeredUntilS) return;
      const guide = isLive() ? live : past;
      if (asked.get(question.driver) !== guide) leave(question.driver)?.gone(question.driver);
      asked.set(question.driver, guide);
      const oldest = asked.keys().next().value;
      if (asked.size > mostDrivers && oldest !== undefined) asked.delete(oldest);
      guide.ask(question);
    },
    parked: (driver, place, atS) => leave(driver)?.parked(driver, place, atS),
    gone: (driver) => leave(driver)?.gone(driver),
    news(space, occupied, atS) {
      if (!isLive()) past.news(space, occupied, atS);
    },
  };
}
