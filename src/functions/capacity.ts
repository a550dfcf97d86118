import { elemType, int, Slice, slice, type Value } from '../go/value.ts';

/**
 * How far a list can be sliced beyond its end. Go's slices have room behind their last element, `slice` reaches into
 * it, and how much there is depends on how the list came to be: decoded from YAML or JSON and most others element by
 * element, which is what counts as normal here.
 */
interface Room {
  readonly capacity: number;
  /** The list whose elements stand behind the end, and where this one starts in it. */
  readonly base?: readonly Value[];
  readonly start: number;
}

const rooms = new WeakMap<readonly Value[], Room>();
/** Room that takes work to tell, which is done only if somebody asks. */
const unknownRooms = new WeakMap<readonly Value[], () => number>();

/** Bytes that Go allocates at a time. Go: runtime sizeclasses.go */
const SIZES = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
  512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864,
  5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760,
  24576, 27264, 28672, 32768,
];
const PAGE = 8192;

/** Go: runtime roundupsize. What holds pointers has a header once it is larger than 512 bytes. */
function allocated(bytes: number, pointers: boolean): number {
  if (bytes > 32_768 - 8) return Math.ceil(bytes / PAGE) * PAGE;
  const header = pointers && bytes > 512 ? 8 : 0;
  return (SIZES.find((size) => size >= bytes + header) as number) - header;
}

/** The capacity once a slice of capacity `old` must hold `needed` elements. Go: runtime growslice */
function grown(old: number, needed: number, elem: string): number {
  let capacity = old;
  if (needed > 2 * old) capacity = needed;
  else if (old < 256) capacity = 2 * old;
  else while (capacity < needed) capacity += (capacity + 3 * 256) >>> 2;
  const size = elem === 'int' ? 8 : 16;
  return Math.floor(allocated(capacity * size, elem !== 'int') / size);
}

/** The capacities that a slice of pointers has one after the other. */
const steps: number[] = [0];

/** The capacity after so many elements were appended one by one. */
function appended(length: number, elem: string, from = 0): number {
  let capacity = from;
  for (let i = 0; from === 0 && elem !== 'int' && capacity < length; i++) {
    if (i === steps.length) steps.push(grown(capacity, capacity + 1, elem));
    capacity = steps[i] as number;
  }
  while (capacity < length) capacity = grown(capacity, capacity + 1, elem);
  return capacity;
}

/** Notes the capacity of a list that is about to be handed out. */
function note<L extends Value[]>(list: L, capacity: number): L {
  if (capacity !== appended(list.length, elemType(list))) rooms.set(list, { capacity, start: 0 });
  return list;
}

/** A list that was made with its length. */
export function exact<L extends Value[]>(list: L): L {
  return note(list, list.length);
}

/** A list that was made for `room` elements and got all of them at once or one by one. */
export function grownFrom<L extends Value[]>(list: L, room: number, atOnce = false): L {
  const { length } = list;
  if (length <= room) return note(list, room);
  return note(list, atOnce ? grown(room, length, elemType(list)) : appended(length, elemType(list), room));
}

/** As {@link grownFrom}, for room that takes work to tell. */
export function grownFromLater<L extends Value[]>(list: L, room: () => number): L {
  unknownRooms.set(list, room);
  return list;
}

function roomOf(list: Value[]): Room | undefined {
  const unknown = unknownRooms.get(list);
  if (unknown !== undefined) {
    unknownRooms.delete(list);
    grownFrom(list, unknown());
  }
  return rooms.get(list);
}

/** Gives a copy of a list the room of its model. */
export function likeRoom<L extends Value[]>(list: L, model: Value[]): L {
  const room = roomOf(model);
  return room === undefined ? list : note(list, room.capacity);
}

export function capacityOf(list: Value[]): number {
  return roomOf(list)?.capacity ?? appended(list.length, elemType(list));
}

/** `list[from:to]` within the capacity; what was never set there is zero. The elements are not copied in Go. */
export function sliceWithin(list: Value[], from: number, to: number): Value[] {
  const room = roomOf(list);
  const base = room?.base ?? list;
  const start = (room?.start ?? 0) + from;
  const part: Value[] = base.slice(start, start + to - from);
  while (part.length < to - from) part.push(zeroOf(elemType(list)));
  const out = list instanceof Slice ? likeSlice(list, part) : part;
  rooms.set(out, { capacity: capacityOf(list) - from, base, start });
  return out;
}

function zeroOf(elem: string): Value {
  if (elem === 'string') return '';
  if (elem === 'int') return int(0);
  if (!elem.startsWith('[]')) return null;
  const none = slice(elem.slice(2), []);
  none.isNil = true;
  return none;
}

/** A slice of the same type with other elements. */
export function likeSlice(model: Slice, items: readonly Value[]): Slice {
  const out = slice(model.elem, items);
  if (model.named !== undefined) out.named = model.named;
  if (model.isNil !== undefined) out.isNil = model.isNil;
  if (model.method !== undefined) out.method = model.method;
  return out;
}
