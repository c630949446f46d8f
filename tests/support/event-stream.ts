export interface EventStream {
  /** `null` when it has ended. */
  next(): Promise<{ readonly event: string; readonly data: string } | null>;
}

/** An event stream, read one event at a time. */
export async function openEventStream(url: string): Promise<EventStream> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const field = (block: string, name: string): string =>
    new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
  return {
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          return { event: field(block, 'event'), data: field(block, 'data') };
        }
        const { done, value } = await reader.read();
        if (done) return null;
        text += value;
      }
    },
  };
}
