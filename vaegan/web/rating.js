// How good a cleaned digit is: PSNR and SSIM as vaegan/metrics/likeness.py, and which digit is read in it, in the words
// of vaegan/ui/readings.py.

import { SIDE } from "./digit.js";
/** @import { Vector } from "./geometry.js" */

/** What is read in a picture: the likeliest digit with its probability, and the next likeliest.
    @typedef {{ digit: number, probability: number, other: number }} Reading */

/** `clean` is what is read in the clean digit; both are null until the reader is here.
    @typedef {{ psnr: number, ssim: number, reading: Reading | null, clean: Reading | null }} Rating */

const SURE = 0.9; // as in vaegan/metrics/reading.py
const WINDOW = 7; // pixels; this and both constants are scikit-image's
const [LUMINANCE, CONTRAST] = [0.01 ** 2, 0.03 ** 2];
const SAME = 100; // dB; stands for two equal pictures

/** Peak signal-to-noise ratio in dB for a peak of 1.
    @type {(pixels: ArrayLike<number>, clean: ArrayLike<number>) => number} */
export function psnr(pixels, clean) {
  let sum = 0;
  for (let i = 0; i < clean.length; i++) sum += (pixels[i] - clean[i]) ** 2;
  return -10 * Math.log10(Math.max(sum / clean.length, 10 ** (-SAME / 10)));
}

/** Structural similarity of two pictures (784), -1 to 1: the mean over all windows that lie within them.
    @type {(pixels: ArrayLike<number>, clean: ArrayLike<number>) => number} */
export function ssim(pixels, clean) {
  const count = WINDOW * WINDOW;
  const last = SIDE - WINDOW;
  let total = 0;
  for (let top = 0; top <= last; top++) {
    for (let left = 0; left <= last; left++) {
      let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
      for (let row = top; row < top + WINDOW; row++) {
        for (let at = row * SIDE + left, end = at + WINDOW; at < end; at++) {
          const [x, y] = [pixels[at], clean[at]];
          a += x;
          b += y;
          aa += x * x;
          bb += y * y;
          ab += x * y;
        }
      }
      const [meanA, meanB, spread] = [a / count, b / count, 1 / (count - 1)];
      const variances = (aa - a * meanA + bb - b * meanB) * spread;
      const covariance = (ab - a * meanB) * spread;
      const above = (2 * meanA * meanB + LUMINANCE) * (2 * covariance + CONTRAST);
      total += above / ((meanA ** 2 + meanB ** 2 + LUMINANCE) * (variances + CONTRAST));
    }
  }
  return total / (last + 1) ** 2;
}

/** Ten logits -> the likeliest digit and the next.
    @type {(logits: Vector) => Reading} */
export function reading(logits) {
  const order = Array.from(logits, (_, digit) => digit).sort((one, two) => logits[two] - logits[one]);
  const best = logits[order[0]];
  const sum = Array.from(logits, (logit) => Math.exp(logit - best)).reduce((a, b) => a + b);
  return { digit: order[0], probability: 1 / sum, other: order[1] };
}

/** A reading in words, beside that of the clean digit, which counts only if it is sure.
    @type {(rating: Rating) => { words: string, misread: boolean }} */
export function said({ reading: read, clean }) {
  if (!read) return { words: "", misread: false };
  if (read.probability < SURE) return { words: `unsure: ${read.digit} or ${read.other}`, misread: false };
  const misread = clean !== null && clean.probability >= SURE && clean.digit !== read.digit;
  return { words: `reads as ${read.digit}${misread ? `, not ${clean.digit}` : ""}`, misread };
}

/** PSNR and SSIM as printed, with no number for the clean digit itself.
    @type {(rating: Rating) => { psnr: string, ssim: string }} */
export function printed({ psnr: decibels, ssim: similarity }) {
  return { psnr: decibels >= SAME ? "∞ dB" : `${decibels.toFixed(1)} dB`, ssim: similarity.toFixed(2) };
}

/** Which of some printed numbers are better than others: the highest, if not all are equal.
    @type {(numbers: string[]) => boolean[]} */
export function better(numbers) {
  const values = numbers.map((number) => (number.startsWith("∞") ? Infinity : parseFloat(number)));
  const best = Math.max(...values);
  return values.map((value) => value === best && values.some((other) => other < best));
}
