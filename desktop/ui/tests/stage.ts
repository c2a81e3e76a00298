// What every test of the window stands on: a server with a salon, and a computer of hers.
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Served, serve } from '../scripts/serve.mjs';
import { salon, type Salon } from './salon';
import { Computer, Window } from './window';

export class Stage {
  /** The only thing that she types besides her password. */
  readonly passphrase = 'a passphrase for the window';
  server!: Served;
  made!: Salon;
  computer!: Computer;
  /** The run of the program that is on the screen. */
  window: Window | undefined;

  /** Starts the program, against this server unless another way to it is named. */
  async open(url = this.server.url): Promise<Window> {
    this.window = await Window.open(this.computer, url);
    return this.window;
  }

  /** The same, and signs her in, until she sees her day and all of it is on the server. */
  async enter(url?: string): Promise<Window> {
    const window = await this.open(url);
    await window.signIn(this.made, this.passphrase);
    await window.sees('[data-testid="next-client"]');
    await window.sees('.side-foot [data-testid="sync-chip"]', 'Сохранено на сервере');
    return window;
  }
}

/** Sets the stage before the tests of a file, and clears it after them. */
export function stage(plan?: string): Stage {
  const set = new Stage();
  beforeAll(async () => {
    set.server = await serve(process.env['VELORIA_SERVER_BIN'] ?? join(import.meta.dirname, '../../../target/debug/sync-server'));
    set.made = await salon(set.server.url, plan);
    set.computer = await Computer.start();
  });
  afterAll(async () => {
    set.window?.close();
    // Whatever did not start needs no end.
    (set.computer as Computer | undefined)?.stop();
    await (set.server as Served | undefined)?.stop();
  });
  return set;
}
