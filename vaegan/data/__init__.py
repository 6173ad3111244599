"""What goes in: digits from MNIST, from drawings and from files, and the noise that covers them.

pictures   a picture as bytes, PNG, GIF and text
drawing    the image contract: ink -> 28 x 28 in [0, 1], as MNIST was made
upload     a file from anyone -> ink -> the same contract
tensors    bytes, pixels in [0, 1] and pictures of the same digits
noise      named corruptions
mnist      MNIST in memory, its download, the bundled sample
fashion    Fashion-MNIST's test images: what is no digit
"""

from vaegan.data.mnist import ENVIRONMENT, Digits, fetch, load, load_available, load_sample, resolve_folder

__all__ = ["ENVIRONMENT", "Digits", "fetch", "load", "load_available", "load_sample", "resolve_folder"]
