// node compare.mjs FILE: reads the harness's JSON lines of several runs and prints medians, and ours over each peer.
import fs from 'node:fs'

const runs = fs.readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line))
const name = r => r.peer === 'ours' || r.peer === 'pouchdb' ? r.peer : `${r.peer} (${r.per_doc} a document)`
const median = xs => [...xs].sort((a, b) => a - b)[Math.floor((xs.length - 1) / 2)]
const wanted = {
  upload: ['up_bytes', 'server_cpu_s', 'devices_cpu_s', 'server_rss_mb'],
  download: ['bytes', 'wall_ms', 'server_cpu_s', 'devices_cpu_s', 'server_rss_mb'],
  edit: ['p50_ms', 'p95_ms', 'bytes'],
  converge: ['bytes', 'wall_ms', 'server_cpu_s', 'devices_cpu_s', 'edits_not_shown', 'server_rss_mb'],
  'memory of the server without Postgres': ['rss_mb'],
}
const found = new Map() // "step field" -> peer -> values
for (const r of runs) {
  if (r.error) { console.log(`FAILED ${name(r)} ${r.step}: ${r.error}`); continue }
  if (r.up_bytes !== undefined) r.bytes = r.up_bytes + r.down_bytes
  for (const field of wanted[r.step] ?? []) {
    if (r[field] === undefined) continue
    const key = `${r.step} ${field}`
    if (!found.has(key)) found.set(key, new Map())
    const of = found.get(key)
    of.set(name(r), [...(of.get(name(r)) ?? []), r[field]])
  }
}
const peers = [...new Set(runs.map(name))].filter(peer => peer !== 'ours')
const json = runs.find(r => r.step === 'json')?.bytes
console.log(`JSON of the records: ${json} bytes`)
console.log(`| | ours | ${peers.join(' | ')} |\n| --- | --- | ${peers.map(() => '---').join(' | ')} |`)
for (const [key, of] of found) {
  const own = of.has('ours') ? median(of.get('ours')) : undefined
  const cell = peer => {
    if (!of.has(peer)) return ''
    const value = median(of.get(peer))
    return own === undefined || value === 0 ? String(value) : `${value} (ours ${(own / value).toFixed(2)} x)`
  }
  console.log(`| ${key} | ${own ?? ''} | ${peers.map(cell).join(' | ')} |`)
}
