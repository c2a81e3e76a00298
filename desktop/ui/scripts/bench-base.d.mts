export function base(server: string, size: { clients: number; visits: number }): Promise<{ email: string; password: string }>;
