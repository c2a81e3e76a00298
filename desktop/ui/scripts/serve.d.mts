/** Starts a program on a free port, with a database of its own, and waits until it is ready. */
export function serve(binary: string): Promise<Served>;

export interface Served {
  url: string;
  /** Ends it and leaves its data. */
  cut: () => Promise<void>;
  /** Starts it again at the same address. */
  restore: () => Promise<void>;
  /** Ends it for good. */
  stop: () => Promise<void>;
}
