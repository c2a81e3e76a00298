/** Listens at a port, and answers how to stop. */
export function front(dist: string, port: number, server: string): Promise<() => Promise<void>>;
/** A port that nobody has. */
export function freePort(): Promise<number>;
