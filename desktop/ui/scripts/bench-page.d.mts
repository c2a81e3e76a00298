export function open(where: [to: string, selector: string]): Promise<number>;
export function search(words: string): Promise<number>;
export function spread(took: number[]): { runs: number; p50_ms: number; p95_ms: number };
