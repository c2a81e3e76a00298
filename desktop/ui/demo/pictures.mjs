// @ts-check
// Photos that nobody took: a hand of five nails on a soft ground, drawn pixel by pixel and written as PNG.

import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 640;
const HEIGHT = 480;
/** Lacquers, as red, green and blue. */
const LACQUERS = [
  [181, 61, 86],
  [222, 158, 150],
  [120, 82, 128],
  [64, 84, 110],
  [196, 132, 78],
  [150, 40, 50],
  [108, 140, 112],
];
const BARE = [236, 205, 190];

/**
 * @param {number} which chooses colours and the tilt of the hand
 * @param {boolean} after with lacquer, or bare
 * @returns {Buffer} a PNG
 */
export function picture(which, after) {
  const lacquer = after ? /** @type {number[]} */ (LACQUERS[which % LACQUERS.length]) : BARE;
  const tilt = ((which * 29) % 40) - 20;
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  let at = 0;
  for (let y = 0; y < HEIGHT; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < WIDTH; x += 1) {
      for (const part of colour(x, y, lacquer, tilt, after)) rows[at++] = part;
    }
  }
  return png(rows);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number[]} lacquer
 * @param {number} tilt
 * @param {boolean} after
 * @returns {number[]}
 */
function colour(x, y, lacquer, tilt, after) {
  for (let finger = 0; finger < 5; finger += 1) {
    const middle = 110 + finger * 105;
    const top = 150 + Math.abs(finger - 2) * 34 + (tilt * (finger - 2)) / 4;
    const dx = x - middle;
    const nail = (dx / 34) ** 2 + ((y - top - 62) / 62) ** 2;
    if (nail < 1) {
      const shine = after && Math.abs(dx + 14) < 5 && nail < 0.7 ? 70 : 0;
      return lacquer.map((part) => Math.min(255, Math.round(part * (1.06 - nail * 0.18) + shine)));
    }
    if (Math.abs(dx) < 44 && y > top + 40) return skin(dx / 44, y);
    if ((dx / 44) ** 2 + ((y - top - 60) / 66) ** 2 < 1) return skin(dx / 44, y);
  }
  const ground = 246 - Math.round((y / HEIGHT) * 22);
  return [ground, ground - 6, ground - 10];
}

/**
 * @param {number} across from -1 to 1
 * @param {number} y
 */
function skin(across, y) {
  const light = 1 - 0.16 * across * across - 0.05 * (y / HEIGHT);
  return [232, 190, 168].map((part) => Math.round(part * light));
}

/** @param {Buffer} rows */
function png(rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ body) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  };
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
