/** A grey picture: one byte a pixel, row by row, 0 black to 255 white. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly gray: Uint8Array;
}

/** A picture of ink: 1 where there is some. */
export interface InkImage {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** Turns a picture by `radians` (counter-clockwise as shown) about its centre; what comes in from outside is white. */
export function rotate(image: GrayImage, radians: number): GrayImage {
  const { width, height, gray } = image;
  const turned = new Uint8Array(width * height).fill(255);
  const sine = Math.sin(radians);
  const cosine = Math.cos(radians);
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  for (let y = 0; y < height; y++) {
    const dy = y - centreY;
    for (let x = 0; x < width; x++) {
      const dx = x - centreX;
      const sourceX = centreX + dx * cosine - dy * sine;
      const sourceY = centreY + dx * sine + dy * cosine;
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue;
      const shareX = sourceX - left;
      const shareY = sourceY - top;
      const at = top * width + left;
      const upper = gray[at]! * (1 - shareX) + gray[at + 1]! * shareX;
      const lower = gray[at + width]! * (1 - shareX) + gray[at + width + 1]! * shareX;
      turned[y * width + x] = upper * (1 - shareY) + lower * shareY + 0.5;
    }
  }
  return { width, height, gray: turned };
}

/** Scales a picture by averaging (smaller) or interpolating (larger). */
export function scale(image: GrayImage, width: number, height: number): GrayImage {
  const across = scaleRows(image.gray, image.width, image.height, width);
  const turned = transpose(across, width, image.height);
  const down = scaleRows(turned, image.height, width, height);
  return { width, height, gray: transpose(down, height, width) };
}

function scaleRows(gray: Uint8Array, width: number, height: number, target: number): Uint8Array {
  const scaled = new Uint8Array(target * height);
  const step = width / target;
  for (let x = 0; x < target; x++) {
    const centre = (x + 0.5) * step;
    const reach = Math.max(1, step);
    const from = Math.max(0, Math.ceil(centre - reach - 0.5));
    const to = Math.min(width - 1, Math.floor(centre + reach - 0.5));
    const weights: number[] = [];
    let sum = 0;
    for (let source = from; source <= to; source++) {
      const weight = Math.max(0, 1 - Math.abs(source + 0.5 - centre) / reach);
      weights.push(weight);
      sum += weight;
    }
    for (let y = 0; y < height; y++) {
      let value = 0;
      for (let index = 0; index < weights.length; index++)
        value += weights[index]! * gray[y * width + from + index]!;
      scaled[y * target + x] = sum > 0 ? value / sum + 0.5 : 255;
    }
  }
  return scaled;
}

function transpose(gray: Uint8Array, width: number, height: number): Uint8Array {
  const turned = new Uint8Array(gray.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[x * height + y] = gray[y * width + x]!;
  return turned;
}
