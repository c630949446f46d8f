/** Shows how far something has come: a bar on a terminal, else a line every tenth. */
export interface Progress {
  show(doneRatio: number, what: string): void;
  end(what: string): void;
}

const width = 32;

export function createProgress(stream: NodeJS.WriteStream): Progress {
  let saidTenth = -1;
  const bar = (ratio: number): string => {
    const full = Math.round(ratio * width);
    return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
  };
  return {
    show(doneRatio, what) {
      const ratio = Math.min(1, Math.max(0, doneRatio));
      const percent = `${Math.floor(ratio * 100)} %`.padStart(5);
      if (stream.isTTY) stream.write(`\r${bar(ratio)} ${percent}  ${what}\u001b[K`);
      else if (Math.floor(ratio * 10) !== saidTenth) {
        saidTenth = Math.floor(ratio * 10);
        stream.write(`${percent}  ${what}\n`);
      }
    },
    end(what) {
      stream.write(stream.isTTY ? `\r${bar(1)} 100 %  ${what}\u001b[K\n` : `100 %  ${what}\n`);
    },
  };
}
