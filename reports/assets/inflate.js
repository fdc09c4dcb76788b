// Unpacks gzip where a browser has no DecompressionStream (RFC 1951); slower, with the same result.
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const BACKS = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const BACK_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// How many codes each length has, and their symbols in the order of the codes.
function codeTable(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  const starts = new Uint16Array(16);
  for (let i = 1; i < 16; i++) starts[i] = starts[i - 1] + counts[i - 1];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => { if (length) symbols[starts[length]++] = symbol; });
  return { counts, symbols };
}

function gunzip(bytes) {
  const out = new Uint8Array(new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true));
  let at = 10;  // Our own parts have no name, comment or further header.
  let filled = 0;
  let held = 0;
  let bits = 0;
  const take = (count) => {
    while (bits < count) { held |= bytes[at++] << bits; bits += 8; }
    const value = held & ((1 << count) - 1);
    held >>>= count;
    bits -= count;
    return value;
  };
  const symbol = (table) => {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length++) {
      code |= take(1);
      const count = table.counts[length];
      if (code - first < count) return table.symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("the packed rows are damaged");
  };
  for (let last = 0; !last;) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) {
      held = bits = 0;
      const count = bytes[at] | (bytes[at + 1] << 8);
      out.set(bytes.subarray(at + 4, at + 4 + count), filled);
      at += 4 + count;
      filled += count;
      continue;
    }
    let texts, backs;
    if (kind === 1) {
      texts = codeTable(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
      backs = codeTable(Array.from({ length: 30 }, () => 5));
    } else if (kind === 2) {
      const textCount = take(5) + 257, backCount = take(5) + 1, orderCount = take(4) + 4;
      const order = new Array(19).fill(0);
      for (let i = 0; i < orderCount; i++) order[LENGTH_ORDER[i]] = take(3);
      const table = codeTable(order);
      const lengths = [];
      while (lengths.length < textCount + backCount) {
        const found = symbol(table);
        if (found < 16) lengths.push(found);
        else {
          const value = found === 16 ? lengths[lengths.length - 1] : 0;
          for (let n = found === 16 ? 3 + take(2) : found === 17 ? 3 + take(3) : 11 + take(7); n > 0; n--) lengths.push(value);
        }
      }
      texts = codeTable(lengths.slice(0, textCount));
      backs = codeTable(lengths.slice(textCount));
    } else throw new Error("the packed rows are damaged");
    for (;;) {
      const found = symbol(texts);
      if (found === 256) break;
      if (found < 256) { out[filled++] = found; continue; }
      const length = LENGTHS[found - 257] + take(LENGTH_BITS[found - 257]);
      const place = symbol(backs);
      const back = BACKS[place] + take(BACK_BITS[place]);
      for (let i = 0; i < length; i++, filled++) out[filled] = out[filled - back];
    }
  }
  return out;
}
