/** Starts a program on a free port, with a database of its own, and waits until it is ready. */
export function serve(binary: string, settings?: Record<string, string>): Promise<Served>;

/** Starts the emulators of outside services on a free port. */
export function emulate(binary: string): Promise<{ url: string; stop: () => Promise<void> }>;

export interface Served {
  url: string;
  /** Ends it and leaves its data. */
  cut: () => Promise<void>;
  /** Starts it again at the same address. */
  restore: () => Promise<void>;
  /** Ends it for good. */
  stop: () => Promise<void>;
}
