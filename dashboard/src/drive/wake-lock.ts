/** Keeps the screen on until the returned function is called; taken again whenever the page comes back. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let isOver = false;

  async function take(): Promise<void> {
    if (document.hidden || !('wakeLock' in navigator)) return;
    try {
      const taken = await navigator.wakeLock.request('screen');
      if (isOver) void taken.release();
      else lock = taken;
    } catch {
      // Low battery, or not allowed: the screen then goes dark as it always does.
    }
  }
  const onVisibility = (): void => void take();
  document.addEventListener('visibilitychange', onVisibility);
  void take();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', onVisibility);
    void lock?.release();
  };
}
