"""What goes into the networks: digits from MNIST, from drawings and from files, and the noise that covers them.

pictures   a picture as bytes, as PNG, as GIF and as text
strokes    the strokes of a drawing, and their text in a link
drawing    a drawing becomes a digit in MNIST's form: 28 x 28 in [0, 1]
upload     an uploaded file becomes a digit in the same form
tensors    digits as bytes, as pixels in [0, 1] and as pictures
noise      the kinds of noise
mnist      MNIST in memory, or the bundled sample
download   MNIST's files from the internet
fashion    Fashion-MNIST's test images: pictures that are no digits
"""

from vaegan.data.download import fetch
from vaegan.data.mnist import ENVIRONMENT, Digits, load, load_available, load_sample, resolve_folder

__all__ = ["ENVIRONMENT", "Digits", "fetch", "load", "load_available", "load_sample", "resolve_folder"]
