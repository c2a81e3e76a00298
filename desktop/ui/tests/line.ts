// A line to a server that can be cut, or go silent: bytes are taken and nothing ever comes back.
import { createServer, type Server, Socket } from 'node:net';
import { freePort } from '../scripts/front.mjs';

export class Line {
  private readonly ends = new Set<Socket>();
  private isSilent = false;
  private server: Server | undefined;
  private constructor(
    private readonly target: URL,
    private readonly port: number,
  ) {}

  static async to(url: string): Promise<Line> {
    const line = new Line(new URL(url), await freePort());
    await line.listen();
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on nobody is answered, on old connections or new ones. */
  stall(): void {
    this.isSilent = true;
  }

  /** From now on nobody gets through. */
  async cut(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    const closed = new Promise<void>((done) => (server ? server.close(() => done()) : done()));
    for (const end of this.ends) end.destroy();
    await closed;
  }

  /** As it was in the beginning. */
  async restore(): Promise<void> {
    await this.cut();
    this.isSilent = false;
    await this.listen();
  }

  close(): Promise<void> {
    return this.cut();
  }

  private listen(): Promise<void> {
    const server = createServer((near) => this.carry(near));
    this.server = server;
    return new Promise((ready, failed) => server.once('error', failed).listen(this.port, '127.0.0.1', ready));
  }

  private carry(near: Socket): void {
    const far = new Socket().connect(Number(this.target.port), this.target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.ends.add(from);
      from.on('data', (bytes: Buffer) => {
        if (!this.isSilent) to.write(bytes);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.ends.delete(from);
        to.destroy();
      });
    }
  }
}
