/** One set-up at a time: two starts at once would lay the same files. A lock whose holder is gone is taken over. */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cacheFolder } from './places.mjs';
import { say } from './say.mjs';

const LOOK_EVERY_MS = 200;
const TOUCH_EVERY_MS = 5_000;
/** A holder that has not touched its lock for so long is gone, even if something else has its process id now. */
const STALE_MS = 60_000;

/** Runs `work` while no other set-up of this user does. */
export async function withLock(work, file = join(cacheFolder(), 'setup.lock')) {
  for (let told = false; !take(file);) {
    if (removeStale(file)) continue;
    if (!told) say('Another start of F910 Studio is setting things up; waiting for it.');
    told = true;
    await wait(LOOK_EVERY_MS);
  }
  const touch = setInterval(() => utimesSync(file, new Date(), new Date()), TOUCH_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function removeStale(file) {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    const fresh = Date.now() - statSync(file).mtimeMs < STALE_MS;
    if (fresh && (holder === 0 || isAlive(holder))) return false;
    // Renamed first: of two that find it stale, one gets it, and neither removes the other's fresh lock.
    const aside = `${file}.${process.pid}`;
    renameSync(file, aside);
    rmSync(aside, { force: true });
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return true;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
