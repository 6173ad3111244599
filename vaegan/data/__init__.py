"""What goes into the networks: digits from MNIST, from drawings and from files, and the noise that covers them.

pictures   a picture as bytes, as PNG, as GIF and as text
strokes    the strokes of a drawing, and their text in a link
drawing    a drawing becomes a digit in MNIST's form: 28 x 28 in [0, 1]
decoding   a file of any format becomes colours, within bounds of time and memory
pieces     pieces of ink: writing, boxes and dirt, and which of them belong to one digit
ink        where the ink is in a photo, a scan or a drawing
upload     an uploaded file becomes a digit in the same form as a drawing, or several
answers    what a process that reads uploads is asked and answers, as bytes
helper     uploads are read in such a process, beside the app and at low priority
reads_uploads   what runs in it
tensors    digits as bytes, as pixels in [0, 1] and as pictures
noise      the kinds of noise
mnist      MNIST in memory, or the bundled sample
download   MNIST's files from the internet
fashion    Fashion-MNIST's test images: pictures that are no digits
"""

from vaegan.data.download import fetch
from vaegan.data.mnist import ENVIRONMENT, Digits, load, load_available, load_sample, resolve_folder

__all__ = ["ENVIRONMENT", "Digits", "fetch", "load", "load_available", "load_sample", "resolve_folder"]
