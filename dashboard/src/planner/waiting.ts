import { getContext, setContext } from 'svelte';

/** Told that something inside has no answer yet; call what is returned when it has. */
type Wait = () => () => void;
const key = Symbol('waiting');

/** For what is around: whatever waits inside tells it. */
export const provideWaiting = (wait: Wait): Wait => setContext(key, wait);
/** For what waits; `undefined` where nobody wants to know. */
export const getWaiting = (): Wait | undefined => getContext(key);
