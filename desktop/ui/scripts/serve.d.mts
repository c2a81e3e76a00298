/** Starts a program on a free port, with a database of its own, and waits until it is ready. */
export function serve(binary: string): Promise<{ url: string; stop: () => Promise<void> }>;
