// The size of a digit, as in vaegan/config.py.

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
