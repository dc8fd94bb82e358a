// libvips in process, through sharp. Arguments: a JSON text {modules, files, format, quality, side, threads, seconds, out}.
// Makes images for so many seconds and prints what that took; with `out`, makes each file's image once, into it.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const wanted = JSON.parse(process.argv[2]);
const sharp = createRequire(path.join(wanted.modules, 'x.js'))('sharp');
sharp.cache(false);
sharp.concurrency(1);
const photos = wanted.files.map((file) => fs.readFileSync(file));
const make = (photo) =>
  sharp(photo)
    .rotate()
    .resize(wanted.side, wanted.side, { fit: 'inside' })
    .toFormat(wanted.format, { quality: wanted.quality })
    .toBuffer();

if (wanted.out) {
  for (const [number, photo] of photos.entries()) {
    fs.writeFileSync(path.join(wanted.out, `${number}.jpg`), await make(photo));
  }
} else {
  await make(photos[0]);
  let [count, bytes, next] = [0, 0, 0];
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  const end = started + wanted.seconds * 1000;
  // One more than there are threads, so that no thread waits for this one.
  const drive = async () => {
    while (performance.now() < end) {
      // Not `bytes += (await …).length`, which reads `bytes` before it waits.
      const image = await make(photos[next++ % photos.length]);
      bytes += image.length;
      count++;
    }
  };
  await Promise.all(Array.from({ length: wanted.threads + 1 }, drive));
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ count, bytes, seconds, cpu_seconds: (used.user + used.system) / 1e6 }));
}
